"""Proxies: which one, if any, leads to a server, by argument or by the environment.

Pure: the environment is given. The variables are those that curl and most programs heed:
`http_proxy` and `https_proxy` by the scheme of the server's URL, `all_proxy` for both, and
`no_proxy` for the servers that are reached without; each in lower or upper case, but `HTTP_PROXY`
not where `REQUEST_METHOD` is set, since a CGI program is given a header field of that name.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import ip_address, ip_network
from typing import Final
from urllib.parse import unquote, urlsplit

from attrs import field, frozen

from .errors import RequestError

_PORTS: Final = {"http": 80, "https": 443}


@frozen
class Proxy:
    """Where a proxy is, and what it is told."""

    host: str
    port: int
    authorization: str | None = field(default=None, repr=False)
    """The `Proxy-Authorization` field that it wants (RFC 9110, section 11.7.2)."""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def proxy_from(url: str) -> Proxy:
    """The proxy of a URL such as `http://name:password@proxy.test:3128`.

    Raises `RequestError`, which quotes nothing, for what is none that can be used.
    """
    text = url if "://" in url else f"http://{url}"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise RequestError("the URL of the proxy cannot be read") from None
    if parts.scheme != "http" or not host or not host.isascii() or port == 0:
        raise RequestError("the proxy has to be an http URL, such as http://127.0.0.1:3128")
    authorization = None
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = f"Basic {b64encode(pair.encode()).decode('ascii')}"
    return Proxy(host, 80 if port is None else port, authorization)


@frozen
class Proxies:
    """The proxies of the servers of each scheme, and those that are reached without."""

    by_scheme: Mapping[str, Proxy]
    no_proxy: str = ""
    """Hosts, domains, addresses and networks, with commas between: as the variable has them."""

    def proxy_to(self, scheme: str, host: str, port: int | None) -> Proxy | None:
        """The proxy that leads to a server, or None to go straight to it."""
        proxy = self.by_scheme.get(scheme)
        if proxy is None or _is_excepted(self.no_proxy, host, port or _PORTS[scheme]):
            return None
        return proxy


NO_PROXIES: Final = Proxies({})
"""Every server is reached without a proxy."""


def proxies_of(environment: Mapping[str, str]) -> Proxies:
    """The proxies that an environment names; raises `RequestError` for one that cannot be used."""

    def named(name: str) -> str:
        upper = name.upper()
        if upper == "HTTP_PROXY" and "REQUEST_METHOD" in environment:
            return environment.get(name, "")
        return environment.get(name) or environment.get(upper) or ""

    found = {scheme: named(f"{scheme}_proxy") or named("all_proxy") for scheme in _PORTS}
    return Proxies(
        {scheme: proxy_from(url) for scheme, url in found.items() if url}, named("no_proxy")
    )


def proxies_for_all(url: str, no_proxy: str = "") -> Proxies:
    """The same proxy for all servers but those of `no_proxy`."""
    proxy = proxy_from(url)
    return Proxies(dict.fromkeys(_PORTS, proxy), no_proxy)


def _is_excepted(no_proxy: str, host: str, port: int) -> bool:
    """Whether a list of exceptions has the server."""
    folded = host.lower().rstrip(".")
    entries = (entry.strip().lower() for entry in no_proxy.split(","))
    return any(_covers(entry, folded, port) for entry in entries if entry)


def _covers(entry: str, host: str, port: int) -> bool:
    if entry == "*":
        return True
    name, _, of_port = entry.rpartition(":")
    if name and of_port.isdecimal() and (":" not in name or name.endswith("]")):
        if int(of_port) != port:
            return False
        entry = name
    entry = entry.strip("[]")
    with suppress(ValueError):
        address = ip_address(host)
        return address in ip_network(entry, strict=False)
    domain = entry.lstrip("*").strip(".")
    return bool(domain) and (host == domain or host.endswith(f".{domain}"))
