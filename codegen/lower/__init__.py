"""Document to `Api`: what a document means, and every refusal of what cannot be generated."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..ir import Api, Text, Tree
from ..names import Names
from .info import info_of
from .joining import Joining
from .multipart import Files, multipart_schemas
from .node import Json, Node
from .notes import Notes
from .only_members import with_only_members
from .operations import Operations, tags
from .own_words import in_own_words
from .references import References
from .schemas import Schemas
from .security import Security
from .servers import Servers
from .undeclared_tags import with_declared_tags
from .union_tags import with_tags
from .views import views

_VERSION = re.compile(r"3\.[012]\.\d+(-.+)?")

_SHORT = {"3": "3.1.0", "3.0": "3.0.3", "3.1": "3.1.0", "3.2": "3.2.0"}
"""What people write for a version, which YAML takes for a number, and what they mean."""


def lower(tree: Json, files: Mapping[str, Json] | None = None) -> Api:
    """Understand a document and the files that it refers to, by their names from its folder.

    Raises:
        SpecError: the first thing that is not supported.
    """
    notes = Notes()
    is_3_0 = _version(Node(tree, "")).startswith("3.0.")
    tree, files = in_own_words(tree, files or {}, notes, is_3_0=is_3_0)
    tree, files = with_declared_tags(tree, files, is_3_0=is_3_0)
    root = Node(tree, "")
    references = References(root, files)
    info = info_of(root, notes)
    joining = Joining(references, is_3_0)
    schemas = Schemas(
        references,
        Names(gap=""),
        is_3_0,
        notes,
        files=Files(joining, multipart_schemas(root, references, joining)),
        joining=joining,
    )
    schemas.add_components(root.get("components") or Node({}, "/components"))
    security = Security(root, references, notes)
    servers = Servers(notes)
    everywhere = servers.root(root)
    operations = Operations(references, schemas, notes, security, servers)
    endpoints = operations.endpoints(root)
    whole = Api(
        title=info.title,
        version=info.version,
        doc=info.doc,
        models=schemas.models.all,
        tags=tags(root, endpoints),
        endpoints=endpoints,
        callbacks=tuple(operations.callbacks),
        security_schemes=security.schemes,
        servers=everywhere,
        notes=notes.all,
        documents=_documents(tree, files),
    )
    return views(with_only_members(with_tags(whole)))


def _documents(tree: Json, files: Mapping[str, Json]) -> tuple[tuple[Text, Tree], ...]:
    """The document, first, and the files that it refers to."""
    others = {name: one for name, one in files.items() if one is not tree}
    name = next((name for name, one in files.items() if one is tree), "openapi.json")
    whole = {name: tree, **{name: _without_id(one) for name, one in others.items()}}
    return tuple((Text(name), Tree(one)) for name, one in whole.items())


def _without_id(file: Json) -> Json:
    """A file by the name that it has here, and no other: references in it are relative to that."""
    node = Node(file, "")
    return node.without("$id").value if node.is_object else file


def _version(root: Node) -> str:
    if root.has("swagger"):
        raise root.require("swagger").refusal("Swagger 2.0 is not supported; convert it to 3.1")
    version = root.require("openapi")
    spelled = str(version.value)
    if not _VERSION.fullmatch(spelled):
        what = "only OpenAPI 3.0, 3.1 and 3.2 are supported"
        if spelled in _SHORT:
            what = f'write the version in quotes and in full, such as "{_SHORT[spelled]}"'
        raise version.refusal(what)
    return version.string()
