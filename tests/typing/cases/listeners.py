"""Listeners are generic in what they take and give."""

from __future__ import annotations

from typing import TypedDict, assert_type
from uuid import UUID

from attrs import define

from topchef_sdk import Context, FunctionListener, ServiceListener, listen
from topchef_sdk.api import JsonObject


@define
class Size:
    """What jobs are about."""

    width: int


class Area(TypedDict):
    """What comes out."""

    area: int


class Squares(ServiceListener[Size, Area]):
    """Typed."""

    def run(self, parameters: Size) -> Area:
        return {"area": parameters.width**2}


class Plain(ServiceListener):
    """Without types, jobs are JSON."""

    def run(self, parameters: JsonObject) -> JsonObject:
        return parameters


class Half(ServiceListener[Size]):
    """Only the parameters are typed."""

    def run(self, parameters: Size) -> JsonObject:
        return {"width": parameters.width}


def square(size: Size) -> Area:
    """What a function does."""
    return {"area": size.width**2}


def told_square(size: Size, context: Context) -> Area:
    """The same, with the job it is for."""
    context.progress(0.5, f"width {size.width}")
    return square(size)


def used_rightly(url: str, service: UUID) -> None:
    listener = Squares(url, service)
    assert_type(listener.run(Size(1)), Area)
    assert_type(Plain(url, service).run({}), JsonObject)
    assert_type(Half(url, service).run(Size(1)), JsonObject)
    assert_type(FunctionListener(url, service, square), FunctionListener[Size, Area])
    assert_type(FunctionListener(url, service, told_square), FunctionListener[Size, Area])
    assert_type(listen(url, service, square), int)


class WrongParameters(ServiceListener[Size, Area]):
    """Takes something else than it says."""

    # error: mypy[override] pyright[reportIncompatibleMethodOverride]
    def run(self, parameters: str) -> Area:
        return {"area": len(parameters)}


class WrongResults(ServiceListener[Size, Area]):
    """Gives something else than it says."""

    # error: mypy[override] pyright[reportIncompatibleMethodOverride]
    def run(self, parameters: Size) -> int:
        return parameters.width


class Nothing(ServiceListener[Size, Area]):
    """Does nothing."""


def wrong_uses(url: str, service: UUID) -> None:
    # error: mypy[abstract] pyright[reportAbstractUsage]
    Nothing(url, service)
    # error: mypy[arg-type] pyright[reportArgumentType]
    Squares(url, service).run({"width": 1})
    # error: mypy[call-arg] pyright[reportCallIssue]
    Squares(url, service, retries=3)
    # error: mypy[arg-type] pyright[reportArgumentType]
    listen(url, service, len(url))
