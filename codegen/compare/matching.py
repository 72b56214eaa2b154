"""Which part of the old API is which of the new: by what it is called on the wire.

Operations are the same by method and path, whatever their path parameters are called; what is left
over on both sides by its `operationId`, and then by its function, which callers name. Parameters
are the same by place and name, those of paths by their position.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Final, Generic, TypeAlias, TypeVar

from ..ir import (
    Alias,
    Answer,
    Callback,
    Content,
    Endpoint,
    Header,
    Identifier,
    ListOf,
    Location,
    MapOf,
    Model,
    Named,
    Nullable,
    Parameter,
    Record,
    Type,
    UnionOf,
)
from ..lower.media_types import essence
from ..values import define, field, frozen
from .membership import Models

T = TypeVar("T")

_IN_BRACES: Final = re.compile(r"\{[^{}]*\}")

Names: TypeAlias = Mapping[Identifier, Identifier]
"""New names by old ones."""


@frozen
class Matched(Generic[T]):
    """What is on both sides, and what is on one only."""

    both: tuple[tuple[T, T], ...]
    removed: tuple[T, ...]
    added: tuple[T, ...]


def matched(old: Iterable[T], new: Iterable[T], key: Callable[[T], Hashable | None]) -> Matched[T]:
    """Match things by a key; those of equal keys in their order, those of none never."""
    waiting: dict[Hashable, list[T]] = {}
    added: list[T] = []
    for one in new:
        own = key(one)
        if own is None:
            added.append(one)
        else:
            waiting.setdefault(own, []).append(one)
    both: list[tuple[T, T]] = []
    removed: list[T] = []
    for one in old:
        own = key(one)
        if own is not None and waiting.get(own):
            both.append((one, waiting[own].pop(0)))
        else:
            removed.append(one)
    left = {id(one) for several in waiting.values() for one in several} | {id(one) for one in added}
    return Matched(tuple(both), tuple(removed), tuple(one for one in new if id(one) in left))


def endpoints(old: tuple[Endpoint, ...], new: tuple[Endpoint, ...]) -> Matched[Endpoint]:
    """Match operations: by method, path and id, by method and path, by id, and by function."""
    exactly = matched(old, new, lambda one: (one.method, shape_of(one), one.operation_id))
    by_path = matched(exactly.removed, exactly.added, lambda one: (one.method, shape_of(one)))
    by_id = matched(by_path.removed, by_path.added, lambda one: one.operation_id)
    # Ids that differ in punctuation alone, and paths that end in a slash, give the same name.
    by_name = matched(by_id.removed, by_id.added, lambda one: (one.tag, one.name))
    places = {id(one): place for place, one in enumerate(new)}
    both = (*exactly.both, *by_path.both, *by_id.both, *by_name.both)
    return Matched(
        tuple(sorted(both, key=lambda pair: places[id(pair[1])])), by_name.removed, by_name.added
    )


def shape_of(endpoint: Endpoint) -> str:
    """The path of an operation with nameless parameters: what tells it from others on the wire."""
    segments = (
        "".join("{}" if isinstance(part, Identifier) else part.reveal() for part in segment)
        for segment in endpoint.path.segments
    )
    slash = "/" if endpoint.path.has_trailing_slash else ""
    return f"/{'/'.join(segments)}{slash}"


def parameters(old: Endpoint, new: Endpoint) -> Matched[Parameter]:
    """Match the parameters of an operation."""
    by_place = [
        {name: place for place, name in enumerate(dict.fromkeys(one.path.parameters))}
        for one in (old, new)
    ]
    positions = {
        id(parameter): by_place[side][parameter.name]
        for side, one in enumerate((old, new))
        for parameter in one.parameters
        if parameter.location is Location.PATH
    }
    # Where paths differ in more than names, only the names tell their parameters.
    is_same_path = shape_of(old) == shape_of(new)

    def key(one: Parameter) -> Hashable:
        if one.location is Location.PATH and is_same_path:
            return one.location, positions[id(one)]
        return one.location, _name_on_the_wire(one)

    return matched(old.parameters, new.parameters, key)


def _name_on_the_wire(parameter: Parameter) -> str:
    name = parameter.wire_name.reveal()
    return name.lower() if parameter.location is Location.HEADER else name


def contents(old: Iterable[Content], new: Iterable[Content]) -> Matched[Content]:
    """Match what a body or an answer holds by its media types."""
    return matched(list(old), list(new), lambda one: essence(one.media_type.reveal()))


def callbacks(old: Iterable[Callback], new: Iterable[Callback]) -> Matched[Callback]:
    """Match calls that the API makes by their places, whatever parameters are called there."""
    return matched(old, new, lambda one: (one.method, _IN_BRACES.sub("{}", one.pointer)))


def headers(old: Answer, new: Answer) -> Matched[Header]:
    """Match the header fields of an answer."""
    return matched(old.headers, new.headers, lambda one: one.wire_name.reveal().lower())


def answers(old: Endpoint | Callback, new: Endpoint | Callback) -> Matched[Answer]:
    """Match the answers of an operation by their statuses."""
    return matched(old.answers, new.answers, lambda one: one.status)


def heard_as(answer: Answer, endpoint: Endpoint | Callback) -> Answer | None:
    """The answer as which a client hears one that its document does not name."""
    ranged = f"{str(answer.status)[0]}XX"
    by_status = {one.status: one for one in endpoint.answers}
    return by_status.get(ranged) or by_status.get("default")


@define
class Renamings:
    """New names of old models, by where the two stand.

    What takes the place of a component that is still there is another one, and no new name of it.
    An inline schema is nowhere else, so what stands in its place is the same one: classes whose
    names end in a number change them with each other when the document grows.
    """

    old: Models
    new: Models
    is_component: Callable[[Model], bool]
    """Whether a model is of a component, and not of an inline schema."""
    found: dict[Identifier, Identifier] = field(factory=dict[Identifier, Identifier])
    _seen: set[tuple[Identifier, Identifier]] = field(
        init=False, factory=set[tuple[Identifier, Identifier]]
    )

    def learn_of_components(self) -> None:
        """Learn from components, which are the same if the documents call them the same."""
        new = [one for one in self.new.values() if self.is_component(one)]
        old = [one for one in self.old.values() if self.is_component(one)]
        for mine, theirs in matched(old, new, lambda one: one.wire_name).both:
            if mine.name != theirs.name:
                self.found[mine.name] = theirs.name

    def learn(self, old: Iterable[Type], new: Iterable[Type]) -> None:
        """Learn from types that stand in the same places."""
        ahead = [(mine, theirs, True) for mine, theirs in zip(old, new, strict=False)]
        while ahead:
            mine, theirs, is_same = ahead.pop()
            if isinstance(mine, Named) and isinstance(theirs, Named):
                if (mine.name, theirs.name) in self._seen:
                    continue
                self._seen.add((mine.name, theirs.name))
                is_same = self._learn_of(mine.name, theirs.name, is_same=is_same)
            ahead.extend((one, other, is_same) for one, other in self._within(mine, theirs))

    def _learn_of(self, old: Identifier, new: Identifier, *, is_same: bool) -> bool:
        """Learn from two models, and tell whether the inline schemas in them are the same.

        They are unless a component around them took the place of another one: what is in that may
        be elsewhere too, in the model that answers hold of it.
        """
        mine, theirs = self.old[old], self.new[new]
        is_alone = old not in self.new and new not in self.old
        is_inline = not (self.is_component(mine) or self.is_component(theirs))
        if old != new and (is_alone or (is_inline and is_same)):
            self.found.setdefault(old, new)
        return is_same if is_inline else mine.wire_name == theirs.wire_name

    def _within(self, old: Type, new: Type) -> Iterator[tuple[Type, Type]]:
        match old, new:
            case Named(mine), Named(theirs):
                yield from self._inside(self.old[mine], self.new[theirs])
            case ListOf(mine), ListOf(theirs):
                yield mine, theirs
            case MapOf(mine), MapOf(theirs):
                yield mine, theirs
            case Nullable(mine), _:
                yield mine, new.inner if isinstance(new, Nullable) else new
            case _, Nullable(theirs):
                yield old, theirs
            case UnionOf(), UnionOf():
                yield from self._between(old, new)
            case _:
                pass

    def _inside(self, old: Model, new: Model) -> Iterator[tuple[Type, Type]]:
        match old, new:
            case Record(), Record():
                theirs = {one.wire_name: one.type for one in new.fields}
                for one in old.fields:
                    if one.wire_name in theirs:
                        yield one.type, theirs[one.wire_name]
                if old.others is not None and new.others is not None:
                    yield old.others.value, new.others.value
            case Alias(), Alias():
                yield old.type, new.type
            case _:
                pass

    def _between(self, old: UnionOf, new: UnionOf) -> Iterator[tuple[Type, Type]]:
        """Alternatives of the same tag, or those that only their name tells apart."""
        if old.discriminator is not None and new.discriminator is not None:
            theirs = dict(new.discriminator.names)
            for tag, name in old.discriminator.names:
                if tag in theirs:
                    yield Named(name), Named(theirs[tag])
        mine = [one for one in old.alternatives if one not in new.alternatives]
        others = [one for one in new.alternatives if one not in old.alternatives]
        if len(mine) == len(others) == 1:
            yield mine[0], others[0]
