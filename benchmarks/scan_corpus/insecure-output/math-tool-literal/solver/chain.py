from langchain.chains import LLMChain
from langchain.prompts import PromptTemplate
from langchain_community.llms import Ollama

PROMPT = PromptTemplate(
    input_variables=["problem"],
    template="Which numbers does the problem add up? Reply with a Python list.\nProblem: {problem}\nList:",
)


def numbers_for(problem: str) -> str:
    chain = LLMChain(llm=Ollama(model="llama3"), prompt=PROMPT)
    return chain.run(problem=problem).strip()
