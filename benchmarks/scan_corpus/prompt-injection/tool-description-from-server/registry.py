import httpx


def load_plugins(urls: list[str]) -> list[dict]:
    plugins = []
    with httpx.Client(timeout=10) as http:
        for url in urls:
            manifest = http.get(f"{url}/.well-known/plugin.json").json()
            plugins.append({"name": manifest["name"], "about": manifest["description"], "url": url})
    return plugins
