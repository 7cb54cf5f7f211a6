import asyncio
import re
import sys
from pathlib import Path

from openai import AsyncOpenAI

client = AsyncOpenAI()
DRAFT = Path("drafts") / "main.py"


def extract(text: str) -> str:
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    return "\n\n".join(blocks) or text


async def write_program(task: str) -> str:
    response = await client.chat.completions.create(
        model="gpt-4o",
        messages=[{"role": "system", "content": "You write Python programs."}, {"role": "user", "content": task}],
    )
    return extract(response.choices[0].message.content)


async def lint() -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "ruff", "check", str(DRAFT), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    return out.decode()


async def draft(task: str) -> str:
    program = await write_program(task)
    DRAFT.parent.mkdir(exist_ok=True)
    DRAFT.write_text(program, encoding="utf-8")
    return await lint()
