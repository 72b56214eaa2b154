"""Python names for the names of the document, decided once.

A wire name may hold anything; a Python name is a legal, unreserved identifier that nothing else
in its scope has.
"""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import accumulate

from .ir import Identifier
from .source_file import NO_FILE_NAMES
from .words import apart

_TYPES = frozenset({"bool", "bytes", "dict", "float", "int", "list", "str"})
"""Builtins that stand in generated annotations."""

CLASS_NAMES = frozenset(
    {
        "Annotated",
        "Any",
        "AwareDatetime",
        "Call",
        "Choice",
        "Constraints",
        "File",
        "Final",
        "Handlers",
        "Incoming",
        "Json",
        "JsonObject",
        "Literal",
        "Never",
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
        "TYPE_CHECKING",
        "TypeAlias",
        "TypeAliasType",
        "UNSET",
        "UnknownVariant",
        "UUID",
        "Unset",
    }
)
"""Capitalised names that generated modules import or define for themselves."""

FIELD_NAMES = (
    frozenset(
        {
            "date",
            "field",
            "other_properties",
            "parsed_bytes",
            "parsed_date",
            "parsed_date_time",
            "parsed_uuid",
            "self",
            "wire_name",
        }
    )
    | _TYPES
)
"""Names that are read inside the body of a generated class, or taken in its constructor."""

FUNCTION_NAMES = (
    frozenset(
        {
            "accepted",
            "annotations",
            "as_bytes",
            "as_form",
            "as_json",
            "as_multipart",
            "as_text",
            "as_text_of",
            "body",
            "by_media_type",
            "bytes_body",
            "checked",
            "closed",
            "content_in",
            "content_of",
            "content_type",
            "cookie_fields",
            "define",
            "dispatch",
            "error",
            "header_fields",
            "lazy_names",
            "json_body",
            "json_content",
            "models",
            "no_body",
            "optional_content_of",
            "optional_json_content",
            "path",
            "query_fields",
            "refuse",
            "styled",
            "text_body",
            "text_of",
        }
    )
    | FIELD_NAMES
)
"""Names that are read inside generated functions, and their own parameters."""

_AMBIGUOUS = frozenset({"I", "O", "l"})
"""Names that are taken for digits."""

_NO_CLASS_NAMES = CLASS_NAMES | frozenset(dir(builtins)) | frozenset(keyword.kwlist) | _AMBIGUOUS
_LONGEST = 60
"""Longer names leave no room on a line of 100 columns for the annotations beside them."""
_LONGEST_ALONE = 80
"""The same of classes and endpoints, which are defined on lines of their own."""


class Names:
    """The names that are taken in one scope."""

    def __init__(self, *, gap: str = "_") -> None:
        self._taken: set[str] = set()
        self._numbers: dict[str, int] = {}
        """The next number of each name that was wanted again: thousands may want the same one."""
        self._gap = gap
        self._kept: Collection[str] = ()

    def keep(self, wire_names: Collection[str]) -> None:
        """Keep each Python name for what is called just so: `id` for `id`, and not for `_id`."""
        self._kept = wire_names

    def is_free(self, wanted: str) -> bool:
        """Whether nothing has a name yet."""
        return wanted not in self._taken

    def take(self, wanted: str, wire_name: str | None = None) -> Identifier:
        """The wanted name, or the first of `wanted_2`, `wanted_3`, … that is free."""
        name = wanted
        while name in self._taken or (name in self._kept and name != wire_name):
            number = self._numbers.get(wanted, 2)
            self._numbers[wanted] = number + 1
            name = f"{wanted}{self._gap}{number}"
        self._taken.add(name)
        return _identifier(name)


@lru_cache(maxsize=20_000)
def _identifier(name: str) -> Identifier:
    return Identifier(name)  # which looks at each character


def is_part_of(text: str, name: str) -> bool:
    """Whether a text is words of a name, however these are spelled: "Pet" of `UpdatePetBody`."""
    said, whole = ("".join(_all_words(one)).lower() for one in (text, name))
    bounds = set(accumulate((len(word.lower()) for word in _all_words(name)), initial=0))
    return any(whole.startswith(said, at) and at + len(said) in bounds for at in bounds)


def class_name(wire_name: str) -> str:
    """A class name: `job-status` gives `JobStatus`."""
    words = _words(wire_name, _LONGEST_ALONE)
    shouts = len(words) > 1 and wire_name.isupper()
    name = "".join(
        word if word.isupper() and word.isalpha() and not shouts else _capital(word)
        for word in words
    )
    name = unicodedata.normalize("NFKC", name)
    if not (name.isidentifier() and name[0].isupper()):
        return unicodedata.normalize("NFKC", f"Model{name}")
    return f"{name}Model" if name in _NO_CLASS_NAMES else name


def followed(name: Identifier, word: str) -> str:
    """A class name with a word behind it."""
    whole = f"{name}{word}"
    return whole if len(whole) <= _LONGEST_ALONE else class_name(f"{name}_{word}")


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
    name = _snaked(_words(wire_name, _LONGEST_ALONE), "call")
    return f"{name}_" if name in FUNCTION_NAMES else name


