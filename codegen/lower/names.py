"""Python names for the names of the document, decided once.

A wire name may hold anything; a Python name is a legal, unreserved identifier that nothing else
in its scope has.
"""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Iterable

from ..ir import Identifier

_TYPES = frozenset({"bool", "bytes", "dict", "float", "int", "list", "str"})
"""Builtins that stand in generated annotations."""

CLASS_NAMES = frozenset(
    {
        "Any",
        "AwareDatetime",
        "Call",
        "Constraints",
        "Final",
        "Handlers",
        "Incoming",
        "Json",
        "JsonObject",
        "Literal",
        "OpenIntEnum",
        "OpenStrEnum",
        "Protocol",
        "Refusal",
        "Reply",
        "Request",
        "Response",
        "ResponseHeader",
        "Route",
        "Router",
        "SearchStrategy",
        "TypeAlias",
        "UNSET",
        "UUID",
        "Unset",
    }
)
"""Capitalised names that generated modules import or define for themselves."""

FIELD_NAMES = frozenset({"date", "field", "other_properties", "st", "wire_name"}) | _TYPES
"""Names that are read inside the body of a generated class."""

FUNCTION_NAMES = (
    frozenset(
        {
            "annotations",
            "body",
            "closed",
            "define",
            "dispatch",
            "error",
            "header_fields",
            "json_body",
            "json_content",
            "no_body",
            "optional_json_content",
            "path",
            "query_fields",
            "self",
            "text_body",
        }
    )
    | FIELD_NAMES
)
"""Names that are read inside generated functions, and their own parameters."""

_BUILTINS = frozenset(dir(builtins))
_LONGEST = 80


class Names:
    """The names that are taken in one scope."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)

    def take(self, wanted: str) -> Identifier:
        """The wanted name, or the first of `wanted_2`, `wanted_3`, … that is free."""
        name, number = wanted, 2
        while name in self._taken:
            name, number = f"{wanted}_{number}", number + 1
        self._taken.add(name)
        return Identifier(name)


def class_name(wire_name: str) -> str:
    """A class name: `job-status` gives `JobStatus`."""
    words = _words(wire_name)
    name = "".join(word if word.isupper() and word.isalpha() else _capital(word) for word in words)
    name = _legal(name or "Model", "Model")
    return f"{name}_" if name in CLASS_NAMES | _BUILTINS else name


def field_name(wire_name: str) -> str:
    """A field name: `jobId` gives `job_id`; the names of types get an underscore."""
    name = _snake(wire_name, "field")
    return f"{name}_" if name in FIELD_NAMES else name


def argument_name(wire_name: str) -> str:
    """A parameter name of an endpoint function."""
    name = _snake(wire_name, "argument")
    return f"{name}_" if name in FUNCTION_NAMES else name


def function_name(wire_name: str) -> str:
    """A function name of an endpoint."""
    name = _snake(wire_name, "call")
    return f"{name}_" if name in FUNCTION_NAMES else name


def module_name(wire_name: str) -> str:
    """A module name of a tag."""
    return _snake(wire_name, "default")


def member_name(value: str | int) -> str:
    """A member name of an enumeration: `in progress` gives `IN_PROGRESS`."""
    if isinstance(value, int):
        return f"MINUS_{-value}" if value < 0 else f"VALUE_{value}"
    return _legal("_".join(_words(value)).upper() or "EMPTY", "VALUE")


def constant_name(*parts: str) -> str:
    """A constant's name: `create_job`, `Location` give `CREATE_JOB_LOCATION`."""
    return "_".join(_snake(part, "header") for part in parts).upper()


def _snake(wire_name: str, otherwise: str) -> str:
    return _legal("_".join(_words(wire_name)).lower() or otherwise, otherwise)


def _words(text: str) -> list[str]:
    """The words of a name in any of the usual spellings; what is no letter or digit parts them."""
    plain = unicodedata.normalize("NFKC", text)
    plain = "".join(character if _is_part(character) else " " for character in plain)
    plain = re.sub(r"([^\W\d_])([A-Z][a-z])", r"\1 \2", plain)
    plain = re.sub(r"([a-z\d])([A-Z])", r"\1 \2", plain)
    words = plain.split()
    shortened: list[str] = []
    while words and len("_".join([*shortened, words[0]])) <= _LONGEST:
        shortened.append(words.pop(0))
    return shortened or [word[:_LONGEST] for word in words[:1]]


def _is_part(character: str) -> bool:
    return character != "_" and f"a{character}".isidentifier()


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:].lower() if word.isupper() else word[:1].upper() + word[1:]


def _legal(name: str, prefix: str) -> str:
    """The name itself, or with a prefix where it would start with a digit."""
    name = unicodedata.normalize("NFKC", name)
    if not name.isidentifier():
        name = f"{prefix}_{name}"
    return f"{name}_" if keyword.iskeyword(name) else name
