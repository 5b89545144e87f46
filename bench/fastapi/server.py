"""The kind of service that Taskwire replaces: FastAPI and SQLAlchemy on asyncpg, each token verified, for the bench's four routes.

It runs with Debian's packages (python3-fastapi uvicorn python3-sqlalchemy python3-asyncpg python3-jwt python3-uvloop
python3-httptools) on the table that reference.ts creates.
"""
import os
from datetime import datetime, timezone
from typing import Optional
from urllib.parse import parse_qs, urlsplit

import jwt
import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel, Field
from sqlalchemy import Boolean, Column, DateTime, Integer, String, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import declarative_base, sessionmaker

SECRET = os.environ["BETTER_AUTH_SECRET"]
# asyncpg reads neither sslmode nor a socket's folder in `host`, which the URL of the embedded PostgreSQL has.
url = urlsplit(os.environ["DATABASE_URL"])
socket = parse_qs(url.query).get("host", [])
engine = create_async_engine(
    f"postgresql+asyncpg://{url.netloc}{url.path}",
    pool_size=10,
    max_overflow=20,
    connect_args={"ssl": False, **({"host": socket[0]} if socket else {})},
)
new_session = sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)
Base = declarative_base()


class Task(Base):
    __tablename__ = "task"
    __table_args__ = {"schema": "reference"}
    id = Column(Integer, primary_key=True)
    user_id = Column(String(128), index=True, nullable=False)
    title = Column(String(200), nullable=False)
    description = Column(String(1000))
    completed = Column(Boolean, nullable=False, default=False)
    created_at = Column(DateTime(timezone=True), nullable=False, default=lambda: datetime.now(timezone.utc))
    updated_at = Column(DateTime(timezone=True), nullable=False, default=lambda: datetime.now(timezone.utc))


class TaskIn(BaseModel):
    title: str = Field(min_length=1, max_length=200)
    description: Optional[str] = Field(None, max_length=1000)


class TaskOut(BaseModel):
    id: int
    user_id: str
    title: str
    description: Optional[str]
    completed: bool
    created_at: datetime
    updated_at: datetime

    class Config:
        orm_mode = True


app = FastAPI()


async def session():
    async with new_session() as opened:
        yield opened


async def owner(user_id: str, authorization: str = Header("")):
    try:
        subject = jwt.decode(authorization[7:], SECRET, algorithms=["HS256"])["sub"]
    except jwt.PyJWTError:
        raise HTTPException(401, "Invalid token")
    if subject != user_id:
        raise HTTPException(403, "Forbidden")
    return user_id


async def found(task_id: int, user_id: str, db: AsyncSession) -> Task:
    rows = await db.execute(select(Task).where(Task.id == task_id, Task.user_id == user_id))
    task = rows.scalar_one_or_none()
    if task is None:
        raise HTTPException(404, "Task not found")
    return task


@app.get("/health/ready")
async def ready():
    return {"status": "ready"}


@app.get("/api/{user_id}/tasks", response_model=list[TaskOut])
async def list_tasks(user_id: str = Depends(owner), db: AsyncSession = Depends(session)):
    rows = await db.execute(select(Task).where(Task.user_id == user_id).order_by(Task.created_at.desc()))
    return rows.scalars().all()


@app.get("/api/{user_id}/tasks/{task_id}", response_model=TaskOut)
async def get_task(task_id: int, user_id: str = Depends(owner), db: AsyncSession = Depends(session)):
    return await found(task_id, user_id, db)


@app.post("/api/{user_id}/tasks", response_model=TaskOut, status_code=201)
async def create_task(body: TaskIn, user_id: str = Depends(owner), db: AsyncSession = Depends(session)):
    task = Task(user_id=user_id, **body.dict())
    db.add(task)
    await db.commit()
    await db.refresh(task)
    return task


@app.patch("/api/{user_id}/tasks/{task_id}/complete", response_model=TaskOut)
async def toggle_task(task_id: int, user_id: str = Depends(owner), db: AsyncSession = Depends(session)):
    task = await found(task_id, user_id, db)
    task.completed = not task.completed
    task.updated_at = datetime.now(timezone.utc)
    await db.commit()
    await db.refresh(task)
    return task


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="warning", access_log=False)