def module_name(wire_name: str) -> str:
    """A module name of a tag, which is the name of a file that every system tells from others."""
    name = _legal(_snake(wire_name, "default").casefold(), "default")
    # What the package imports from `__future__` is called `annotations`.
    return f"{name}_" if name in NO_FILE_NAMES or name == "annotations" else name


def member_name(value: str | int) -> str:
    """A member name of an enumeration: `in progress` gives `IN_PROGRESS`."""
    if isinstance(value, int):
        return f"MINUS_{-value}" if value < 0 else f"VALUE_{value}"
    sign = _SIGNED.match(value)
    words = [*(_sign_words(value[0]) if sign else ()), *_words(value)]
    name = _legal("_".join(words or _sign_words(value) or ["EMPTY"]).upper(), "VALUE")
    return f"VALUE_{name}" if name in _AMBIGUOUS else name


_SIGNED = re.compile(r"[-+](?=[^\W_])")
"""A sign in front of a number, or of what it says the direction of: `-1`, `-created_at`."""

_SIGNS = {
    "!=": "not equal",
    "<=": "less than or equal",
    ">=": "greater than or equal",
    "!": "not",
    "-": "minus",
    "/": "slash",
    "<": "less than",
    "=": "equal",
    ">": "greater than",
    "\\": "backslash",
    "\t": "tab",
    "\n": "line feed",
    "\r": "carriage return",
}
"""What signs are called that have long names in Unicode, or none."""

_SIGN = re.compile("|".join(map(re.escape, _SIGNS)) + "|.", re.DOTALL)


def _sign_words(text: str) -> Sequence[str]:
    """The words for a text of signs: `>=` gives `greater than or equal`."""
    spoken = " ".join(
        _SIGNS.get(sign) or _unicode_name(sign) for sign in _SIGN.findall(text[:_LONGEST])
    )
    return _short(_all_words(spoken), _LONGEST)


def _unicode_name(sign: str) -> str:
    """What Unicode calls a sign: `plus` for `+`, which is PLUS SIGN."""
    name = unicodedata.name(sign, f"U{ord(sign):04X}")
    return name.removesuffix(" SIGN").removesuffix(" MARK").lower()


def constant_name(*parts: str) -> str:
    """A constant's name: `Location` gives `LOCATION`, and with `create_job` `CREATE_JOB_LOCATION`."""
    words = _short([word for part in parts for word in _all_words(part)], _LONGEST)
    name = unicodedata.normalize("NFKC", _snaked(words, "header").upper())
    return f"{name}_" if name in CLASS_NAMES else name


def private_name(*parts: str) -> str:
    """The name of a constant for its own module, like nothing else there: `_LOCATION`."""
    return f"_{constant_name(*parts).rstrip('_')}"


@lru_cache(maxsize=20_000)  # most names come again, in other models and as parameters
def _snake(wire_name: str, otherwise: str) -> str:
    return _snaked(_words(wire_name), otherwise)


def _snaked(words: Sequence[str], otherwise: str) -> str:
    name = _legal("_".join(words).lower() or otherwise, otherwise)
    return f"{name}_" if name in _AMBIGUOUS else name


@lru_cache(maxsize=20_000)
def _all_words(text: str) -> tuple[str, ...]:
    """The words of a name in any of the usual spellings; what is no letter or digit parts them."""
    plain = _GAPS.sub(" ", text) if text.isascii() else _parted(text)
    if not plain.islower():
        plain = apart(plain, " ")
    return tuple(plain.split())


def _words(text: str, longest: int = _LONGEST) -> Sequence[str]:
    """The words of a name, as many as fit into one."""
    return _short(_all_words(text), longest)


def _short(words: Sequence[str], longest: int) -> Sequence[str]:
    """The words, or the first and the last of too many: what tells names apart stands at the end.

    Nothing else decides which are left, so a name is the same in every version of a document.
    """
    if _length(words) <= longest:
        return words
    half = (longest - 1) // 2
    words = [word[:half] for word in words]
    last = _fitting(words[::-1], half)[::-1]
    first = _fitting(words[: -len(last)], longest - _length(last) - 1)
    return [*first, *last]


def _length(words: Sequence[str]) -> int:
    return sum(map(len, words)) + len(words) - 1


def _fitting(words: Sequence[str], room: int) -> Sequence[str]:
    """The first words, as many as there is room for."""
    lengths = accumulate(len(word) + 1 for word in words)
    return words[: sum(1 for length in lengths if length - 1 <= room)]


_GAPS = re.compile("[^0-9A-Za-z]+")


def _parted(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    return "".join(character if _is_part(character) else " " for character in plain)


def _is_part(character: str) -> bool:
    return character != "_" and f"a{character}".isidentifier()


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:].lower() if word.isupper() else word[:1].upper() + word[1:]


def _legal(name: str, prefix: str) -> str:
    """The name itself, or with a prefix where it would start with a digit or has no case."""
    name = unicodedata.normalize("NFKC", name)
    if not name.isidentifier() or not (name.islower() or name.isupper()):
        name = f"{prefix}_{name}"
    return f"{name}_" if keyword.iskeyword(name) else name
