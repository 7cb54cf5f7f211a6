"""Key-shaped values, drawn when a test runs: none is written down, so that none can be mistaken for a real one."""

import random
import string
import zlib

LETTERS = string.ascii_letters
ALNUM = string.ascii_letters + string.digits
BASE36 = string.ascii_lowercase + string.digits
HEX = "0123456789abcdef"
UPPER32 = string.ascii_uppercase + "234567"
WEB = ALNUM + "-_"
BASE64 = ALNUM + "+/"


class Draw:
    """Values from a fixed seed: the same in each run."""

    def __init__(self, seed: int = 7) -> None:
        self._random = random.Random(seed)

    def __call__(self, length: int, alphabet: str = ALNUM) -> str:
        return "".join(self._random.choice(alphabet) for _ in range(length))

    def openai(self) -> str:
        """The older form, with its mark in the middle."""
        return "sk-" + self(20) + "T3Blbk" + "FJ" + self(20)

    def project_key(self) -> str:
        """The form of a project's key."""
        return "sk-" + "proj-" + self(74, WEB) + "T3Blbk" + "FJ" + self(74, ALNUM)

    def uuid(self) -> str:
        return "-".join(self(length, HEX) for length in (8, 4, 4, 4, 12))

    def github(self) -> str:
        """A token whose last six characters are its check."""
        body, number, check = self(30), 0, ""
        number = zlib.crc32(body.encode())
        while number:
            number, last = divmod(number, 62)
            check = (string.digits + string.ascii_uppercase + string.ascii_lowercase)[last] + check
        return "gh" + "p_" + body + check.rjust(6, "0")

    def pem(self, kind: str = "RSA ") -> str:
        """A private key's form around nothing."""
        lines = "\n".join(["MIIE" + self(60, BASE64), *(self(64, BASE64) for _ in range(6)), self(40, BASE64)])
        return f"-----BEGIN {kind}PRIVATE" + f" KEY-----\n{lines}\n-----END {kind}PRIVATE" + " KEY-----"
