from fastapi import APIRouter

from reports.agent import agent
from reports.database import fetch_all

router = APIRouter()


@router.get("/report")
async def report(question: str):
    run = await agent.run(question)
    query = run.output
    return {"title": query.title, "rows": fetch_all(query.statement)}
