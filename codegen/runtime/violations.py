"""What breaks a schema: problems on their way up to the root of a value, and what they become.

A `Problem` knows the steps from where it was found; a `Violation` the whole path.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Final, TypeAlias

from attrs import frozen

from .sdk_error import SdkError

MOST: Final = 1000
"""How many violations an error has: an answer of megabytes may break its schema in each byte."""

_MOST_TOLD: Final = 20
"""How many of them its text tells."""

_LONGEST_TOLD: Final = 400
"""How many characters of a path or a message are told: property names are as long as anybody likes."""

_LONGEST_PATH: Final = 4000
"""How many characters of a path, and of each name in it, an error has."""

Step: TypeAlias = str | int
"""A property name or an array index."""

Problem: TypeAlias = tuple[tuple[Step, ...], str, str]
"""Where below the value, which keyword, and the message."""

TOO_DEEP: Problem = ((), "type", "is nested too deeply")


@frozen(kw_only=True)
class Violation:
    """One way in which a value breaks its schema."""

    path: str
    """JSON path of the value, such as `$.data[3].id`."""
    keyword: str
    """The JSON Schema keyword that is broken, such as `type` or `maxLength`."""
    message: str

    def __str__(self) -> str:
        return f"{_cut(self.path)}: {_cut(self.message)}"


class BrokenError(Exception):
    """Problems on their way up to the root of a value, which knows the whole path; `MOST` of them."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems[:MOST]
        super().__init__(self.problems)

    def below(self, step: Step) -> list[Problem]:
        """The problems as seen from one step higher."""
        return [((step, *steps), keyword, text) for steps, keyword, text in self.problems]


class InvalidError(SdkError, ValueError):
    """A value breaks its schema; `violations` lists every way, or the first 1,000."""

    def __init__(self, violations: Iterable[Violation]) -> None:
        self.violations: tuple[Violation, ...] = tuple(islice(violations, MOST))
        super().__init__(self.violations)

    def __str__(self) -> str:
        told = [str(violation) for violation in self.violations[:_MOST_TOLD]]
        more = len(self.violations) - len(told)
        at_least = "at least " if len(self.violations) == MOST else ""
        return "; ".join([*told, f"and {at_least}{more} more"] if more else told)


def _cut(text: str, longest: int = _LONGEST_TOLD) -> str:
    """A text without its middle, where it is too long: a path says most at its end."""
    half = longest // 2
    return text if len(text) <= longest else f"{text[:half]}...{text[-half:]}"


def invalid(problems: Iterable[Problem]) -> InvalidError:
    """The error for problems at the root of a value."""
    return InvalidError(
        Violation(path=json_path(steps), keyword=keyword, message=message)
        for steps, keyword, message in problems
    )


def json_path(steps: Iterable[Step]) -> str:
    """A JSON path (RFC 9535) such as `$.data[3].id`, without the middle of one of thousands of characters."""
    return _cut("$" + "".join(map(_segment, steps)), _LONGEST_PATH)


def _segment(step: Step) -> str:
    import json  # not before something is wrong

    name = _cut(step, _LONGEST_PATH) if isinstance(step, str) else step
    is_word = isinstance(name, str) and name.isidentifier()
    return f".{name}" if is_word else f"[{json.dumps(name)}]"
