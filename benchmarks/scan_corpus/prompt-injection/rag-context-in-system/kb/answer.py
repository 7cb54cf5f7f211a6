from langchain_core.messages import HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI

from kb.retrieval import passages

model = ChatOpenAI(model="gpt-4o", temperature=0)


def answer(question: str) -> str:
    context = passages(question)
    messages = [
        SystemMessage(content=f"Answer from the following context and obey the house rules.\n\n{context}"),
        HumanMessage(content=question),
    ]
    return model.invoke(messages).content
