"""What the generator understands of an API: only types, between `lower` and `emit`.

Two things hold for everything here. A name that will stand in Python is an `Identifier`, checked
when it is made. All other text of the document is `Text`, which refuses to be formatted: only
`emit/source.py` can turn it into a literal or a docstring, so no text of a document becomes code.
"""

from __future__ import annotations

import keyword
import unicodedata
from collections.abc import Iterable
from enum import Enum
from functools import cached_property
from typing import NoReturn, TypeAlias

from .tree import Json
from .values import field, frozen


class Identifier(str):
    """A name that may stand in Python source as it is."""

    __slots__ = ()

    def __new__(cls, name: str) -> Identifier:
        """Check the name; raises ValueError for what is no identifier, or is a keyword."""
        if not name.isidentifier() or keyword.iskeyword(name) or not _is_normal(name):
            raise ValueError(f"{name!r} is no Python name")
        return super().__new__(cls, name)


def _is_normal(name: str) -> bool:
    """Whether the name is as Python itself reads it (PEP 3131)."""
    return name.isascii() or unicodedata.is_normalized("NFKC", name)


class _OfTheDocument:
    """What the document says, which may hold anything."""

    __slots__ = ()

    def __str__(self) -> NoReturn:
        raise TypeError("text of a document cannot be formatted into source")

    def __format__(self, spec: str) -> NoReturn:
        raise TypeError("text of a document cannot be formatted into source")


class Text(_OfTheDocument):
    """Text of the document, which may hold anything; it cannot be formatted into source."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for `emit/source.py` and for comparisons, never for source."""
        return self._text

    def __repr__(self) -> str:
        return f"<Text of {len(self._text)} characters>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)


class Tree(_OfTheDocument):
    """A whole document as plain JSON, which cannot be formatted into source either."""

    __slots__ = ("_tree",)

    def __init__(self, tree: Json) -> None:
        self._tree = tree

    def reveal(self) -> Json:
        """The tree itself, to be written as data."""
        return self._tree

    def __repr__(self) -> str:
        return "<Tree>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tree) and self._tree == other._tree

    __hash__ = None  # type: ignore[assignment]  # it is as large as documents are


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
    schema: Text | None = None
    """A JSON Schema (2020-12, complete in itself) for what none of the types here can say."""


NO_LIMITS = Limits()


class _Choice(Enum):
    """What is compared by identity, so that Python need not hash names: half of all look-ups."""

    __hash__ = object.__hash__


