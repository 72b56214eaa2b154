"""Records that a JSON Schema closes, told in the way of those that `additionalProperties` closes.

`unevaluatedProperties` depends on all that stands beside it, so the generator has it checked by a
schema of the whole. Where nothing else stands there than what the types say too, `false` forbids
what `additionalProperties: false` forbids, and a comparison takes both for the same.
"""

from __future__ import annotations

from ..ir import Model, Record
from ..tree import Json
from ..values import evolve
from .conjuncts import conjuncts, names_seen, read, unsaid_keywords


def without_closing_schema(model: Model) -> Model:
    """The same model; closed without a schema, if that is all that its schema says."""
    if not isinstance(model, Record) or model.limits.schema is None:
        return model
    names = {one.wire_name.reveal() for one in model.fields}
    if not _only_closes(read(model.limits.schema.reveal()), names):
        return model
    return evolve(model, is_closed=True, others=None, limits=evolve(model.limits, schema=None))


def _only_closes(schema: Json, names: set[str]) -> bool:
    """Whether a schema says what types say, and that there are no other properties than these.

    It may name more: those that never go in the direction of a record, which has no field for them.
    """
    unsaid = unsaid_keywords(schema)
    is_closing = bool(unsaid) and all(
        key == "unevaluatedProperties" and set(map(repr, values)) == {repr(False)}
        for key, values in unsaid.items()
    )
    return is_closing and all(
        names <= names_seen(part) for part in conjuncts(schema) if "unevaluatedProperties" in part
    )
