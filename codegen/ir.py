"""What the generator understands of an API: only types, between `lower` and `emit`.

Two things hold for everything here. A name that will stand in Python is an `Identifier`, checked
when it is made. All other text of the document is `Text`, which refuses to be formatted: only
`emit/source.py` can turn it into a literal or a docstring, so no text of a document becomes code.
"""

from __future__ import annotations

import keyword
import unicodedata
from enum import Enum
from typing import NoReturn, TypeAlias

from attrs import frozen


class Identifier(str):
    """A name that may stand in Python source as it is."""

    __slots__ = ()

    def __new__(cls, name: str) -> Identifier:
        """Check the name; raises ValueError for what is no identifier, or is a keyword."""
        if not name.isidentifier() or keyword.iskeyword(name) or name != _normal(name):
            raise ValueError(f"{name!r} is no Python name")
        return super().__new__(cls, name)


def _normal(name: str) -> str:
    """How Python itself reads an identifier (PEP 3131)."""
    return unicodedata.normalize("NFKC", name)


class Text:
    """Text of the document, which may hold anything; it cannot be formatted into source."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for `emit/source.py` and for comparisons, never for source."""
        return self._text

    def __str__(self) -> NoReturn:
        raise TypeError("text of a document cannot be formatted into source")

    def __format__(self, spec: str) -> NoReturn:
        raise TypeError("text of a document cannot be formatted into source")

    def __repr__(self) -> str:
        return f"<Text of {len(self._text)} characters>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)


Number: TypeAlias = int | float


@frozen(kw_only=True)
class Limits:
    """The validation keywords of a schema, under the names that the runtime has for them."""

    min_length: int | None = None
    max_length: int | None = None
    pattern: Text | None = None
    minimum: Number | None = None
    maximum: Number | None = None
    exclusive_minimum: Number | None = None
    exclusive_maximum: Number | None = None
    multiple_of: Number | None = None
    min_items: int | None = None
    max_items: int | None = None
    unique_items: bool = False
    min_properties: int | None = None
    max_properties: int | None = None


NO_LIMITS = Limits()


class ScalarKind(Enum):
    """The scalar types, told apart by their Python types."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE_TIME = "date-time"
    DATE = "date"
    UUID = "uuid"
    BYTES = "byte"


@frozen
class Scalar:
    """A string, number or boolean, perhaps in a format."""

    kind: ScalarKind
    limits: Limits = NO_LIMITS


@frozen
class Anything:
    """Any JSON value."""

    limits: Limits = NO_LIMITS


@frozen
class Null:
    """Only null."""


@frozen
class Named:
    """A model: a record or an enumeration."""

    name: Identifier


@frozen
class ListOf:
    """An array of items of one type."""

    item: Type
    limits: Limits = NO_LIMITS


@frozen
class MapOf:
    """An object whose property names are data."""

    value: Type
    limits: Limits = NO_LIMITS


@frozen
class Nullable:
    """A type or null."""

    inner: Type


@frozen
class Literal:
    """One constant."""

    value: Text | int | bool


Type: TypeAlias = Scalar | Anything | Null | Named | ListOf | MapOf | Nullable | Literal


class Presence(Enum):
    """When a property may be missing, and what that means."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    """Absent reads as None, and so does null."""
    OPTIONAL_NULLABLE = "optional and nullable"
    """Absent and null differ: absent reads as UNSET."""


@frozen(kw_only=True)
class Field:
    """One property of a record."""

    name: Identifier
    wire_name: Text
    type: Type
    presence: Presence
    doc: Text | None = None
    is_deprecated: bool = False


@frozen(kw_only=True)
class Others:
    """The field that keeps the properties which have no field of their own."""

    name: Identifier
    value: Type


@frozen(kw_only=True)
class Record:
    """An object with named properties: an attrs class."""

    name: Identifier
    wire_name: Text
    fields: tuple[Field, ...]
    others: Others | None = None
    is_closed: bool = False
    """Whether other properties are forbidden."""
    doc: Text | None = None
    is_deprecated: bool = False


@frozen(kw_only=True)
class Member:
    """One value of an enumeration."""

    name: Identifier
    value: Text | int


@frozen(kw_only=True)
class Enumeration:
    """A choice of strings or of integers: an enum class."""

    name: Identifier
    wire_name: Text
    members: tuple[Member, ...]
    doc: Text | None = None
    is_deprecated: bool = False

    def __attrs_post_init__(self) -> None:
        if len({type(member.value) for member in self.members}) != 1:
            raise ValueError("an enumeration needs members of one kind")

    @property
    def is_textual(self) -> bool:
        """Whether the values are strings."""
        return isinstance(self.members[0].value, Text)


@frozen(kw_only=True)
class Alias:
    """A named schema that needs no class of its own."""

    name: Identifier
    wire_name: Text
    type: Type
    doc: Text | None = None


Model: TypeAlias = Record | Enumeration | Alias


class Location(Enum):
    """Where a parameter stands."""

    PATH = "path"
    QUERY = "query"
    HEADER = "header"


@frozen(kw_only=True)
class Parameter:
    """One parameter of an endpoint, in its location's default style."""

    name: Identifier
    wire_name: Text
    location: Location
    type: Type
    is_required: bool
    doc: Text | None = None

    @property
    def is_fixed(self) -> bool:
        """Whether there is nothing to choose: required, and one constant."""
        return self.is_required and isinstance(self.type, Literal)