class ScalarKind(_Choice):
    """The scalar types, told apart by their Python types."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE_TIME = "date-time"
    DATE = "date"
    UUID = "uuid"
    BYTES = "byte"
    FILE = "binary"
    """A part of a multipart body that is a file."""


@frozen
class Scalar:
    """A string, number or boolean, perhaps in a format."""

    kind: ScalarKind
    limits: Limits = NO_LIMITS
    format: Text | None = field(default=None, eq=False)
    """A format that is no type of its own: nothing checks it, so types differ by it in nothing."""


@frozen
class Anything:
    """Any JSON value."""

    limits: Limits = NO_LIMITS


@frozen
class Null:
    """Only null."""


@frozen
class Named:
    """A model: a record, an enumeration, or an alias that has a reason to stay one.

    Such an alias refers to itself, or says how the alternatives of a union are told apart.
    """

    name: Identifier
    limits: Limits = NO_LIMITS
    """What holds here besides what the model itself says."""


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


@frozen(eq=False)
class Literal:
    """One constant; true is another than 1, whatever Python says."""

    value: Text | int | bool

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Literal) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)

    def reveal(self) -> str | int | bool:
        """The constant itself, as `Text.reveal` has it."""
        return self.value.reveal() if isinstance(self.value, Text) else self.value

    @property
    def _identity(self) -> tuple[type[object], Text | int | bool]:
        return type(self.value), self.value


@frozen(kw_only=True)
class Discriminator:
    """The property whose value names the alternative that an object is (OpenAPI, 4.8.25)."""

    wire_name: Text
    names: tuple[tuple[Literal, Identifier], ...]
    """What the property may say, and the model that it names then: a record, or further ones that
    another property tells apart."""
    otherwise: Identifier | None = None
    """The record that objects of other names are; None where these are unknown variants."""


@frozen(kw_only=True)
class UnionOf:
    """One of several types, of which none is null, a union, or there twice."""

    alternatives: tuple[Type, ...]
    discriminator: Discriminator | None = None
    hint: Discriminator | None = None
    """What names the alternative where it is there, though none of them has a place for it."""
    is_exclusive: bool = False
    """Whether a value of two of the types is none (`oneOf`), and there may be such values."""
    limits: Limits = NO_LIMITS

    def __post_init__(self) -> None:
        if len(self.alternatives) < 2 and self.discriminator is None:
            raise ValueError("a union needs two types or more")
        if any(isinstance(one, Null | Nullable | UnionOf) for one in self.alternatives):
            raise ValueError("a union holds no null and no other union")


Type: TypeAlias = Scalar | Anything | Null | Named | ListOf | MapOf | Nullable | Literal | UnionOf


@frozen
class MemberOf:
    """A default: a member of an enumeration."""

    enumeration: Identifier
    member: Identifier


@frozen
class Spelled:
    """A default in a format, such as a date, that was checked to be one."""

    kind: ScalarKind
    text: Text


@frozen
class Items:
    """A default that is an array."""

    items: tuple[Default, ...] = ()


@frozen
class Entries:
    """A default that is a map."""

    entries: tuple[tuple[Text, Default], ...] = ()


@frozen
class Instance:
    """A default that is a record with nothing but its own defaults."""

    record: Identifier


Default: TypeAlias = (
    Text | int | float | bool | MemberOf | Spelled | Items | Entries | Instance | None
)
"""What a property is when it is absent, as the constructor has it; always valid."""


@frozen
class NoDefault:
    """Nothing is said of what an absent property is; null would be something."""


NO_DEFAULT = NoDefault()


class Access(_Choice):
    """In which direction a property goes."""

    BOTH = "both"
    READ_ONLY = "readOnly"
    WRITE_ONLY = "writeOnly"


class Presence(_Choice):
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
    default: Default | NoDefault = NO_DEFAULT
    """What the property is when it is absent, which only one that is not required can be."""
    access: Access = Access.BOTH
    only: MemberOf | None = None
    """The one value of a required property, where an enumeration names no other."""
    is_tag: bool = False
    """Whether a union tells the record by it, so that what is made has it, if only as its default."""
    doc: Text | None = None
    is_deprecated: bool = False

    @property
    def is_constant(self) -> bool:
        """Whether it is always there and always the same, so that nobody has to say it."""
        is_of_one_value = isinstance(self.type, Literal) or self.only is not None
        return self.presence is Presence.REQUIRED and is_of_one_value

    @property
    def ungiven(self) -> Default | NoDefault:
        """What a constructor takes it for where nobody gives it."""
        return self.default if self.only is None else self.only


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
    untyped: Limits | None = None
    """What holds of values that are no objects, where the schema has no type; else None."""
    limits: Limits = NO_LIMITS
    """What holds for the whole object: counts of properties, and what only a schema can say."""
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

    def __post_init__(self) -> None:
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
    is_recursive: bool = False
    """Whether the type names the alias itself, directly or through other aliases."""
    doc: Text | None = None
    is_deprecated: bool = False


Model: TypeAlias = Record | Enumeration | Alias


class Location(_Choice):
    """Where a parameter stands."""

    PATH = "path"
    QUERY = "query"
    HEADER = "header"
    COOKIE = "cookie"
    QUERYSTRING = "querystring"
    """The whole query of the URL (OpenAPI 3.2)."""


class Style(_Choice):
    """How a parameter's value is written (OpenAPI 3.1, section 4.8.12.3)."""

    SIMPLE = "simple"
    LABEL = "label"
    MATRIX = "matrix"
    FORM = "form"
    SPACE_DELIMITED = "spaceDelimited"
    PIPE_DELIMITED = "pipeDelimited"
    DEEP_OBJECT = "deepObject"
    COOKIE = "cookie"
    """Of cookies, which stay as they are (OpenAPI 3.2)."""
    JSON = "application/json"
    """Not a style: the value is written as JSON (`content`)."""


