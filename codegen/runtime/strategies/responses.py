"""Answers of servers: such as the document describes, and such as it does not.

What an endpoint describes stands in its calls, so nothing has to be said of it again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias

from attrs import evolve, field, frozen
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ..call import (
    AnswerByMediaType,
    BytesAnswer,
    Call,
    EmptyAnswer,
    ErrorAnswer,
    JsonAnswer,
    StatusKey,
    TextAnswer,
    TypedTextAnswer,
)
from ..http import Headers, Response
from ..json_text import write_json
from ..json_types import Json, is_array, is_object
from ..media_types import is_json, json_among
from ..plain_text import as_plain_text
from .impossible import NOTHING, any_of
from .making import STRICT
from .regular import CHARACTERS

Fault: TypeAlias = Literal["status", "media type", "cut short", "HTML", "empty"]
"""What is wrong with an answer: its status, the type of its body, or its body."""


_Answers: TypeAlias = Mapping[StatusKey, Any]


@frozen
class ServedResponse:
    """An answer, and what is wrong with it."""

    response: Response = field(repr=lambda response: _shown(response))
    fault: Fault | None
    """None where the document describes the answer."""


def _shown(response: Response) -> str:
    """All of an answer, which is no secret here: whoever sees a test fail wants to know it."""
    headers = dict(response.headers)
    return f"Response(status={response.status}, headers={headers}, body={response.body!r})"


_HTML: Final = b"<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>"
_TEXT: Final = st.text(CHARACTERS).map(str.encode)
_STATUSES: Final = (*range(200, 209), 226, *range(300, 309), *range(400, 452), *range(500, 512))


def responses(
    calls: SearchStrategy[Call[Any]], media_types: Mapping[StatusKey, Sequence[str]] | None = None
) -> SearchStrategy[ServedResponse]:
    """Answers to the calls of an endpoint; told are the media types of statuses
    that differ in them, where they are not JSON alone."""
    return calls.flatmap(lambda call: _served(call.answers, _Accepted(call.accept, media_types)))


def _served(answers: _Answers, accepted: _Accepted) -> SearchStrategy[ServedResponse]:
    """Answers to a call that describes some, as they should be and otherwise."""
    described = any_of(_described(answers, accepted))
    parts = (
        [described.map(lambda response: ServedResponse(response, None))]
        if described is not NOTHING
        else []
    )
    statuses = _undescribed(answers)
    if statuses:
        bodies = st.sampled_from([b"", b"{}", _HTML])
        parts.append(st.builds(_of_status, st.sampled_from(statuses), bodies))
    with_json = any_of(_described(answers, accepted, only_json=True))
    if with_json is not NOTHING:
        parts.append(with_json.flatmap(_broken))
    return st.one_of(parts)


def _of_status(status: int, body: bytes) -> ServedResponse:
    return ServedResponse(Response(status=status, body=body), "status")


def _undescribed(answers: _Answers) -> list[int]:
    described = {str(key).upper() for key in answers}
    if "DEFAULT" in described:
        return []
    return [
        status for status in _STATUSES if described.isdisjoint({str(status), f"{status // 100}XX"})
    ]


def _described(
    answers: _Answers, accepted: _Accepted, *, only_json: bool = False
) -> Iterator[SearchStrategy[Response]]:
    for key, answer in answers.items():
        for media_type, body in _bodies(answer, accepted.of(key)):
            if body is NOTHING or (
                only_json
                and (isinstance(answer, (ErrorAnswer, BytesAnswer)) or not is_json(media_type))
            ):
                continue
            fields = {"Content-Type": media_type} if media_type else {}
            yield st.builds(
                Response,
                status=st.sampled_from(_statuses_of(key, answers)),
                headers=st.just(Headers(fields)),
                body=body,
            )


def _statuses_of(key: StatusKey, answers: _Answers) -> list[int]:
    """The statuses that a description is of."""
    if isinstance(key, int):
        return [key]
    named = {str(other).upper() for other in answers}
    if key == "default":
        return [
            status for status in _STATUSES if named.isdisjoint({str(status), f"{status // 100}XX"})
        ]
    return [one for one in _STATUSES if key[0] == str(one)[0] and str(one) not in named] or [
        int(key[0]) * 100
    ]


def _bodies(answer: object, accepted: list[str]) -> Iterator[tuple[str, SearchStrategy[bytes]]]:
    """The bodies that an answer may have, by media type; none has an empty one."""
    told: Any = answer  # of what type its value is, is of no matter
    match answer:
        case AnswerByMediaType():
            for media_type, one in told.answers.items():
                yield from ((_concrete(media_type), body) for _, body in _bodies(one, accepted))
        case JsonAnswer():
            yield json_among(accepted), _written(STRICT.of(told.form, told.constraints))
        case EmptyAnswer():
            yield "", st.just(b"")
        case ErrorAnswer():
            yield from _bodies_of_error(told)
        case TextAnswer():
            yield f"{_text_type(accepted)}; charset=utf-8", _TEXT
        case TypedTextAnswer():
            values = STRICT.of(told.form, told.constraints)
            yield f"{_text_type(accepted)}; charset=utf-8", _written_plainly(values)
        case BytesAnswer():
            media_type = _first(accepted, lambda one: not is_json(one) and one[:5] != "text/")
            # Who asks for nothing else takes bytes that are called JSON.
            others = next(iter(accepted), "application/json")
            yield media_type or others, st.binary(max_size=40)
        case _:
            pass


def _bodies_of_error(answer: ErrorAnswer) -> Iterator[tuple[str, SearchStrategy[bytes]]]:
    """The bodies of an error by media type: its JSON and its text, or none."""
    forms: Mapping[str, Any] = answer.by_media_type
    if not forms and answer.form is not None:
        forms = {"application/json": answer.form}
    for media_type, form in forms.items():
        yield _concrete(media_type), _written(STRICT.of(form))
    for media_type in map(_concrete, answer.text):
        yield media_type if "charset" in media_type else f"{media_type}; charset=utf-8", _TEXT
    if not forms and not answer.text:
        yield "", st.just(b"")


class _Accepted:
    """The media types that a call asks for, as one of those that each range stands for."""

    def __init__(
        self, accept: str | None, by_status: Mapping[StatusKey, Sequence[str]] | None
    ) -> None:
        self._all = [] if accept is None else accept.split(",")
        self._by_status = by_status or {}

    def of(self, status: StatusKey) -> list[str]:
        """Those of the answers of a status."""
        types = self._by_status.get(status, [] if self._by_status else self._all)
        return [_concrete(one.partition(";")[0].strip().lower()) for one in types]


def _concrete(media_type: str) -> str:
    return media_type.replace("*/*", "application/octet-stream").replace("*", "x-any")


def _first(media_types: list[str], fits: Callable[[str], bool]) -> str | None:
    return next((one for one in media_types if fits(one)), None)


def _text_type(accepted: list[str]) -> str:
    """The media type of text, where those of other answers are accepted, too."""
    others = [one for one in accepted if not is_json(one)]
    return _first(others, lambda one: one[:5] == "text/") or next(iter(others), "text/plain")


def _written(values: SearchStrategy[Json]) -> SearchStrategy[bytes]:
    return NOTHING if values is NOTHING else values.map(lambda value: json.dumps(value).encode())


def _written_plainly(values: SearchStrategy[Json]) -> SearchStrategy[bytes]:
    if values is NOTHING:
        return NOTHING
    return values.map(lambda value: as_plain_text(write_json(value)).encode())


def _broken(response: Response) -> SearchStrategy[ServedResponse]:
    """An answer of JSON as something else comes of it on the way."""
    as_html = Headers({"Content-Type": "text/html"})
    broken = [
        ServedResponse(evolve(response, headers=as_html), "media type"),
        ServedResponse(evolve(response, headers=as_html, body=_HTML), "HTML"),
        ServedResponse(evolve(response, body=b""), "empty"),
    ]
    value = json.loads(response.body)
    if isinstance(value, str) or is_array(value) or is_object(value):
        cuts = st.integers(1, len(response.body) - 1)
        short = cuts.map(lambda end: evolve(response, body=response.body[:end]))
        return st.sampled_from(broken) | short.map(lambda one: ServedResponse(one, "cut short"))
    return st.sampled_from(broken)
