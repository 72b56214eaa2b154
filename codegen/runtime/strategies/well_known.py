"""Texts of well-known formats: of JSON Schema (2020-12, validation, 7.3), OpenAPI and pydantic.

A format names texts of which servers take few: where many are allowed, such as URIs of any scheme,
those are made that everybody takes. So the patterns here describe less than the formats do. What
they say of each is regular, so texts of any length can be made of them, and others can be compared
with them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_network
from itertools import chain
from typing import Any, Final

from attrs import evolve, frozen
from hypothesis import provisional
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.strategies import SearchStrategy

from ..patterns import compiled, matcher
from .impossible import MISFIT, NOTHING
from .regular import texts_of_lengths
from .texts import is_quick

_LONGEST_DRAWN: Final = 500
"""Up to how many characters a text that has to be long is drawn one by one."""

_LONGEST_FILLED: Final = 10_000
"""Up to how many characters a text is made as long as it may be."""

_LONGEST_COMPARED: Final = 200
"""Up to how many characters a text that another pattern made is compared: no part is too long."""


@frozen
class Format:
    """What a format's texts are."""

    pattern: str | None = None
    """Of some of them, without anchors; None where no pattern says what they are."""
    usual: Callable[[], SearchStrategy[str]] | None = None
    """More of them than the pattern has."""
    accepted: str | None = None
    """More of them, to compare with; the pattern itself where that is None."""
    filler: str = ""
    """A character that may stand behind any of the pattern's texts, as often as one likes."""
    alphabet: str = ""
    """Characters of which other patterns are likely to make texts of this format."""

    def texts(self, least: int, most: int | None) -> SearchStrategy[str]:
        """Texts of a length within bounds; nothing where none come to mind."""
        if self.pattern is None:
            return NOTHING if self.usual is None else self.usual()
        anchored = f"^(?:{self.pattern})$"
        if least > _LONGEST_DRAWN:
            if not self.filler:
                return NOTHING
            return texts_of_lengths(anchored, 0, least).map(
                lambda text: text.ljust(least, self.filler)
            )
        drawn = texts_of_lengths(anchored, least, most)
        if drawn is NOTHING or not self.filler or most is None or most > _LONGEST_FILLED:
            return drawn
        return drawn | drawn.map(lambda text: text.ljust(most, self.filler))

    def texts_matching(self, pattern: str) -> SearchStrategy[Any]:
        """Texts of the format that match a pattern, and `MISFIT` where none was found.

        What the pattern says is put together with a piece of any text of the format.
        """
        if not self.alphabet or not is_quick(pattern):
            return NOTHING
        core = st.from_regex(compiled(pattern), alphabet=self.alphabet, fullmatch=True)
        try:
            core.validate()
        except InvalidArgument:  # it asks for other characters
            return NOTHING
        fits = matcher(pattern).fits

        def joined(core: str, text: str, wanted: int) -> Any:
            cuts = sorted(range(len(text) + 1), key=lambda at: abs(len(text) - at - wanted))
            ends = (core + text[at:] for at in cuts)
            starts = (text[:at] + core for at in range(1, len(text) + 1))
            found = (one for one in chain(ends, starts) if self._takes(one) and fits(one))
            return next(found, MISFIT)

        return st.builds(joined, core, self.texts(0, None), st.integers(0, 20))

    def _takes(self, text: str) -> bool:
        """Whether a text is surely one of the format."""
        pattern = self.accepted or self.pattern
        is_short = len(text) <= _LONGEST_COMPARED
        return is_short and pattern is not None and _compiled(pattern).fullmatch(text) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