@frozen(kw_only=True)
class Parameter:
    """One parameter of an endpoint."""

    name: Identifier
    wire_name: Text
    location: Location
    type: Type
    is_required: bool
    style: Style
    explode: bool = False
    allows_reserved: bool = False
    """Whether reserved characters of URLs stay as they are."""
    kind: ContentKind | None = None
    """Of a whole query: how it is written, which no style says."""
    encodings: tuple[Encoding, ...] = ()
    """Of a whole query that is a form."""
    doc: Text | None = None
    is_deprecated: bool = False

    @property
    def is_fixed(self) -> bool:
        """Whether there is nothing to choose: required, and one constant."""
        return self.is_required and isinstance(self.type, Literal)

    @property
    def as_content(self) -> Content | None:
        """What a whole query is, as bodies are."""
        if self.kind is None:
            return None
        return Content(
            kind=self.kind, media_type=Text(""), type=self.type, encodings=self.encodings
        )


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


class ContentKind(_Choice):
    """How the bytes of a body or of an answer are read and written."""

    JSON = "json"
    FORM = "application/x-www-form-urlencoded"
    MULTIPART = "multipart"
    TEXT = "text"
    BINARY = "binary"
    JSON_LINES = "json lines"
    """JSON values one after another, of which the type is that of one; only in answers."""
    EVENTS = "text/event-stream"
    """Server-sent events, of which the type is that of their data; only in answers."""

    @property
    def is_read_as_text(self) -> bool:
        """Whether it is text to those who read an answer."""
        return self in (ContentKind.TEXT, ContentKind.FORM)


@frozen(kw_only=True)
class Encoding:
    """How one property of a form is written (OpenAPI 3.1, section 4.8.15)."""

    wire_name: Text
    media_types: tuple[Text, ...] = ()
    style: Style | None = None
    explode: bool = True
    allows_reserved: bool = False


@frozen(kw_only=True)
class Content:
    """A body or an answer in one media type."""

    kind: ContentKind
    media_type: Text
    """As the document writes it; it may be a range such as `*/*`."""
    type: Type
    """What is said of JSON and of forms; of text and bytes, what their annotation is."""
    encodings: tuple[Encoding, ...] = ()


@frozen(kw_only=True)
class Body:
    """A request body, in each of the media types that it may have."""

    contents: tuple[Content, ...]
    is_required: bool
    doc: Text | None = None

    def __post_init__(self) -> None:
        if not self.contents:
            raise ValueError("a body needs content")


@frozen(kw_only=True)
class Header:
    """A header field that an answer carries."""

    wire_name: Text
    type: Type
    is_required: bool
    is_json: bool = False
    """Whether its text is JSON (`content`)."""
    explode: bool = False
    """Whether an object in it is written `key=value`."""
    doc: Text | None = None

    @property
    def key(self) -> str:
        """What tells it from others: its name, without regard to case (RFC 9110, section 5.1)."""
        return self.wire_name.reveal().lower()


@frozen(kw_only=True)
class Answer:
    """One described answer."""

    status: int | str
    """A status code, a range such as `4XX`, or `default`."""
    contents: tuple[Content, ...] = ()
    """By media type; none where the answer has no body."""
    headers: tuple[Header, ...] = ()
    doc: Text | None = None

    def __post_init__(self) -> None:
        if isinstance(self.status, int):
            if not 100 <= self.status <= 599:
                raise ValueError(f"{self.status} is no HTTP status")
        elif self.status not in ("1XX", "2XX", "3XX", "4XX", "5XX", "default"):
            raise ValueError(f"{self.status!r} is no HTTP status")

    @property
    def is_error(self) -> bool:
        """Whether reading the answer raises: 4xx, 5xx and default."""
        return self.status == "default" or str(self.status)[0] in "45"


class SecurityKind(_Choice):
    """How a credential goes with a request (OpenAPI 3.1, section 4.8.27)."""

    API_KEY = "apiKey"
    BASIC = "basic"
    BEARER = "bearer"
    """Also OAuth 2 and OpenID Connect: whoever has the token sends it so."""
    OTHER_HTTP = "http"
    """An `Authorization` scheme that the caller writes whole."""
    MUTUAL_TLS = "mutualTLS"
    """Nothing goes with the request: the connection says who it is."""


