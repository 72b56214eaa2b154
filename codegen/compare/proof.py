"""The search for an example that proves a break, and its agreement with the decision.

Two ways lead to a verdict: `subschema` decides on types, and a search looks for a value that one
side sends and the other refuses. An example against a YES is an error of this program, and is never
reported as anything else. A NO without an example is none: a search that ends tells nothing.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from ..ir import Limits
from ..tree import Json
from ..values import define, field, frozen
from .changes import Search
from .faults import Fault, Instead
from .membership import Membership, Models, Shape
from .paths import Alternative, Steps
from .relation import NO, UNKNOWN, YES, Relation
from .search.candidates import Candidates
from .search.effort import Effort
from .search.few import Few, FewValues
from .search.shrinking import shrunk

if TYPE_CHECKING:
    from .search.strategies import Values

_WAYS: Final = 60
"""In how many ways at most a value may be refused."""

_ATTEMPTS: Final = 60
"""How many values of Hypothesis are looked at for one of them."""

_CONFIRMING: Final = 12
"""Ways, and values of each, where all is decided to be compatible, so that nothing is ever found."""

MOST_EFFORT: Final = 12_000
"""How many JSON values Hypothesis makes in a run that is to end soon, for all changes together.

Those count, too, that are never kept, so that this is some seconds."""

_FOR_EACH_CHANGE: Final = 1_200
"""How many of them are made for one search."""

_OF_A_HOPELESS_ONE: Final = 4
"""What part of that, where a fault is none by itself: something beside it may be one."""

_ENDLESS: Final = 1_000_000
"""The same where a run may take its time: only the number of ways ends a search."""

_FOR_A_SAMPLE: Final = 10
"""How many of them are made for a text that matches a pattern."""


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
    search: Search = Search.NONE


def can_search() -> bool:
    """Whether there is a Hypothesis to search with."""
    return find_spec("hypothesis") is not None


@frozen
class Root:
    """What is sent as a whole: the two types of a body, a parameter or a header field."""

    sent: Shape
    accepted: Shape


@define
class Budget:
    """How much may be tried in a run: a number of values, not a time, so that each comes to the same.

    Plain values do not count. There are so few of them for a change that the time for all grows with
    the number of changes; what Hypothesis makes takes a thousand times as long.
    """

    left: int | None = MOST_EFFORT
    """None where there is no end, neither for a run nor for a change."""
    is_available: bool = field(factory=can_search)

    @property
    def missing(self) -> Search:
        """Why no more can be tried now, if nothing is found."""
        if not self.is_available:
            return Search.UNAVAILABLE
        return Search.ENDED if self.left == 0 else Search.NOTHING_FOUND

    @property
    def for_a_change(self) -> int:
        """How much effort one change is worth."""
        return _ENDLESS if self.left is None else _FOR_EACH_CHANGE

    def allowed(self, wanted: int) -> int:
        """How much of some effort may be spent."""
        if not self.is_available:
            return 0
        return wanted if self.left is None else min(wanted, self.left)

    def spend(self, effort: int) -> None:
        """Take off what was spent."""
        if self.left is not None:
            self.left = max(self.left - effort, 0)


@define
class Prover:
    """Searches for values that are sent, of one document's models, and refused by the other's."""

    sent: Models
    accepted: Models
    is_searching: bool
    proves_all: bool = False
    """Whether to search where the decision is YES, too."""
    budget: Budget = field(factory=Budget)
    _sender: Membership = field(init=False)
    _receiver: Membership = field(init=False)
    _few: Candidates[Few] = field(init=False)
    _strategies: Candidates[Values] | None = field(init=False, default=None)
    _effort: Effort = field(init=False, factory=Effort)
    """What counts the values that they make."""
    _parts: dict[Instead, tuple[Json] | None] = field(
        init=False, factory=dict[Instead, "tuple[Json] | None"]
    )
    """What proves a fault by itself: many places may have the same one."""
    _hopeless: set[Instead] = field(init=False, factory=set[Instead])
    """Faults that are none by themselves, beside which was looked in one place."""

    def __post_init__(self) -> None:
        self._sender = Membership(self.sent)
        self._receiver = Membership(self.accepted)
        self._few = Candidates(self.sent, self.accepted, FewValues(self._samples))

    def verdict(self, relation: Relation, root: Root, steps: Steps, fault: Fault) -> Verdict:
        """What the decision about a fault and the search for an example of it come to.

        Raises:
            DisagreementError: they contradict each other.
        """
        if relation is YES:
            if self.proves_all and self.is_searching and isinstance(fault, Instead):
                self._confirm(fault)
            return Verdict(YES)
        if not self.is_searching:
            return Verdict(relation, search=Search.NOT_ASKED)
        whole, part = self._found(root, steps, fault)
        if whole is not None:
            return Verdict(NO, Found(whole[0]))
        if any(isinstance(step, Alternative) for step in steps):
            # Another alternative may take what this one refuses.
            return Verdict(UNKNOWN, search=self.budget.missing)
        if part is None:
            return Verdict(relation, search=self.budget.missing)
        return Verdict(NO, Found(part[0], is_whole=False))

    def _found(
        self, root: Root, steps: Steps, fault: Fault
    ) -> tuple[tuple[Json] | None, tuple[Json] | None]:
        """A whole that proves a fault, or else a part of it that does so by itself."""
        plain = self._by_few(root, self._few.around(root.sent, steps, fault), _WAYS)
        if plain is not None:
            return plain, None
        if not isinstance(fault, Instead):
            return self._beside(root, steps, fault), None
        part = self._part(fault)
        is_whole = not steps and root == Root(fault.sent, fault.accepted)
        if part is not None:
            return self._holding(root, steps, fault, part, is_whole=is_whole), part
        if is_whole or fault in self._hopeless:
            return None, None
        self._hopeless.add(fault)
        return self._beside(root, steps, fault, share=_OF_A_HOPELESS_ONE), None

    def _beside(
        self, root: Root, steps: Steps, fault: Fault, *, share: int = 1
    ) -> tuple[Json] | None:
        """A whole with a fault at its place, by Hypothesis."""
        return self._by_strategies(
            root, lambda: self._by_hypothesis().around(root.sent, steps, fault), share=share
        )

    def _holding(
        self, root: Root, steps: Steps, fault: Instead, part: tuple[Json], *, is_whole: bool
    ) -> tuple[Json] | None:
        """A whole that holds a part which proves the fault."""
        held = self._few.inside(root.sent, steps, self._few.constants(part))
        whole = self._by_few(root, iter([held]), _WAYS)
        if whole is not None or is_whole:
            return whole
        return self._by_strategies(root, lambda: self._around(root, steps, fault, part))

    def _around(
        self, root: Root, steps: Steps, fault: Instead, part: tuple[Json]
    ) -> Iterator[Values]:
        """What Hypothesis makes around a part that is known to prove a fault, and around others."""
        makes = self._by_hypothesis()
        yield makes.inside(root.sent, steps, makes.constants(part))
        yield from makes.around(root.sent, steps, fault)

    def _part(self, fault: Instead) -> tuple[Json] | None:
        """An example of the fault by itself, whatever it is a part of; looked for once."""
        if fault not in self._parts:
            root = Root(fault.sent, fault.accepted)
            found = self._by_few(root, self._few.between(fault.sent, fault.accepted), _WAYS)
            if found is None:
                found = self._by_strategies(
                    root, lambda: self._by_hypothesis().between(fault.sent, fault.accepted)
                )
            self._parts[fault] = found
        return self._parts[fault]

    def _confirm(self, fault: Instead) -> None:
        """Look for what contradicts a YES."""
        root = Root(fault.sent, fault.accepted)
        found = self._by_few(root, self._few.between(fault.sent, fault.accepted), _CONFIRMING)
        if found is None:
            found = self._by_strategies(
                root,
                lambda: self._by_hypothesis().between(fault.sent, fault.accepted),
                most_ways=_CONFIRMING,
                attempts=_CONFIRMING,
            )
        if found is not None:
            raise DisagreementError(
                "decided: all that is sent is accepted; "
                f"found: {json.dumps(found[0])[:200]} is sent and refused"
            )

    # The two ways to look.

    def _by_few(self, root: Root, ways: Iterator[Few], most_ways: int) -> tuple[Json] | None:
        for _, way in zip(range(most_ways), ways, strict=False):
            for value in way:
                if self._proves(root, value):
                    return (value,)
        return None

    def _by_strategies(
        self,
        root: Root,
        ways: Callable[[], Iterator[Values]],
        *,
        most_ways: int = _WAYS,
        attempts: int = _ATTEMPTS,
        share: int = 1,
    ) -> tuple[Json] | None:
        """A small value that is sent and refused, of those that Hypothesis makes."""
        left = self.budget.for_a_change // share
        if not self.budget.allowed(left):
            return None
        from .search.strategies import first

        for _, way in zip(range(most_ways), ways(), strict=False):
            allowed = self.budget.allowed(left)
            if allowed <= 0:
                return None
            self._effort.begin(allowed)
            found = first(
                way, lambda value: self._proves(root, value), self._effort, attempts=attempts
            )
            self.budget.spend(self._effort.spent)
            left -= self._effort.spent
            if found is not None:
                return (shrunk(found[0], lambda value: self._proves(root, value)),)
        return None

    def _proves(self, root: Root, value: Json) -> bool:
        if not self._sender.holds(root.sent, value):
            return False
        return not self._receiver.holds(root.accepted, value)

    def _by_hypothesis(self) -> Candidates[Values]:
        """Candidates by Hypothesis, which takes half a second to import."""
        if self._strategies is None:
            gc.freeze()  # it looks through all objects once, which are those of two documents
            from .search.strategies import Strategies

            self._strategies = Candidates(self.sent, self.accepted, Strategies(self._effort))
        return self._strategies

    def _samples(self, limits: Limits) -> Few:
        """A text that matches a pattern, if Hypothesis may look for one."""
        allowed = self.budget.allowed(_FOR_A_SAMPLE)
        if not allowed:
            return ()
        from .search.strategies import samples

        self.budget.spend(allowed)
        return samples(limits, allowed)
