"""Credentials: what is secret, where it goes in a request, and which of it goes.

A document says for each call which schemes it takes: alternatives, each of one scheme or of
several together. The client sends the first alternative for which it has all; one that needs
nothing comes last. Without any it sends none, and the server will say so.

No secret leaves this module but in the request itself: nothing here has a representation, and no
error quotes a value.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, Protocol, TypeAlias

from attrs import evolve, frozen

from .errors import RequestError
from .http import Request
from .styles import QueryField, query_text, write_in_cookies

Secret: TypeAlias = str | Callable[[], str]
"""A key or a token, or what gives one; a function is asked for each call that is sent."""

Login: TypeAlias = tuple[str, str] | Callable[[], tuple[str, str]]
"""A name and a password, or what gives them."""


@frozen(repr=False)
class Credential:
    """A secret, and where it goes."""

    place: Literal["header", "query", "cookie"]
    name: str
    """Of the header field, query field or cookie."""
    text: Callable[[], str]
    """Gives what is sent."""


class Credentials(Protocol):
    """What an API's own class of credentials is, such as the one in the module `security`."""

    def given(self) -> Mapping[str, Credential]:
        """Return what there is, by the names of the schemes."""
        ...


def accepted(*alternatives: str | tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """What a call takes: alternatives, each a scheme, or several together, or none at all."""
    return tuple((one,) if isinstance(one, str) else one for one in alternatives)


def key_in_header(name: str, secret: Secret | None) -> Credential | None:
    """An API key in a header field."""
    return None if secret is None else Credential("header", name, _giver(name, secret))


def key_in_query(name: str, secret: Secret | None) -> Credential | None:
    """An API key in a query field."""
    return None if secret is None else Credential("query", name, _giver(name, secret))


def key_in_cookie(name: str, secret: Secret | None) -> Credential | None:
    """An API key in a cookie."""
    return None if secret is None else Credential("cookie", name, _giver(name, secret))


def bearer(secret: Secret | None) -> Credential | None:
    """A bearer token (RFC 6750, section 2.1)."""
    if secret is None:
        return None
    token = _giver("bearer token", secret)
    return Credential("header", "Authorization", lambda: f"Bearer {token()}")


def basic(login: Login | None) -> Credential | None:
    """A name and a password (RFC 7617)."""
    if login is None:
        return None
    return Credential("header", "Authorization", lambda: _basic(*_called(login)))


def authorization(secret: Secret | None) -> Credential | None:
    """An `Authorization` field of a scheme that the caller writes, name and all."""
    return None if secret is None else key_in_header("Authorization", secret)


def present(credentials: Mapping[str, Credential | None]) -> Mapping[str, Credential]:
    """Those that there are."""
    return {name: one for name, one in credentials.items() if one is not None}


def signed(
    request: Request,
    alternatives: Iterable[Sequence[str]],
    credentials: Credentials | None,
) -> Request:
    """The request with the credentials that it takes, of those that there are."""
    if credentials is None:
        return request
    given = credentials.given()
    wanted = sorted(alternatives, key=lambda names: not names)
    chosen = next((names for names in wanted if all(name in given for name in names)), ())
    for name in chosen:
        request = _with(request, given[name])
    return request


def _with(request: Request, credential: Credential) -> Request:
    name, text = credential.name, credential.text()
    match credential.place:
        case "header":
            return evolve(request, headers=request.headers.merged({name: text}))
        case "cookie":
            pairs = [f"{key}={value}" for key, value in write_in_cookies(name, text, "form")]
            cookies = [
                *([request.headers["Cookie"]] if "Cookie" in request.headers else []),
                *pairs,
            ]
            return evolve(request, headers=request.headers.merged({"Cookie": "; ".join(cookies)}))
        case "query":
            field: QueryField = (name, text)
            mark = "&" if "?" in request.url else "?"
            return evolve(request, url=f"{request.url}{mark}{query_text([field])}")


def _giver(name: str, secret: Secret) -> Callable[[], str]:
    def give() -> str:
        text = secret if isinstance(secret, str) else secret()
        if not text:
            raise RequestError(f"the credential {name} is empty")
        return text

    return give


def _called(login: Login) -> tuple[str, str]:
    return login() if callable(login) else login


def _basic(name: str, password: str) -> str:
    if ":" in name:
        raise RequestError("the name in a login cannot hold a colon (RFC 7617, section 2)")
    pair = f"{name}:{password}"
    if not pair.isprintable():
        raise RequestError("a login cannot hold control characters (RFC 7617, section 2)")
    return f"Basic {base64.b64encode(pair.encode()).decode('ascii')}"
