"""Document to `Api`: what a document means, and every refusal of what cannot be generated."""

from __future__ import annotations

import re

from ..ir import Api, Text
from .names import Names
from .node import Json, Node
from .operations import Operations, tags
from .references import References
from .schemas import Schemas

_VERSION = re.compile(r"3\.(0|1)\.\d+(-.+)?")


def lower(tree: Json) -> Api:
    """Understand a document; raises `SpecError` for the first thing that is not supported."""
    root = Node(tree, "")
    version = _version(root)
    for key in ("webhooks", "security"):
        found = root.get(key)
        if found is not None and found.value:
            raise found.refusal(f"{key!r} of a document is not supported yet")
    info = root.require("info")
    references = References(root)
    schemas = Schemas(references, Names(gap=""), is_3_0=version.startswith("3.0."))
    schemas.add_components(root.get("components") or Node({}, "/components"))
    endpoints = Operations(references, schemas).endpoints(root)
    return Api(
        title=Text(info.require("title").string()),
        version=Text(info.require("version").string()),
        doc=info.text_of("description"),
        models=schemas.models,
        tags=tags(root, endpoints),
        endpoints=endpoints,
    )


def _version(root: Node) -> str:
    if root.has("swagger"):
        raise root.require("swagger").refusal("Swagger 2.0 is not supported; convert it to 3.1")
    version = root.require("openapi")
    if not _VERSION.fullmatch(version.string()):
        raise version.refusal("only OpenAPI 3.0 and 3.1 are supported")
    return version.string()
