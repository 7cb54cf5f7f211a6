from crewai import Agent, Crew, Process, Task
from crewai.tools import tool

import pandas as pd

FRAME = pd.read_csv("sales.csv")


@tool("monthly revenue")
def monthly_revenue(year: int) -> str:
    """Revenue of each month of a year."""
    rows = FRAME[FRAME["year"] == year]
    return rows.groupby("month")["revenue"].sum().to_json()


def make_analyst(llm: str) -> Agent:
    return Agent(
        role="Data analyst",
        goal="Answer questions about the sales data",
        backstory="You know the company's figures well.",
        llm=llm,
        tools=[monthly_revenue],
        allow_code_execution=False,
        max_iter=15,
    )


def make_crew() -> Crew:
    analyst = make_analyst("openai/gpt-4o")
    task = Task(description="Answer: {question}", expected_output="One paragraph", agent=analyst)
    return Crew(agents=[analyst], tasks=[task], process=Process.sequential)


def run(question: str) -> str:
    return str(make_crew().kickoff(inputs={"question": question}))
