import requests
from google import genai

client = genai.Client()
MODEL = "gemini-2.0-flash"

HANDBOOKS = [
    "https://handbook.example.com/travel",
    "https://handbook.example.com/expenses",
    "https://handbook.example.com/holidays",
]


def pick_link(question: str) -> str:
    listing = "\n".join(f"{number}: {address}" for number, address in enumerate(HANDBOOKS))
    response = client.models.generate_content(
        model=MODEL,
        contents=f"{listing}\nWhich number answers this best? Reply with the number.\n{question}",
    )
    return HANDBOOKS[int(response.text)]


def download(address: str) -> str:
    page = requests.get(address, timeout=15)
    page.raise_for_status()
    return page.text


def research(question: str) -> str:
    page = download(pick_link(question))
    response = client.models.generate_content(
        model=MODEL,
        contents=[f"Question: {question}", f"Page: {page[:20000]}"],
    )
    return response.text
