"""A small service with a key, for docs/guide.md: uvicorn app:app"""

import os
from typing import Literal

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import APIKeyHeader
from pydantic import BaseModel, Field

app = FastAPI(title="Greeter")
KEY = os.environ.get("GREETER_KEY", "hk_test_greeter_0123456789")
WORDS = {"en": "Hello", "eo": "Saluton"}


class Wish(BaseModel):
    name: str = Field(min_length=1, max_length=40, examples=["Ada"])
    language: str = Field(default="en", examples=["en"])


class Greeting(BaseModel):
    text: str = Field(examples=["Hello, Ada"])
    language: str = Field(examples=["en"])


class Health(BaseModel):
    status: Literal["ok"]


class Refused(BaseModel):
    detail: str


def key(given: str | None = Depends(APIKeyHeader(name="X-API-Key", auto_error=False))) -> None:
    if given is None:
        raise HTTPException(401, "API key required")
    if given != KEY:
        raise HTTPException(401, "unknown API key")


@app.get("/health", operation_id="health")
def health() -> Health:
    return Health(status="ok")


@app.post(
    "/greetings",
    operation_id="greet",
    dependencies=[Depends(key)],
    responses={401: {"model": Refused}, 404: {"model": Refused}},
)
def greet(wish: Wish) -> Greeting:
    if wish.language not in WORDS:
        raise HTTPException(404, f"no greeting in {wish.language}")
    return Greeting(text=f"{WORDS[wish.language]}, {wish.name}", language=wish.language)
