import pytest

from charter.scan.secrets import find_secrets

from .made_up import BASE36, BASE64, HEX, Draw

draw = Draw(17)

CREDENTIALS = [
    ("app.py", f'client = Mistral(api_key="{draw(32)}")'),
    ("app.py", f'client = cohere.Client("{draw(40)}")'),
    ("app.py", f'AZURE_OPENAI_KEY: str = "{draw(32, HEX)}"'),
    ("app.py", f'os.environ["SERPER_API_KEY"] = "{draw(40, HEX)}"'),
    ("app.py", f'key = os.getenv("RAG_API_KEY", "{draw(40)}")'),
    ("app.py", f'key = os.environ.get("RAG_API_KEY") or "{draw(40)}"'),
    ("app.py", f'pinecone.init(api_key="{draw.uuid()}", environment="us")'),
    ("app.py", f'aws_secret_access_key="{draw(40, BASE64)}"'),
    ("app.py", f'headers = {{"Authorization": "Bearer {draw(40)}"}}'),
    ("app.py", f'session.headers.update([("Authorization", "Bearer {draw(40)}")])'),
    ("app.py", f'parser.add_argument("--api-key", type=str, default="{draw(40)}")'),
    ("app.py", f'api_key=(\n    "{draw(40)}"\n)'),
    ("app.py", f'api_key: SecretStr = SecretStr("{draw(32)}")'),
    ("app.ts", f"const headers = {{ 'x-api-key': '{draw(32, BASE36)}' }}"),
    ("app.ts", f'const apiKey = process.env.MISTRAL_API_KEY ?? "{draw(32)}";'),
    ("app.ts", f'headers.set("Authorization", "Bearer {draw(40)}")'),
    ("nb.ipynb", f'   "client = Client(api_key=\\"{draw(40)}\\")\\n",'),
    (".env", f"MISTRAL_API_KEY={draw(32)}"),
    ("config.yaml", f"openai:\n  api_key: {draw(40)}"),
    ("config.json", f'{{"apiKey": "{draw(40)}"}}'),
    ("config.toml", f'api_key = "{draw(40)}"'),
    ("run.sh", f"export COHERE_API_KEY={draw(40)}"),
    ("Dockerfile", f"ENV COHERE_API_KEY={draw(40)}"),
]

PASSWORDS = [
    ("db.py", 'DB_PASSWORD = "Tr0ub4dor&3"'),
    ("db.py", 'connection = psycopg2.connect(host="db", user="app", password="sunflower")'),
    ("db.py", 'connection = pymysql.connect(\n    host=HOST,\n    password="root1234!",\n)'),
    ("db.py", 'driver = GraphDatabase.driver(URL, auth=("neo4j", "sunfl0wer1"))'),
    ("app.py", 'ADMIN_PASSWORD = os.getenv("ADMIN_PASSWORD", "admin123")'),
    ("app.py", 'if password == "Admin@2024":'),
    (
        "mail.py",
        'server.login("bot@acme.io", "abcd efgh ijkl mnop")'.replace("abcd efgh ijkl mnop", "kqzr wmtp xcvb hjyd"),
    ),
    ("settings.py", 'DATABASES = {"default": {"USER": "app", "PASSWORD": "hunter22!", "HOST": "db"}}'),
    ("docker-compose.yml", "      POSTGRES_PASSWORD: difyai98765"),
]

SIGNING = [
    ("app.py", 'app.secret_key = "super secret key"'),
    ("app.py", "app.config['SECRET_KEY'] = 'dev-key'"),
    ("app.py", 'app.config.update(SECRET_KEY="keyboard cat")'),
    ("app.py", 'JWT_SECRET = os.environ.get("JWT_SECRET", "t0p-s3cr3t")'),
    ("app.py", 'SECRET = os.getenv("JWT_SECRET_KEY") or "letmein-please"'),
    ("app.py", 'token = jwt.encode({"u": uid, "exp": expiry()}, "topsecret", algorithm="HS256")'),
    ("app.py", 'SECRET = "wonderland"\ntoken = jwt.encode(claims, SECRET, algorithm="HS256")'),
    ("rpc.py", "listener = Listener(('localhost', 7861), authkey=b'acme-token-for-all')"),
    ("conf.py", 'class Settings(BaseSettings):\n    token_secret: str = Field(default="acme-jwt-default")'),
    ("crypt.py", f'key = b"{draw(16)}"\ncipher = AES.new(key, AES.MODE_CBC)'),
    ("crypt.py", f'fernet = Fernet("{draw(43)}=")'),
    ("app.ts", "const secret = process.env.JWT_SECRET || 'acmejwt'"),
    ("app.ts", 'jwt.sign({ id: user.id }, "wonderland", { expiresIn: "1d" })'),
    ("app.ts", "app.use(session({ secret: 'keyboard cat', resave: false }))"),
    ("app.ts", "const secret = new TextEncoder().encode('wonderland-passphrase')"),
    (".env", f"JWT_SECRET={draw(64, HEX)}"),
    ("docker-compose.yml", f"      SECRET_KEY: ${{SECRET_KEY:-{draw(42)}}}"),
    ("settings.py", f'SECRET_KEY = "django-insecure-{draw(50, BASE36)}"'),
]

