from sqlalchemy import Column, Integer, String, Text, create_engine
from sqlalchemy.orm import declarative_base, sessionmaker

Base = declarative_base()
engine = create_engine(
    "postgresql+psycopg2://chat_rw:5kloXPFh3Qe9vEuK8N@db-prod.internal.acme.io:5432/chat",
    pool_pre_ping=True,
)
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
