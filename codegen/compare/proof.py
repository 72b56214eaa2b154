"""The search for an example that proves a break, and its agreement with the decision.

Two ways lead to a verdict: `subschema` decides on types, and Hypothesis looks for a value that one
side sends and the other refuses. Where both know and do not agree, one of them is wrong, which is
an error of this program and is never reported as anything else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from ..tree import Json
from ..values import define, field, frozen
from .faults import Fault, Instead
from .membership import Membership, Models, Shape
from .paths import Alternative, Steps
from .relation import NO, UNKNOWN, YES, Relation

if TYPE_CHECKING:
    from .candidates import Values

_PROVING: Final = (60, 60)
"""In how many ways a value may be refused, and how many values are looked at for each."""

_CONFIRMING: Final = (12, 12)
"""The same where all is decided to be compatible, so that nothing is ever found."""


class DisagreementError(Exception):
    """The decision and the search do not agree: a bug in one of them, whatever the documents say."""


@frozen
class Found:
    """A value that one side sends and the other refuses."""

    value: Json
    is_whole: bool = True
    """Whether it is the whole of what is sent, and not only a part of it."""


@frozen
class Verdict:
    """What both ways came to."""

    relation: Relation
    example: Found | None = None


def can_search() -> bool:
    """Whether there is a Hypothesis to search with."""
    return find_spec("hypothesis") is not None


@frozen
class Root:
    """What is sent as a whole: the two types of a body, a parameter or a header field."""

    sent: Shape
    accepted: Shape


@define
class Prover:
    """Searches for values that are sent, of one document's models, and refused by the other's."""

    sent: Models
    accepted: Models
    is_searching: bool
    proves_all: bool = False
    """Whether to search where the decision is YES, too."""
    _sender: Membership = field(init=False)
    _receiver: Membership = field(init=False)

    def __post_init__(self) -> None:
        self._sender = Membership(self.sent)
        self._receiver = Membership(self.accepted)

    def verdict(self, relation: Relation, root: Root, steps: Steps, fault: Fault) -> Verdict:
        """What the decision about a fault and the search for an example of it come to.

        Raises:
            DisagreementError: they contradict each other.
        """
        if not self.is_searching or (relation is YES and not self.proves_all):
            return Verdict(relation)
        if relation is YES:
            if isinstance(fault, Instead):
                self._confirm(fault)
            return Verdict(YES)
        found, _ = self._search(root, self._around(root, steps, fault))
        if found is not None:
            return Verdict(NO, found)
        part = self._part(relation, fault)
        if any(isinstance(step, Alternative) for step in steps):
            return Verdict(UNKNOWN)  # another alternative may take what this one refuses
        return Verdict(relation) if part is None else Verdict(NO, part)

    def _confirm(self, fault: Instead) -> None:
        root = Root(fault.sent, fault.accepted)
        found, _ = self._search(root, self._between(fault.sent, fault.accepted), _CONFIRMING)
        if found is not None:
            told = json.dumps(found.value)
            raise DisagreementError(
                f"decided: all that is sent is accepted; found: {told[:200]} is sent and refused"
            )

    def _part(self, relation: Relation, fault: Fault) -> Found | None:
        """An example of the fault by itself, whatever it is a part of."""
        if not isinstance(fault, Instead):
            return None
        root = Root(fault.sent, fault.accepted)
        found, is_able = self._search(root, self._between(fault.sent, fault.accepted))
        if found is not None:
            return Found(found.value, is_whole=False)
        if relation is NO and is_able:
            raise DisagreementError(
                "decided: something is sent that is refused; "
                f"found: nothing among {_PROVING[1]} values of each kind"
            )
        return None

    def _around(self, root: Root, steps: Steps, fault: Fault) -> Iterator[Values]:
        from .candidates import Candidates

        return Candidates(self.sent, self.accepted).around(root.sent, steps, fault)

    def _between(self, sent: Shape, accepted: Shape) -> Iterator[Values]:
        from .candidates import Candidates

        return Candidates(self.sent, self.accepted).between(sent, accepted)

    def _search(
        self, root: Root, ways: Iterable[Values], budget: tuple[int, int] = _PROVING
    ) -> tuple[Found | None, bool]:
        """The smallest value that proves it, and whether values could be made at all."""
        from .candidates import first

        is_able = False
        most_ways, most_examples = budget

        def proves(value: Json) -> bool:
            nonlocal is_able
            if not self._sender.holds(root.sent, value):
                return False
            is_able = True
            return not self._receiver.holds(root.accepted, value)

        for number, way in enumerate(ways):
            if number == most_ways:
                return None, False
            found = first(way, proves, most_examples)
            if found is not None:
                return Found(found[0]), True
        return None, is_able
