"""The shapes of the keys that services give out, each with the fixed letters it starts with.

Taken from the services' documentation and from what their keys are seen to be. Where a service builds a check into its
keys (GitHub and npm: a CRC-32 at the end) it is verified; everywhere else length, alphabet and the look of randomness
decide.
"""

import re
import zlib
from dataclasses import dataclass
from typing import Literal

from charter.scan.findings import Severity

Check = Literal["random", "crc"]
"""random: the variable part must look drawn at random. crc: as random, and its check is computed."""

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Format:
    """One kind of key."""

    what: str
    """"an OpenAI API key"."""
    start: str
    """The fixed letters it starts with: searched for first, because that costs least."""
    rest: re.Pattern[str]
    """What follows them."""
    env: str = ""
    """The environment variable in which the service's own library looks for it."""
    severity: Severity = "critical"
    check: Check = "random"


def _format(
    what: str, start: str, rest: str, env: str = "", severity: Severity = "critical", *, check: Check = "random"
) -> Format:
    return Format(what, start, re.compile(rf"{rest}(?![A-Za-z0-9_-])"), env, severity, check)


FORMATS: tuple[Format, ...] = (
    # Models and what stands around them.
    _format("an Anthropic API key", "sk-ant-", r"(?:api|admin)\d\d-[\w-]{60,110}", "ANTHROPIC_API_KEY"),
    _format("an Anthropic access token", "sk-ant-", r"(?:oat|ort|sid)\d\d-[\w-]{60,130}", "ANTHROPIC_AUTH_TOKEN"),
    _format("an OpenRouter API key", "sk-or-", r"v1-[0-9a-f]{60,68}", "OPENROUTER_API_KEY"),
    _format("a Langfuse secret key", "sk-lf-", r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", "LANGFUSE_SECRET_KEY"),
    _format("an OpenAI API key", "sk-", r"(?:proj|svcacct|admin|None)-[\w-]{20,180}", "OPENAI_API_KEY"),
    _format("an OpenAI API key", "sk-", r"[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20,30}", "OPENAI_API_KEY"),
    _format("an API key in OpenAI's format", "sk-", r"[A-Za-z0-9]{29,80}", "OPENAI_API_KEY"),
    _format("an API key in OpenAI's format", "sk-", r"[A-Za-z]{2,8}-(?:v\d-)?[A-Za-z0-9]{32,80}", "OPENAI_API_KEY"),
    _format("a Groq API key", "gsk_", r"[A-Za-z0-9]{40,60}", "GROQ_API_KEY"),
    _format("a Hugging Face token", "hf_", r"[A-Za-z0-9]{30,40}", "HF_TOKEN"),
    _format("a Hugging Face organisation token", "api_org_", r"[A-Za-z0-9]{30,40}", "HF_TOKEN"),
    _format("a Replicate API token", "r8_", r"[A-Za-z0-9]{37,40}", "REPLICATE_API_TOKEN"),
    _format("a Pinecone API key", "pcsk_", r"[A-Za-z0-9]{4,8}_[A-Za-z0-9]{40,80}", "PINECONE_API_KEY"),
    _format("a Perplexity API key", "pplx-", r"[A-Za-z0-9]{40,60}", "PPLX_API_KEY"),
    _format("a Tavily API key", "tvly-", r"(?:dev-|prod-)?[A-Za-z0-9]{28,40}", "TAVILY_API_KEY"),
    _format("an xAI API key", "xai-", r"[A-Za-z0-9]{70,90}", "XAI_API_KEY"),
    _format("a LangSmith API key", "lsv2_", r"(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}", "LANGSMITH_API_KEY"),
    _format("a LangSmith API key", "ls__", r"[0-9a-f]{32}", "LANGSMITH_API_KEY"),
    _format("an NVIDIA API key", "nvapi-", r"[\w-]{60,72}", "NVIDIA_API_KEY"),
    _format("a Fireworks API key", "fw_", r"[A-Za-z0-9]{20,24}", "FIREWORKS_API_KEY"),
    _format("a Together API key", "tgp_v1_", r"[\w-]{40,50}", "TOGETHER_API_KEY"),
    _format("a Cerebras API key", "csk-", r"[a-z0-9]{48}", "CEREBRAS_API_KEY"),
    _format("a Voyage API key", "pa-", r"[\w-]{43}", "VOYAGE_API_KEY"),
    _format("a Jina API key", "jina_", r"[0-9a-f]{32}[\w-]{28}", "JINA_API_KEY"),
    _format("a LlamaCloud API key", "llx-", r"[A-Za-z0-9]{40,56}", "LLAMA_CLOUD_API_KEY"),
    _format("an E2B API key", "e2b_", r"[0-9a-f]{40}", "E2B_API_KEY"),
    _format("a Firecrawl API key", "fc-", r"[0-9a-f]{32}", "FIRECRAWL_API_KEY", "high"),
    _format("an ElevenLabs API key", "sk_", r"[0-9a-f]{48}", "ELEVENLABS_API_KEY"),
    _format("an Apify token", "apify_api_", r"[A-Za-z0-9]{34,40}", "APIFY_API_TOKEN"),
    # Clouds.
    _format("an AWS access key id", "AKIA", r"[A-Z2-7]{16}", "AWS_ACCESS_KEY_ID"),
    _format("a temporary AWS access key id", "ASIA", r"[A-Z2-7]{16}", "AWS_ACCESS_KEY_ID", "high"),
    _format("a Google API key", "AIza", r"[\w-]{35}", "GOOGLE_API_KEY"),
    _format("a Google OAuth client secret", "GOCSPX-", r"[\w-]{28}", "GOOGLE_CLIENT_SECRET"),
    _format("a Google OAuth access token", "ya29.", r"[\w-]{60,400}", "", "high"),
    _format("an Azure storage key", "AccountKey=", r"[A-Za-z0-9+/]{86}==", "AZURE_STORAGE_CONNECTION_STRING"),
    _format("a DigitalOcean token", "dop_v1_", r"[0-9a-f]{64}", "DIGITALOCEAN_TOKEN"),
    _format("a Databricks token", "dapi", r"[0-9a-f]{32}(?:-\d)?", "DATABRICKS_TOKEN"),
    _format("a Heroku API key", "HRKU-", r"[\w-]{36,64}", "HEROKU_API_KEY"),
    _format("a HashiCorp Vault token", "hvs.", r"[\w-]{24,120}", "VAULT_TOKEN"),
    _format("a Supabase access token", "sbp_", r"[0-9a-f]{40}", "SUPABASE_ACCESS_TOKEN"),
    _format("a Supabase secret key", "sb_secret_", r"[\w-]{26,44}", "SUPABASE_SECRET_KEY"),
    _format("a PlanetScale password", "pscale_", r"(?:tkn|pw|oauth)_[\w.-]{32,64}"),
    # Code and packages.
    _format("a GitHub token", "ghp_", r"[A-Za-z0-9]{36}", "GITHUB_TOKEN", check="crc"),
    _format("a GitHub OAuth token", "gho_", r"[A-Za-z0-9]{36}", "GITHUB_TOKEN", check="crc"),
    _format("a GitHub app token", "ghu_", r"[A-Za-z0-9]{36}", "GITHUB_TOKEN", check="crc"),
    _format("a GitHub app token", "ghs_", r"[A-Za-z0-9]{36}", "GITHUB_TOKEN", check="crc"),
    _format("a GitHub refresh token", "ghr_", r"[A-Za-z0-9]{36,76}", "GITHUB_TOKEN"),
    _format("a GitHub token", "github_pat_", r"[A-Za-z0-9]{22}_[A-Za-z0-9]{59}", "GITHUB_TOKEN"),
    _format("a GitLab token", "glpat-", r"[\w.-]{20,60}", "GITLAB_TOKEN"),
    _format("an npm token", "npm_", r"[A-Za-z0-9]{36}", "NPM_TOKEN", check="crc"),
    _format("a token of the Python package index", "pypi-", r"AgE[\w-]{50,250}", "TWINE_PASSWORD"),
    _format("a Docker access token", "dckr_pat_", r"[\w-]{27}"),
    _format("an Atlassian token", "ATATT3", r"[\w=-]{100,220}"),
    _format("a Linear API key", "lin_api_", r"[A-Za-z0-9]{40}", "LINEAR_API_KEY"),
    # Messages, mail and money.
    _format("a Slack token", "xox", r"[abeoprs]-(?:\d+-)+[A-Za-z0-9]{12,64}", "SLACK_BOT_TOKEN"),
    _format("a Slack app token", "xapp-", r"\d-[A-Z0-9]+-\d+-[a-z0-9]{32,80}", "SLACK_APP_TOKEN"),
    _format(
        "a Slack webhook",
        "hooks.slack.com/",
        r"(?:services|workflows)/[A-Z0-9]{8,12}/[A-Z0-9]{8,12}/\w{18,40}",
        "",
        "high",
    ),
    _format("a Discord webhook", "discord.com/api/webhooks/", r"\d{17,20}/[\w-]{60,72}", "", "high"),
    _format("a Discord webhook", "discordapp.com/api/webhooks/", r"\d{17,20}/[\w-]{60,72}", "", "high"),
    _format("a SendGrid API key", "SG.", r"[\w-]{20,24}\.[\w-]{39,50}", "SENDGRID_API_KEY"),
    _format("a Mailgun API key", "key-", r"[0-9a-f]{32}", "MAILGUN_API_KEY"),
    _format("a Brevo API key", "xkeysib-", r"[0-9a-f]{64}-[A-Za-z0-9]{16}", "BREVO_API_KEY"),
    _format("a Resend API key", "re_", r"[A-Za-z0-9]{8}_[A-Za-z0-9]{20,28}", "RESEND_API_KEY"),
    _format("a Stripe key", "sk_live_", r"[A-Za-z0-9]{24,110}", "STRIPE_SECRET_KEY"),
    _format("a Stripe key", "rk_live_", r"[A-Za-z0-9]{24,110}", "STRIPE_SECRET_KEY"),
    _format("a Stripe key of the test mode", "sk_test_", r"[A-Za-z0-9]{24,110}", "STRIPE_SECRET_KEY", "medium"),
    _format("a Stripe webhook secret", "whsec_", r"[A-Za-z0-9+/]{32,44}=?", "STRIPE_WEBHOOK_SECRET", "high"),
    _format("a Square token", "sq0", r"(?:csp|atp)-[\w-]{22,43}", "SQUARE_ACCESS_TOKEN"),
    _format("a Shopify token", "shp", r"(?:at|ca|pa|ss)_[0-9a-fA-F]{32}", "SHOPIFY_ACCESS_TOKEN"),
    _format("a Twilio API key", "SK", r"[0-9a-f]{32}", "TWILIO_API_KEY", "high"),
    # Data and watching.
    _format("a Notion token", "secret_", r"[A-Za-z0-9]{43}", "NOTION_TOKEN"),
    _format("a Notion token", "ntn_", r"[A-Za-z0-9]{43,50}", "NOTION_TOKEN"),
    _format("an Airtable token", "pat", r"[A-Za-z0-9]{14}\.[0-9a-f]{64}", "AIRTABLE_API_KEY"),
    _format("a Grafana token", "gls", r"a_[A-Za-z0-9]{32}_[0-9a-fA-F]{8}", "GRAFANA_TOKEN"),
    _format("a Grafana cloud token", "glc_", r"[A-Za-z0-9+/=]{32,400}"),
    _format("a New Relic key", "NRAK-", r"[A-Z0-9]{27}", "NEW_RELIC_API_KEY"),
    _format("a Sentry token", "sntrys_", r"eyJ[\w=+/-]{60,300}", "SENTRY_AUTH_TOKEN"),
    _format("a Doppler token", "dp.", r"(?:pt|st|ct|sa)\.(?:[\w-]{2,35}\.)?[A-Za-z0-9]{40,44}", "DOPPLER_TOKEN"),
    _format("a PostHog personal key", "phx_", r"[A-Za-z0-9]{40,50}"),
    _format("a Facebook access token", "EAA", r"[A-Za-z0-9]{90,300}"),
    _format("a 1Password service token", "ops_", r"eyJ[\w-]{200,900}"),
)


def crc_agrees(key: str) -> bool:
    """Whether the last six characters are the CRC-32, in base 62, of the thirty before them (GitHub, npm)."""
    body = key.rsplit("_", 1)[-1]
    number, digits = zlib.crc32(body[:-6].encode()), ""
    while number:
        number, last = divmod(number, 62)
        digits = _DIGITS[last] + digits
    return digits.rjust(6, "0") == body[-6:]
