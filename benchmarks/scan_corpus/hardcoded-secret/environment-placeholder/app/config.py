import os


class Config:
    MODEL = os.getenv("MODEL", "claude-3-5-sonnet-latest")
    ANTHROPIC_API_KEY = os.getenv("ANTHROPIC_API_KEY", "sk-ant-xxxxxxxxxxxxxxxxxxxxxxxx")
    MAX_TOKENS = int(os.getenv("MAX_TOKENS", "1024"))
    CSRF_HEADER = "X-CSRF-Token"
    PASSWORD_FIELD = "password_confirmation"
