"""Transports that record what is exchanged with a server, and that replay it without one.

A recording is JSON that people can read and change: what each request was, and what answered it.
Header fields that may be secrets are left out.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit

from attrs import evolve, field, frozen

from ..api import Headers, Json, JsonObject, Request, Response, Transport, TransportError

_SECRETS: Final = frozenset({"authorization", "cookie", "proxy-authorization", "set-cookie"})
"""Header fields that are never recorded; others may be named besides."""


class RecordingError(ValueError):
    """A recording cannot be read; the message says which, and what is wrong with it."""


@frozen(kw_only=True)
class Recorded:
    """One request and its answer."""

    method: str
    target: str
    """Path and query; the server it was sent to does not matter."""
    request_body: bytes | None = None
    request_headers: Headers = field(factory=Headers)
    response: Response

    def answers(self, request: Request) -> bool:
        """Whether a request is the one that was recorded: method, target, and body as it means."""
        is_same = (self.method, self.target) == (request.method, _target(request.url))
        return is_same and _meaning(self.request_body) == _meaning(_body(request))


class RecordingTransport:
    """Carries requests by another transport, and keeps what went over it.

    Whatever raises is not recorded. Use it in a `with`, which writes the recording to `path` at
    its end, or call `write`. `secrets` names header fields to leave out besides the usual ones.
    The other transport stays its owner's.
    """

    def __init__(
        self, transport: Transport, path: Path | str, *, secrets: tuple[str, ...] = ()
    ) -> None:
        self._transport = transport
        self._path = Path(path)
        self._secrets = _SECRETS | {name.lower() for name in secrets}
        self._recorded: list[Recorded] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.write()

    @property
    def recorded(self) -> tuple[Recorded, ...]:
        """What was exchanged so far."""
        return tuple(self._recorded)

    def send(self, request: Request) -> Response:
        """Send the request, and keep it with its answer."""
        request = evolve(request, body=_body(request))  # what is read as it is sent is read once
        response = self._transport.send(request)
        recorded = Recorded(
            method=request.method,
            target=_target(request.url),
            request_body=_body(request),
            request_headers=self._shown(request.headers),
            response=evolve(response, headers=self._shown(response.headers)),
        )
        with self._lock:
            self._recorded.append(recorded)
        return response

    def close(self) -> None:
        """Let go of connections."""
        self._transport.close()

    def write(self) -> None:
        """Write what was exchanged so far to the file."""
        exchanges = [_written(one) for one in self._recorded]
        text = json.dumps({"exchanges": exchanges}, indent=1, ensure_ascii=False)
        self._path.write_text(text + "\n", encoding="utf-8")

    def _shown(self, headers: Headers) -> Headers:
        return Headers([pair for pair in headers.each() if pair[0].lower() not in self._secrets])


class ReplayingTransport:
    """Answers requests as a recording says, each in the order in which it was recorded.

    A request that was recorded several times gets one answer after the other, and the last one
    again and again. Raises `RecordingError` for a file that is no recording, and `TransportError`
    for a request that is not in it.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)
        self._recorded = _read(self._path)
        self._replayed: set[int] = set()
        self._lock = threading.Lock()

    @property
    def left(self) -> tuple[Recorded, ...]:
        """What was not asked for yet."""
        ahead = enumerate(self._recorded)
        return tuple(one for place, one in ahead if place not in self._replayed)

    def send(self, request: Request) -> Response:
        """The recorded answer."""
        with self._lock:
            places = [place for place, one in enumerate(self._recorded) if one.answers(request)]
            if not places:
                what = f"{request.method} {_target(request.url)}"
                raise TransportError(f"{what} is not in the recording {self._path}", sent=False)
            ahead = [place for place in places if place not in self._replayed]
            place = ahead[0] if ahead else places[-1]
            self._replayed.add(place)
        return self._recorded[place].response

    def close(self) -> None:
        """Nothing to let go of."""


def _target(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _body(request: Request) -> bytes | None:
    return None if request.body is None else request.whole_body


def _meaning(body: bytes | None) -> object:
    """What is the same for two bodies that mean the same JSON."""
    try:
        return None if body is None else json.loads(body)
    except ValueError:
        return body


# The form of recordings: JSON bodies as they are, text as text, and all else in base64.


def _written(recorded: Recorded) -> JsonObject:
    response = recorded.response
    return {
        "request": {
            "method": recorded.method,
            "path": recorded.target,
            "headers": dict(recorded.request_headers),
            **_body_written(recorded.request_body),
        },
        "response": {
            "status": response.status,
            "headers": dict(response.headers),
            **_body_written(response.body),
        },
    }


def _body_written(body: bytes | None) -> JsonObject:
    if not body:
        return {"body": None}
    try:
        value: Json = json.loads(body)
        json.dumps(value, allow_nan=False)
        if value is not None:
            return {"body": value}
    except ValueError:
        pass  # no JSON, or none that could be written again
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode("ascii")}


def _read(path: Path) -> tuple[Recorded, ...]:
    try:
        whole: Json = json.loads(path.read_text("utf-8"))
        return tuple(_exchange(one) for one in whole["exchanges"])
    except OSError as error:
        raise RecordingError(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        what = f"{type(error).__name__}: {error}"
        raise RecordingError(f"{path}: is no recording of exchanges ({what})") from None


def _exchange(one: Mapping[str, Json]) -> Recorded:
    request, response = one["request"], one["response"]
    return Recorded(
        method=request["method"],
        target=_target(request["path"]),
        request_body=_body_read(request),
        request_headers=Headers(request.get("headers", {})),
        response=Response(
            status=int(response["status"]),
            headers=Headers(response.get("headers", {})),
            body=_body_read(response) or b"",
        ),
    )


def _body_read(message: Mapping[str, Json]) -> bytes | None:
    if "text" in message:
        return str(message["text"]).encode()
    if "base64" in message:
        return base64.b64decode(message["base64"])
    body = message.get("body")
    return None if body is None else json.dumps(body, ensure_ascii=False).encode()


__all__ = ["Recorded", "RecordingError", "RecordingTransport", "ReplayingTransport"]
