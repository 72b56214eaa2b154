"""Where in a document a part of its API stands, found by what the part is called on the wire.

The IR keeps no pointers. A place is found from the operation or the component down: through
references, and through the parts of an `allOf`; where nothing is found, the nearest parent stands
for it. This is done for what changed only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from operator import itemgetter
from typing import Final, TypeAlias

from ..ir import Endpoint, Identifier, Location, Model, Named, Parameter, Text, Type
from ..load import Document
from ..lower.media_types import essence
from ..places import file_and_pointer, place_of, target_of
from ..structure import ADDITIONAL, METHODS
from ..tree import Json, child, pointer_to, tokens, value_at
from ..values import define, evolve, field, frozen
from .changes import Change, Place
from .matching import shape_of
from .paths import Alternative, Entry, Item, Property, Step

_MOST_REFERENCES: Final = 50
_MOST_DEEP: Final = 10
_MOST_TRIED: Final = 1_000
"""So many places are tried for a site: what stands in many parts multiplies."""


@frozen
class MediaType:
    """Down to a media type of `content`, however it is spelled."""

    name: Text


@frozen
class Status:
    """Down to an answer of `responses`, however its status is spelled."""

    status: int | str


Down: TypeAlias = Step | MediaType | Status | str
"""A step into a value, or one further down in the document; a text is a keyword."""


@frozen
class Site:
    """A place by its way: from a pointer by keywords, and by steps into values."""

    start: str
    way: tuple[Down, ...] = ()

    def __truediv__(self, down: Down) -> Site:
        return Site(self.start, (*self.way, down))


@define
class Locator:
    """Finds places in one document."""

    document: Document
    is_old: bool
    _operations: dict[tuple[str, str, str | None], str] = field(
        init=False, factory=dict[tuple[str, str, "str | None"], str]
    )
    _parameters: dict[str, dict[tuple[str, str], str]] = field(
        init=False, factory=dict[str, dict[tuple[str, str], str]]
    )

    def place(self, site: Site) -> Place:
        """Where a site is, but for its line: a document is read again for lines, once for all."""
        pointer = self.pointer(site)
        file = str(self.document.sources.file_of(pointer))
        return Place(pointer=pointer, file=file, line=None, is_old=self.is_old)

    def with_lines(self, changes: Iterable[Change]) -> Iterator[Change]:
        """Those of some changes that are in this document, with their lines."""
        mine = [one for one in changes if one.place.is_old is self.is_old]
        lines = self.document.sources.lines_of([one.place.pointer for one in mine]) if mine else {}
        for one in mine:
            yield evolve(one, place=evolve(one.place, line=lines.get(one.place.pointer)))

    def pointer(self, site: Site) -> str:
        """The pointer of a site, or of its nearest parent that is there."""
        return self._furthest(site)[1]

    def value(self, site: Site) -> Json:
        """What the document says at a site; None where there is nothing."""
        steps, pointer = self._furthest(site)
        return self._value(pointer) if steps == len(site.way) else None

    def _furthest(self, site: Site) -> tuple[int, str]:
        """How many steps of a site's way are there, and the pointer that they lead to.

        Several parts of an `allOf` may have the first of these, and only one of them the last.
        """
        furthest = (0, site.start)
        ahead: list[Iterator[tuple[int, str]]] = [iter([furthest])]
        for _ in range(_MOST_TRIED):
            found = next(ahead[-1], None)
            if found is None:
                ahead.pop()
                if not ahead:
                    break
                continue
            furthest = max(furthest, found, key=itemgetter(0))
            steps, pointer = found
            if steps == len(site.way):
                break
            below = self._below(pointer, site.way[steps], _MOST_DEEP)
            ahead.append(_numbered(steps + 1, below))
        return furthest

    # The parts of an API.

    def operation(self, endpoint: Endpoint) -> Site:
        """The site of an operation."""
        if not self._operations:
            self._operations.update(self._all_operations())
        own = None if endpoint.operation_id is None else endpoint.operation_id.reveal()
        shape = (endpoint.method, shape_of(endpoint))
        found = self._operations.get((*shape, own)) or self._operations.get((*shape, None))
        return Site(found or "/paths")

    def _all_operations(self) -> Iterator[tuple[tuple[str, str, str | None], str]]:
        """The pointers of operations by method, path and id, the first also without its id."""
        paths = self.document.tree.get("paths")
        seen: set[tuple[str, str]] = set()
        for template in paths if isinstance(paths, dict) else ():
            item = pointer_to("paths", template)
            for method, pointer in self._operations_of(item):
                shape = (method, _anonymous(template))
                described = self._value(pointer)
                own = described.get("operationId") if isinstance(described, dict) else None
                if isinstance(own, str):
                    yield (*shape, own), pointer
                if shape not in seen:
                    seen.add(shape)
                    yield (*shape, None), pointer

    def _operations_of(self, item: str) -> Iterator[tuple[str, str]]:
        """The pointers of a path item's operations by their methods."""
        for method in METHODS:
            for pointer in islice(self._below(item, method, 0), 1):
                yield method.upper(), pointer
        for additional in islice(self._below(item, ADDITIONAL, 0), 1):
            methods = self._value(additional)
            for method in methods if isinstance(methods, dict) else ():
                yield method, child(additional, method)

    def parameter(self, endpoint: Endpoint, parameter: Parameter) -> Site:
        """The site of a parameter: of the operation's own, or of the path's."""
        operation = self.operation(endpoint)
        if operation.start not in self._parameters:
            self._parameters[operation.start] = dict(self._all_parameters(operation.start))
        key = (parameter.location.value, _spelled(parameter))
        found = self._parameters[operation.start].get(key)
        return operation if found is None else Site(found)

    def _all_parameters(self, operation: str) -> Iterator[tuple[tuple[str, str], str]]:
        """The pointers of an operation's parameters; its own come last, for they count."""
        for start in (operation.rpartition("/")[0], operation):
            listed = next(self._below(start, "parameters", 0), None)
            described = None if listed is None else self._value(listed)
            for index in range(len(described)) if isinstance(described, list) else ():
                pointer = child(listed or "", index)
                one = self._value(self._target(pointer))
                name, location = (
                    (one.get("name"), one.get("in")) if isinstance(one, dict) else (None, None)
                )
                if isinstance(name, str) and isinstance(location, str):
                    is_header = location == Location.HEADER.value
                    yield (location, name.lower() if is_header else name), pointer

    def component(self, model: Model) -> Site | None:
        """The site of a model that is a component; None for inline ones."""
        name = model.wire_name.reveal()
        components = self.document.tree.get("components")
        schemas = components.get("schemas") if isinstance(components, dict) else None
        if isinstance(schemas, dict) and name in schemas:
            return Site(pointer_to("components", "schemas", name))
        return None

    def scheme(self, wire_name: Text) -> Site:
        """The site of a security scheme."""
        return Site(pointer_to("components", "securitySchemes", wire_name.reveal()))

    # Steps.

    def _below(self, pointer: str, down: Down, depth: int) -> Iterator[str]:
        """The pointers below a pointer; what stands beside a reference goes before."""
        for place in self._places(pointer):
            found = self._directly(place, down)
            if found is not None:
                yield found
            if depth:
                yield from self._in_parts(place, down, depth - 1)

    def _directly(self, pointer: str, down: Down) -> str | None:
        match down:
            case str():
                return self._if_there(pointer, down)
            case Property(name):
                return self._if_there(pointer, "properties", name.reveal())
            case MediaType(name):
                wanted = essence(name.reveal())
                return self._alike(pointer, "content", lambda one: essence(one) == wanted)
            case Status(status):
                wanted = str(status).lower()
                return self._alike(pointer, "responses", lambda one: one.lower() == wanted)
            case Item():
                return self._if_there(pointer, "items")
            case Entry():
                return self._if_there(pointer, "additionalProperties")
            case Alternative(type_, index):
                return self._alternative(pointer, type_, index)

    def _alike(self, pointer: str, keyword: str, is_it: Callable[[str], bool]) -> str | None:
        """What is under a keyword by a name that may be spelled in several ways."""
        held = self._value(child(pointer, keyword))
        for spelled in held if isinstance(held, dict) else ():
            if is_it(spelled):
                return child(child(pointer, keyword), spelled)
        return None

    def _alternative(self, pointer: str, type_: Type, index: int) -> str | None:
        name = type_.name if isinstance(type_, Named) else None
        for keyword in ("oneOf", "anyOf"):
            listed = self._if_there(pointer, keyword)
            items = None if listed is None else self._value(listed)
            if listed is None or not isinstance(items, list):
                continue
            for number in range(len(items)):
                if name is not None and _names(items[number], name):
                    return child(listed, number)
            return child(listed, index) if index < len(items) else listed
        return None

    def _in_parts(self, pointer: str, down: Down, depth: int) -> Iterator[str]:
        for keyword in ("allOf", "oneOf", "anyOf"):
            listed = self._if_there(pointer, keyword)
            items = None if listed is None else self._value(listed)
            for index in range(len(items)) if isinstance(items, list) else ():
                yield from self._below(child(listed or "", index), down, depth)

    def _places(self, pointer: str) -> Iterator[str]:
        """A place, and what it refers to."""
        yield pointer
        target = self._target(pointer)
        if target != pointer:
            yield target

    def _target(self, pointer: str) -> str:
        for _ in range(_MOST_REFERENCES):
            value = self._value(pointer)
            reference = value.get("$ref") if isinstance(value, dict) else None
            if not isinstance(reference, str):
                return pointer
            file, _ = file_and_pointer(pointer)
            try:
                target = target_of(reference, base=file)
            except ValueError:
                return pointer
            if not target.is_pointer:
                return pointer
            pointer = place_of(target.file, target.fragment)
        return pointer

    def _if_there(self, pointer: str, *names: str) -> str | None:
        for name in names:
            pointer = child(pointer, name)
        return pointer if self._has(pointer) else None

    def _has(self, pointer: str) -> bool:
        file, inside = file_and_pointer(pointer)
        try:
            value_at(self._tree(file), tokens(inside))
        except LookupError:
            return False
        return True

    def _value(self, pointer: str) -> Json:
        file, inside = file_and_pointer(pointer)
        try:
            return value_at(self._tree(file), tokens(inside))
        except LookupError:
            return None

    def _tree(self, file: str) -> Json:
        return self.document.files.get(file) if file else self.document.tree


def _numbered(steps: int, pointers: Iterable[str]) -> Iterator[tuple[int, str]]:
    for pointer in pointers:
        yield steps, pointer


def _spelled(parameter: Parameter) -> str:
    """The name of a parameter, without regard to case where it is a header field's."""
    name = parameter.wire_name.reveal()
    return name.lower() if parameter.location is Location.HEADER else name


def _anonymous(template: str) -> str:
    """A path template as `shape_of` writes those of operations."""
    path = template.partition("#")[0].partition("?")[0]
    pieces = path.split("{")
    return pieces[0] + "".join(f"{{}}{piece.partition('}')[2]}" for piece in pieces[1:])


def _names(schema: Json, name: Identifier) -> bool:
    reference = schema.get("$ref") if isinstance(schema, dict) else None
    return isinstance(reference, str) and reference.rpartition("/")[2] == name
