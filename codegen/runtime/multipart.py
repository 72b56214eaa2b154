"""Multipart bodies (RFC 2046, RFC 7578): parts to bytes and back.

Names and file names are written as browsers do (HTML, "multipart/form-data encoding algorithm"):
nothing in them can end the header field that they stand in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from secrets import token_hex
from typing import Final
from urllib.parse import unquote

from attrs import field, frozen

from .errors import RequestError
from .header_fields import checked_headers
from .http import Headers, Upload
from .media_types import checked_media_type, parameter_of
from .uploads import JoinedUpload
from .violations import invalid

_DISPOSITION: Final = re.compile(
    r""";[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:"((?:[^"\\]|\\.)*)"|([^; \t"]+))"""
)
_ESCAPES: Final = {'"': "%22", "\\": "%5C", "\r": "%0D", "\n": "%0A"}
"""As browsers write names, and the backslash, which some receivers take for an escape."""
_ESCAPED: Final = re.compile("%22|%5C|%0D|%0A")


_OWN: Final = ("content-disposition", "content-type")
"""The header fields that name, file name and media type of a part stand for."""


@frozen(kw_only=True)
class Part:
    """One part of a body."""

    name: str
    data: bytes = field(repr=False)
    media_type: str | None = None
    file_name: str | None = None
    """None for what is no file."""
    headers: Mapping[str, str] = field(factory=dict[str, str])
    """The header fields besides those that the others stand for."""


@frozen(kw_only=True)
class StreamedPart:
    """One part of a body that is read while it is sent."""

    name: str
    data: Upload = field(repr=False)
    media_type: str | None = None
    file_name: str | None = None
    headers: Mapping[str, str] = field(factory=dict[str, str])


def write_parts(parts: Iterable[Part], media_type: str) -> tuple[bytes, str]:
    """The body of these parts, and its media type with their boundary.

    Equal parts give equal bytes: the boundary is a digest of them that none of them contains.
    """
    written = [_head(part) + part.data for part in parts]
    boundary = boundary_of(written, _digests(written))
    mark = b"--" + boundary.encode("ascii")
    body = b"".join(mark + b"\r\n" + one + b"\r\n" for one in written) + mark + b"--\r\n"
    return body, _bounded_by(boundary, media_type)


def stream_parts(parts: Iterable[Part | StreamedPart], media_type: str) -> tuple[Upload, str]:
    """The same of parts that are read while they are sent.

    They cannot be looked at before, so that their boundary is one of 2^128 by chance.
    """
    boundary = token_hex(16)
    mark = b"--" + boundary.encode("ascii")
    pieces: list[bytes | Upload] = []
    for part in parts:
        pieces += [mark + b"\r\n" + _head(part), part.data, b"\r\n"]
    pieces.append(mark + b"--\r\n")
    return JoinedUpload(pieces), _bounded_by(boundary, media_type)


def _bounded_by(boundary: str, media_type: str) -> str:
    return f"{media_type.partition(';')[0].strip()}; boundary={boundary}"


def boundary_of(written: list[bytes], candidates: Iterable[str]) -> str:
    """The first of the candidates that no part contains."""
    return next(
        candidate
        for candidate in candidates
        if not any(candidate.encode("ascii") in one for one in written)
    )


def _digests(written: list[bytes]) -> Iterator[str]:
    digest = sha256()
    for one in written:
        digest.update(len(one).to_bytes(8, "big") + one)
    while True:
        yield digest.hexdigest()[:32]
        digest.update(b"another")


def _head(part: Part | StreamedPart) -> bytes:
    lines = [f'Content-Disposition: form-data; name="{_escaped(part.name)}"']
    if part.file_name is not None:
        lines[0] += f'; filename="{_escaped(part.file_name)}"'
    if part.media_type is not None:
        lines.append(f"Content-Type: {checked_media_type(part.media_type)}")
    for name, value in checked_headers(Headers(part.headers)).items():
        if name.lower() in _OWN:
            told = "what its name and media type are for"
            raise RequestError(f"the header field {name} of the part {part.name!r} is {told}")
        lines.append(f"{name}: {value}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _escaped(text: str) -> str:
    escaped = "".join(_ESCAPES.get(character, character) for character in text)
    if not all(character.isprintable() or character == "\t" for character in escaped):
        raise invalid([((), "multipart", "has a name with control characters")])
    return escaped


def read_parts(body: bytes, media_type: str) -> list[Part]:
    """The parts of a body; raises `InvalidError` where it is not what its media type says."""
    boundary = parameter_of(media_type, "boundary")
    if not boundary:
        raise invalid([((), "multipart", "has no boundary")])
    mark = b"\r\n--" + boundary.encode("utf-8")
    _, *pieces = (b"\r\n" + body).split(mark)
    closing = next((index for index, one in enumerate(pieces) if one.startswith(b"--")), None)
    if closing is None:
        raise invalid([((), "multipart", "ends without its last boundary")])
    return list(_parts(pieces[:closing]))


def _parts(pieces: Iterable[bytes]) -> Iterator[Part]:
    for piece in pieces:
        padding, _, rest = piece.partition(b"\r\n")
        head, blank, data = (b"\r\n" + rest).partition(b"\r\n\r\n")
        if padding.strip(b" \t") or not blank:
            raise invalid([((), "multipart", "has a part without the blank line after its head")])
        yield _part(_fields(head), data)


def _fields(head: bytes) -> Headers:
    lines = (line.partition(":") for line in head.decode("utf-8", "replace").split("\r\n") if line)
    return Headers([(name.strip(), value.strip()) for name, _, value in lines])


def _part(headers: Headers, data: bytes) -> Part:
    found = {
        name.lower(): _unescaped(quoted) if quoted or not plain else plain
        for name, quoted, plain in _DISPOSITION.findall(headers.get("Content-Disposition", ""))
    }
    if "name" not in found:
        raise invalid([((), "multipart", "has a part without a name")])
    encoded = found.get("filename*")
    file_name = found.get("filename") if encoded is None else unquote(encoded.split("'", 2)[-1])
    return Part(
        name=found["name"],
        data=data,
        media_type=headers.get("Content-Type"),
        file_name=file_name,
        headers={name: value for name, value in headers.items() if name.lower() not in _OWN},
    )


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: unquote(found[0]), text)
