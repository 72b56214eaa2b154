"""What breaks a schema: problems on their way up to the root of a value, and what they become.

A `Problem` knows the steps from where it was found; a `Violation` the whole path.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeAlias

from attrs import frozen

from .sdk_error import SdkError

_MOST_TOLD: Final = 20
"""How many violations the text of an error tells; it has all of them."""

_LONGEST: Final = 400
"""How many characters of a path or a message are told: property names are as long as anybody likes."""

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
    """Problems on their way up to the root of a value, which knows the whole path."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems)
        self.problems = problems

    def below(self, step: Step) -> list[Problem]:
        """The problems as seen from one step higher."""
        return [((step, *steps), keyword, text) for steps, keyword, text in self.problems]


class InvalidError(SdkError, ValueError):
    """A value breaks its schema; `violations` lists every way."""

    def __init__(self, violations: Iterable[Violation]) -> None:
        self.violations: tuple[Violation, ...] = tuple(violations)
        super().__init__(self.violations)

    def __str__(self) -> str:
        told = [str(violation) for violation in self.violations[:_MOST_TOLD]]
        more = len(self.violations) - len(told)
        return "; ".join([*told, f"and {more} more"] if more else told)


def _cut(text: str) -> str:
    """A text without its middle, where it is too long: a path says most at its end."""
    half = _LONGEST // 2
    return text if len(text) <= _LONGEST else f"{text[:half]}...{text[-half:]}"


def invalid(problems: Iterable[Problem]) -> InvalidError:
    """The error for problems at the root of a value."""
    return InvalidError(
        Violation(path=json_path(steps), keyword=keyword, message=message)
        for steps, keyword, message in problems
    )


def json_path(steps: Iterable[Step]) -> str:
    """A JSON path (RFC 9535) such as `$.data[3].id`."""
    import json  # not before something is wrong

    return "$" + "".join(
        f".{step}" if isinstance(step, str) and step.isidentifier() else f"[{json.dumps(step)}]"
        for step in steps
    )
