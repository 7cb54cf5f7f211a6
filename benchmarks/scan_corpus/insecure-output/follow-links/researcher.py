import re

import requests
from google import genai

client = genai.Client()
MODEL = "gemini-2.0-flash"


def pick_link(question: str) -> str:
    response = client.models.generate_content(
        model=MODEL,
        contents=f"Which single web address answers this best? Reply with the address.\n{question}",
    )
    match = re.search(r"https?://\S+", response.text)
    return match.group(0) if match else ""


def download(address: str) -> str:
    page = requests.get(address, timeout=15)
    page.raise_for_status()
    return page.text


def research(question: str) -> str:
    address = pick_link(question)
    if not address:
        return ""
    page = download(address)
    response = client.models.generate_content(
        model=MODEL,
        contents=[f"Question: {question}", f"Page: {page[:20000]}"],
    )
    return response.text
