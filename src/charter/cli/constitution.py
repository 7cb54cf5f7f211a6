"""``charter constitution``: check, show, list and compare constitutions."""

from typing import TYPE_CHECKING

import click

from charter.cli.common import format_option, print_json

if TYPE_CHECKING:
    from charter.constitution import Constitution, Principle


@click.group(name="constitution")
def cli() -> None:
    """Check, show, list and compare constitutions.

    A constitution is a YAML file, or the name of one that comes with Charter ("default").

    \b
    Examples:
      charter constitution show
      charter constitution show --format yaml > my.yaml
      charter constitution check my.yaml
      charter constitution diff default my.yaml
    """


@cli.command()
@click.argument("constitution")
@format_option()
def check(constitution: str, form: str) -> None:
    """Check that a constitution can be used.

    Remarks on what is allowed but seldom meant. Leaves with 0 when it can be used, remarks or none, and with 2 when
    it cannot.

    \b
    Examples:
      charter constitution check my.yaml
      charter constitution check my.yaml --format json
    """
    from charter.cli.constitution_text import checked, summary
    from charter.constitution import load_constitution, review

    found = load_constitution(constitution)
    remarks = review(found)
    if form == "json":
        listed = [{"principle": remark.principle_id or None, "what": remark.what} for remark in remarks]
        print_json({**summary(found), "remarks": listed})
    else:
        click.echo(checked(found, remarks))


@cli.command()
@click.argument("constitution", default="default")
@click.option("--id", "principle_id", metavar="ID", help="Show this principle alone, in full.")
@format_option("yaml")
def show(constitution: str, principle_id: str | None, form: str) -> None:
    """Show a constitution's principles, or one in full.

    \b
    Examples:
      charter constitution show
      charter constitution show my.yaml --id no-fraud
      charter constitution show default --format yaml > my.yaml
    """
    from charter.constitution import load_constitution

    found = load_constitution(constitution)
    if principle_id is None:
        _show_all(found, form)
    else:
        _show_one(found, found.principle(principle_id), form)


@cli.command(name="list")
@format_option()
def list_command(form: str) -> None:
    """List the constitutions that come with Charter.

    \b
    Examples:
      charter constitution list
    """
    from charter.cli.constitution_text import summary
    from charter.constitution import load_constitution, shipped_constitutions

    shipped = [load_constitution(name) for name in shipped_constitutions()]
    if form == "json":
        print_json([summary(each) for each in shipped])
    else:
        from charter.cli.constitution_tables import print_list

        print_list(shipped)


@cli.command()
@click.argument("old")
@click.argument("new")
@format_option()
@click.pass_context
def diff(context: click.Context, old: str, new: str, form: str) -> None:
    """Compare two constitutions by what they say.

    Formatting, comments and the order of keys do not count. Leaves with 0 when they say the same, with 1 when they
    differ, with 2 when one cannot be read.

    \b
    Examples:
      charter constitution diff default my.yaml
      charter constitution diff old.yaml new.yaml --format json
    """
    from charter.cli.constitution_text import difference_json, difference_lines
    from charter.constitution import diff as difference
    from charter.constitution import load_constitution

    before, after = load_constitution(old), load_constitution(new)
    found = difference(before, after)
    if form == "json":
        print_json(difference_json(before, after, found))
    else:
        from charter.cli.constitution_tables import print_lines

        print_lines(difference_lines(before, after, found))
    context.exit(1 if found else 0)


def _show_all(constitution: "Constitution", form: str) -> None:
    if form == "json":
        print_json({**constitution.model_dump(mode="json"), "digest": constitution.digest})
    elif form == "yaml":
        _print_yaml(constitution.to_yaml())
    else:
        from charter.cli.constitution_tables import print_constitution

        print_constitution(constitution)


def _show_one(constitution: "Constitution", principle: "Principle", form: str) -> None:
    if form == "json":
        print_json(principle.model_dump(mode="json"))
    elif form == "yaml":
        _print_yaml(principle.to_yaml())
    else:
        from charter.cli.constitution_tables import print_principle

        print_principle(constitution, principle)


def _print_yaml(text: str) -> None:
    from charter.terminal import is_interactive, neutral

    click.echo(neutral(text) if is_interactive() else text, nl=False)
