"""What a document says that nothing is made of: misspelt keys, and what stands beside a `$ref`.

It judges the tree alone, before anything is made of it, so a keyword that is known and not
supported is no matter of its.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from .ir import Note
from .keys import (
    DIALECTS,
    FOREIGN,
    FORMER,
    KEYWORDS,
    RESTRICTING,
    UNSUPPORTED,
    counts_everywhere,
    home_of,
    known_keys,
    minor_version_of,
)
from .likeness import meant_by
from .load import Document
from .places import THE_DOCUMENT, target_of
from .required import misspelt_names, requires_undescribed
from .structure import HOLDING, REFERABLE, SECTIONS, Kind, Part, Walk
from .tree import Json, child, tokens, value_at
from .values import frozen

_VERSION = re.compile(r"3\.([012])\.")

_ALONE = REFERABLE - {Kind.SCHEMA, Kind.PATH_ITEM}
"""Where a reference stands alone, but for texts."""
_BESIDE_REFERENCE = frozenset({"$ref", "summary", "description"})

_EXPECTED = ("#/components/", "#/paths/")
"""How references begin that lead to what a walk comes to anyway."""


@frozen
class _Grammar:
    """What objects may say in a version of OpenAPI."""

    is_3_0: bool
    known: Mapping[Kind, frozenset[str]]
    leaves: Mapping[Kind, frozenset[str]]
    """What objects say that is heeded, holds no others and leads nowhere."""

    def meant_by(self, key: str, kind: Kind) -> str | None:
        """The key of an object that a word was probably meant to be."""
        return _meant_by(key, KEYWORDS if kind is Kind.SCHEMA else self.known[kind])


def unheeded(document: Document) -> tuple[Note, ...]:
    """Return a note for everything that goes unheeded, in the order of the document."""
    version = _VERSION.match(str(document.tree.get("openapi")))
    grammar = _grammar(int(version[1]) if version else 1)
    known = grammar.known
    notes = [] if grammar.is_3_0 else list(_foreign_dialect(document.tree))
    asking: list[Part] = []
    for part in _parts(document, grammar):
        # Most say nothing that is unheeded, and there are very many.
        if not known[part.kind].issuperset(part.value):
            notes.extend(_of(part, grammar))
        if part.value.get("description").__class__ in (dict, list):
            what = "what describes is no text, so it is not heeded"
            place = child(part.place, "description")
            notes.append(Note(pointer=place, what=what, is_warning=True))
        if "$ref" in part.value:
            notes.extend(_reference_to_another_kind(part))
            if grammar.is_3_0 and len(part.value) > 1:
                notes.extend(_beside_reference_of_3_0(part))
        if "required" in part.value and requires_undescribed(part):
            asking.append(part)
    notes.extend(misspelt_names(asking, lambda: _parts(document, grammar)))
    return tuple(notes)


def _foreign_dialect(tree: Mapping[str, Json]) -> Iterator[Note]:
    dialect = tree.get("jsonSchemaDialect")
    if isinstance(dialect, str) and not dialect.startswith(DIALECTS):
        what = "a dialect of one's own is not heeded; keywords mean what they mean in OpenAPI 3.1"
        yield Note(pointer="/jsonSchemaDialect", what=what)


@cache
def _grammar(minor: int) -> _Grammar:
    known = known_keys(minor)
    leaves = {kind: keys - HOLDING[kind] - {"$ref"} for kind, keys in known.items()}
    return _Grammar(minor == 0, known, leaves)


def _of(part: Part, grammar: _Grammar) -> Iterator[Note]:
    """What goes unheeded of an object that says more than all know."""
    if part.kind is Kind.CALLBACK:
        return iter(())  # a map by addresses
    if "$ref" in part.value and part.kind in _ALONE:
        return _beside_reference(part)
    if part.kind is Kind.EXAMPLE and grammar.known[Kind.EXAMPLE].isdisjoint(part.value):
        return _bare_example(part)
    return _unknown_keys(part, grammar)


def _bare_example(part: Part) -> Iterator[Note]:
    """An example that is what it shows, so that its keys are data."""
    if not all(key.startswith("x-") for key in part.value):
        yield Note(pointer=part.place, what="what an example shows belongs under its 'value'")


def _beside_reference(part: Part) -> Iterator[Note]:
    for key in part.value:
        if key not in _BESIDE_REFERENCE and not key.startswith("x-"):
            what = f"{key!r} beside $ref is not heeded; OpenAPI has none there"
            yield Note(pointer=child(part.place, key), what=what)


def _beside_reference_of_3_0(part: Part) -> Iterator[Note]:
    """What a schema says that only OpenAPI 3.1 lets stand beside a reference.

    But for `nullable`, which is heeded (`lower.other_versions`).
    """
    if part.kind is not Kind.SCHEMA:
        return
    for key in part.value:
        if key in RESTRICTING and key != "nullable":
            what = f"{key!r} beside $ref is not heeded in OpenAPI 3.0"
            yield Note(pointer=child(part.place, key), what=what)


def _reference_to_another_kind(part: Part) -> Iterator[Note]:
    """A reference to a component of another kind than may stand there: a schema for a response."""
    names = (part.reference or "").partition("#/components/")[2].split("/")
    found = SECTIONS.get(names[0]) if len(names) == 2 else None
    if found is None or found is part.kind:
        return
    wanted = next((key for key, kind in SECTIONS.items() if kind is part.kind), "")
    what = f"this names one of the {found.value}, and one of the {part.kind.value} is wanted here"
    instead = f"write '#/components/{wanted}/...'"
    yield Note(pointer=child(part.place, "$ref"), what=f"{what}; {instead}", is_warning=True)


# --- keys that are not known --------------------------------------------------------------------


def _unknown_keys(part: Part, grammar: _Grammar) -> Iterator[Note]:
    known = grammar.known[part.kind]
    for key in part.value:
        if key in known or key.startswith("x-"):
            continue
        if part.kind is Kind.SCHEMA and key in FORMER:
            what, is_warning = _former(key)
        else:
            what, is_warning = _unknown(part, key, grammar)
        if what:
            yield Note(pointer=child(part.place, key), what=what, is_warning=is_warning)


def _unknown(part: Part, key: str, grammar: _Grammar) -> tuple[str, bool]:
    """What there is to say of a key, and whether the document is at fault."""
    kind = part.kind
    noun = "keyword" if kind is Kind.SCHEMA else "key"
    # A whole operation may stand there, and that is much to lose.
    is_grave = kind is Kind.PATH_ITEM or key == "$ref"
    if key in UNSUPPORTED.get(kind, ()):
        return f"{key!r} is not supported, so it is not heeded", False
    minor = minor_version_of(kind, key)
    if minor is not None:
        what = f"{key!r} is a {noun} of OpenAPI 3.{minor}"
        if counts_everywhere(kind, key):
            return f"{what}, and heeded as in it", False
        return f"{what}, so it is not heeded", is_grave
    what = f"{key!r} is no {noun} of {kind.value}"
    home = home_of(kind, key)
    if home is not None:
        return f"{what} and not heeded; it belongs to {home}", True
    meant = grammar.meant_by(key, kind)
    if meant is not None and meant not in part.value and key not in FOREIGN:
        return f"{what} and not heeded; did you mean {meant!r}?", True
    return f"{what}, so it is not heeded", is_grave


@cache
def _meant_by(key: str, known: frozenset[str]) -> str | None:
    named = {one for one in known if not one.startswith("$") or one == "$ref"}
    return meant_by(key, sorted(known if key.startswith("$") else named))


def _former(key: str) -> tuple[str, bool]:
    """What there is to say of a keyword that former versions had; nothing where it is heeded."""
    if key == "nullable":
        return "", False
    return f"{key!r} is of former JSON Schema, so it is not heeded; write {FORMER[key]}", False


# --- the objects --------------------------------------------------------------------------------


def _parts(document: Document, grammar: _Grammar) -> Iterator[Part]:
    """The objects of a document, wherever references lead."""
    walk = Walk(grammar.leaves)
    walk.begin(Kind.DOCUMENT, document.tree, THE_DOCUMENT)
    for part in walk:
        if "$ref" in part.value:
            _follow(document, walk, part)
        yield part


def _follow(document: Document, walk: Walk, part: Part) -> None:
    if part.file == THE_DOCUMENT and (part.reference or "").startswith(_EXPECTED):
        return
    target = _target(document, part)
    if target is not None:
        walk.begin(part.kind, target.value, target.file, target.fragment)


@frozen
class _Target:
    """What a reference leads to."""

    value: Json
    file: str
    fragment: str


def _target(document: Document, part: Part) -> _Target | None:
    """What a reference leads to; None for an anchor, to which a walk comes anyway, or nothing."""
    if part.reference is None:
        return None
    try:
        target = target_of(part.reference, base=part.file)
        tree = document.tree if target.file == THE_DOCUMENT else document.files[target.file]
        value = value_at(tree, tokens(target.fragment))
    except (ValueError, LookupError):
        return None
    return _Target(value, THE_DOCUMENT if tree is document.tree else target.file, target.fragment)
