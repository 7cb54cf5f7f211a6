import streamlit as st
from openai import OpenAI

st.set_page_config(page_title="Tutor", layout="centered")

client = OpenAI(api_key=st.secrets["openai_key"])


def ask(topic: str, level: int, question: str) -> str:
    system = "You are a tutor for " + topic + ". The pupil is in year " + str(level) + "."
    system += " Never give away the solution of an exercise."
    result = client.chat.completions.create(
        model="gpt-4o-mini",
        messages=[{"role": "system", "content": system}, {"role": "user", "content": question}],
    )
    return result.choices[0].message.content


def main() -> None:
    st.title("Homework helper")
    topic = st.text_input("What are you learning?", "fractions")
    level = st.slider("School year", 1, 13, 6)
    question = st.text_area("Your question")
    if st.button("Ask") and question:
        with st.spinner("Thinking"):
            st.write(ask(topic, level, question))


main()
