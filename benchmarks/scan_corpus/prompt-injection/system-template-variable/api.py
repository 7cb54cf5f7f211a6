from fastapi import FastAPI
from pydantic import BaseModel

from chains import build_chain

app = FastAPI()
chain = build_chain()


class Review(BaseModel):
    diff: str
    rules: str = ""


@app.post("/review")
async def review(body: Review):
    text = await chain.ainvoke({"rules": body.rules, "diff": body.diff})
    return {"review": text}
