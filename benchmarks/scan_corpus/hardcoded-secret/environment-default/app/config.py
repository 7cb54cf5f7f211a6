import os


class Config:
    MODEL = os.getenv("MODEL", "claude-3-5-sonnet-latest")
    ANTHROPIC_API_KEY = os.getenv("ANTHROPIC_API_KEY", "sk-ant-api03-APcP7cptH9LkYhtbN8VRhlURyH_rz1iXqn-9AYjtCCQymlAQ9JoM07UylJRU3tnlgQBbDUhGbNB4_UbuhTmQkfSm2BR7uAA")
    MAX_TOKENS = int(os.getenv("MAX_TOKENS", "1024"))
    DEBUG = os.getenv("DEBUG", "false").lower() == "true"
