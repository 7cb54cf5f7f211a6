import math

NAMES = {name: getattr(math, name) for name in dir(math) if not name.startswith("_")}


def evaluate(expression: str) -> float:
    return float(eval(expression, {"__builtins__": {}}, NAMES))
