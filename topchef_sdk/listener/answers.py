"""What a failed exchange about a job means for what was asked.

    400                    refused: the same again would be refused again
    413                    … because it is too large
    404                    there is no such job
    409, 412               the job has changed: look at it
    401, 403               not now; nothing was done (a person has to mend it)
    408, 429, 503 + when   not now; nothing was done
    not even sent          not now; nothing was done
    anything else          nobody knows: 5xx, timeout, reset, HTML, half an answer

A 400, 404 or other 4xx counts only in the API's own form: a proxy that has lost its server gives
them too.
"""

from __future__ import annotations

from enum import Enum

from ..api.models import Errors
from ..errors import ClientError, JobNotFoundError, NetworkError, StatusError, TransportError


class Answer(Enum):
    """What is known of a write that was not answered with success."""

    REFUSED = "refused"
    TOO_LARGE = "too large"
    GONE = "gone"
    CHANGED = "changed"
    NOT_NOW = "not now"
    UNKNOWN = "unknown"


_OF_STATUS = {
    401: Answer.NOT_NOW,
    403: Answer.NOT_NOW,
    404: Answer.GONE,
    408: Answer.NOT_NOW,
    409: Answer.CHANGED,
    412: Answer.CHANGED,
    413: Answer.TOO_LARGE,
    429: Answer.NOT_NOW,
}


def meaning_of(error: NetworkError) -> Answer:
    """What a failed exchange means."""
    if isinstance(error, JobNotFoundError):
        return Answer.GONE if is_the_servers_own(error.__cause__) else Answer.UNKNOWN
    if isinstance(error, ClientError):
        answer = _OF_STATUS.get(error.status or 0, Answer.REFUSED)
        is_certain = answer is not Answer.REFUSED or is_the_servers_own(error)
        return answer if is_certain else Answer.UNKNOWN
    if isinstance(error, TransportError) and not error.sent:
        return Answer.NOT_NOW
    if isinstance(error, StatusError) and error.status == 503 and error.retry_after is not None:
        return Answer.NOT_NOW
    return Answer.UNKNOWN


def is_servers_fault(error: NetworkError) -> bool:
    """Whether a server failed, and did not only ask for patience."""
    return (error.status or 0) >= 500 and meaning_of(error) is Answer.UNKNOWN


def is_the_servers_own(error: BaseException | None) -> bool:
    """Whether a refusal has the form that the API's have: proxies answer 400 and 404 as well.

    A page is none: a server says no more in one than a proxy does.
    """
    return isinstance(error, StatusError) and isinstance(error.error, Errors)
