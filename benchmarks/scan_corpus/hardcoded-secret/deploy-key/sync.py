import io
import os

import paramiko

HOST = os.environ.get("SYNC_HOST", "files.acme.io")
DEPLOY_KEY = """\
-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEID4yIVH221A/jh2ujPhCNtP7NyNHkqO9NHleG6d4HLLI
-----END PRIVATE KEY-----
"""


def connect() -> paramiko.SSHClient:
    client = paramiko.SSHClient()
    client.load_system_host_keys()
    key = paramiko.Ed25519Key.from_private_key(io.StringIO(DEPLOY_KEY))
    client.connect(HOST, username="deploy", pkey=key)
    return client


def upload(path: str) -> None:
    with connect() as client, client.open_sftp() as sftp:
        sftp.put(path, "/srv/prompts/" + os.path.basename(path))
