import base64
import os

import paramiko

HOST = os.environ.get("SYNC_HOST", "files.acme.io")
HOST_KEY = "AAAAC3NzaC1lZDI1NTE5AAAAItyplVuPR3CyEOLPZiwzmNTx3IQj1nRpAJf1mV4f6eqc"
KEY_FILE = os.path.expanduser("~/.ssh/id_ed25519")
HEADER = "-----BEGIN OPENSSH PRIVATE KEY-----"


def check_key_file() -> None:
    with open(KEY_FILE, encoding="ascii") as file:
        if file.readline().strip() != HEADER:
            raise SystemExit(f"{KEY_FILE} is no private key")


def connect() -> paramiko.SSHClient:
    check_key_file()
    client = paramiko.SSHClient()
    client.get_host_keys().add(HOST, "ssh-ed25519", paramiko.Ed25519Key(data=base64.b64decode(HOST_KEY)))
    client.connect(HOST, username="deploy", key_filename=KEY_FILE)
    return client


def upload(path: str) -> None:
    with connect() as client, client.open_sftp() as sftp:
        sftp.put(path, "/srv/prompts/" + os.path.basename(path))
