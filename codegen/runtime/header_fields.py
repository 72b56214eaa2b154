"""What can be a header field, so that nothing breaks out of one (RFC 9110, section 5)."""

from __future__ import annotations

import re
from typing import Final

from .errors import RequestError
from .http import Headers

TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A method or the name of a header field (RFC 9110, section 5.6.2)."""

_FIELD_VALUE: Final = re.compile(r"([!-~\x80-\xff]([\t -~\x80-\xff]*[!-~\x80-\xff])?)?")
"""The value of a header field (RFC 9110, section 5.5)."""


def checked_headers(headers: Headers) -> Headers:
    """The same; raises `RequestError` for what cannot be a header field, without its value."""
    for name, value in headers.items():
        if not TOKEN.fullmatch(name):
            raise RequestError(f"{name!r} is no name of a header field")
        if not _FIELD_VALUE.fullmatch(value):
            raise RequestError(f"the header field {name} has a value with forbidden characters")
    return headers
