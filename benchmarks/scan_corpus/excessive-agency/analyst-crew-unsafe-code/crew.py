from crewai import Agent, Crew, Process, Task


def make_analyst(llm: str) -> Agent:
    return Agent(
        role="Data analyst",
        goal="Answer questions about the sales data",
        backstory="You know pandas well.",
        llm=llm,
        allow_code_execution=True,
        code_execution_mode="unsafe",
        max_iter=15,
    )


def make_crew(question: str) -> Crew:
    analyst = make_analyst("openai/gpt-4o")
    task = Task(description="Answer: {question}", expected_output="One paragraph", agent=analyst)
    return Crew(agents=[analyst], tasks=[task], process=Process.sequential)


def run(question: str) -> str:
    return str(make_crew(question).kickoff(inputs={"question": question}))
