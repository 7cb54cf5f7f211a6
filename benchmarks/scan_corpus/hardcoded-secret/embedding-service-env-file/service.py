import os

from dotenv import load_dotenv
from fastapi import FastAPI
from huggingface_hub import InferenceClient
from pydantic import BaseModel

load_dotenv()
app = FastAPI()
client = InferenceClient(os.environ["EMBEDDING_MODEL"], token=os.environ["HUGGINGFACEHUB_API_TOKEN"])


class Texts(BaseModel):
    texts: list[str]


@app.post("/embed")
def embed(body: Texts):
    return {"vectors": [client.feature_extraction(text).tolist() for text in body.texts]}
