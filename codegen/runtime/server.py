"""The server's half of a call: find its endpoint, read it, and write the reply.

Everything here is pure, so that one implementation answers over sockets and in process.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar, cast, get_args
from urllib.parse import quote, urlsplit, urlunsplit

from attrs import Factory, evolve, field, frozen

from .codec import server_codec
from .constraints import FREE, Constraints
from .contents import Format, JsonFormat
from .errors import SdkError
from .http import Headers, Request, Response
from .items import Items, write_items
from .media_types import charset_of, covers, is_json, is_of_items, json_among, nearest
from .parameter_texts import Parameter, text_of
from .parameters import read_cookie, read_header, read_path, read_query
from .plain_text import as_plain_text
from .query_strings import has_query, read_query_string
from .statuses import StatusKey, described_of
from .styles import (
    CookieStyle,
    HeaderStyle,
    PathStyle,
    QueryStyle,
    pattern_in_path,
    raw_query_of,
)
from .violations import InvalidError, invalid

if TYPE_CHECKING:
    from typing_extensions import TypeForm

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@frozen
class Reply(Generic[T_co]):
    """What a handler answers: a value, its status, and header fields.

    None has no body; bytes go out as they are, under the `Content-Type` among the headers; all
    else goes out as JSON.
    """

    value: T_co
    status: int = field(default=200, validator=lambda _, __, status: _check_status(status))
    headers: Mapping[str, str] = field(default=Factory(dict[str, str]))


def _check_status(status: object) -> None:
    if not isinstance(status, int):
        told = "Reply(value, status) and ErrorReply(status, value)"
        raise TypeError(f"a status is an int, not a {type(status).__name__}: {told}")


class ErrorReply(SdkError):
    """Raised by a handler to answer with an error: a status and its documented value."""

    def __init__(self, status: int, value: object) -> None:
        _check_status(status)
        super().__init__(status, value)
        self.status = status
        self.value = value


@frozen
class Refusal:
    """Why a request never reached a handler."""

    status: int
    """400, 404, 405 or 415."""
    title: str
    details: tuple[str, ...]
    """Each thing that is wrong, one line each."""
    headers: Mapping[str, str] = field(default=Factory(dict[str, str]))
    """Such as `Allow` with a 405 (RFC 9110, section 15.5.6)."""


class _RefusedError(Exception):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


@frozen
class Incoming:
    """A request on its way to a handler, read piece by piece."""

    request: Request
    _path: Mapping[str, str]

    def path(
        self,
        name: str,
        form: TypeForm[T],
        constraints: Constraints = FREE,
        *,
        style: PathStyle = "simple",
    ) -> T:
        """A path parameter; one that is no `form` names nothing, so the answer is 404."""
        try:
            return _checked(read_path(self._path[name], name, form, style), constraints)
        except InvalidError as error:
            raise _refused(404, "Not Found", _about(name, error)) from None

    def query(
        self,
        name: str,
        form: TypeForm[T],
        constraints: Constraints = FREE,
        *,
        style: QueryStyle = "form*",
        besides: Sequence[object] = (),
    ) -> T:
        """A query parameter that must be there."""
        found = self.optional_query(name, form, constraints, style=style, besides=besides)
        return _required(name, found)

    def optional_query(
        self,
        name: str,
        form: TypeForm[T],
        constraints: Constraints = FREE,
        *,
        style: QueryStyle = "form*",
        besides: Sequence[object] = (),
    ) -> T | None:
        """A query parameter that may be absent; a list takes all fields of the name."""
        fields = raw_query_of(self.request.url)
        return _read(
            name, lambda: read_query(fields, name, form, style, besides=besides), constraints
        )

    def header(
        self,
        name: str,
        form: TypeForm[T],
        constraints: Constraints = FREE,
        *,
        style: HeaderStyle = "simple",
    ) -> T:
        """A header field that must be there."""
        return _required(name, self.optional_header(name, form, constraints, style=style))

    def optional_header(
        self,
        name: str,
        form: TypeForm[T],
        constraints: Constraints = FREE,
        *,
        style: HeaderStyle = "simple",
    ) -> T | None:
        """A header field that may be absent."""
        text = self.request.headers.get(name)
        if text is None:
            return None
        return _read(name, lambda: read_header(text, form, style), constraints)

    def cookie(
        self,
        name: str,
        form: TypeForm[T],
        constraints: Constraints = FREE,
        *,
        style: CookieStyle = "form*",
        besides: Sequence[object] = (),
    ) -> T:
        """A cookie that must be there."""
        found = self.optional_cookie(name, form, constraints, style=style, besides=besides)
        return _required(name, found)

    def optional_cookie(
        self,
        name: str,
        form: TypeForm[T],
        constraints: Constraints = FREE,
        *,
        style: CookieStyle = "form*",
        besides: Sequence[object] = (),
    ) -> T | None:
        """A cookie that may be absent."""
        cookies = self.request.headers.get("Cookie", "")
        return _read(
            name, lambda: read_cookie(cookies, name, form, style, besides=besides), constraints
        )

    def expect_query(self, name: str, constant: Parameter) -> None:
        """Refuse a request without the one value that a query parameter may have."""
        _expect(name, constant, self.query(name, str))

    def expect_header(self, name: str, constant: Parameter) -> None:
        """Refuse a request without the one value that a header field may have."""
        _expect(name, constant, self.header(name, str))

    def expect_cookie(self, name: str, constant: Parameter) -> None:
        """Refuse a request without the one value that a cookie may have."""
        _expect(name, constant, self.cookie(name, str))

    def expect_path(self, name: str, constant: Parameter) -> None:
        """Answer 404 to a request without the one value that a path parameter may have."""
        if self.path(name, str) != text_of(constant):
            raise _refused(404, "Not Found", (f"{name} must be {text_of(constant)}",))

    def query_string(self, described: Format[T]) -> T:
        """The whole query, which must be what is described."""
        try:
            return read_query_string(self.request.url, described)
        except InvalidError as error:
            told = tuple(str(one) for one in error.violations)
            raise _refused(400, "Invalid Request", told) from None

    def optional_query_string(self, described: Format[T]) -> T | None:
        """The same, or None where there is no query."""
        return self.query_string(described) if has_query(self.request.url) else None

    def json(self, form: TypeForm[T], constraints: Constraints = FREE) -> T:
        """The JSON body, which must be a `form`."""
        if not is_json(self._media_type):
            raise _refused(400, "Request Not JSON", ("send JSON, as application/json",))
        return self._body(JsonFormat(form, constraints), self._media_type)

    def optional_json(self, form: TypeForm[T], constraints: Constraints = FREE) -> T | None:
        """The JSON body, or None where the request has none."""
        return self.json(form, constraints) if self.request.body else None

    def body(self, formats: Mapping[str, Format[T]]) -> T:
        """The body in one of the media types that it may have; any other is answered with 415."""
        media_type = self._media_type
        described = nearest(formats, media_type)
        if described is None:
            raise _unsupported(media_type, formats)
        return self._body(formats[described], media_type)

    def optional_body(self, formats: Mapping[str, Format[T]]) -> T | None:
        """The same, or None where the request has no body."""
        has_body = self.request.body or "Content-Type" in self.request.headers
        return self.body(formats) if has_body else None

    def body_of(self, form: TypeForm[T], formats: Mapping[str, Format[object]]) -> T:
        """The same for a body that is of another type in another media type: of a `form`."""
        # Type checkers cannot find a union out by themselves; the formats are what reads.
        return cast("T", self.body(formats))

    def optional_body_of(
        self, form: TypeForm[T], formats: Mapping[str, Format[object]]
    ) -> T | None:
        """The same, or None where the request has no body."""
        return cast("T | None", self.optional_body(formats))

    def content_type(self, form: TypeForm[T], otherwise: T | None = None) -> T:
        """The media type of the body, as the document spells it; `otherwise` where none is said."""
        media_type = self.request.headers.get("Content-Type")
        if media_type is None and otherwise is not None:
            return otherwise
        spellings: tuple[str, ...] = get_args(form)
        spelled = nearest(spellings, media_type or "") if spellings else media_type
        if spelled is None:
            raise _unsupported(media_type or "", spellings)
        return server_codec.structure(spelled, form)

    @property
    def _media_type(self) -> str:
        return self.request.headers.get("Content-Type", "")

    def _body(self, described: Format[T], media_type: str) -> T:
        try:
            return described.read(self.request.whole_body, media_type, server_codec)
        except InvalidError as error:
            title = "Request Not JSON" if _is_no_json(error) else "Invalid Request"
            raise _refused(400, title, tuple(str(one) for one in error.violations)) from None


HandlersT = TypeVar("HandlersT", bound="_Refusing")


class _Refusing(Protocol):
    def refuse(self, refusal: Refusal) -> Reply[object]:
        """The reply to a request that reaches no handler."""
        ...


@frozen
class Route(Generic[HandlersT]):
    """One endpoint's place: method, path template, and how to call its handler."""

    method: str
    template: str
    handle: Callable[[HandlersT, Incoming], Reply[object]]
    takes_body: bool | None = field(kw_only=True)
    """None where a body may be left out."""
    replies: Mapping[StatusKey, Sequence[str]] = field(
        default=Factory(dict["StatusKey", Sequence[str]]), kw_only=True
    )
    """The media types of answers by their status, JSON first; all others are JSON alone."""
    styles: Mapping[str, PathStyle] = field(default=Factory(dict[str, PathStyle]), kw_only=True)
    """How parameters of the path are written, where it is not the usual way."""
    _pattern: re.Pattern[str] = field(
        init=False,
        repr=False,
        eq=False,
        default=Factory(lambda self: _pattern(self.template, self.styles), takes_self=True),
    )

    @property
    def literals(self) -> int:
        """How many characters of the path are no parameter's."""
        return len(_PLACE.sub("", self.template))

    def replies_of(self, status: int) -> Sequence[str]:
        """The media types of an answer; none of an error of which nothing is told."""
        described = described_of(self.replies, status)
        if described is None:
            return _JSON_ALONE if status < 400 else ()
        return described

    def match(self, path: str) -> Mapping[str, str] | None:
        """The path parameters, still encoded, or None where the path is another's."""
        found = self._pattern.fullmatch(path)
        if found is None:
            return None
        names = _PLACE.findall(self.template)
        return dict(zip(names, found.groups(), strict=True))


