"""Secrets in text: keys of known services, private keys, passwords, signing keys; in files and in git's history."""

from charter.scan.secrets.detect import find_secrets
from charter.scan.secrets.history import History, HistoryFinding, scan_history
from charter.scan.secrets.redaction import redact

__all__ = ["History", "HistoryFinding", "find_secrets", "redact", "scan_history"]
