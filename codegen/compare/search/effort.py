"""How much a search makes: counted and not timed, so that each run finds the same."""

from __future__ import annotations

import sys
from typing import Final

from ...tree import Json
from ...values import define

_CHARACTERS_OF_ONE: Final = 8
"""A text of so many takes as long to make as another value."""


class SpentError(Exception):
    """All is made that a search may make."""


@define
class Effort:
    """How many JSON values were made in a search, kept or not, and how many there may be."""

    most: int = sys.maxsize
    spent: int = 0

    def begin(self, most: int) -> None:
        """Count anew, up to so many."""
        self.most, self.spent = most, 0

    @property
    def is_spent(self) -> bool:
        """Whether no more may be made."""
        return self.spent >= self.most

    def made(self, value: Json) -> Json:
        """Count what was just made; the parts of an array or an object, and long texts, count more.

        Raises:
            SpentError: no more may be made. What is never kept costs as much as what is.
        """
        self.spent += 1
        if isinstance(value, str):
            self.spent += len(value) // _CHARACTERS_OF_ONE
        elif isinstance(value, dict | list):
            self.spent += len(value)
        if self.is_spent:
            raise SpentError
        return value
