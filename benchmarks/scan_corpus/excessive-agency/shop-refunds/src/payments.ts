import Stripe from "stripe";

const stripe = new Stripe(process.env.STRIPE_SECRET_KEY!);

export async function findCharges(email: string): Promise<string[]> {
  const customers = await stripe.customers.list({ email, limit: 1 });
  const charges = await stripe.charges.list({ customer: customers.data[0]?.id, limit: 5 });
  return charges.data.map((charge) => `${charge.id}: ${charge.amount / 100} ${charge.currency}`);
}

export async function refund(charge: string, cents: number): Promise<string> {
  const made = await stripe.refunds.create({ charge, amount: cents });
  return made.status ?? "unknown";
}
