import os

import stripe
from agents import Agent, Runner, function_tool

stripe.api_key = os.environ["STRIPE_KEY"]


def issue_refund(payment_intent: str, amount: int) -> str:
    refund = stripe.Refund.create(payment_intent=payment_intent, amount=amount)
    return refund.id


@function_tool
def refund_order(payment_intent: str, amount_in_cents: int) -> str:
    """Refund an order, in whole or in part."""
    return issue_refund(payment_intent, amount_in_cents)


@function_tool
def opening_hours() -> str:
    """When the shop is open."""
    return "Monday to Friday, 9 to 17"


support = Agent(
    name="Support",
    instructions="You help customers of the shop.",
    tools=[refund_order, opening_hours],
)


async def answer(question: str) -> str:
    result = await Runner.run(support, question, max_turns=6)
    return result.final_output
