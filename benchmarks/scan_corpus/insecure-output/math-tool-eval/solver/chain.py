from langchain.chains import LLMChain
from langchain.prompts import PromptTemplate
from langchain_community.llms import Ollama

PROMPT = PromptTemplate(
    input_variables=["problem"],
    template="Rewrite the problem as one Python expression.\nProblem: {problem}\nExpression:",
)


def expression_for(problem: str) -> str:
    chain = LLMChain(llm=Ollama(model="llama3"), prompt=PROMPT)
    return chain.run(problem=problem).strip()
