"""How the properties of forms are written, side by side: their styles and their media types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ..ir import (
    Anything,
    Content,
    ContentKind,
    Encoding,
    Identifier,
    Location,
    MapOf,
    Named,
    Nullable,
    Parameter,
    Record,
    Style,
    Text,
    Type,
)
from ..runtime.media_types import nearest
from ..values import define
from .changes import Direction, Example, Kind, Wire
from .findings import Findings, Spot
from .membership import Models
from .wording import quoted
from .writing import written_apart

_ANYTHING: Final = Anything()
_NAME: Final = Identifier("property_")


@define
class Encodings:
    """Compares the encodings of forms, and adds to the findings what differs."""

    findings: Findings

    def compare(self, spot: Spot, old: Content, new: Content) -> None:
        """Compare how two forms are written, property by property."""
        was = {one.wire_name: one for one in old.encodings}
        now = {one.wire_name: one for one in new.encodings}
        models = (self.findings.old.models, self.findings.new.models)
        for name in dict.fromkeys([*was, *now]):
            before = was.get(name, Encoding(wire_name=name))
            after = now.get(name, Encoding(wire_name=name))
            is_there = _has(old, name, models[0]) and _has(new, name, models[1])
            if before == after or not is_there:  # what is gone or new is told as such
                continue
            inside = spot.below("encoding", name.reveal())
            self._media_types(inside, before, after)
            if _style_of(before) != _style_of(after):
                self._style(inside, old, new, before, after)

    def _media_types(self, spot: Spot, before: Encoding, after: Encoding) -> None:
        """Compare the media types that a part may have, of which whoever sends it chooses one."""
        sent, accepted = before.media_types, after.media_types
        if spot.direction is not Direction.REQUEST:
            sent, accepted = accepted, sent
        if set(before.media_types) == set(after.media_types):
            return
        refused = [one.reveal() for one in sent if not _is_among(one, accepted)] if accepted else []
        wire = Wire.BREAKING if refused else Wire.COMPATIBLE
        if accepted and not sent:
            wire = Wire.UNDECIDED  # nothing is said of what is sent
        was, now = (_told(one.media_types) for one in (before, after))
        self.findings.add(
            spot,
            Kind.ENCODING_CHANGED,
            f"the property {quoted(after.wire_name)} is {now}, and was {was}",
            wire,
            keywords=("contentType",),
            example=Example(value=refused[0], of=f"the media type of a part of {spot.of}")
            if refused
            else None,
        )

    def _style(
        self, spot: Spot, old: Content, new: Content, before: Encoding, after: Encoding
    ) -> None:
        name = f"the property {quoted(after.wire_name)}"
        if old.kind is not ContentKind.FORM or new.kind is not ContentKind.FORM:
            what = f"{name} is written {_told_style(after)}, and was written {_told_style(before)}"
            self.findings.add(
                spot, Kind.ENCODING_CHANGED, what, Wire.UNDECIDED, keywords=("style",)
            )
            return
        models = self.findings.old.models
        apart = written_apart(
            _as_parameter(before, _type_of(old, before, models), models),
            _as_parameter(after, _type_of(old, before, models), models),
            models,
        )
        if apart is not None:
            was, now = apart
            self.findings.add(
                spot,
                Kind.ENCODING_CHANGED,
                f"{name} is written another way: {now}, and was {was}",
                Wire.BREAKING,
                keywords=("style",),
                example=Example(value=was, of=f"{name} in {spot.of}, as the old client writes it")
                if spot.direction is Direction.REQUEST
                else Example(value=now, of=f"{name} in {spot.of}, as the new server writes it"),
            )


def _is_among(media_type: Text, accepted: Iterable[Text]) -> bool:
    return nearest([one.reveal() for one in accepted], media_type.reveal()) is not None


def _told(media_types: tuple[Text, ...]) -> str:
    names = " or ".join(one.reveal() for one in media_types)
    return f"sent as {names}" if names else "sent as its type asks for"


def _style_of(encoding: Encoding) -> tuple[Style | None, bool]:
    """How a property is written; what is encoded besides is read alike (`writing`)."""
    return encoding.style, encoding.explode


def _told_style(encoding: Encoding) -> str:
    return " ".join(_words_of_style(encoding))


def _words_of_style(encoding: Encoding) -> Iterator[str]:
    if encoding.style is None:
        yield "in the usual way"
        return
    yield f"in style {encoding.style.value}"
    if not encoding.explode:
        yield "without explode"


def _has(content: Content, name: Text, models: Models) -> bool:
    """Whether a form may have a property, as far as its model is known."""
    record = _record_of(content, models)
    return record is None or any(one.wire_name == name for one in record.fields)


def _type_of(content: Content, encoding: Encoding, models: Models) -> Type:
    """The type of a property of a form."""
    record = _record_of(content, models)
    fields = () if record is None else record.fields
    return next((one.type for one in fields if one.wire_name == encoding.wire_name), _ANYTHING)


def _record_of(content: Content, models: Models) -> Record | None:
    type_ = content.type.inner if isinstance(content.type, Nullable) else content.type
    model = models[type_.name] if isinstance(type_, Named) else None
    return model if isinstance(model, Record) else None


def _as_parameter(encoding: Encoding, type_: Type, models: Models) -> Parameter:
    """The query parameter that is written as a property of a form is."""
    usual = Style.JSON if _is_object(type_, models) else Style.FORM
    return Parameter(
        name=_NAME,
        wire_name=encoding.wire_name,
        location=Location.QUERY,
        type=type_,
        is_required=False,
        style=encoding.style or usual,
        explode=encoding.explode,
    )


def _is_object(type_: Type, models: Models) -> bool:
    inner = type_.inner if isinstance(type_, Nullable) else type_
    return isinstance(inner, MapOf) or (
        isinstance(inner, Named) and isinstance(models[inner.name], Record)
    )
