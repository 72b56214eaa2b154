"""How this server says that something is wrong: the one place that knows the form of errors.

The form is that of 2.0: `{"errors": [{"status_code": …, "title": …, "detail": …}, …]}`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from ..api import ErrorReply, Headers, Response
from ..api.models import ErrorDetail, Errors

NO_HEADERS: Final[Mapping[str, str]] = {}


def errors(status: int, title: str, *details: str) -> Errors:
    """The value that reports errors of one kind; each detail is one line."""
    return Errors(
        errors=[ErrorDetail(status_code=status, title=title, detail=detail) for detail in details]
    )


def error_reply(status: int, title: str, *details: str) -> ErrorReply:
    """The exception that a handler raises to answer with errors."""
    return ErrorReply(status, errors(status, title, *details))


def error_response(
    status: int, title: str, detail: str, headers: Mapping[str, str] = NO_HEADERS
) -> Response:
    """The answer to a request that reaches no handler, or whose handler broke."""
    return Response(
        status=status,
        headers=Headers({**headers, "Content-Type": "application/json"}),
        body=error_body(status, title, detail),
    )


def error_body(status: int, title: str, detail: str) -> bytes:
    """The JSON text that reports one error."""
    error = {"status_code": status, "title": title, "detail": detail}
    return json.dumps({"errors": [error]}).encode("ascii")
