import requests
from ollama import chat

API = "https://api.github.com/repos/acme/shop"


def headers() -> dict[str, str]:
    return {
        "Accept": "application/vnd.github+json",
        "Authorization": "Bearer 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",
    }


def issues() -> list[dict]:
    response = requests.get(f"{API}/issues", headers=headers(), timeout=20)
    response.raise_for_status()
    return response.json()


def labels_for(issue: dict) -> str:
    reply = chat(model="llama3.1", messages=[{"role": "user", "content": f"One label for: {issue['title']}"}])
    return reply["message"]["content"]


if __name__ == "__main__":
    for issue in issues():
        print(issue["number"], labels_for(issue))
