"""Collects changes: each is judged, proven if it can be, and put where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Final, assert_never

from ..ir import Api, Identifier, Type
from ..load import Document
from ..uses import named_in
from ..values import define, evolve, field, frozen
from .callers import Callers
from .changes import Caller, Change, Direction, Example, Kind, Search, Wire
from .closing import without_closing_schema
from .faults import Fault
from .locating import Down, Locator, Site
from .membership import Models
from .paths import Alternative, Entry, Item, Property, Step, Steps
from .proof import DisagreementError, Prover, Root, Verdict
from .relation import NO, YES, Relation
from .subschema import Subschemas


@frozen
class Side:
    """One of the two documents, and what the generator understands of it."""

    document: Document
    api: Api
    models: Models
    locator: Locator

    @classmethod
    def of(cls, document: Document, api: Api, *, is_old: bool) -> Side:
        """The side of a document."""
        api = evolve(api, models=tuple(map(without_closing_schema, api.models)))
        models = {model.name: model for model in api.models}
        return cls(document, api, models, Locator(document, is_old))


@frozen(kw_only=True)
class Spot:
    """Where two types are compared: in both documents, and inside of what is sent."""

    direction: Direction
    old: Site
    new: Site
    subject: str
    of: str
    """What is sent as a whole, such as `the body of POST /jobs`."""
    root: Root
    steps: Steps = ()
    is_taken: bool = False
    """Whether a union around it takes all that is sent, whatever becomes of this part."""

    def into(self, old: Step, new: Step | None = None) -> Spot:
        """The spot one step further in; `new` is that step in the new document."""
        new = old if new is None else new
        sent = old if self.direction is Direction.REQUEST else new
        return evolve(
            self,
            old=self.old / old,
            new=self.new / new,
            subject=f"{self.subject}{_suffix(new)}",
            steps=(*self.steps, sent),
        )

    def below(self, *keywords: str) -> Spot:
        """The spot at keywords of the document that are no steps into values."""
        old, new = self.old, self.new
        for keyword in keywords:
            old, new = old / keyword, new / keyword
        return evolve(self, old=old, new=new)


def _suffix(step: Step) -> str:
    """What a step adds to the name of what it is in."""
    match step:
        case Property(name):
            return f".{name.reveal()}"
        case Item():
            return "[]"
        case Entry():
            return ".*"
        case Alternative():
            return ""
        case _:
            assert_never(step)


@define
class Owner:
    """What holds a value in Python: its annotation may break those who give or read it."""

    caller: Caller | None
    note: str = ""
    """What is to be said besides, although nobody breaks."""
    is_told: bool = False

    def tell(self) -> Caller | None:
        """The break, the first time that somebody asks."""
        if self.is_told:
            return None
        self.is_told = True
        return self.caller

    def remark(self) -> str:
        """What is to be said besides, the first time that somebody asks."""
        note, self.note = self.note, ""
        return note


@define
class Findings:
    """The changes that were found so far."""

    old: Side
    new: Side
    callers: Callers
    provers: Mapping[Direction, Prover]
    subschemas: Mapping[Direction, Subschemas]
    changes: list[Change] = field(factory=list[Change])
    _gone: set[Identifier] = field(init=False, factory=set[Identifier])
    """The classes of inline schemas that were told to be gone."""

    def class_gone(self, old: Iterable[Type]) -> Caller | None:
        """The break of those who name the class of an inline schema, the first time it is met.

        Those of components are told by themselves.
        """
        for name in (name for type_ in old for name in named_in(type_)):
            model = self.old.models[name]
            is_there = name in self.new.models or name in self.callers.renamed
            if not is_there and name not in self._gone and not self.old.locator.component(model):
                self._gone.add(name)
                return Caller(line=f"models.{name}", why="the class is no longer there")
        return None

    def leaf(
        self,
        spot: Spot,
        kind: Kind,
        what: str,
        relation: Relation,
        fault: Fault,
        *,
        keywords: Iterable[Down] = (),
        is_old: bool = False,
        caller: Caller | None = None,
        note: str = "",
    ) -> bool:
        """Add a change at a spot, and tell whether it breaks on the wire, or may."""
        verdict = Verdict(YES)
        if not spot.is_taken:
            verdict = self.verdict(spot, what, relation, fault)
        example = None
        if verdict.example is not None:
            of = spot.of if verdict.example.is_whole else f"a part of {spot.of}"
            example = Example(value=verdict.example.value, of=of)
        wire = {YES: Wire.COMPATIBLE, NO: Wire.BREAKING}.get(verdict.relation, Wire.UNDECIDED)
        self.add(
            spot,
            kind,
            what,
            wire,
            keywords=keywords,
            is_old=is_old,
            caller=caller,
            note=note,
            example=example,
            search=verdict.search,
        )
        return wire is not Wire.COMPATIBLE

    def verdict(self, spot: Spot, what: str, relation: Relation, fault: Fault) -> Verdict:
        """What the decision about a change and the search for its proof come to.

        Raises:
            DisagreementError: they contradict each other.
        """
        try:
            prover = self.provers[spot.direction]
            return prover.verdict(relation, spot.root, spot.steps, fault)
        except DisagreementError as error:
            where = f"{spot.subject}, {spot.direction.value}: {what}"
            raise DisagreementError(f"{where}: {error}") from None

    def add(
        self,
        spot: Spot,
        kind: Kind,
        what: str,
        wire: Wire,
        *,
        keywords: Iterable[Down] = (),
        is_old: bool = False,
        caller: Caller | None = None,
        note: str = "",
        example: Example | None = None,
        direction: Direction | None = None,
        search: Search = Search.NONE,
    ) -> None:
        """Add a change at a spot whose verdict is known."""
        site = spot.old if is_old else spot.new
        for keyword in keywords:
            site = site / keyword
        locator = self.old.locator if is_old else self.new.locator
        direction = spot.direction if direction is None else direction
        if example is not None and direction is Direction.RESPONSE:
            example = evolve(example, is_answer=True)
        self.changes.append(
            Change(
                kind=kind,
                place=locator.place(site),
                subject=spot.subject,
                what=what,
                direction=direction,
                wire=wire,
                example=example,
                caller=caller,
                note=note,
                search=search,
            )
        )


_WORST = (Wire.SAME, Wire.COMPATIBLE, Wire.SILENT, Wire.UNDECIDED, Wire.BREAKING)


def merged(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes, each told once: for both directions, or for that in which it is worse.

    What several operations refer to is the same change for all of them.
    """
    found: dict[tuple[Kind, str, bool, str], list[Change]] = {}
    for change in changes:
        key = (change.kind, change.place.pointer, change.place.is_old, change.what)
        found.setdefault(key, []).append(change)
    return tuple(sorted(map(_as_one, found.values()), key=_order))


