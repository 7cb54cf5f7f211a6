import pandas as pd
import streamlit as st
from e2b_code_interpreter import Sandbox
from openai import OpenAI

client = OpenAI()

PROMPT = """There is a CSV file at /home/user/data.csv with the columns {columns}.
Reply with Python code only. Print the result."""


def strip_fences(text: str) -> str:
    return text.strip().removeprefix("```python").removesuffix("```")


uploaded = st.file_uploader("CSV file", type="csv")
question = st.chat_input("Ask about your data")

if uploaded and question:
    df = pd.read_csv(uploaded)
    reply = client.chat.completions.create(
        model="gpt-4o",
        messages=[
            {"role": "system", "content": "You write pandas code."},
            {"role": "user", "content": PROMPT.format(columns=list(df.columns)) + "\n" + question},
        ],
    )
    code = strip_fences(reply.choices[0].message.content)
    st.code(code)
    with Sandbox(timeout=60) as sandbox:
        sandbox.files.write("/home/user/data.csv", df.to_csv(index=False))
        execution = sandbox.run_code(code)
    st.text("\n".join(execution.logs.stdout))
