import pandas as pd
from llama_index.llms.openai import OpenAI

REGION_PROMPT = """Which region is the question about: north, south, east or west? Reply with one word.
Question: {question}
Region:"""


class SalesFilter:
    def __init__(self, path: str, model: str = "gpt-4o-mini"):
        self.frame = pd.read_parquet(path)
        self.llm = OpenAI(model=model, temperature=0)
        self.region = None

    def understand(self, question: str) -> "SalesFilter":
        completion = self.llm.complete(REGION_PROMPT.format(question=question))
        region = completion.text.strip().lower()
        if region in ("north", "south", "east", "west"):
            self.region = region
        return self

    def rows(self) -> pd.DataFrame:
        if self.region is None:
            return self.frame
        return self.frame[self.frame["region"] == self.region]

    def total(self) -> float:
        return float(self.rows()["revenue"].sum())


def revenue(question: str) -> float:
    return SalesFilter("sales.parquet").understand(question).total()
