import os
import smtplib
from email.message import EmailMessage

HOST = os.environ.get("SMTP_HOST", "localhost")
SENDER = os.environ.get("SMTP_SENDER", "assistant@example.com")


def deliver(to: str, subject: str, body: str) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = SENDER, to, subject
    message.set_content(body)
    with smtplib.SMTP(HOST) as server:
        server.send_message(message)
