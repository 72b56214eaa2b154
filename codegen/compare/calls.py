"""Lines of code that call an operation, and what such a call takes and returns in Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from ..ir import (
    Content,
    ContentKind,
    Endpoint,
    Location,
    Type,
)
from .callers import NONE, Annotation, Part, Plain, fits, lost, sample, spelled
from .changes import Caller, Direction

_REQUEST: Final = Direction.REQUEST
_RESPONSE: Final = Direction.RESPONSE
_NEITHER: Final = Direction.NEITHER


def request_line(endpoint: Endpoint) -> str:
    """The method and the path of an operation."""
    return f"{endpoint.method} {endpoint.path.template.reveal()}"


def call(endpoint: Endpoint, arguments: str = "...") -> str:
    """A call as people write it, with arguments where there may be some."""
    has_arguments = bool(endpoint.arguments) or endpoint.body is not None
    given = arguments if has_arguments else ""
    if arguments != "..." and any(one.location is Location.PATH for one in endpoint.arguments):
        given = f"..., {arguments}"
    return f"{endpoint.tag}.{endpoint.name}({given})"


def content_of(annotation_of: Callable[[Type], Annotation], content: Content) -> Annotation:
    """The annotation of a content, as bodies and answers have it."""
    match content.kind:
        case ContentKind.TEXT:
            return frozenset({Plain("str")})
        case ContentKind.BINARY:
            return frozenset({Plain("bytes")})
        case _:
            return annotation_of(content.type)


def held(annotation_of: Callable[[Type], Annotation], contents: Iterable[Content]) -> Annotation:
    """The annotation of several contents together."""
    parts = (part for one in contents for part in content_of(annotation_of, one))
    return frozenset(parts)


def answered(annotation_of: Callable[[Type], Annotation], endpoint: Endpoint) -> Annotation:
    """What a call returns: what the answers that succeed hold together."""
    succeeding = [one for one in endpoint.answers if not one.is_error]
    found: set[Part] = set()
    for one in succeeding or endpoint.answers:
        found |= held(annotation_of, one.contents) or {NONE}
    return frozenset(found)


def given_body(old: Endpoint, was: Annotation, now: Annotation) -> Caller | None:
    """The break of those who give a body."""
    if fits(was, now):
        return None
    given = sample(lost(was, now))
    return Caller(line=call(old, given), why=f"the body is {spelled(now)} now")


def read_answer(old: Endpoint, was: Annotation, now: Annotation) -> Caller | None:
    """The break of those who read what a call returns."""
    if fits(now, was) or was == frozenset({NONE}):
        return None
    line = f"value: {spelled(was)} = client.send({call(old)})"
    return Caller(line=line, why=f"it is {spelled(now)} now")
