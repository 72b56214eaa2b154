"""The server's half of a call: find its endpoint, read it, and write the reply.

Everything here is pure, so that one implementation answers over sockets and in process.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from attrs import Factory, field, frozen

from .codec import server_codec
from .constraints import FREE, Constraints
from .errors import SdkError
from .http import Headers, Request, Response
from .parameters import Parameter, text_of, value_of, values_of
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
    status: int = 200
    headers: Mapping[str, str] = field(default=Factory(dict[str, str]))


class ErrorReply(SdkError):
    """Raised by a handler to answer with an error: a status and its documented value."""

    def __init__(self, status: int, value: object) -> None:
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

    def path(self, name: str, form: TypeForm[T], constraints: Constraints = FREE) -> T:
        """A path parameter; one that is no `form` names nothing, so the answer is 404."""
        text = self._path[name]
        try:
            return _checked(value_of(text, form), constraints)
        except InvalidError as error:
            raise _refused(404, "Not Found", _about(name, error)) from None

    def query(self, name: str, form: TypeForm[T], constraints: Constraints = FREE) -> T:
        """A query parameter that must be there."""
        return _required(name, self.optional_query(name, form, constraints))

    def optional_query(
        self, name: str, form: TypeForm[T], constraints: Constraints = FREE
    ) -> T | None:
        """A query parameter that may be absent; a list takes all fields of the name."""
        fields = parse_qsl(urlsplit(self.request.url).query, keep_blank_values=True)
        texts = [value for key, value in fields if key == name]
        return _read_texts(name, texts, form, constraints)

    def header(self, name: str, form: TypeForm[T], constraints: Constraints = FREE) -> T:
        """A header field that must be there."""
        return _required(name, self.optional_header(name, form, constraints))

    def optional_header(
        self, name: str, form: TypeForm[T], constraints: Constraints = FREE
    ) -> T | None:
        """A header field that may be absent."""
        text = self.request.headers.get(name)
        return _read_texts(name, [] if text is None else [text], form, constraints)

    def expect_query(self, name: str, constant: Parameter) -> None:
        """Refuse a request without the one value that a query parameter may have."""
        _expect(name, constant, self.query(name, str))

    def expect_header(self, name: str, constant: Parameter) -> None:
        """Refuse a request without the one value that a header field may have."""
        _expect(name, constant, self.header(name, str))

    def json(self, form: TypeForm[T], constraints: Constraints = FREE) -> T:
        """The JSON body, which must be a `form`."""
        media_type = self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if media_type != "application/json":
            raise _refused(400, "Request Not JSON", ("send JSON, as application/json",))
        try:
            return server_codec.decode(self.request.body or b"", form, constraints)
        except InvalidError as error:
            title = "Request Not JSON" if _is_no_json(error) else "Invalid Request"
            raise _refused(400, title, tuple(str(one) for one in error.violations)) from None

    def optional_json(self, form: TypeForm[T], constraints: Constraints = FREE) -> T | None:
        """The JSON body, or None where the request has none."""
        return self.json(form, constraints) if self.request.body else None


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
    _pattern: re.Pattern[str] = field(
        init=False,
        repr=False,
        eq=False,
        default=Factory(lambda self: _pattern(self.template), takes_self=True),
    )

    def match(self, path: str) -> Mapping[str, str] | None:
        """The path parameters, decoded, or None where the path is another's."""
        found = self._pattern.fullmatch(path)
        if found is None:
            return None
        names = re.findall(r"\{([^{}]*)\}", self.template)
        return dict(zip(names, (unquote(text) for text in found.groups()), strict=True))


class Router(Generic[HandlersT]):
    """All endpoints of an API."""

    def __init__(self, *routes: Route[HandlersT]) -> None:
        self._routes = routes

    def dispatch(self, handlers: HandlersT, request: Request) -> Response:
        """Answer a request through the handler of its endpoint."""
        try:
            route, path = self._find(request)
            reply = route.handle(handlers, Incoming(request, path))
        except _RefusedError as refused:
            reply = handlers.refuse(refused.refusal)
        except ErrorReply as error:
            reply = Reply(error.value, error.status)
        return _response(reply)

    def _find(self, request: Request) -> tuple[Route[HandlersT], Mapping[str, str]]:
        target = urlsplit(request.url).path or "/"
        # A character may be percent-encoded or not (RFC 3986, section 2.3): one spelling for all.
        spelled = "/".join(quote(unquote(segment), safe="") for segment in target.split("/"))
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
        # Two endpoints of one method and path differ in whether they take a body.
        has_body = bool(request.body)
        fitting = [one for one in candidates if one[0].takes_body in (None, has_body)]
        return (fitting or candidates)[0]


def _pattern(template: str) -> re.Pattern[str]:
    pieces = re.split(r"(\{[^{}]*\})", template)
    return re.compile(
        "".join(
            "([^/]+)" if piece[:1] == "{" else re.escape(quote(piece, safe="/")) for piece in pieces
        )
    )


def _response(reply: Reply[object]) -> Response:
    headers = Headers(reply.headers)
    if reply.value is None:
        return Response(status=reply.status, headers=headers)
    if isinstance(reply.value, bytes):
        return Response(status=reply.status, headers=headers, body=reply.value)
    return Response(
        status=reply.status,
        headers=headers.merged({"Content-Type": "application/json"}),
        body=server_codec.encode(reply.value),
    )


def _read_texts(
    name: str, texts: list[str], form: TypeForm[T], constraints: Constraints
) -> T | None:
    if not texts:
        return None
    try:
        return _checked(values_of(texts, form), constraints)
    except InvalidError as error:
        raise _refused(400, "Invalid Parameter", _about(name, error)) from None


def _checked(value: T, constraints: Constraints) -> T:
    problems = list(constraints.problems(value))
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
