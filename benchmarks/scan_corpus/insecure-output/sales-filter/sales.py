import pandas as pd
from llama_index.llms.openai import OpenAI

FILTER_PROMPT = """The table has the columns region, product, month and revenue.
Write the condition for DataFrame.query that answers the question.
Question: {question}
Condition:"""


class SalesFilter:
    def __init__(self, path: str, model: str = "gpt-4o-mini"):
        self.frame = pd.read_parquet(path)
        self.llm = OpenAI(model=model, temperature=0)
        self.condition = None

    def understand(self, question: str) -> "SalesFilter":
        completion = self.llm.complete(FILTER_PROMPT.format(question=question))
        self.condition = completion.text.strip()
        return self

    def rows(self) -> pd.DataFrame:
        if self.condition is None:
            return self.frame
        return self.frame.query(self.condition)

    def total(self) -> float:
        return float(self.rows()["revenue"].sum())


def revenue(question: str) -> float:
    return SalesFilter("sales.parquet").understand(question).total()
