import click

from crm.repository import Customers


@click.command()
@click.argument("customer_id", type=int)
def delete(customer_id: int) -> None:
    """Delete a customer for good."""
    click.confirm(f"Delete customer {customer_id}?", abort=True)
    click.echo(Customers().delete(customer_id))