_LABEL: Final = "[a-z][a-z0-9]{0,14}(?:-[a-z0-9]{1,15})?"
_HOST: Final = f"(?:{_LABEL}[.]){{1,3}}(?:com|org|net|de)"
_ANY_LABEL: Final = "[A-Za-z0-9]{1,30}(?:-[A-Za-z0-9]{1,30})?"
_ANY_HOST: Final = f"(?:{_ANY_LABEL}[.])+[A-Za-z]{{2,10}}"
_BYTE: Final = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4: Final = f"{_BYTE}(?:[.]{_BYTE}){{3}}"
_GROUP: Final = "[1-9a-f][0-9a-f]{0,3}"
_IPV6: Final = f"::|::{_GROUP}|(?:{_GROUP}:){{1,5}}:{_GROUP}|(?:{_GROUP}:){{7}}{_GROUP}"
_SEGMENT: Final = "[A-Za-z0-9._~-]{1,20}"
_URL: Final = (
    f"https?://{_HOST}(?::[1-9][0-9]{{1,3}})?/(?:{_SEGMENT}/){{0,3}}[A-Za-z0-9._~-]{{0,20}}"
)
_ANY_URL: Final = (
    f"https?://{_ANY_HOST}(?::[1-9][0-9]{{1,3}})?(?:/[A-Za-z0-9._~/@!$&'()*+,;=:-]*)?"
    "(?:[?][A-Za-z0-9._~/?=&-]*)?(?:#[A-Za-z0-9._~/?-]*)?"
)
_OF_URLS: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/:?#=&"
_HOUR, _MINUTE = "(?:0[0-9]|1[0-9]|2[0-3])", "[0-5][0-9]"
_TIME: Final = f"{_HOUR}:{_MINUTE}:{_MINUTE}(?:[.][0-9]{{1,6}})?"
_OFFSET: Final = f"(?:Z|[+-](?:0[0-9]|1[0-3]):{_MINUTE})"
_DAY: Final = "(?:20|19)[0-9][0-9]-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
_SPAN: Final = "T(?:{0}H(?:{0}M(?:{0}S)?)?|{0}M(?:{0}S)?|{0}S)".format("(?:0|[1-9][0-9]?)")
_POINTER: Final = "(?:/(?:[A-Za-z0-9_]|~[01]){0,9}){0,5}"
_WHOLE: Final = "(?:0|-?[1-9][0-9]{0,8})"


def _international(plain: Format, before: str, usual: Callable[[], SearchStrategy[str]]) -> Format:
    """Texts with letters beyond ASCII somewhere, and others."""
    return evolve(
        plain,
        usual=lambda: (
            usual() | st.builds(f"{before}{{}}.{{}}".format, _LETTERS, _HOSTS.texts(0, 100))
        ),
    )


_LETTERS: Final = st.text("aäöéñж", min_size=1, max_size=8)


def _addresses(version: Any = None) -> Callable[[], SearchStrategy[str]]:
    return lambda: st.ip_addresses(v=version).map(str)


def _networks(version: Any, bits: int) -> Callable[[], SearchStrategy[str]]:
    return lambda: st.builds(_network, st.ip_addresses(v=version), st.integers(0, bits))


def _network(address: IPv4Address | IPv6Address, prefix: int) -> str:
    return str(ip_network(f"{address}/{prefix}", strict=False))


def _uuids(version: Any) -> Format:
    return Format(usual=lambda: st.uuids(version=version).map(str))


def _http_dates() -> SearchStrategy[str]:
    times = st.datetimes(datetime(1970, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC))
    return times.map(lambda time: format_datetime(time, usegmt=True))


def _iris() -> SearchStrategy[str]:
    return provisional.urls() | st.builds(str.__add__, _URLS.texts(0, 100), _LETTERS)


def _uri_references() -> SearchStrategy[str]:
    return _RELATIVE.texts(0, None) | provisional.urls()


_EMAIL: Final = f"[a-z][a-z0-9]{{0,15}}(?:[._+-][a-z0-9]{{1,15}})?@{_HOST}"
_EMAILS: Final = Format(
    _EMAIL,
    lambda: st.emails(),
    accepted=rf"[A-Za-z0-9]{{1,16}}(?:[._+-][A-Za-z0-9]{{1,15}}){{0,2}}@{_ANY_HOST}",
    alphabet="abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@._+-",
)
_HOSTS: Final = Format(
    f"(?:{_LABEL}[.]){{0,4}}{_LABEL}",
    provisional.domains,
    accepted=_ANY_HOST,
    alphabet="abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-",
)
_URLS: Final = Format(_URL, provisional.urls, _ANY_URL, filler="a", alphabet=_OF_URLS)
_RELATIVE: Final = Format(
    f"(?:{_URL}|(?:/{_SEGMENT}){{1,4}})", _uri_references, filler="a", alphabet=_OF_URLS
)
_IPV4S: Final = Format(_IPV4, _addresses(4), alphabet="0123456789.")
_IPV6S: Final = Format(_IPV6, _addresses(6), alphabet="0123456789abcdef:")
_TIMES: Final = Format(_TIME + _OFFSET, alphabet="0123456789:.+-Z")
_IPV4_NETWORKS: Final = Format(f"{_IPV4}/32", _networks(4, 32))
_WHOLE_NUMBERS: Final = Format(_WHOLE, alphabet="0123456789-")
_NATURAL_NUMBERS: Final = Format("(?:0|[1-9][0-9]{0,8})", alphabet="0123456789")
_DECIMALS: Final = Format(f"{_WHOLE}(?:[.][0-9]{{1,4}})?", alphabet="0123456789-.")

