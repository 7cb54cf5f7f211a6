import json

import streamlit as st
from mistralai import Mistral

client = Mistral(api_key=st.secrets["mistral"])

STYLE = """
<style>
  .stExpander { border-radius: 12px; }
</style>
"""

st.title("Flash cards")
st.markdown(STYLE, unsafe_allow_html=True)
topic = st.text_input("Topic")

if topic:
    response = client.chat.complete(
        model="mistral-small-latest",
        response_format={"type": "json_object"},
        messages=[{"role": "user", "content": f"Five flash cards on {topic} as JSON: cards, title, text"}],
    )
    cards = json.loads(response.choices[0].message.content)["cards"]
    for card in cards:
        with st.expander(card["title"]):
            st.write(card["text"])
