from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_openai import ChatOpenAI


def build_chain():
    prompt = ChatPromptTemplate.from_messages(
        [
            ("system", "You review code by the rules that the user states, and by no others."),
            ("human", "Rules:\n{rules}\n\nChange:\n{diff}"),
        ]
    )
    return prompt | ChatOpenAI(model="gpt-4o") | StrOutputParser()
