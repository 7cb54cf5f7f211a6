import io
from contextlib import redirect_stdout

import pandas as pd
import streamlit as st
from openai import OpenAI

client = OpenAI()

PROMPT = """You have a pandas DataFrame `df` with the columns {columns}.
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
    buffer = io.StringIO()
    with redirect_stdout(buffer):
        exec(code, {"df": df, "pd": pd})
    st.text(buffer.getvalue())
