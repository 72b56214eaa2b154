"""How commands end: exit codes, and every error in one line on standard error."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from functools import wraps
from typing import Final, NoReturn, ParamSpec, TypeVar

from ..api import RequestError
from ..errors import JobFailedError, NetworkError, TopChefError, ValidationError
from ..one_line import one_line

P = ParamSpec("P")
R = TypeVar("R")

JOB_FAILED: Final = 1
INVALID: Final = 2
NO_SERVER: Final = 3
INTERRUPTED: Final = 128 + signal.SIGINT


def end(message: str, code: int) -> NoReturn:
    """End with one line and an exit code."""
    complain(message)
    sys.exit(code)


def complain(message: str) -> None:
    """Tell in one line what is wrong."""
    print(f"topchef: {one_line(message, 1000)}", file=sys.stderr, flush=True)


def told(command: Callable[P, R]) -> Callable[P, R]:
    """Turn the errors of a command into one line and an exit code."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except KeyboardInterrupt:
            end("interrupted", INTERRUPTED)
        except JobFailedError as error:
            end(str(error), JOB_FAILED)
        except (ValidationError, RequestError) as error:
            end(str(error), INVALID)
        except NetworkError as error:
            end(str(error), NO_SERVER)
        except (TopChefError, TimeoutError) as error:
            end(str(error), JOB_FAILED)

    return run
