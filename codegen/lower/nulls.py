"""Whether null is a value of a JSON Schema that is complete in itself.

It is asked where types say that null is one: a schema beside them may forbid it. Of all keywords
only these here speak of null.
"""

from __future__ import annotations

from ..values import frozen
from .node import Json


def takes_null(schema: Json) -> bool:
    """Whether null fits a schema, whose references lead to its own `$defs`."""
    definitions: Json = {} if isinstance(schema, bool) else schema.get("$defs", {})
    return _Judge(definitions).takes(schema, frozenset())


def or_null(schema: Json) -> Json:
    """The schema, besides which null is allowed too."""
    if takes_null(schema):
        return schema
    inner = {key: value for key, value in schema.items() if key != "$defs"}
    both: dict[str, Json] = {"anyOf": [{"type": "null"}, inner]}
    return {**both, "$defs": schema["$defs"]} if "$defs" in schema else both


@frozen
class _Judge:
    definitions: dict[str, Json]

    def takes(self, schema: Json, above: frozenset[str]) -> bool:
        """Whether null fits a schema; one that is asked about already says nothing more."""
        if isinstance(schema, bool):
            return schema
        return (
            _is_of_type(schema)
            and self._follows(schema, above)
            and all(self.takes(part, above) for part in schema.get("allOf", ()))
            and self._is_chosen(schema, above)
            and not ("not" in schema and self.takes(schema["not"], above))
            and self._meets_condition(schema, above)
        )

    def _follows(self, schema: dict[str, Json], above: frozenset[str]) -> bool:
        reference = schema.get("$ref")
        if reference is None or reference in above:
            return True
        name = reference.removeprefix("#/$defs/")
        return self.takes(self.definitions[name], above | {reference})

    def _is_chosen(self, schema: dict[str, Json], above: frozenset[str]) -> bool:
        if "anyOf" in schema and not any(self.takes(one, above) for one in schema["anyOf"]):
            return False
        return "oneOf" not in schema or 1 == sum(self.takes(one, above) for one in schema["oneOf"])

    def _meets_condition(self, schema: dict[str, Json], above: frozenset[str]) -> bool:
        if "if" not in schema:
            return True
        branch = "then" if self.takes(schema["if"], above) else "else"
        return self.takes(schema.get(branch, True), above)


def _is_of_type(schema: dict[str, Json]) -> bool:
    kinds: Json = schema.get("type", "null")
    if "null" not in ([kinds] if isinstance(kinds, str) else kinds):
        return False
    if "const" in schema and schema["const"] is not None:
        return False
    return "enum" not in schema or None in schema["enum"]
