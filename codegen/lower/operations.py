"""Operations of the document to endpoints: which there are, what they are called, where they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ..ir import Callback, Endpoint, Identifier, Location, Parameter, Tag, Text
from ..names import Names, function_name, module_name
from ..structure import ADDITIONAL, METHODS
from ..values import define, field, frozen
from .answers import Answers
from .bodies import Bodies
from .contents import Contents
from .header_constants import HeaderConstants
from .node import Node
from .notes import Notes
from .parameters import Parameters
from .paths import parse_path
from .references import References
from .schemas import Schemas
from .security import Security
from .servers import Servers

_NO_TAG: Final = "default"

_METHOD: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A method (RFC 9110, sections 5.6.2 and 9.1)."""


@frozen
class _Found:
    """An operation, and what its path item says for all of its operations."""

    template: str
    method: str
    """As it is sent."""
    node: Node
    shared: tuple[Node, ...]
    """The parameters that they share."""
    places: tuple[Node, ...]
    """Where its servers may be: itself, then what it stands in."""


@define
class Operations:
    """Lowers the operations of one document."""

    references: References
    schemas: Schemas
    notes: Notes
    security: Security
    servers: Servers
    callbacks: list[Callback] = field(init=False, factory=list[Callback])
    """The calls that the API makes, once its endpoints are there."""
    _names: Names = field(init=False, factory=Names)
    _contents: Contents = field(init=False)
    _bodies: Bodies = field(init=False)
    _answers: Answers = field(init=False)
    _heard: set[str] = field(init=False, factory=set[str])
    """The operations whose models are there, by pointer."""

    def __post_init__(self) -> None:
        self._contents = Contents(self.schemas, self.notes)
        self._bodies = Bodies(self.references, self._contents, self.notes)
        self._answers = Answers(self.references, self.schemas, self._contents, self.notes)

    def endpoints(self, root: Node) -> tuple[Endpoint, ...]:
        """All operations, in the document's order."""
        constants: dict[Identifier, HeaderConstants] = {}
        operation_ids: dict[str, str] = {}
        endpoints: list[Endpoint] = []
        for template, item in root.entries_of("paths"):
            if template.startswith("x-"):
                continue
            for found in self._operations(template, item):
                self._warn_of_repeated_id(found.node, operation_ids)
                endpoints.append(self._endpoint(found, constants))
        for name, item in root.entries_of("webhooks"):
            self._lower_models(name, item, f"webhook {name}")
        return tuple(endpoints)

    def _operations(self, template: str, item: Node) -> Iterator[_Found]:
        """The operations of a path item; what stands beside its `$ref` goes before."""
        items = self._items(item)
        entries = {
            key: node
            for one in reversed(items)
            for key, node in one.entries()
            if node.value is not None
        }
        shared = tuple(entries["parameters"].items()) if "parameters" in entries else ()
        for key, node in entries.items():
            if key not in METHODS and key != ADDITIONAL and not key.startswith("x-"):
                _refuse_operation(key, node)
        operations = {one.upper(): entries[one] for one in METHODS if one in entries}
        for one in (entries[ADDITIONAL],) if ADDITIONAL in entries else ():
            operations.update(_additional(one))
        for method, node in operations.items():
            yield _Found(template, method, node, shared, (node, *items))

    def _items(self, item: Node) -> tuple[Node, ...]:
        """A path item, and what it refers to."""
        target = self.references.target(item)
        return (item,) if target is None else (item, self.references.resolve(item))

    def _endpoint(self, found: _Found, constants: dict[Identifier, HeaderConstants]) -> Endpoint:
        node = found.node
        wanted = node.string_of("operationId") or f"{found.method.lower()} {found.template}"
        name = self._names.take(function_name(wanted))
        tag = Identifier(module_name(_tags_of(node)[0]))
        described = Parameters(self.references, self.schemas, name, self.notes)
        parameters = described.of(node, found.shared, found.template)
        path = parse_path(node, found.template, parameters)
        body = self._bodies.lower(node, name)
        answers = self._answers.lower(node, name, is_head=found.method == "HEAD")
        self._lower_callbacks(node, name)
        return Endpoint(
            name=name,
            tag=tag,
            method=found.method,
            path=path,
            parameters=_in_order(parameters, path.parameters),
            body=body,
            answers=answers,
            header_names=constants.setdefault(tag, HeaderConstants()).of(answers, name),
            security=self.security.of(node),
            servers=self.servers.of(*found.places),
            doc=_doc(node),
            is_deprecated=node.boolean_of("deprecated"),
            operation_id=node.text_of("operationId"),
        )

    # Calls that the API makes: nobody here sends them, but who receives them wants their models.

    def _lower_callbacks(self, node: Node, owner: Identifier) -> None:
        for name, described in node.entries_of("callbacks"):
            callback = self.references.resolve(described)
            for expression, item in callback.entries():
                if not expression.startswith("x-"):
                    self._lower_models(f"{owner} {name}", item, f"callback {name} of {owner}")

    def _lower_models(self, name: str, item: Node, called: str) -> None:
        """Lower the operations of a path item, for the models in them and for comparisons."""
        operations = [
            found
            for found in self._operations(name, item)
            if found.node.pointer not in self._heard  # a callback may lead back to itself
        ]
        for found in operations:
            self._heard.add(found.node.pointer)
            several = f" {found.method.lower()}" if len(operations) > 1 else ""
            owner = Identifier(function_name(f"{name}{several}"))
            described = Parameters(self.references, self.schemas, owner, self.notes)
            one = Callback(
                called=Text(called),
                method=found.method,
                pointer=found.node.pointer,
                parameters=described.lower(found.shared, tuple(found.node.items_of("parameters"))),
                body=self._bodies.lower(found.node, owner),
                answers=self._answers.lower(found.node, owner),
            )
            self.callbacks.append(one)
            self._lower_callbacks(found.node, owner)

    def _warn_of_repeated_id(self, node: Node, seen: dict[str, str]) -> None:
        operation_id = node.string_of("operationId")
        if operation_id is None:
            return
        if operation_id in seen:
            self.notes.warn(
                node.require("operationId"),
                f"the operationId {operation_id!r} is that of {seen[operation_id]} already; "
                "the function gets a number",
            )
        seen.setdefault(operation_id, node.pointer)