NONE = [
    ("app.py", 'api_key = os.environ["OPENAI_API_KEY"]'),
    ("app.py", 'api_key = os.getenv("OPENAI_API_KEY", "")'),
    ("app.py", 'api_key = os.getenv("OPENAI_API_KEY", "EMPTY")'),
    ("app.py", 'api_key = st.secrets["OPENAI_API_KEY"]'),
    ("app.py", 'client = OpenAI(base_url=LOCAL, api_key="ollama")'),
    ("app.py", 'client = OpenAI(base_url=LOCAL, api_key="sk-no-key-required")'),
    ("app.py", 'api_key = "your-api-key-here"'),
    ("app.py", 'api_key = "<KEY>"'),
    ("app.py", 'api_key = "${OPENAI_API_KEY}"'),
    ("app.py", 'aws_secret_access_key="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"'),
    ("app.py", 'headers = {"Authorization": f"Bearer {token}"}'),
    ("app.py", 'headers = {"Authorization": "Bearer YOUR_TOKEN"}'),
    ("app.py", f'sha256 = "{draw(64, HEX)}"'),
    ("app.py", f'token_id = "{draw.uuid()}"'),
    ("app.py", 'model = "claude-3-5-sonnet-20241022"'),
    ("app.py", 'tokenizer.pad_token = "<|endoftext|>"'),
    ("app.py", 'TOKEN_URL = "https://oauth2.acme.io/v2/token"'),
    ("app.py", f'password_hash = "$2b$12${draw(53)}"'),
    ("app.py", f'project_api_key = "phc_{draw(43)}"'),
    ("app.ts", f'const apiKey = "pk_live_{draw(24)}"'),
    ("app.py", 'password = getpass("Password: ")'),
    ("app.py", 'PASSWORD = "password"'),
    ("app.py", 'parser.add_argument("--password", help="the password, at least 8 characters")'),
    ("app.py", 'cache_key = "user:profile:v2:Abc123Def456Ghi789"'),
    ("app.py", 'secret_name = "prod/openai/api-key"'),
    ("app.py", '{"api_key": {"type": "string", "description": "the key of 32 characters"}}'),
    ("app.py", 'SECRET_KEY_ENV = "ACME_SECRET_KEY"'),
    ("app.py", 'jwt.decode(token, SECRET, algorithms=["HS256"])'),
    ("app.py", f'fake_api_key = "{draw(40)}"'),
    ("app.py", 'engine = """create_engine(password="Abc123def")"""'),
    ("vocab.py", 'token: "[PAD]"'),
    ("de.json", '{"password": "Passwort", "forgot_password": "Passwort vergessen? 1 Klick"}'),
    ("de.ts", "export default { password: 'Passwort', newPassword: 'Neues Passwort' }"),
    ("form.tsx", '<input type="password" name="password" placeholder="Password" className="mt-4" />'),
    ("form.tsx", "const classes = { password: 'form-control-lg' }"),
    ("app.ts", "const key = process.env.OPENAI_API_KEY ?? ''"),
    ("app.ts", "const headers = { Authorization: `Bearer ${key}` }"),
    ("chart.yaml", "api_key: {{ .Values.apiKey }}"),
    ("chart.yaml", "password:\n  secretKeyRef:\n    key: password"),
    (".env.example", "OPENAI_API_KEY=sk-your-key\nDB_PASSWORD=Abc123def\nJWT_SECRET=change-me"),
    ("tests/test_app.py", 'app.secret_key = "testing"\nclient = make(password="Abc123def")'),
    ("package.json", '{"pbkdf2-password": "1.2.1"}'),
]


def _rules(path: str, text: str) -> list[str]:
    return [finding.rule for finding in find_secrets(path, text + "\n")]


@pytest.mark.parametrize(("path", "text"), CREDENTIALS)
def test_credentials(path: str, text: str) -> None:
    assert _rules(path, text) == ["secrets/hardcoded-credential"]


@pytest.mark.parametrize(("path", "text"), PASSWORDS)
def test_passwords(path: str, text: str) -> None:
    assert _rules(path, text) == ["secrets/hardcoded-password"]


@pytest.mark.parametrize(("path", "text"), SIGNING)
def test_signing_keys(path: str, text: str) -> None:
    assert _rules(path, text) == ["secrets/signing-key"]


@pytest.mark.parametrize(("path", "text"), NONE)
def test_what_only_sounds_like_a_secret(path: str, text: str) -> None:
    assert _rules(path, text) == []


def test_a_stand_in_signs_until_it_is_replaced() -> None:
    (finding,) = find_secrets("app.py", 'app.secret_key = "change-me"\n')
    assert (finding.rule, finding.severity, finding.confidence) == ("secrets/signing-key", "medium", "low")


def test_minified_code_has_its_words_in_its_strings() -> None:
    filler = "var a=1;" * 500
    assert find_secrets("bundle.js", f'{filler}x={{password:"Abc123!def"}};{filler}') == ()
