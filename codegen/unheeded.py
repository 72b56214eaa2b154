"""What a document says that nothing is made of: misspelt keywords, and what stands beside a `$ref`.

Only this module knows all keywords of schemas by name. It judges the tree alone, before anything
is made of it, so a keyword that is known and not supported is no matter of its.
"""

from __future__ import annotations

from collections.abc import Iterator

from .ir import Note
from .load import Document
from .places import THE_DOCUMENT, target_of
from .structure import HOLDING, Kind, Part, Walk
from .tree import child, tokens, value_at

_CORE = """
    $anchor $comment $defs $dynamicAnchor $dynamicRef $id $ref $schema $vocabulary
    allOf anyOf oneOf not if then else dependentSchemas
    prefixItems items contains properties patternProperties additionalProperties propertyNames
    unevaluatedItems unevaluatedProperties
"""
_VALIDATION = """
    type enum const multipleOf maximum exclusiveMaximum minimum exclusiveMinimum
    maxLength minLength pattern maxItems minItems uniqueItems maxContains minContains
    maxProperties minProperties required dependentRequired
"""
_ANNOTATION = """
    title description default deprecated readOnly writeOnly examples
    format contentEncoding contentMediaType contentSchema
"""
_OPENAPI = "nullable discriminator xml externalDocs example"
_FORMER = "$recursiveAnchor $recursiveRef additionalItems definitions dependencies"

KEYWORDS = frozenset(f"{_CORE} {_VALIDATION} {_ANNOTATION} {_OPENAPI} {_FORMER}".split())
"""Of JSON Schema 2020-12 and before, and of OpenAPI 3.0 and 3.1."""

_LEAVES = KEYWORDS - HOLDING - {"$ref"}
"""What schemas say that are heeded, hold no others and lead nowhere."""

_BY_LOWER_CASE = {keyword.lower(): keyword for keyword in sorted(KEYWORDS)}
_ALIKE = 0.8
"""From where on two words are taken for one; `requried` is 0.88 of `required`."""

_BESIDE_REFERENCE = frozenset({"$ref", "summary", "description"})
_EXPECTED = ("#/components/", "#/paths/")
"""How references begin that lead to what a walk comes to anyway."""


def unheeded(document: Document) -> tuple[Note, ...]:
    """Return a note for everything that goes unheeded, in the order of the document."""
    notes: list[Note] = []
    for part in _parts(document):
        # Most say nothing that is unheeded, and there are very many.
        if part.kind is Kind.SCHEMA:
            if not KEYWORDS.issuperset(part.value):
                notes.extend(_unknown_keywords(part))
        elif "$ref" in part.value:
            notes.extend(_beside_reference(part))
    return tuple(notes)


def _beside_reference(part: Part) -> Iterator[Note]:
    if part.kind is not Kind.PATH_ITEM:
        for key in part.value:
            if key not in _BESIDE_REFERENCE and not key.startswith("x-"):
                what = f"{key!r} beside $ref is not heeded; OpenAPI has none there"
                yield Note(pointer=child(part.place, key), what=what)


def _unknown_keywords(part: Part) -> Iterator[Note]:
    for key in part.value:
        if key in KEYWORDS or key.startswith("x-"):
            continue
        place = child(part.place, key)
        meant = _meant_by(key)
        if meant is None or meant in part.value:
            what = f"{key!r} is no keyword of schemas, so it is not heeded"
            yield Note(pointer=place, what=what)
        else:
            what = f"{key!r} is no keyword of schemas and not heeded; did you mean {meant!r}?"
            yield Note(pointer=place, what=what, is_warning=True)


def _meant_by(key: str) -> str | None:
    """The keyword that a word was probably meant to be."""
    if len(key) > max(map(len, KEYWORDS)) + 5:
        return None
    import difflib  # which few documents need

    found = difflib.get_close_matches(key.lower(), _BY_LOWER_CASE, n=1, cutoff=_ALIKE)
    return _BY_LOWER_CASE[found[0]] if found else None


def _parts(document: Document) -> Iterator[Part]:
    """The objects of a document, wherever references lead."""
    walk = Walk(_LEAVES)
    walk.begin(Kind.DOCUMENT, document.tree, THE_DOCUMENT)
    for part in walk:
        reference = part.reference if "$ref" in part.value else None
        if reference is not None and not (
            part.file == THE_DOCUMENT and reference.startswith(_EXPECTED)
        ):
            _follow(document, walk, part, reference)
        yield part


def _follow(document: Document, walk: Walk, part: Part, reference: str) -> None:
    try:
        target = target_of(reference, base=part.file)
        tree = document.tree if target.file == THE_DOCUMENT else document.files[target.file]
        value = value_at(tree, tokens(target.fragment))
    except (ValueError, LookupError):
        return  # an anchor, which stands where a walk comes to anyway, or nothing at all
    file = THE_DOCUMENT if tree is document.tree else target.file
    walk.begin(part.kind, value, file, target.fragment)
