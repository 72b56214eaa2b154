"""Responses of the document to answers of endpoints: statuses, contents, header fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, TypeAlias

from ..ir import Answer, Content, ContentKind, Header, Identifier, Text
from ..places import last_name
from ..values import field, frozen
from .contents import Contents
from .media_types import described_in, kind_of, media_types_of
from .node import Node
from .notes import Notes
from .references import References
from .schemas import Schemas
from .styles import warn_of_two

_STATUS: Final = re.compile(r"[1-5]\d\d|[1-5]XX|default")

_NO_BODY: Final = re.compile("1..|204|205|304")
"""Statuses of answers that never have a body (RFC 9110, sections 6.4.1 and 15.3.6)."""

_TEXT: Final = Node({"type": "string"}, "")

FIELD_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A header field's name (RFC 9110, section 5.1)."""


_Held: TypeAlias = tuple[tuple[Content, ...], tuple[Header, ...], Text | None]
"""The contents, the header fields and the text of an answer."""


@frozen
class Answers:
    """Lowers the responses of one document."""

    references: References
    schemas: Schemas
    contents: Contents
    notes: Notes
    _shared: dict[str, _Held] = field(factory=dict[str, "_Held"])
    """What answers hold that operations refer to, by pointer."""

    def lower(
        self, operation: Node, owner: Identifier, *, is_head: bool = False
    ) -> tuple[Answer, ...]:
        """The answers of an operation; where none succeeds, success has no body."""
        found = list(self._described(operation, owner, is_head=is_head))
        if all(answer.is_error and answer.status != "default" for answer in found):
            self._note_silence(operation)
            found.insert(0, Answer(status="2XX"))
        return tuple(found)

    def _note_silence(self, operation: Node) -> None:
        if self.schemas.is_3_0 and not operation.has("responses"):
            what = "has no 'responses', which OpenAPI 3.0 requires; its function returns None"
            self.notes.warn(operation, what)
        else:
            self.notes.remark(operation, "no success is described; it is taken to have no body")

    def _described(self, operation: Node, owner: Identifier, *, is_head: bool) -> Iterator[Answer]:
        for status, described in operation.entries_of("responses"):
            if status.startswith("x-"):
                continue
            spelled = status.upper().replace("DEFAULT", "default")
            if not _STATUS.fullmatch(spelled):
                raise described.refusal(
                    f"{status!r} is no status; write one such as 200, a range such as 4XX, "
                    "or default"
                )
            contents, headers, doc = self._held(described, owner, status)
            if contents and (is_head or _NO_BODY.fullmatch(spelled)):
                self.notes.remark(
                    described, "HTTP gives this answer no body, whatever is described"
                )
                contents = ()
            yield Answer(
                status=int(spelled) if spelled.isdecimal() else spelled,
                contents=contents,
                headers=headers,
                doc=doc,
            )

    def _held(self, described: Node, owner: Identifier, status: str) -> _Held:
        """What an answer holds; one that many operations refer to is named after itself."""
        answer = self.references.resolve(described)
        if answer.pointer == described.pointer:
            return self._lowered(answer, f"{owner}_answer_{status}", owner)
        held = self._shared.get(answer.pointer)
        if held is None:
            name = last_name(answer.pointer)
            held = self._shared[answer.pointer] = self._lowered(answer, f"{name}_answer", name)
        return held

    def _lowered(self, answer: Node, hint: str, owner: str) -> _Held:
        contents = self.contents.lower(answer, hint, is_answer=True)
        for content in contents:
            if content.kind in (ContentKind.FORM, ContentKind.MULTIPART):
                what = "text" if content.kind is ContentKind.FORM else "bytes"
                self.notes.remark(answer, f"an answer that is a form stays {what}, unread")
        return (
            contents,
            tuple(self._headers(answer, owner)),
            answer.text_of("description") or answer.text_of("summary"),
        )

    def _headers(self, answer: Node, owner: str) -> Iterator[Header]:
        for wire_name, described in answer.entries_of("headers"):
            if wire_name.lower() == "content-type":
                what = "OpenAPI ignores a header field of this name; the media types say it"
                self.notes.remark(described, what)
                continue
            if not FIELD_NAME.fullmatch(wire_name):
                raise described.refusal("this is no name for a header field")
            header = self.references.resolve(described)
            schema, is_json = self._described_by(header)
            yield Header(
                wire_name=Text(wire_name),
                type=self.schemas.type_of(schema, f"{owner}_{wire_name}"),
                is_required=header.boolean_of("required"),
                is_json=is_json,
                explode=header.boolean_of("explode"),
                doc=header.text_of("description"),
            )

    def _described_by(self, header: Node) -> tuple[Node, bool]:
        """The schema of a header field, and whether the field holds JSON text."""
        if header.string_of("style") not in (None, "simple"):
            raise header.require("style").refusal("a header field is always in style 'simple'")
        for media_type, media in described_in(header.entries_of("content")):
            media = self.references.resolve(media)
            warn_of_two(header, self.notes)
            named = media_types_of(media, media_type, self.notes)
            is_json = kind_of(named[0]) is ContentKind.JSON
            return (media.get("schema") or Node({}, media.pointer)) if is_json else _TEXT, is_json
        schema = header.get("schema")
        if schema is None:
            self.notes.warn(header, "nothing says what this header field holds; it is a string")
        return schema or _TEXT, False
