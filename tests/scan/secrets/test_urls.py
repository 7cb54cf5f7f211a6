import pytest

from charter.scan.secrets import find_secrets

from .made_up import Draw

draw = Draw(13)


@pytest.mark.parametrize(
    ("address", "severity"),
    [
        (f"postgresql://app:{draw(14)}@db.acme.io:5432/chat", "critical"),
        ("mysql+pymysql://root:Summ3rRain@10.0.0.4/chat", "critical"),
        ("mongodb+srv://bot:sunflower@cluster0.ab1cd.mongodb.net/chat", "high"),
        (f"redis://:{draw(20)}@cache.internal:6379/0", "critical"),
        (f"https://deploy:{draw(20)}@git.acme.io/app.git", "critical"),
    ],
)
def test_passwords_in_addresses(address: str, severity: str) -> None:
    (finding,) = find_secrets("db.py", f'engine = create_engine("{address}")\n')
    assert (finding.rule, finding.severity) == ("secrets/password-in-url", severity)
    assert address.split("@", maxsplit=1)[0].rsplit(":", 1)[1] not in finding.snippet + finding.message


@pytest.mark.parametrize(
    "line",
    [
        'DATABASE_URL = "postgresql://postgres:postgres@localhost:5432/app"',
        'DATABASE_URL = "postgresql://user:password@db.acme.io/app"',
        'url = f"postgresql://{user}:{password}@{host}/app"',
        "url: postgresql://$USER:$PASSWORD@db.acme.io/app",
        'engine = create_engine("postgresql://scott:tiger@localhost/test")',
        'x = "http://example.com:8080/a@b"',
        'x = "https://your-user:your-password@host/"',
        'npm = "git+ssh://git@github.com:acme/app.git"',
        'proxy = "http://user:pass@proxy:3128"',
        'AMQP = "amqp://guest:guest@rabbit:5672//"',
    ],
)
def test_set_ups_that_everybody_has_are_no_secrets(line: str) -> None:
    assert find_secrets("db.py", line + "\n") == ()


def test_fields_of_connection_strings() -> None:
    line = 'C = "Server=tcp:sql.acme.io;Database=chat;User Id=app;Password=Summ3r!Rain;Encrypt=yes"\n'
    (finding,) = find_secrets("db.py", line)
    assert finding.rule == "secrets/password-in-url"
    assert "Summ3r" not in finding.snippet
    assert find_secrets("db.py", line.replace("Summ3r!Rain", "{password}")) == ()


def test_prose_needs_more_to_be_believed() -> None:
    assert find_secrets("README.md", "mysql://root:Summ3rRain@10.0.0.4/chat\n") == ()
    assert find_secrets("README.md", f"mysql://root:{draw(20)}@10.0.0.4/chat\n")
