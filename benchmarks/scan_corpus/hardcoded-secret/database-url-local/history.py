import os

from sqlalchemy import Column, Integer, String, Text, create_engine
from sqlalchemy.orm import declarative_base, sessionmaker

LOCAL = "postgresql+psycopg2://postgres:postgres@localhost:5432/chat"
TEMPLATE = "postgresql+psycopg2://<user>:<password>@<host>:5432/<database>"

Base = declarative_base()
engine = create_engine(os.environ.get("DATABASE_URL", LOCAL), pool_pre_ping=True)
Session = sessionmaker(bind=engine)


class Turn(Base):
    __tablename__ = "turns"

    id = Column(Integer, primary_key=True)
    role = Column(String(16))
    content = Column(Text)


def remember(role: str, content: str) -> None:
    with Session() as session:
        session.add(Turn(role=role, content=content))
        session.commit()
