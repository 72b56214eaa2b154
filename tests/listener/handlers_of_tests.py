"""Handlers for tests of what runs them, which is at times in another process."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from attrs import Factory, define

from topchef_sdk.api import Json, JsonObject
from topchef_sdk.listener.context import Context

Action = Callable[[JsonObject, Context], Any]


def echo(parameters: JsonObject, _context: Context) -> Json:
    return parameters


def own_process(_parameters: JsonObject, _context: Context) -> Json:
    return {"pid": os.getpid()}


def nothing() -> None:
    pass


@define(eq=False)
class Acting:
    """A `task.Handler` that does what the test says."""

    action: Action = echo
    at_setup: Callable[[], Any] = nothing
    at_teardown: Callable[[], Any] = nothing
    reports_tracebacks: bool = True
    is_copy: bool = False
    token: str = Factory(lambda: uuid4().hex)
    baggage: Any = None

    def setup(self) -> None:
        self.at_setup()

    def teardown(self) -> None:
        self.at_teardown()

    def do(self, parameters: JsonObject, context: Context) -> Json:
        found: Json = self.action(parameters, context)
        return found

    def unpicklable(self) -> list[str]:
        return ["baggage"] if self.baggage is not None else []

    def __reduce__(self) -> tuple[Any, ...]:
        hooks = (self.action, self.at_setup, self.at_teardown)
        return Acting, (*hooks, self.reports_tracebacks, True, self.token, self.baggage)


@define
class Noting:
    """Notes in a file where it was called."""

    path: Path
    word: str

    def __call__(self) -> None:
        with self.path.open("a") as file:
            file.write(f"{self.word} {os.getpid()}\n")
