#!/usr/bin/env python3
"""Turns a wish into a command and runs it."""

import subprocess
import sys

import openai

client = openai.OpenAI()


def propose(wish: str) -> str:
    response = client.responses.create(
        model="gpt-4.1-mini",
        instructions="Reply with a single bash command, nothing else.",
        input=wish,
    )
    return response.output_text.strip("` \n")


def run(command: str) -> int:
    print(f"$ {command}", file=sys.stderr)
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    print(done.stdout)
    return done.returncode


def main() -> int:
    wish = " ".join(sys.argv[1:])
    if not wish:
        print(__doc__)
        return 2
    return run(propose(wish))


if __name__ == "__main__":
    sys.exit(main())
