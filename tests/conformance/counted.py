"""What a document holds, counted without the generator's help."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import yaml
from attrs import frozen

from codegen.runtime.json_types import is_array, is_object
from tests.conformance.outside import Json

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")


def _methods(item: Json) -> list[str]:
    """The methods of a path item, and those that have no key of their own (OpenAPI 3.2)."""
    return [*(one for one in METHODS if one in item), *(item.get("additionalOperations") or ())]


@frozen
class Example:
    """A JSON value that stands beside a schema."""

    pointer: str
    schema: Json
    value: Json
    component: str | None
    """The component that the schema is, if it is a mere reference to one."""


@frozen
class Counted:
    """A document, read by other means than the generator's."""

    tree: Json

    @property
    def version(self) -> str:
        """Of OpenAPI: 3.0, 3.1 or 3.2."""
        return str(self.tree["openapi"])[:3]

    @property
    def paths(self) -> dict[str, Json]:
        """All path items."""
        return dict(self.tree.get("paths") or {})

    @property
    def operations(self) -> list[str]:
        """All operations, such as `GET /pets`."""
        return [
            f"{method.upper()} {path}"
            for path, item in self.paths.items()
            for method in _methods(self.resolved(item))
        ]

    @property
    def schemas(self) -> list[str]:
        """The names of all schemas under `components`."""
        return list(self.tree.get("components", {}).get("schemas", {}))

    def resolved(self, node: Json) -> Json:
        """What a local reference points to, or the node itself."""
        for _ in range(20):
            if not (is_object(node) and str(node.get("$ref", "")).startswith("#/")):
                break
            tokens = node["$ref"][2:].split("/")
            node = self.tree
            for token in tokens:
                name = unquote(token).replace("~1", "/").replace("~0", "~")
                node = node[int(name)] if is_array(node) else node[name]
        return node

    def examples(self) -> Iterator[Example]:
        """The JSON examples of all bodies and answers whose schema is one component."""
        for pointer, media in _media_types(self.tree, ""):
            schema = media.get("schema")
            if schema is None:
                continue
            reference = schema.get("$ref", "") if is_object(schema) else ""
            start = "#/components/schemas/"
            name = reference[len(start) :] if reference.startswith(start) else None
            if "example" in media:
                yield Example(f"{pointer}/example", schema, media["example"], name)
            named: dict[str, Json] = media.get("examples") or {}
            for key, one in named.items():
                example = self.resolved(one)
                if is_object(example) and "value" in example:
                    yield Example(f"{pointer}/examples/{key}", schema, example["value"], name)


def counted(path: Path) -> Counted:
    """Read a document as JSON, or as YAML with PyYAML alone."""
    text = path.read_text("utf-8")
    tree = json.loads(text) if path.suffix == ".json" else yaml.load(text, Loader=_Loader)
    return Counted(tree)


class _Loader(yaml.CSafeLoader):
    """PyYAML's safe loader, but dates stay text, and so do `on` and `no`, as in YAML 1.2."""


def _is_text(tag: str, start: str) -> bool:
    return tag.endswith(":timestamp") or (tag.endswith(":bool") and start not in "tTfF")


_Loader.yaml_implicit_resolvers = {
    start: [(tag, pattern) for tag, pattern in resolvers if not _is_text(tag, start)]
    for start, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def _media_types(node: Json, pointer: str) -> Iterator[tuple[str, Json]]:
    if is_array(node):
        for index, one in enumerate(node):
            yield from _media_types(one, f"{pointer}/{index}")
    elif is_object(node):
        content = node.get("content")
        if is_object(content):
            for name, media in content.items():
                if "json" in str(name) and is_object(media):
                    yield f"{pointer}/content/{str(name).replace('/', '~1')}", media
        for key, one in node.items():
            if key not in ("example", "examples"):
                yield from _media_types(one, f"{pointer}/{str(key).replace('/', '~1')}")
