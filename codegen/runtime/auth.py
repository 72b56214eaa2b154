"""Credentials: what is secret, where it goes in a request, and which of it goes.

A document says for each call which schemes it takes: alternatives, each of one scheme or of
several together. The client sends the first alternative for which it has all; one that needs
nothing comes last. Without any it sends none, and the server will say so.

A secret may be a function, which is asked for each call, and once more where a server refuses
what it gave (401). `KeptSecret` is one that keeps what it was given until then.

No secret leaves this module but in the request itself: nothing here has a representation, and no
error quotes a value.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Literal, Protocol, TypeAlias

from attrs import evolve, field, frozen

from .errors import RequestError
from .header_fields import checked_headers
from .http import Headers, Request
from .locks import ForkSafeLock
from .styles import QueryField, query_text, write_in_cookies


class KeptSecret:
    """A key or a token that a function gives, kept until a server refuses it.

    However many threads need it at once, the function is asked once. Credentials that are equal
    to a client's may share it.
    """

    def __init__(self, give: Callable[[], str]) -> None:
        self._give = give
        self._kept: str | None = None
        self._lock = ForkSafeLock()

    def __call__(self) -> str:
        """What is kept, or else what the function gives."""
        with self._lock.held:
            if self._kept is None:
                self._kept = self._give()
            return self._kept

    def renewed(self, refused: str) -> str:
        """The same, but not what was refused."""
        with self._lock.held:
            if self._kept is None or self._kept == refused:
                self._kept = self._give()
            return self._kept


Secret: TypeAlias = str | Callable[[], str] | KeptSecret
"""A key or a token, or what gives one."""

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
    renewed: Callable[[str], str] | None = None
    """Gives what is sent instead of what was refused; None where there is nothing else."""


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
    return None if secret is None else _credential("header", name, name, secret)


def key_in_query(name: str, secret: Secret | None) -> Credential | None:
    """An API key in a query field."""
    return None if secret is None else _credential("query", name, name, secret)


def key_in_cookie(name: str, secret: Secret | None) -> Credential | None:
    """An API key in a cookie."""
    return None if secret is None else _credential("cookie", name, name, secret)


def bearer(secret: Secret | None) -> Credential | None:
    """A bearer token (RFC 6750, section 2.1)."""
    if secret is None:
        return None
    return _credential("header", "Authorization", "bearer token", secret, "Bearer ")


def basic(login: Login | None) -> Credential | None:
    """A name and a password (RFC 7617)."""
    if login is None:
        return None
    if not callable(login):
        return Credential("header", "Authorization", lambda: _basic(*login))
    return Credential(
        "header", "Authorization", lambda: _basic(*login()), lambda _: _basic(*login())
    )


def authorization(secret: Secret | None) -> Credential | None:
    """An `Authorization` field of a scheme that the caller writes, name and all."""
    return None if secret is None else key_in_header("Authorization", secret)


def present(credentials: Mapping[str, Credential | None]) -> Mapping[str, Credential]:
    """Those that there are."""
    return {name: one for name, one in credentials.items() if one is not None}


@frozen(repr=False)
class Signature:
    """The credentials of one request, as they go."""

    credentials: Mapping[str, Credential] = field(eq=False)
    """By the names of their schemes."""
    texts: Mapping[str, str]

    @property
    def is_renewable(self) -> bool:
        """Whether there may be another one, should the server refuse this."""
        return any(one.renewed is not None for one in self.credentials.values())

    def on(self, request: Request) -> Request:
        """The request with these credentials."""
        for name, credential in self.credentials.items():
            request = _with(request, credential, self.texts[name])
        return request


NOTHING: Final = Signature({}, {})
"""The signature of a request that takes no credentials."""


class Signer:
    """Chooses credentials and asks for them; safe to share between threads.

    Where several threads have the same one refused, one of them asks for another, for all.
    """

    def __init__(self, credentials: Credentials | None) -> None:
        self._credentials = credentials
        self._lock = ForkSafeLock()
        self._renewed: dict[str, tuple[str, str]] = {}
        """Of each scheme, what was refused last, and what it was renewed with."""

    @property
    def is_instant(self) -> bool:
        """Whether it takes no time to ask, since no credential is a function."""
        if self._credentials is None:
            return True
        return all(one.renewed is None for one in self._credentials.given().values())

    def signature(
        self, alternatives: Iterable[Sequence[str]], refused: Signature | None = None
    ) -> Signature:
        """The credentials that a call takes, of those that there are.

        Those that `refused` has are asked for again where they may have changed: equal ones mean
        that there are no others. Asking may take as long as the functions take that are asked.
        Raises `RequestError` for what cannot be sent.
        """
        if refused is not None:
            texts = {name: self._again(name, refused) for name in refused.texts}
            return Signature(refused.credentials, texts)
        if self._credentials is None:
            return NOTHING
        given = self._credentials.given()
        wanted = sorted(alternatives, key=lambda names: not names)
        chosen = next((names for names in wanted if all(name in given for name in names)), ())
        if not chosen:
            return NOTHING
        credentials = {name: given[name] for name in chosen}
        return Signature(credentials, {name: one.text() for name, one in credentials.items()})

    def _again(self, name: str, refused: Signature) -> str:
        text, renewed = refused.texts[name], refused.credentials[name].renewed
        if renewed is None:
            return text
        with self._lock.held:
            known = self._renewed.get(name)
            if known is None or known[0] != text:
                known = self._renewed[name] = (text, renewed(text))
            return known[1]


def _with(request: Request, credential: Credential, text: str) -> Request:
    name = credential.name
    match credential.place:
        case "header":
            checked_headers(Headers({name: text}))
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


def _credential(
    place: Literal["header", "query", "cookie"],
    name: str,
    shown: str,
    secret: Secret,
    prefix: str = "",
) -> Credential:
    """A credential that is a text behind a prefix."""

    def sent(text: str) -> str:
        if not text:
            raise RequestError(f"the credential {shown} is empty")
        return prefix + text

    if isinstance(secret, str):
        return Credential(place, name, lambda: sent(secret))
    if isinstance(secret, KeptSecret):
        return Credential(
            place,
            name,
            lambda: sent(secret()),
            lambda refused: sent(secret.renewed(refused.removeprefix(prefix))),
        )
    return Credential(place, name, lambda: sent(secret()), lambda _: sent(secret()))


def _basic(name: str, password: str) -> str:
    if ":" in name:
        raise RequestError("the name in a login cannot hold a colon (RFC 7617, section 2)")
    pair = f"{name}:{password}"
    if not pair.isprintable():
        raise RequestError("a login cannot hold control characters (RFC 7617, section 2)")
    return f"Basic {base64.b64encode(pair.encode()).decode('ascii')}"
