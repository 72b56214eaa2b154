"""Schemas that hold together: a schema, what its `allOf` joins, and what its `$ref` names.

Nothing is merged here into a new schema: the parts stay where they are in the document, so that
pointers keep their meaning.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from ..values import define, field, frozen
from .keywords import is_said, refuse_unsupported, restricts
from .kinds import implied_kinds, kinds_of
from .node import Json, Node
from .references import References

_SEEING_ALL = ("unevaluatedItems", "unevaluatedProperties")
"""What speaks of all that stands beside it, choices too."""

_MOST_PARTS = 500
"""More schemas than these are not joined into one."""

_MOST_STEPS = 20_000
"""How many steps it may take to find them: schemas that join others twice double them each time."""

_NOTHING = Node({}, "")


@define(eq=False)
class Joined:
    """Schemas that hold of one value together; none of them has an `allOf` or a `$ref`."""

    place: Node
    """Where the whole stands."""
    parts: tuple[Node, ...]
    key: str
    """Tells wholes apart: a pointer, unless the whole stands nowhere in the document."""
    is_nullable: bool = False
    """Whether `nullable` says so beside what has no type, or joins what has one (OpenAPI 3.0)."""
    is_nothing: bool = False
    """Whether a part is `false`, which no value matches."""
    is_3_0: bool = False
    """Whether the parts speak the dialect of OpenAPI 3.0."""
    also: tuple[Node, ...] = ()
    """Where else the whole stands, if it stands in several places."""
    beside: tuple[Node, ...] = ()
    """The parts that do not stand there, where this is an alternative of a choice."""
    values: list[list[Json] | None] | None = field(init=False, default=None)
    """The values that it names one by one, in a list once somebody has asked for them."""
    _keys: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        first, *others = self.parts or (_NOTHING,)
        self._keys = frozenset(first.names).union(*[part.names for part in others])

    def all_of(self, key: str) -> list[Node]:
        """What the parts say under a keyword."""
        if key not in self._keys:
            return []
        return [found for part in self.parts if (found := part.get(key)) is not None]

    def first_of(self, key: str) -> Node | None:
        """What the last part says under a keyword: the nearest to the place itself."""
        found = self.all_of(key)
        return found[-1] if found else None

    def has(self, *keys: str) -> bool:
        """Whether a part has any of the keywords."""
        return not self._keys.isdisjoint(keys)

    def says_any_of(self, keywords: frozenset[str]) -> bool:
        """Whether a part has any of the keywords, of which there are many."""
        return not self._keys.isdisjoint(keywords)

    @cached_property
    def kinds(self) -> list[str] | None:
        """The types that all parts allow; None where no part names one."""
        if "type" not in self._keys:
            return None
        named = [kinds for part in self.parts if (kinds := self._kinds_of(part))]
        if not named:
            return None
        if len(named) == 1 and len(named[0]) == 1:
            return named[0]
        return [kind for kind in _widest(named) if all(_allows(kinds, kind) for kinds in named)]

    def _kinds_of(self, part: Node) -> list[str]:
        kinds = kinds_of(part)
        if kinds and self.is_3_0 and part.boolean_of("nullable"):
            return [*kinds, "null"]
        return kinds

    @property
    def implied_kinds(self) -> set[str]:
        """The types that the parts speak of where none is named."""
        return {kind for part in self.parts for kind in implied_kinds(part)}

    @property
    def implied_kind(self) -> str | None:
        """The only type that the parts speak of where none is named."""
        kinds = self.implied_kinds
        return next(iter(kinds)) if len(kinds) == 1 else None

    @property
    def undivided(self) -> tuple[Node, ...]:
        """All that holds, with what sees the keywords beside it where these stand."""
        if self.has(*_SEEING_ALL):
            return (self.place, *self.also, *self.beside)
        return self.parts

    @cached_property
    def properties(self) -> dict[str, list[Node]]:
        """All that the parts say of each property."""
        found: dict[str, list[Node]] = {}
        for part in self.parts:
            for name, node in part.entries_of("properties"):
                found.setdefault(name, []).append(node)
        return found

    @cached_property
    def required(self) -> dict[str, Node]:
        """The properties that must be there."""
        return {item.string(): item for part in self.parts for item in _required_of(part)}

    def with_part(self, part: Joined, without: Node, keyword: str) -> Joined:
        """These parts, one of them without a keyword, and others; for a choice of `keyword`."""
        kept = tuple(
            one.without(*_SEEING_ALL, *([keyword] if one is without else [])) for one in self.parts
        )
        kept = tuple(one for one in kept if restricts(one))
        return Joined(
            place=part.place,
            parts=tuple(_by_pointer([*kept, *part.parts]).values()),
            key=f"{self.key} + {part.key}",
            is_nullable=part.is_nullable,
            is_nothing=part.is_nothing,
            is_3_0=self.is_3_0,
            also=part.also,
            beside=(*kept, *part.beside),
        )


@define
class _Progress:
    """How far the parts of one schema are found."""

    done: set[str] = field(factory=set[str])
    """The pointers of schemas that give the same parts wherever they are joined."""
    choices: int = 0
    """How many parts had a choice, which they may lose by where they are joined."""
    steps: int = 0


@frozen
class Joining:
    """Finds the parts of schemas in one document."""

    references: References
    is_3_0: bool
    _found: dict[str, Joined] = field(factory=dict[str, Joined])

    def joined(self, node: Node) -> Joined:
        """What a schema, its `$ref` and its `allOf` say together."""
        known = self._found.get(node.pointer)
        if known is None:
            known = self._found[node.pointer] = self._join(node)
        return known

    def together(self, place: Node, nodes: list[Node]) -> Joined:
        """Several schemas that hold of one value, such as those of a property in two parts."""
        if len(nodes) == 1:
            return self.joined(nodes[0])
        each = [self.joined(node) for node in nodes]
        parts = [part for one in each for part in one.parts]
        return Joined(
            place=place,
            parts=tuple(_by_pointer(parts).values()),
            key=" + ".join(one.key for one in each),
            is_nullable=all(one.is_nullable for one in each),
            is_nothing=any(one.is_nothing for one in each),
            is_3_0=self.is_3_0,
            also=tuple(nodes),
        )

    def _join(self, node: Node) -> Joined:
        parts = list(_by_pointer(self._parts(node, frozenset(), _Progress())).values())
        said = [part for part in parts if part.is_object and restricts(part)]
        return Joined(
            place=node,
            parts=tuple(said),
            key=node.pointer,
            is_nullable=self._is_nullable_beside(node),
            is_nothing=any(part.value is False for part in parts),
            is_3_0=self.is_3_0,
        )

    def _parts(self, node: Node, above: frozenset[str], progress: _Progress) -> Iterator[Node]:
        if node.pointer in above:
            raise node.refusal("this allOf contains itself")
        if node.pointer in progress.done:
            return  # all of its parts are there
        if len(above) > _MOST_PARTS or progress.steps > _MOST_STEPS:
            raise node.refusal("too many schemas are joined into one")
        above, choices = above | {node.pointer}, progress.choices
        progress.steps += 1
        if isinstance(node.value, bool):
            yield node
            return
        refuse_unsupported(node)
        target = self.references.target(node)
        if target is not None:
            yield from self._parts(target, above, progress)
        # Nothing beside a $ref counts in OpenAPI 3.0 (section 4.7.23.1).
        if target is None or not self.is_3_0:
            is_joined = node.has("$ref", "allOf")
            if is_joined:
                for part in node.items_of("allOf"):
                    yield from self._parts(part, above, progress)
            own = node.without("$ref", "allOf") if is_joined else node
            if own.has(*_SEEING_ALL):
                own = own.without(*(key for key in _SEEING_ALL if _allows_all(own, key)))
            progress.choices += own.has("oneOf", "anyOf")
            yield self._without_choice_of(own, above)
        if progress.choices == choices:
            progress.done.add(node.pointer)

    def _without_choice_of(self, node: Node, above: frozenset[str]) -> Node:
        """A base without the choice of its children, where one of these joins the base.

        Documents write inheritance so, in a circle: what joins the base has chosen already.
        """
        if not node.has("oneOf", "anyOf"):
            return node
        for keyword in ("oneOf", "anyOf"):
            for item in node.items_of(keyword):
                target = self.references.target(item)
                if target is not None and target.pointer in above - {node.pointer}:
                    node = node.without(keyword)
                    break
        return node

    def _is_nullable_beside(self, node: Node) -> bool:
        if not (self.is_3_0 and node.is_object and node.boolean_of("nullable")):
            return False
        return not node.has("type", "$ref") or node.has("allOf")


def _allows_all(node: Node, key: str) -> bool:
    said = node.get(key)
    return said is not None and (said.value is True or said.value == {})


def _by_pointer(parts: Iterator[Node] | list[Node]) -> dict[str, Node]:
    return {part.pointer: part for part in parts}


def _widest(named: list[list[str]]) -> list[str]:
    every = list(dict.fromkeys(kind for kinds in named for kind in kinds))
    return [
        kind for kind in every if not (kind == "integer" and all("number" in one for one in named))
    ]


def _allows(kinds: list[str], kind: str) -> bool:
    return kind in kinds or (kind == "integer" and "number" in kinds)


def _required_of(part: Node) -> Iterator[Node]:
    required = part.get("required")
    # In drafts before 4, which people still write, `required: true` stood in the property.
    return iter(()) if required is None or isinstance(required.value, bool) else required.items()


def says_only(node: Node, keywords: frozenset[str]) -> bool:
    """Whether a schema restricts by some keywords at most."""
    return node.is_object and all(key in keywords for key in node.names if is_said(key))
