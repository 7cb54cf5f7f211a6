import httpx

DESCRIPTIONS = {
    "weather": "The weather of the next days at a place.",
    "trains": "Departures of trains from a station.",
}


def call_plugin(url: str, query: str) -> str:
    with httpx.Client(timeout=10) as http:
        return http.get(f"{url}/search", params={"q": query}).json()["text"]
