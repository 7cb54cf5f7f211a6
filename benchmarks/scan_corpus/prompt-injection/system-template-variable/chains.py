from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_openai import ChatOpenAI


def build_chain():
    prompt = ChatPromptTemplate.from_messages(
        [
            ("system", "You review code. These are the house rules of the team: {rules}"),
            ("human", "{diff}"),
        ]
    )
    return prompt | ChatOpenAI(model="gpt-4o") | StrOutputParser()
