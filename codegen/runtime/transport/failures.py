"""What http.client, urllib3 and OpenSSL raise, as errors of this package."""

from __future__ import annotations

import http.client
import ssl

from ..errors import TransportError
from ..progress import Progress


def translated(error: Exception, progress: Progress) -> TransportError:
    """Our error for one of http.client or urllib3 about an answer."""
    if progress.cut_off is not None:
        return progress.failure(f"the server stopped taking the request: {progress.cut_off}")
    if isinstance(error, http.client.RemoteDisconnected):
        return progress.failure("the connection was closed without an answer")
    if isinstance(error, http.client.BadStatusLine):
        return progress.failure(f"the answer is not HTTP: {str(error)[:60]!r}")
    if isinstance(error, http.client.HTTPException):
        return progress.final(f"the head of the answer is not accepted: {reason_of(error)}")
    if isinstance(error, OSError):
        return progress.failure(f"the connection broke: {reason_of(error)}")
    return progress.failure("the body of the answer is cut short or garbled")


def cause_of(error: Exception) -> Exception | None:
    """What our error is raised from; None where its text is the server's, as it came.

    Tracebacks print causes, and terminals obey them.
    """
    is_quoted = isinstance(error, http.client.BadStatusLine)
    return None if is_quoted and not isinstance(error, http.client.RemoteDisconnected) else error


def reason_of(error: Exception) -> str:
    """What the system says of a failure, without numbers and addresses of objects."""
    if isinstance(error, TimeoutError):
        return "nothing answered in time"
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.replace("_", " ").lower()
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