Segment: TypeAlias = tuple[Text | Identifier, ...]
"""What stands between two slashes: text, and names of path parameters."""


@frozen(kw_only=True)
class Path:
    """A path template, parsed."""

    segments: tuple[Segment, ...]
    template: Text
    """As the document writes it."""
    has_trailing_slash: bool = False

    @property
    def parameters(self) -> tuple[Identifier, ...]:
        """The names of the path parameters in their order."""
        return tuple(
            part for segment in self.segments for part in segment if isinstance(part, Identifier)
        )


@frozen(kw_only=True)
class Body:
    """A JSON request body."""

    type: Type
    is_required: bool
    doc: Text | None = None


class ContentKind(Enum):
    """Contents of answers that are no JSON."""

    TEXT = "text"
    EMPTY = "empty"


@frozen(kw_only=True)
class Header:
    """A header field that an answer carries."""

    name: Identifier
    """Of the constant that describes the header."""
    wire_name: Text
    type: Type
    is_required: bool
    doc: Text | None = None


@frozen(kw_only=True)
class Answer:
    """One described answer."""

    status: int | str
    """A status code, a range such as `4XX`, or `default`."""
    content: Type | ContentKind
    headers: tuple[Header, ...] = ()
    doc: Text | None = None

    def __attrs_post_init__(self) -> None:
        if isinstance(self.status, int):
            if not 100 <= self.status <= 599:
                raise ValueError(f"{self.status} is no HTTP status")
        elif self.status not in ("1XX", "2XX", "3XX", "4XX", "5XX", "default"):
            raise ValueError(f"{self.status!r} is no HTTP status")

    @property
    def is_error(self) -> bool:
        """Whether reading the answer raises: 4xx, 5xx and default."""
        return self.status == "default" or str(self.status)[0] in "45"


@frozen(kw_only=True)
class Endpoint:
    """One operation: a function."""

    name: Identifier
    tag: Identifier
    """The module that holds the function."""
    method: str
    path: Path
    parameters: tuple[Parameter, ...]
    body: Body | None
    answers: tuple[Answer, ...]
    doc: Text | None = None
    is_deprecated: bool = False

    @property
    def arguments(self) -> tuple[Parameter, ...]:
        """The parameters that a caller chooses: those of the path first, in path order."""
        return tuple(parameter for parameter in self.parameters if not parameter.is_fixed)


@frozen(kw_only=True)
class Tag:
    """A group of endpoints: a module."""

    name: Identifier
    wire_name: Text
    doc: Text | None = None


@frozen(kw_only=True)
class Api:
    """One API: everything that `emit` knows."""

    title: Text
    version: Text
    doc: Text | None
    models: tuple[Model, ...]
    tags: tuple[Tag, ...]
    endpoints: tuple[Endpoint, ...]
