import sys

from solver.chain import expression_for
from solver.evaluate import evaluate

for line in sys.stdin:
    problem = line.strip()
    if problem:
        print(evaluate(expression_for(problem)))