@frozen(kw_only=True)
class SecurityScheme:
    """One way to say who calls."""

    name: Identifier
    wire_name: Text
    kind: SecurityKind
    location: Location | None = None
    """Of an API key: query, header or cookie."""
    key_name: Text | None = None
    """Of an API key: the name of its field."""
    doc: Text | None = None


@frozen
class SecurityRequirement:
    """A security scheme as one operation asks for it."""

    scheme: Identifier
    scopes: tuple[Text, ...] = ()
    """What the token has to grant (OAuth 2, OpenID Connect), or the roles that are asked for."""


@frozen(kw_only=True)
class ServerVariable:
    """A part of a server's URL that users choose."""

    name: Identifier
    wire_name: Text
    default: Text | None
    """None where there is none, so that it must be given."""
    choices: tuple[Text, ...] = ()
    doc: Text | None = None


@frozen(kw_only=True)
class Server:
    """Where the API may be found."""

    name: Identifier
    """Of the function or constant that gives its URL."""
    url: tuple[Text | Identifier, ...]
    """Its parts: text, and names of variables."""
    variables: tuple[ServerVariable, ...] = ()
    doc: Text | None = None


def headers_of(answers: Iterable[Answer]) -> dict[str, Header]:
    """The header fields of answers by their keys, in the order in which these first have them."""
    alike = {id(answer.headers): answer.headers for answer in answers}  # many share them
    return {header.key: header for headers in alike.values() for header in headers}


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
    operation_id: Text | None = None
    """As the document writes it, for `--only`."""
    security: tuple[tuple[SecurityRequirement, ...], ...] = ()
    """Alternatives, each of which is the schemes that go together; an empty one needs none."""
    header_names: tuple[Identifier, ...] = ()
    """Of the constants that describe header fields, in the order in which answers first have them."""
    servers: tuple[Server, ...] = ()
    """Where this operation alone is found, if not where all are."""
    doc: Text | None = None
    is_deprecated: bool = False

    @cached_property
    def headers(self) -> tuple[tuple[Identifier, Header], ...]:
        """The header fields of the answers, each once, by the names of their constants."""
        return tuple(zip(self.header_names, headers_of(self.answers).values(), strict=True))

    def name_of(self, header: Header) -> Identifier:
        """The name of the constant that describes a header field of an answer."""
        return self._names_of_headers[header.key]

    @cached_property
    def _names_of_headers(self) -> dict[str, Identifier]:
        return {header.key: name for name, header in self.headers}

    @cached_property
    def arguments(self) -> tuple[Parameter, ...]:
        """The parameters that a caller chooses: those of the path first, in path order."""
        return tuple(parameter for parameter in self.parameters if not parameter.is_fixed)


@frozen(kw_only=True)
class Callback:
    """One call that the API makes: of a webhook, or a callback of an operation.

    Who uses the API hears it, so it goes the other way: the API sends the request, and users answer.
    """

    called: Text
    """What people call it, such as `webhook newPet`."""
    method: str
    pointer: str
    """Where in the document it is described."""
    parameters: tuple[Parameter, ...]
    body: Body | None
    answers: tuple[Answer, ...]


@frozen(kw_only=True)
class Tag:
    """A group of endpoints: a module."""

    name: Identifier
    wire_name: Text
    doc: Text | None = None


@frozen(kw_only=True)
class Note:
    """What the generator left out of account, for people to know."""

    pointer: str
    what: str
    is_warning: bool = False
    """Whether to say so unasked: the document itself is at fault."""


@frozen(kw_only=True)
class Api:
    """One API: everything that `emit` knows."""

    title: Text
    version: Text
    doc: Text | None
    models: tuple[Model, ...]
    tags: tuple[Tag, ...]
    endpoints: tuple[Endpoint, ...]
    callbacks: tuple[Callback, ...] = ()
    security_schemes: tuple[SecurityScheme, ...] = ()
    servers: tuple[Server, ...] = ()
    notes: tuple[Note, ...] = ()
    documents: tuple[tuple[Text, Tree], ...] = ()
    """The document itself and the files that it refers to: their names, and what they say.

    Nothing is generated from it; it goes along as data, to judge by it what was generated.
    """
