"""Operations of the document to endpoints: paths, bodies, answers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import evolve, frozen

from ..ir import (
    Answer,
    Body,
    ContentKind,
    Endpoint,
    Header,
    Identifier,
    Location,
    Parameter,
    Scalar,
    Tag,
    Text,
    Type,
)
from .names import Names, constant_name, function_name, module_name
from .node import Node
from .parameters import FIELD_NAME, Parameters, refuse_styles
from .paths import parse_path
from .references import References
from .schemas import Schemas

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_BESIDE_METHODS = frozenset({"summary", "description", "servers", "parameters", "$ref"})
_NO_TAG = "default"
_STATUS = re.compile(r"[1-5]\d\d|[1-5]XX|default")


@frozen
class Operations:
    """Lowers the operations of one document."""

    references: References
    schemas: Schemas

    def endpoints(self, root: Node) -> tuple[Endpoint, ...]:
        """All operations, in the document's order."""
        names = Names()
        constants: dict[Identifier, Names] = {}
        seen: dict[str, str] = {}
        endpoints: list[Endpoint] = []
        for template, item in root.entries_of("paths"):
            if template.startswith("x-"):
                continue
            for method, node, shared in self._operations(item):
                _refuse_repeated_id(node, seen)
                endpoint = self._endpoint(template, method, node, shared, names)
                taken = constants.setdefault(endpoint.tag, Names())
                endpoints.append(_name_headers(endpoint, taken))
        return tuple(endpoints)

    def _operations(self, item: Node) -> Iterator[tuple[str, Node, list[Node]]]:
        """The operations of a path item, each with the parameters that they share."""
        item = self.references.resolve(item)
        for key, node in item.entries():
            if key not in _METHODS and key not in _BESIDE_METHODS and not key.startswith("x-"):
                raise node.refusal(f"{key!r} is no HTTP method that OpenAPI knows")
        shared = list(item.items_of("parameters"))
        for method in _METHODS:
            if item.has(method):
                yield method, item.require(method), shared

    def _endpoint(
        self, template: str, method: str, node: Node, shared: list[Node], names: Names
    ) -> Endpoint:
        _refuse_unsupported(node)
        name = names.take(function_name(node.string_of("operationId") or f"{method} {template}"))
        described = Parameters(self.references, self.schemas, name)
        parameters = described.lower(shared, list(node.items_of("parameters")))
        path = parse_path(node, template, parameters)
        return Endpoint(
            name=name,
            tag=Identifier(module_name(_tag_of(node))),
            method=method.upper(),
            path=path,
            parameters=_in_order(parameters, path.parameters),
            body=self._body(node, name),
            answers=tuple(self._answers(node, name)),
            doc=_doc(node),
            is_deprecated=node.boolean_of("deprecated"),
        )

    def _body(self, node: Node, owner: Identifier) -> Body | None:
        if not node.has("requestBody"):
            return None
        described = self.references.resolve(node.require("requestBody"))
        content = described.require("content")
        for media_type, media in content.entries():
            if media_type != "application/json":
                raise media.refusal("only application/json bodies are supported yet")
        return Body(
            type=self._content_type(content.require("application/json"), f"{owner}_body"),
            is_required=described.boolean_of("required"),
            doc=described.text_of("description"),
        )

    def _content_type(self, media: Node, hint: str) -> Type:
        """The type of a JSON body, which is anything where nothing is said of it."""
        schema = media.get("schema")
        return self.schemas.type_of(Node({}, media.pointer) if schema is None else schema, hint)

    def _answers(self, node: Node, owner: Identifier) -> Iterator[Answer]:
        for status, described in node.require("responses").entries():
            if status.startswith("x-"):
                continue
            if not _STATUS.fullmatch(status):
                raise described.refusal(
                    f"{status!r} is no status; write one such as 200, a range such as 4XX, "
                    "or default"
                )
            answer = self.references.resolve(described)
            yield Answer(
                status=int(status) if status.isdecimal() else status,
                content=self._answer_content(answer, f"{owner}_answer_{status}"),
                headers=tuple(self._headers(answer, owner)),
                doc=answer.text_of("description"),
            )

    def _answer_content(self, answer: Node, hint: str) -> Type | ContentKind:
        """What an answer holds: where it may be JSON or text, the JSON."""
        media = dict(answer.entries_of("content"))
        for media_type, node in media.items():
            if media_type != "application/json" and not media_type.startswith("text/"):
                raise node.refusal("only application/json and text answers are supported yet")
        if "application/json" in media:
            return self._content_type(media["application/json"], hint)
        return ContentKind.TEXT if media else ContentKind.EMPTY

    def _headers(self, answer: Node, owner: Identifier) -> Iterator[Header]:
        for wire_name, described in answer.entries_of("headers"):
            if wire_name.lower() == "content-type":
                continue  # ignored (OpenAPI 3.1, section 4.8.17)
            if not FIELD_NAME.fullmatch(wire_name):
                raise described.refusal("this is no name for a header field")
            header = self.references.resolve(described)
            refuse_styles(header, Location.HEADER)
            inner = self.schemas.type_of(header.require("schema"), f"{owner}_{wire_name}")
            if not isinstance(inner, Scalar):
                raise header.refusal("header fields can be strings, numbers and booleans, for now")
            yield Header(
                name=Identifier(constant_name(owner, wire_name)),
                wire_name=Text(wire_name),
                type=inner,
                is_required=header.boolean_of("required"),
                doc=header.text_of("description"),
            )


def tags(root: Node, endpoints: tuple[Endpoint, ...]) -> tuple[Tag, ...]:
    """The groups that endpoints are in, sorted, with what the document says of them."""
    described = {module_name(node.require("name").string()): node for node in root.items_of("tags")}
    return tuple(
        Tag(
            name=name,
            wire_name=Text(described[name].require("name").string() if name in described else name),
            doc=described[name].text_of("description") if name in described else None,
        )
        for name in sorted({endpoint.tag for endpoint in endpoints})
    )


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


def _name_headers(endpoint: Endpoint, taken: Names) -> Endpoint:
    """The endpoint with one constant for each header field, whatever answers carry it."""
    known: dict[str, Identifier] = {}
    answers: list[Answer] = []
    for answer in endpoint.answers:
        headers: list[Header] = []
        for header in answer.headers:
            key = header.wire_name.reveal().lower()
            if key not in known:
                known[key] = taken.take(header.name)
            headers.append(evolve(header, name=known[key]))
        answers.append(evolve(answer, headers=tuple(headers)))
    return evolve(endpoint, answers=tuple(answers))


def _tag_of(node: Node) -> str:
    """The first tag: the module that a reader will look in."""
    return next((tag.string() for tag in node.items_of("tags")), _NO_TAG)


def _doc(node: Node) -> Text | None:
    parts = [node.string_of("summary"), node.string_of("description")]
    text = "\n\n".join(part.strip() for part in parts if part and part.strip())
    return Text(text) if text else None


def _refuse_repeated_id(node: Node, seen: dict[str, str]) -> None:
    operation_id = node.string_of("operationId")
    if operation_id is None:
        return
    if operation_id in seen:
        raise node.require("operationId").refusal(
            f"the operationId {operation_id!r} is that of {seen[operation_id]} already"
        )
    seen[operation_id] = node.pointer


def _refuse_unsupported(node: Node) -> None:
    for key in ("callbacks", "security", "servers"):
        found = node.get(key)
        if found is not None and found.value:
            raise found.refusal(f"{key!r} of an operation is not supported yet")
