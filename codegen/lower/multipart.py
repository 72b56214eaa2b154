"""Multipart bodies: which schemas are theirs, and which values in them are files: the binary ones.

Binary is what says so by `format: binary` or `contentMediaType`. OpenAPI 3.1 says it by saying nothing,
too: of the items of an array, and of a property whose encoding names a media type that is neither JSON
nor text (sections 4.8.14.3 and 4.8.15.1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from ..ir import (
    NO_LIMITS,
    Anything,
    ContentKind,
    ListOf,
    MapOf,
    Named,
    Nullable,
    Scalar,
    ScalarKind,
    Type,
    UnionOf,
)
from ..values import evolve, frozen
from .joining import Joined, Joining
from .media_types import kind_of
from .models import Models
from .node import Node
from .references import References

Forms: TypeAlias = Mapping[str, Mapping[str, bool]]
"""The schemas of the bodies, and of what these join, by their pointers: which of their properties
have a media type, and whether that is one of bytes."""

_FILE = Scalar(ScalarKind.FILE)


def multipart_schemas(root: Node, references: References, joining: Joining) -> Forms:
    """The schemas of the multipart bodies of a document."""
    found: dict[str, dict[str, bool]] = {}
    for body in _bodies(root, references):
        for media_type, media in references.resolve(body).entries_of("content"):
            if media_type.lower().startswith("multipart/") and media.is_object:
                described = references.resolve(media)
                told = {} if joining.is_3_0 else dict(_told(described))
                for pointer in _pointers(described.get("schema"), joining):
                    found.setdefault(pointer, {}).update(told)
    return found


@frozen
class _Meant:
    """One of the schemas that a part may be of."""

    place: Node
    joined: Joined

    @property
    def parts(self) -> Iterator[Node]:
        """All that holds of it."""
        return (part for part in (self.place, *self.joined.parts) if part.is_object)

    @property
    def is_binary(self) -> bool:
        """Whether it says that it is bytes as they are."""
        return any(map(_says_binary, self.parts))

    @property
    def may_be_text(self) -> bool:
        """Whether a string that is no file may be one."""
        kinds = self.joined.kinds
        return not self.is_binary and (
            not self.joined.implied_kinds if kinds is None else "string" in kinds
        )


@frozen
class Files:
    """Finds the files in the properties of multipart bodies."""

    joining: Joining
    forms: Forms

    def is_form(self, joined: Joined) -> bool:
        """Whether schemas are those of such a body."""
        return any(part.pointer in self.forms for part in joined.parts)

    def told(self, joined: Joined, name: str) -> bool | None:
        """Whether the media type of a property is one of bytes; None where nothing is said of it."""
        for part in joined.parts:
            told = self.forms.get(part.pointer, {}).get(name)
            if told is not None:
                return told
        return None

    def in_body(self, type_: Type, schema: Node, models: Models) -> Type:
        """The type of a body that is a map, with files for values that are binary."""
        if not isinstance(type_, MapOf):
            return type_
        others = self.in_others(type_.value, self.joining.joined(schema), models)
        return MapOf(others, type_.limits)

    def in_others(self, type_: Type, joined: Joined, models: Models) -> Type:
        """The type of the properties that have no name, with files for binary ones."""
        for node in joined.all_of("additionalProperties"):
            type_ = self.in_property(type_, node, models)
        return type_

    def in_property(
        self, type_: Type, node: Node, models: Models, *, told: bool | None = None
    ) -> Type:
        """The type of a property, with files for what its schema says is binary.

        A property is a part, and so is each item of an array; what is inside of these is JSON.
        What its encoding tells counts where the schema says nothing.
        """
        if told and type_ == Anything():
            return _FILE
        of_parts = _OfParts(self, models, told)
        return of_parts.with_files(type_, list(self.meant(node)), has_items=True)

    def media_types_of(self, node: Node) -> tuple[str, ...]:
        """The media types that the schema of a property says its files are of."""
        files = [
            part
            for one in self.meant(node)
            for each in (one, *self.items_of(one))
            if each.is_binary
            for part in each.parts
        ]
        named = (part.string_of("contentMediaType") for part in files)
        return tuple(dict.fromkeys(one for one in named if one))

    def items_of(self, one: _Meant) -> Iterator[_Meant]:
        """What the items of an array are."""
        for part in one.parts:
            items = part.get("items")
            if items is not None:
                yield from self.meant(items)

    def meant(self, node: Node) -> Iterator[_Meant]:
        """What a schema is, or all from which it is chosen besides null, each once."""
        ahead, seen = [node], set[str]()
        while ahead:
            node = ahead.pop()
            joined = self.joining.joined(node)
            choices = [
                one
                for part in joined.parts
                if part.pointer not in seen
                for keyword in ("oneOf", "anyOf")
                for one in part.items_of(keyword)
            ]
            is_choice = joined.has("oneOf", "anyOf")
            seen.update(part.pointer for part in joined.parts if is_choice)
            ahead.extend(reversed(choices))
            if not is_choice and joined.kinds != ["null"]:
                yield _Meant(node, joined)


@frozen
class _OfParts:
    """Puts files into the type of one property."""

    files: Files
    models: Models
    told: bool | None
    """Whether its encoding has a media type that is one of bytes."""

    def with_files(self, type_: Type, meant: list[_Meant], *, has_items: bool) -> Type:
        """The type of what is meant, with files for what is binary."""
        match type_:
            case Nullable(inner):
                return Nullable(self.with_files(inner, meant, has_items=has_items))
            case Named():
                union = self.models.union_of(type_)
                changed = union and self.with_files(union, meant, has_items=has_items)
                return type_ if changed is None or changed == union else changed
            case ListOf(item, limits) if has_items:
                for one in meant:
                    item = self._item(item, list(self.files.items_of(one)))
                return ListOf(item, limits)
            case UnionOf(alternatives=alternatives):
                each = [self.with_files(one, meant, has_items=has_items) for one in alternatives]
                flat = tuple(dict.fromkeys(part for one in each for part in _flat(one)))
                if flat == alternatives:
                    return type_
                # What a schema says of all of them cannot be held against a file.
                return evolve(type_, alternatives=flat, is_exclusive=False, limits=NO_LIMITS)
            case Scalar(ScalarKind.STRING) | Anything() if any(one.is_binary for one in meant):
                return _file_or(type_) if any(one.may_be_text for one in meant) else _FILE
            case _:
                return type_

    def _item(self, item: Type, meant: list[_Meant]) -> Type:
        is_bare = item == Anything() and bool(meant) and not self.files.joining.is_3_0
        if is_bare and self.told is not False:
            return _FILE
        return self.with_files(item, meant, has_items=False)


def _file_or(type_: Type) -> Type:
    """A file or a text; what may be anything may be a file already."""
    is_text = isinstance(type_, Scalar)
    return UnionOf(alternatives=(_FILE, Scalar(ScalarKind.STRING))) if is_text else type_


def _flat(type_: Type) -> tuple[Type, ...]:
    return type_.alternatives if isinstance(type_, UnionOf) else (type_,)


def _says_binary(node: Node) -> bool:
    if node.has("contentMediaType"):
        return not node.has("contentEncoding")
    return node.string_of("format") == "binary"


def _told(media: Node) -> Iterator[tuple[str, bool]]:
    """Which properties an encoding gives a media type, and whether it is one of bytes."""
    for name, encoding in media.entries_of("encoding"):
        named = encoding.string_of("contentType") if encoding.is_object else None
        if named is not None:
            kinds = {kind_of(one) for one in named.split(",")}
            yield name, kinds == {ContentKind.BINARY}


def _pointers(schema: Node | None, joining: Joining) -> Iterator[str]:
    """The pointers of what a schema joins, and of what it is chosen from."""
    if schema is None or isinstance(schema.value, bool):
        return
    for part in joining.joined(schema).parts:
        yield part.pointer
        for keyword in ("oneOf", "anyOf"):
            for alternative in part.items_of(keyword):
                yield from (one.pointer for one in joining.joined(alternative).parts)


def _bodies(root: Node, references: References) -> Iterator[Node]:
    for _, item in root.entries_of("paths"):
        if not item.is_object:
            continue
        for _, operation in references.resolve(item).entries():
            body = operation.get("requestBody") if operation.is_object else None
            if body is not None:
                yield body