class Router(Generic[HandlersT]):
    """All endpoints of an API."""

    def __init__(self, *routes: Route[HandlersT]) -> None:
        self._routes = routes

    def dispatch(self, handlers: HandlersT, request: Request) -> Response:
        """Answer a request through the handler of its endpoint."""
        if request.body is not None and not isinstance(request.body, bytes):
            request = evolve(request, body=request.whole_body)
        try:
            route, path = self._find(request)
        except _RefusedError as refused:
            return _response(handlers.refuse(refused.refusal), ())
        try:
            reply = route.handle(handlers, Incoming(request, path))
            _require_reply(reply, request)
        except _RefusedError as refused:
            return _response(handlers.refuse(refused.refusal), ())
        except ErrorReply as error:
            reply = Reply(error.value, error.status)
        return _response(reply, route.replies_of(reply.status))

    def below(self, request: Request, urls: Iterable[str]) -> Request:
        """A request without the path of the URL where the API is found, if an endpoint is left."""
        address = urlsplit(request.url)
        for url in urls:
            start = urlsplit(url).path.rstrip("/")
            rest = address.path.removeprefix(start)
            if start and rest.startswith("/") and rest != address.path:
                spelled = _spelled_alike(rest)
                if any(route.match(spelled) is not None for route in self._routes):
                    return evolve(request, url=urlunsplit(address._replace(path=rest)))
        return request

    def _find(self, request: Request) -> tuple[Route[HandlersT], Mapping[str, str]]:
        target = urlsplit(request.url).path or "/"
        spelled = _spelled_alike(target)
        matches = [(route, route.match(spelled)) for route in self._routes]
        here = [(route, path) for route, path in matches if path is not None]
        if not here:
            raise _refused(404, "Not Found", (f"there is nothing at {target}",))
        # A literal segment is nearer than a parameter: /jobs/next before /jobs/{job_id}.
        fewest = min(len(path) for _, path in here)
        here = [(route, path) for route, path in here if len(path) == fewest]
        candidates = [(route, path) for route, path in here if route.method == request.method]
        if not candidates:
            methods = ", ".join(dict.fromkeys(route.method for route, _ in here))
            details = (f"{request.method} is not allowed at {target}; {methods} are",)
            raise _RefusedError(Refusal(405, "Method Not Allowed", details, {"Allow": methods}))
        # So is a parameter with something around it: /jobs/{id}:cancel before /jobs/{id}.
        most = max(route.literals for route, _ in candidates)
        candidates = [(route, path) for route, path in candidates if route.literals == most]
        # Two endpoints of one method and path differ in whether they take a body.
        has_body = bool(request.body)
        fitting = [one for one in candidates if one[0].takes_body in (None, has_body)]
        return (fitting or candidates)[0]


