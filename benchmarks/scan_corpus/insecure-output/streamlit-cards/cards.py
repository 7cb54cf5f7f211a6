import json

import streamlit as st
from mistralai import Mistral

client = Mistral(api_key=st.secrets["mistral"])

CARD = """
<div class="card">
  <h3>{title}</h3>
  <p>{text}</p>
</div>
"""

st.title("Flash cards")
topic = st.text_input("Topic")

if topic:
    response = client.chat.complete(
        model="mistral-small-latest",
        response_format={"type": "json_object"},
        messages=[{"role": "user", "content": f"Five flash cards on {topic} as JSON: cards, title, text"}],
    )
    cards = json.loads(response.choices[0].message.content)["cards"]
    for card in cards:
        st.markdown(CARD.format(title=card["title"], text=card["text"]), unsafe_allow_html=True)