def tags(root: Node, endpoints: tuple[Endpoint, ...]) -> tuple[Tag, ...]:
    """The groups that endpoints are in, sorted, with what the document says of them."""
    described: dict[str, Node] = {}
    for node in root.items_of("tags"):
        described.setdefault(module_name(node.require("name").string()), node)
    return tuple(
        Tag(
            name=name,
            wire_name=Text(described[name].require("name").string() if name in described else name),
            doc=_tag_doc(described[name]) if name in described else None,
        )
        for name in sorted({endpoint.tag for endpoint in endpoints})
    )


def _tag_doc(node: Node) -> Text | None:
    return node.text_of("description") or node.text_of("summary")


def _refuse_operation(key: str, node: Node) -> None:
    """Refuse what stands beside the operations and is one."""
    if node.is_object and node.has("responses"):
        what = f"{key!r} is no HTTP method that OpenAPI has a key for"
        raise node.refusal(f"{what}; put it under {ADDITIONAL!r}, spelled as it is sent")


def _additional(described: Node) -> Iterator[tuple[str, Node]]:
    """The operations of methods that have no key of their own (OpenAPI 3.2)."""
    for method, node in described.entries():
        if not _METHOD.fullmatch(method):
            raise node.refusal(f"{method!r} is no HTTP method")
        if method.lower() in METHODS:
            what = f"this method has a key of its own; put {method.lower()!r} beside {ADDITIONAL!r}"
            raise node.refusal(what)
        yield method, node


def _in_order(
    parameters: tuple[Parameter, ...], in_path: tuple[Identifier, ...]
) -> tuple[Parameter, ...]:
    """Those of the path first, as they stand in it; then the required ones of the others."""
    by_name = {parameter.name: parameter for parameter in parameters}
    others = [one for one in parameters if one.location is not Location.PATH]
    return (
        *(by_name[name] for name in dict.fromkeys(in_path)),
        *(one for one in others if one.is_required),
        *(one for one in others if not one.is_required),
    )


def _tags_of(node: Node) -> list[str]:
    """The tags; the first is the module that a reader will look in."""
    return [tag.string() for tag in node.items_of("tags")] or [_NO_TAG]


def _doc(node: Node) -> Text | None:
    """What the document says of an operation, and which other tags it has."""
    summary, description = (node.string_of(key) or "" for key in ("summary", "description"))
    parts = [summary, description] if _bare(summary) != _bare(description) else [description]
    others = list(dict.fromkeys(_tags_of(node)[1:]))
    if others:
        parts.append(f"Also tagged: {', '.join(others)}.")
    text = "\n\n".join(part.strip() for part in parts if part.strip())
    return Text(text) if text else None


def _bare(sentence: str) -> str:
    """A sentence as it is compared with others."""
    return sentence.strip().removesuffix(".").lower()
