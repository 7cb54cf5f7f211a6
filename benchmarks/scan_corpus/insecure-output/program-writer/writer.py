import asyncio
import re
import sys
import tempfile
from pathlib import Path

from openai import AsyncOpenAI

client = AsyncOpenAI()


def extract(text: str) -> str:
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    return "\n\n".join(blocks) or text


async def write_program(task: str, attempt: int, error: str) -> str:
    user = task if not error else f"{task}\n\nThe last attempt failed with:\n{error}"
    response = await client.chat.completions.create(
        model="gpt-4o",
        messages=[{"role": "system", "content": "You write Python programs."}, {"role": "user", "content": user}],
        temperature=0.2 * attempt,
    )
    return extract(response.choices[0].message.content)


async def execute(program: str) -> tuple[int, str]:
    path = Path(tempfile.mkdtemp()) / "main.py"
    path.write_text(program)
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(path), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    out, _ = await process.communicate()
    return process.returncode, out.decode()


async def solve(task: str) -> str:
    error = ""
    for attempt in range(3):
        program = await write_program(task, attempt, error)
        status, error = await execute(program)
        if status == 0:
            return program
    raise RuntimeError("no attempt succeeded")
