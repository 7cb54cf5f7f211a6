import ast


def evaluate(numbers: str) -> float:
    values = ast.literal_eval(numbers)
    return float(sum(values))
