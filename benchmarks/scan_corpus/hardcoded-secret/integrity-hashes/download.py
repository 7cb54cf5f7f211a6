import hashlib
from pathlib import Path

from huggingface_hub import hf_hub_download

REPOSITORY = "acme/intent-classifier"
REVISION = "8f748ed06827bc8ba730d52a629e81f28147624a"
WEIGHTS_SHA256 = "2f96e36da89375d924fc39b449cd414d68a4468cdaf364ee38ac14b0315072e5"
RUN_ID = "0b9c5a0e-6f1c-4a57-9f0e-2d7c1f6c9a11"
TOKENIZER_KEY = "tokenizer.ggml.pre"
NEXT_PAGE_TOKEN_FIELD = "nextPageToken"


def verify(path: Path) -> None:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != WEIGHTS_SHA256:
        raise ValueError(f"{path} is not the file that was published")


def fetch() -> Path:
    path = Path(hf_hub_download(REPOSITORY, "model.safetensors", revision=REVISION))
    verify(path)
    return path