_MOST_SUBJECTS: Final = 3
"""How many of those for which a change is the same are named."""


def _as_one(changes: Sequence[Change]) -> Change:
    """Several findings of one change, which names all that it is a part of."""
    whole = reduce(_worse, changes)
    others = [one for one in dict.fromkeys(one.subject for one in changes) if one != whole.subject]
    if not others:
        return whole
    named = ", ".join(others[:_MOST_SUBJECTS])
    if len(others) > _MOST_SUBJECTS:
        named += f" and {len(others) - _MOST_SUBJECTS} more"
    note = f"the same for {named}"
    return evolve(whole, note=f"{whole.note}; {note}" if whole.note else note)


def _worse(one: Change, other: Change) -> Change:
    caller = one.caller or other.caller
    if one.wire is other.wire:
        is_both = {one.direction, other.direction} == {Direction.REQUEST, Direction.RESPONSE}
        direction = Direction.BOTH if is_both else one.direction
        return evolve(one, direction=direction, caller=caller, example=one.example or other.example)
    worse = max(one, other, key=lambda change: _WORST.index(change.wire))
    return evolve(worse, caller=caller, note=worse.note or one.note or other.note)


def _order(change: Change) -> tuple[object, ...]:
    place = change.place
    return (
        not change.is_break,
        place.is_old,
        place.file,
        place.line or 0,
        place.pointer,
        change.kind.value,
        change.what,
    )