WELL_KNOWN: Final[Mapping[str, Format]] = {
    "base64": Format("(?:[A-Za-z0-9+/]{4}){0,8}"),
    "base64url": Format("(?:[A-Za-z0-9_-]{4}){0,8}"),
    "char": Format("[A-Za-z0-9 -]"),
    "cidr": _IPV4_NETWORKS,
    "color": Format("#[0-9a-f]{6}"),
    "date-time-local": Format(f"{_DAY}T{_TIME}"),
    "decimal": _DECIMALS,
    "double": _DECIMALS,
    "duration": Format(f"P(?:[1-9][0-9]{{0,2}}D(?:{_SPAN})?|{_SPAN})", alphabet="PTDHMS0123456789"),
    "email": _EMAILS,
    "float": _DECIMALS,
    "hostname": _HOSTS,
    "http-date": Format(usual=_http_dates),
    "idn-email": _international(_EMAILS, "a@", lambda: st.emails()),
    "idn-hostname": _international(_HOSTS, "", provisional.domains),
    "int32": _WHOLE_NUMBERS,
    "int64": _WHOLE_NUMBERS,
    "ipv4": _IPV4S,
    "ipv4interface": Format(f"{_IPV4}/(?:3[0-2]|[12]?[0-9])"),
    "ipv4network": _IPV4_NETWORKS,
    "ipv6": _IPV6S,
    "ipv6interface": Format(f"(?:{_IPV6})/(?:12[0-8]|1[01][0-9]|[1-9]?[0-9])"),
    "ipv6network": Format(f"(?:{_IPV6})/128", _networks(6, 128)),
    "ipvanyaddress": Format(_IPV4, _addresses()),
    "ipvanyinterface": Format(f"{_IPV4}/(?:3[0-2]|[12]?[0-9])"),
    "ipvanynetwork": Format(f"{_IPV4}/32", lambda: _networks(4, 32)() | _networks(6, 128)()),
    "iri": evolve(_URLS, usual=_iris),
    "iri-reference": _RELATIVE,
    "iso-date-time": Format(f"{_DAY}T{_TIME}{_OFFSET}"),
    "iso-time": _TIMES,
    "json-pointer": Format(_POINTER),
    "json-pointer-uri-fragment": Format("#(?:/[A-Za-z0-9_]{0,9}){0,5}"),
    "regex": Format(r"\^?(?:(?:[a-z0-9.]|\[a-z\]|\[0-9\])[*+?]?){1,12}[$]?"),
    "relative-json-pointer": Format(f"(?:0|[1-9][0-9]?)(?:#|{_POINTER})"),
    "time": _TIMES,
    "time-local": Format(_TIME, alphabet="0123456789:."),
    "uint32": _NATURAL_NUMBERS,
    "uint64": _NATURAL_NUMBERS,
    "ulid": Format("[0-7][0-9A-HJKMNP-TV-Z]{25}"),
    "uri": _URLS,
    "uri-reference": _RELATIVE,
    "uri-template": Format(f"https?://{_HOST}(?:/(?:[a-z0-9]{{1,9}}|[{{][a-z]{{1,9}}[}}])){{1,4}}"),
    "url": evolve(_URLS, usual=None),
    "uuid1": _uuids(1),
    "uuid3": _uuids(3),
    "uuid4": _uuids(4),
    "uuid5": _uuids(5),
}
"""The formats of texts, by name; those with types of their own are in `formats`."""


@cache
def makers_of(
    name: str, least: int, most: int | None, pattern: str | None
) -> tuple[SearchStrategy[Any], ...]:
    """What makes texts of a format, many of which are of a length and match a pattern.

    The first makes texts of the length alone, where there is no pattern.
    """
    known = WELL_KNOWN.get(name)
    if known is None:
        return ()
    drawn = known.texts(least, most)
    if drawn is NOTHING:
        return ()
    is_bare = known.usual is None or known.pattern is None
    makers = [drawn] if is_bare or known.usual is None else [drawn, known.usual()]
    if pattern is not None:
        makers = [known.texts_matching(pattern), *makers]
    return tuple(one for one in makers if one is not NOTHING)
