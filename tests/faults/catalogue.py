"""The catalogue of faults, `faults.json`, and the cells that it makes: what must come of each.

A cell is a fault, a kind of call, and a mode. In transient mode the fault comes once; its letter
says what must come of the call:

    R  it is repeated and succeeds          W  the same, after the wait that the server asked for
    N  nothing was sent: repeated, succeeds O  it succeeds at once
    A  `OutcomeUnknown`, sent once          E  a documented error, sent once

In persistent mode the fault comes always. That makes a difference to R, W and N alone: they must
end in a documented error, after as many tries as the policy has or when time is up.
"""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Final

from attrs import frozen

_FILE: Final = Path(__file__).with_name("faults.json")

REPEATED: Final = frozenset("RWN")
"""The letters of calls that are sent again."""


class Verb(StrEnum):
    """A kind of call: its method, or a POST that carries an idempotency key."""

    GET = "GET"
    PATCH = "PATCH"
    POST = "POST"
    KEYED = "keyed"

    @property
    def method(self) -> str:
        return "POST" if self is Verb.KEYED else self.value


class Mode(StrEnum):
    """Whether a fault passes."""

    TRANSIENT = "transient"
    PERSISTENT = "persistent"


@frozen
class Fault:
    """One row of the catalogue."""

    id: str
    name: str
    group: str
    must: str
    letters: dict[Verb, str]

    @property
    def modes(self) -> tuple[Mode, ...]:
        """Both, where it makes a difference for any verb whether the fault passes."""
        return tuple(Mode) if REPEATED & set(self.letters.values()) else (Mode.TRANSIENT,)


@frozen
class Cell:
    """A fault that meets a kind of call."""

    fault: Fault
    verb: Verb
    mode: Mode

    def __str__(self) -> str:
        return f"{self.fault.id} {self.fault.name} {self.verb} {self.mode}"

    @property
    def letter(self) -> str:
        return self.fault.letters[self.verb]

    @property
    def ends_in_error(self) -> bool:
        """Whether a call that is repeated nevertheless never succeeds."""
        return self.mode is Mode.PERSISTENT and self.letter in REPEATED


def faults() -> tuple[Fault, ...]:
    """All faults, in the order of the catalogue."""
    rows = json.loads(_FILE.read_text("utf-8"))["faults"]
    return tuple(
        Fault(
            row["id"],
            row["name"],
            row["group"],
            row["must"],
            {verb: row["expect"][verb.value] for verb in Verb},
        )
        for row in rows
    )


def cells() -> tuple[Cell, ...]:
    """All cells."""
    return tuple(
        Cell(fault, verb, mode) for fault in faults() for mode in fault.modes for verb in Verb
    )


def rotated() -> tuple[Cell, ...]:
    """Every fault in each of its modes with one verb, so that all verbs have their turn."""
    verbs = list(Verb)
    return tuple(
        Cell(fault, verbs[(row + 2 * turn) % len(verbs)], mode)
        for row, fault in enumerate(faults())
        for turn, mode in enumerate(fault.modes)
    )
