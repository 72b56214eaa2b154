"""The whole query of a URL as one value in a media type (OpenAPI 3.2, `in: querystring`).

A form is a query as it is; any other text is percent-encoded as a whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from urllib.parse import unquote_to_bytes, urlsplit

from .codec import server_codec
from .contents import FormFormat
from .errors import RequestError
from .styles import Encoded, percent
from .violations import InvalidError

if TYPE_CHECKING:
    from .contents import Format

T = TypeVar("T")


def query_string(written_as: Format[object], value: object) -> Encoded:
    """A value as the query of a URL; None is an empty one, of which nothing is sent.

    Raises `RequestError` for a value that is not what is described.
    """
    if value is None:
        return Encoded("")
    try:
        data = written_as.write(value, "").data
    except InvalidError as error:
        message = f"the query cannot be sent: {error}"
        raise RequestError(message, error.violations) from None
    if not isinstance(data, bytes):
        raise RequestError("a query cannot be read while it is sent")
    text = data.decode()
    return Encoded(text if isinstance(written_as, FormFormat) else percent(text))


def read_query_string(url: str, described: Format[T]) -> T:
    """The value of a URL's query; raises `InvalidError` with every violation."""
    query = urlsplit(url).query
    body = query.encode() if isinstance(described, FormFormat) else unquote_to_bytes(query)
    return described.read(body, "", server_codec)


def has_query(url: str) -> bool:
    """Whether there is anything in the query of a URL."""
    return urlsplit(url).query != ""
