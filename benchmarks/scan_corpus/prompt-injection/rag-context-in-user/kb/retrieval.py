from langchain_community.vectorstores import Chroma
from langchain_openai import OpenAIEmbeddings

_store = None


def store() -> Chroma:
    global _store
    if _store is None:
        _store = Chroma(persist_directory="./index", embedding_function=OpenAIEmbeddings())
    return _store


def passages(query: str, k: int = 4) -> str:
    documents = store().similarity_search(query, k=k)
    return "\n---\n".join(document.page_content for document in documents)
