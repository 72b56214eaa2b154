"""Lines of code that call an operation, and what such a call takes and returns in Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias, assert_never

from ..emit.endpoints import successes
from ..ir import (
    Content,
    ContentKind,
    Endpoint,
    Location,
    Type,
)
from .callers import NONE, Annotation, Arriving, Part, Plain, fits, lost, sample, spelled
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


_TEXT: Final[Annotation] = frozenset({Plain("str")})

_AnnotationOf: TypeAlias = Callable[[Type], Annotation]


def _given(annotation_of: _AnnotationOf, content: Content) -> Annotation:
    """The annotation of a content that is sent."""
    match content.kind:
        case ContentKind.JSON_LINES | ContentKind.EVENTS:
            return frozenset({Plain("str")})
        case ContentKind.BINARY:
            return frozenset({Plain("bytes")})
        case ContentKind.JSON | ContentKind.FORM | ContentKind.MULTIPART | ContentKind.TEXT:
            return annotation_of(content.type)
        case _:
            assert_never(content.kind)


def _read(annotation_of: _AnnotationOf, content: Content) -> Annotation:
    """The annotation of a content that is answered."""
    match content.kind:
        case ContentKind.FORM:
            return frozenset({Plain("str")})
        case ContentKind.BINARY | ContentKind.MULTIPART:
            return frozenset({Plain("bytes")})
        case ContentKind.JSON_LINES | ContentKind.EVENTS:
            is_event = content.kind is ContentKind.EVENTS
            return frozenset({Arriving(annotation_of(content.type), is_event)})
        case ContentKind.JSON | ContentKind.TEXT:
            return annotation_of(content.type)
        case _:
            assert_never(content.kind)


def given(annotation_of: _AnnotationOf, contents: Iterable[Content]) -> Annotation:
    """What a body may be in Python."""
    return frozenset(part for one in contents for part in _given(annotation_of, one))


def described(annotation_of: _AnnotationOf, contents: Iterable[Content]) -> Annotation:
    """What an error holds in Python: its models and its text, for nothing else is read."""
    read = (
        _TEXT if one.kind.is_read_as_text else annotation_of(one.type)
        for one in contents
        if one.kind is ContentKind.JSON or one.kind.is_read_as_text
    )
    return frozenset(part for parts in read for part in parts)


def answered(annotation_of: _AnnotationOf, endpoint: Endpoint) -> Annotation:
    """What a call returns: what the answers that succeed hold together."""
    found: set[Part] = set()
    for answer in successes(endpoint):
        held = {part for one in answer.contents for part in _read(annotation_of, one)}
        found |= held or {NONE}
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
