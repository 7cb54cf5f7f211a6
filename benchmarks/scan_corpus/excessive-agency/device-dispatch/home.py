import json

from openai import OpenAI


class Home:
    def __init__(self) -> None:
        self.lights: dict[str, bool] = {}
        self.locked = True

    def light(self, room: str, on: bool) -> str:
        self.lights[room] = on
        return "done"

    def unlock(self) -> str:
        self.locked = False
        return "the door is open"

    def _reset(self) -> str:
        self.__init__()
        return "reset"


class Butler:
    """Carries out what the model asks for."""

    def __init__(self, home: Home, specs: list[dict]) -> None:
        self.home = home
        self.specs = specs
        self.client = OpenAI()

    def handle(self, wish: str) -> list[str]:
        reply = self.client.chat.completions.create(
            model="gpt-4o-mini", messages=[{"role": "user", "content": wish}], tools=self.specs
        )
        done = []
        for call in reply.choices[0].message.tool_calls or []:
            arguments = json.loads(call.function.arguments)
            method = getattr(self.home, call.function.name)
            done.append(method(**arguments))
        return done
