"""How a parameter is written: its `style`, `explode` and `content`, made one that can be.

Only this module knows which style goes with which place, and what is done instead where a document
asks for one that no standard defines there.
"""

from __future__ import annotations

from typing import Final

from ..ir import Location, Style
from ..values import frozen
from .media_types import described_in
from .node import Node
from .notes import Notes

_USUAL: Final = {
    Location.PATH: Style.SIMPLE,
    Location.QUERY: Style.FORM,
    Location.HEADER: Style.SIMPLE,
    Location.COOKIE: Style.FORM,
    Location.QUERYSTRING: Style.FORM,
}
"""The style of a place unless told otherwise (OpenAPI 3.1, section 4.8.12.2)."""

_DEFINED: Final = {
    Location.PATH: (Style.SIMPLE, Style.LABEL, Style.MATRIX),
    Location.QUERY: (
        Style.FORM,
        Style.SPACE_DELIMITED,
        Style.PIPE_DELIMITED,
        Style.DEEP_OBJECT,
    ),
    Location.HEADER: (Style.SIMPLE,),
    Location.COOKIE: (Style.FORM, Style.COOKIE),
}
"""The styles of a place (OpenAPI 3.2, section 4.12.3)."""

_DELIMITED: Final = (Style.SPACE_DELIMITED, Style.PIPE_DELIMITED)

_STYLES: Final = {style.value: style for style in Style if style is not Style.JSON}


@frozen
class Writing:
    """How one parameter is written."""

    style: Style
    explode: bool
    allows_reserved: bool = False


def usual(location: Location) -> Writing:
    """How a parameter of a place is written of which nothing is said."""
    style = _USUAL[location]
    return Writing(style, explode=style is Style.FORM)


def writing_of(node: Node, location: Location, notes: Notes, *, is_scalar: bool) -> Writing:
    """How a parameter or header field with a `schema` is written."""
    style = _style(node, location, notes)
    explode = node.boolean_of("explode", default=style in (Style.FORM, Style.COOKIE))
    reserved = node.boolean_of("allowReserved") and location is Location.QUERY
    if node.boolean_of("allowEmptyValue"):
        notes.remark(
            node.require("allowEmptyValue"), "an empty value can be sent where the type has one"
        )
    if style in _DELIMITED and explode and not is_scalar:
        notes.remark(node, f"no standard explodes {style.value}; the values are sent as with form")
        style = Style.FORM
    if is_scalar:
        style, explode = _of_scalar(node, style, location, notes)
    return Writing(style, explode, reserved)


def content_writing(node: Node, location: Location, notes: Notes) -> tuple[Writing, Node]:
    """How a parameter with `content` is written, and the place of its schema, which may miss."""
    media = list(described_in(node.entries_of("content")))
    if not media:
        raise node.require("content").refusal("this needs a media type, such as application/json")
    if len(media) > 1:
        notes.warn(node.require("content"), f"only the first counts: {media[0][0]!r}")
    media_type, described = media[0]
    essence = media_type.partition(";")[0].strip().lower()
    if essence.endswith(("/json", "+json")):
        return Writing(Style.JSON, explode=False), described
    notes.remark(described, f"a value in {media_type!r} is sent as the text that it is")
    return usual(location), described


def warn_of_two(node: Node, notes: Notes) -> None:
    """Warn of a parameter or header field that is described in both ways that there are."""
    if node.has("schema"):
        what = "this has 'schema' and 'content', of which OpenAPI allows one; 'content' counts"
        notes.warn(node, what)


def _style(node: Node, location: Location, notes: Notes) -> Style:
    wanted = node.string_of("style")
    if wanted is None:
        return _USUAL[location]
    if wanted not in _STYLES:
        raise node.require("style").refusal(
            f"{wanted!r} is no style; use one of {', '.join(_STYLES)}"
        )
    style = _STYLES[wanted]
    if style in _DEFINED[location]:
        return style
    notes.remark(
        node.require("style"),
        f"no standard has {wanted} in {location.value} parameters; "
        f"they are sent as with {_USUAL[location].value}",
    )
    return _USUAL[location]


def _of_scalar(node: Node, style: Style, location: Location, notes: Notes) -> tuple[Style, bool]:
    """The same for one value, which no style can explode, and most write as it is."""
    if style in (Style.SPACE_DELIMITED, Style.PIPE_DELIMITED, Style.DEEP_OBJECT):
        notes.remark(
            node.require("style"),
            f"no standard has {style.value} for a single value; it is sent as with form",
        )
        style = Style.FORM
    return style, usual(location).explode if style is _USUAL[location] else False
