"""Servers, as the URLs of requests name them."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from attrs import frozen

from ..progress import Progress

USUAL_PORTS: Final = {"http": 80, "https": 443}
"""Those that URLs leave out."""


@frozen
class Origin:
    """Where connections lead to."""

    scheme: str
    host: str
    port: int | None

    def __str__(self) -> str:
        return self.bracketed if self.port is None else f"{self.bracketed}:{self.port}"

    @property
    def bracketed(self) -> str:
        """The host as URLs have it."""
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def as_host(self) -> str:
        """The `Host` field (RFC 9110, section 7.2): without the usual port, or the zone of IPv6."""
        host = f"[{self.host.partition('%')[0]}]" if ":" in self.host else self.host
        is_usual = self.port is None or self.port == USUAL_PORTS[self.scheme]
        return host if is_usual else f"{host}:{self.port}"

    @property
    def with_port(self) -> str:
        """Host and port, whether it is the usual one or not."""
        return f"{self.bracketed}:{self.port or USUAL_PORTS[self.scheme]}"


def address_of(url: str, progress: Progress) -> tuple[Origin, str]:
    """The server of a URL, and the request target for it."""
    try:
        parts = urlsplit(url)
        origin = Origin(parts.scheme, parts.hostname or "", parts.port)
    except ValueError:
        raise progress.final("the URL of the request cannot be read") from None
    if origin.scheme not in ("http", "https") or not _HOST.fullmatch(origin.host):
        raise progress.final("the URL of the request is not an absolute http or https URL")
    return origin, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


_HOST: Final = re.compile("[!-~]+")
"""A host in ASCII; a name in other letters has to come in its `xn--` form."""
