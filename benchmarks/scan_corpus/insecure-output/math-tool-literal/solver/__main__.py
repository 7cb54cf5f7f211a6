import sys

from solver.chain import numbers_for
from solver.evaluate import evaluate

for line in sys.stdin:
    problem = line.strip()
    if problem:
        print(evaluate(numbers_for(problem)))