def _require_reply(reply: object, request: Request) -> None:
    if not isinstance(reply, Reply):
        kind = type(reply).__name__
        raise TypeError(f"the handler of {request.method} {request.url} gave no Reply but a {kind}")


_JSON_ALONE = ("application/json",)
_PLACE = re.compile(r"\{([^{}]*)\}")
_MATRICES = ("matrix", "matrix*")
_ENCODED = re.compile("%([0-9A-Fa-f]{2})")
_TRIPLETS = re.compile("(%[0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_IN_PATHS = "!$&'()*+,;=:@"
"""Characters that may stand in a path encoded or not, and mean the same (RFC 3986, section 3.3)."""


def _spelled_alike(path: str) -> str:
    """The path in one spelling: unreserved characters plain, all others as they are or encoded."""
    encoded = quote(path, safe=f"/%{_IN_PATHS}")
    return _ENCODED.sub(lambda found: _decoded(found[0]), encoded)


def _decoded(triplet: str) -> str:
    character = chr(int(triplet[1:], 16))
    return character if character in _UNRESERVED else triplet.upper()


def _pattern(template: str, styles: Mapping[str, PathStyle]) -> re.Pattern[str]:
    segments = template.split("/")
    return re.compile("/".join(_segment(segment, styles) for segment in segments))


def _segment(segment: str, styles: Mapping[str, PathStyle]) -> str:
    """What finds a segment, which is not empty where a parameter stands in it."""
    pieces = [piece for piece in re.split(r"(\{[^{}]*\})", segment) if piece]
    is_alone = len(pieces) < 2
    matrices = [name for name in _PLACE.findall(segment) if styles.get(name) in _MATRICES]
    found: list[str] = []
    for piece in pieces:
        if piece[0] != "{":
            found.append(_text_of_path(piece))
            continue
        name = piece[1:-1]
        beside = [_literals(other) for other in matrices if other != name]
        style = styles.get(name, "simple")
        found.append(pattern_in_path(_literals(name), style, beside, is_alone=is_alone))
    return "".join(found) if is_alone else "".join(["(?=[^/])", *found])


def _text_of_path(text: str) -> str:
    """What finds the text beside parameters, in which triplets are characters already."""
    return "".join(
        _triplet(piece) if place % 2 else _literals(piece)
        for place, piece in enumerate(_TRIPLETS.split(text))
    )


def _triplet(triplet: str) -> str:
    """What finds a character that a template has encoded (RFC 6570, section 3.1)."""
    spelled = _decoded(triplet)
    character = chr(int(triplet[1:], 16))
    return _literal(character) if character in _IN_PATHS else re.escape(spelled)


def _literals(text: str) -> str:
    """What finds a text of a template in a path."""
    return "".join(map(_literal, text))


def _literal(character: str) -> str:
    """What finds a character of a template in a path."""
    encoded = quote(character, safe="/")
    if character in _IN_PATHS:
        return f"(?:{re.escape(character)}|{encoded})"
    return re.escape(encoded)


def _response(reply: Reply[object], replies: Sequence[str]) -> Response:
    headers = Headers(reply.headers)
    value = reply.value
    if value is None:
        return Response(status=reply.status, headers=headers)
    said = headers.get("Content-Type")
    if isinstance(value, bytes):
        media_type, body = said or _type_of_bytes(replies), value
    elif isinstance(value, Items):
        media_type = said or _type_of_items(replies)
        body = write_items(cast("Items[object]", value), media_type)
    else:
        media_type, body = _written(value, said, replies)
    if media_type is not None:
        headers = headers.merged({"Content-Type": media_type})
    return Response(status=reply.status, headers=headers, body=body)


def _written(value: object, said: str | None, replies: Sequence[str]) -> tuple[str, bytes]:
    """The media type and the bytes of what is neither bytes nor items: text, or JSON."""
    written = server_codec.encode(value) if not isinstance(value, str) else b""
    text = value if isinstance(value, str) else _text_of(written, replies)
    media_type = said or (json_among(replies) if text is None else _type_of_text(replies))
    if text is not None and not is_json(media_type):
        return media_type, text.encode(charset_of(media_type), "replace")
    if said is None or not is_json(said):
        said = json_among(replies)
    return said, written or server_codec.encode(value)


def _text_of(written: bytes, replies: Sequence[str]) -> str | None:
    """The text of a date and the like, where no answer is JSON."""
    is_text = written.startswith(b'"') and not any(map(is_json, replies))
    return as_plain_text(written) if is_text else None


def _type_of_items(replies: Sequence[str]) -> str:
    return next((one for one in replies if is_of_items(one)), "application/x-ndjson")


def _type_of_bytes(replies: Sequence[str]) -> str | None:
    others = [one for one in replies if not is_json(one)]
    if replies and not others:
        return json_among(replies)
    is_text = [covers("text/*", one) for one in others]
    best = others[is_text.index(False)] if False in is_text else next(iter(others), None)
    return best if best is None else _plain(best, "application/octet-stream")


def _type_of_text(replies: Sequence[str]) -> str:
    others = [one for one in replies if not is_json(one)]
    if not others:
        return json_among(replies)
    text = next((one for one in others if covers("text/*", one)), others[0])
    return _plain(text, "text/plain")


def _plain(described: str, otherwise: str) -> str:
    return otherwise if "*" in described else described


def _read(name: str, read: Callable[[], T | None], constraints: Constraints) -> T | None:
    try:
        value = read()
        return None if value is None else _checked(value, constraints)
    except InvalidError as error:
        raise _refused(400, "Invalid Parameter", _about(name, error)) from None


def _unsupported(media_type: str, known: Iterable[str]) -> _RefusedError:
    said = media_type or "no media type"
    return _refused(415, "Unsupported Media Type", (f"{said} is not one of {', '.join(known)}",))


def _checked(value: T, constraints: Constraints) -> T:
    problems = constraints.first_problems(value)
    if problems:
        raise invalid(problems)
    return value


def _required(name: str, value: T | None) -> T:
    if value is None:
        raise _refused(400, "Missing Parameter", (f"{name} is required",))
    return value


def _expect(name: str, constant: Parameter, value: str) -> None:
    if value != text_of(constant):
        raise _refused(400, "Invalid Parameter", (f"{name} must be {text_of(constant)}",))


def _about(name: str, error: InvalidError) -> tuple[str, ...]:
    return tuple(f"{name}: {violation.message}" for violation in error.violations)


def _is_no_json(error: InvalidError) -> bool:
    return any(violation.keyword == "json" for violation in error.violations)


def _refused(status: int, title: str, details: tuple[str, ...]) -> _RefusedError:
    return _RefusedError(Refusal(status, title, details))
