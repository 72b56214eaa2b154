"""Forms as multipart bodies.

A property is a part, an array of them one for each item; what is neither text nor a file is JSON
(OpenAPI 3.1, section 4.8.14.5). A property that the document gives a style is written as the fields
of a query would be, each in a part of its own and none percent-encoded (section 4.8.15). Files are
parts whatever their style, and where the document names several media types or a range, each has
the one that the name of the file stands for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from mimetypes import MimeTypes
from types import NoneType
from typing import Annotated, Any, Final, TypeAlias, get_args

from .codec import Codec, codec
from .files import File
from .forms import read_styled
from .json_types import is_array, is_object
from .media_types import charset_of, covers, is_json
from .multipart import Part, StreamedPart, read_parts
from .parameter_texts import text_of
from .parameters import query_fields, values_of
from .properties import below
from .shapes import bare_members, is_list, meaning, members
from .styles import QueryStyle, field_of_part, text_in_part
from .unset import Unset
from .violations import InvalidError

PartTypes: TypeAlias = str | tuple[str, ...]
"""A media type or a range, such as `image/*`, or several."""


NO_PARTS: Final = (NoneType, Unset)
"""What is left out, and so never comes."""


def parts_of(
    properties: Iterable[tuple[str, object]],
    media_types: Mapping[str, PartTypes],
    styles: Mapping[str, QueryStyle],
) -> Iterator[Part | StreamedPart]:
    """The parts of properties; raises `RequestError` for what a style cannot say."""
    for name, value in properties:
        style = styles.get(name)
        if style is None or _has_files(value):
            described = media_types.get(name, ())
            yield from _parts(
                name, value, (described,) if isinstance(described, str) else described
            )
        else:
            for key, text in query_fields((name, value, style)):
                yield Part(name=key, data=text_in_part(name, text).encode())


def _has_files(value: object) -> bool:
    return any(isinstance(one, File) for one in (value if is_array(value) else [value]))


def _parts(name: str, value: object, described: tuple[str, ...]) -> Iterator[Part | StreamedPart]:
    for index, item in enumerate(value if is_array(value) else [value]):
        if item is None:
            continue  # as in forms and parameters, null is left out
        try:
            yield _part(name, item, described)
        except InvalidError as error:
            raise below((name, index) if is_array(value) else (name,), error) from None


def _part(name: str, value: object, described: tuple[str, ...]) -> Part | StreamedPart:
    if isinstance(value, File):
        return _part_of_file(name, value, described)
    media_type = _first(described)
    json = codec.unstructure(value)
    if is_object(json) or is_array(json) or (media_type is not None and is_json(media_type)):
        kind = media_type or "application/json"
        return Part(name=name, data=codec.encode(value), media_type=kind)
    return Part(name=name, data=text_of(json).encode(), media_type=media_type)


def _part_of_file(name: str, file: File, described: tuple[str, ...]) -> Part | StreamedPart:
    kind = file.media_type or _of_name(file.name, described) or "application/octet-stream"
    data, headers = file.body, file.headers
    if isinstance(data, bytes):
        return Part(name=name, data=data, media_type=kind, file_name=file.name, headers=headers)
    return StreamedPart(name=name, data=data, media_type=kind, file_name=file.name, headers=headers)


def _of_name(name: str, described: tuple[str, ...]) -> str | None:
    """The media type of a file that the document leaves the choice."""
    first = _first(described)
    if first is not None and len(described) == 1:
        return first
    guessed, coding = _known_media_types().guess_type(name)
    fits = coding is None and guessed is not None and any(covers(one, guessed) for one in described)
    return guessed if fits else first


@cache
def _known_media_types() -> MimeTypes:
    """Those that Python knows by itself, on all machines alike."""
    return MimeTypes()


def _first(described: tuple[str, ...]) -> str | None:
    return next((one for one in described if "*" not in one), None)


def read_multipart_form(
    body: bytes, media_type: str, form: Any, styles: Mapping[str, QueryStyle], codec: Codec
) -> Any:
    """Read the parts of a body as a `form`; raises `InvalidError` with every violation."""
    parts = read_parts(body, media_type)
    texts = [field_of_part(part.name, _text(part)) for part in parts if not _is_file(part)]
    files = {part.name for part in parts if _is_file(part)}
    grouped: dict[str, list[Part]] = {}
    for part in parts:
        grouped.setdefault(part.name, []).append(part)

    def read(name: str, form: Any) -> object:
        return _read_parts(grouped[name], form, codec) if name in grouped else None

    heeded: dict[str, QueryStyle] = {
        name: style for name, style in styles.items() if name not in files
    }
    return read_styled(texts, form, heeded, read, others=files)


def _read_parts(parts: list[Part], form: Any, codec: Codec) -> object:
    kinds = bare_members(form)
    lists = [one for one in kinds if is_list(one)]
    is_one_file = File in kinds and len(parts) == 1 and _is_file(parts[0])
    if (lists and not is_one_file) or (Any in kinds and len(parts) > 1):
        inner = (get_args(lists[0]) or (Any,))[0] if lists else Any
        return [_read_part(part, inner, codec) for part in parts]
    return _read_part(parts[-1], form, codec)


def _read_part(part: Part, form: Any, codec: Codec) -> object:
    kinds = bare_members(form)
    others = [one for one in members(form) if meaning(one)[0] not in (File, *NO_PARTS)]
    if (File in kinds and (not others or _is_file(part))) or (Any in kinds and _is_file(part)):
        name = "file" if part.file_name is None else part.file_name
        return File(part.data, name, part.media_type, part.headers)
    form = _without_file(form, others) if File in kinds else form
    if is_json(part.media_type or ""):
        return codec.decode(part.data, form)
    return values_of([_text(part)], form)


def _without_file(form: Any, others: list[Any]) -> Any:
    """What a part may be that is no file; the alternatives are told apart as before."""
    _, choice = meaning(form)
    either: Any = others[0]
    for one in others[1:]:
        either = either | one
    return either if choice is None else Annotated[either, choice]


def _is_file(part: Part) -> bool:
    media_type = part.media_type or "text/plain"
    return part.file_name is not None or not (is_json(media_type) or covers("text/*", media_type))


def _text(part: Part) -> str:
    return part.data.decode(charset_of(part.media_type or "text/plain"), "replace")
