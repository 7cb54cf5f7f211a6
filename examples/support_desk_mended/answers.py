"""Answers to questions about a product."""

from openai import OpenAI

client = OpenAI()  # the key is in the environment

PRODUCTS = {"kettle": "our kettles", "toaster": "our toasters"}


class Conversation:
    """What is said to the model."""

    def __init__(self, product: str) -> None:
        self.instructions = f"You help customers with {PRODUCTS[product]}. Be brief and kind."

    def messages(self, question: str) -> list[dict[str, str]]:
        return [
            {"role": "system", "content": self.instructions},
            {"role": "user", "content": question},
        ]


def answer(product: str, question: str) -> str:
    messages = Conversation(product).messages(question)
    completion = client.chat.completions.create(model="gpt-4o-mini", messages=messages)
    return completion.choices[0].message.content or ""
