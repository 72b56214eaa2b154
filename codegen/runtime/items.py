"""Answers that are a sequence of items: server-sent events, JSON lines, JSON text sequences.

Only this module knows how items are told apart on the wire (WHATWG HTML, section 9.2; jsonlines.org;
RFC 7464). Its readers are fed bytes as they arrive, by whoever reads them, and hold no more than
the item that has begun; a whole answer is fed at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeGuard, TypeVar, cast

from attrs import define, field, frozen

from .codec import Codec, server_codec
from .constraints import FREE, Constraints
from .errors import DecodeError, Facts
from .http import DEFAULT_MAX_RESPONSE_BYTES, Response
from .media_types import essence
from .plain_text import read_plain_text
from .shapes import members
from .strict_json import decode_strictly
from .violations import InvalidError

if TYPE_CHECKING:
    from typing_extensions import TypeForm

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_BOM: Final = b"\xef\xbb\xbf"
_RECORD: Final = b"\x1e"
_END_OF_EVENTS: Final = "[DONE]"
"""No JSON: what many services send as the last event."""


class Items(list[T]):
    """The items of an answer that is a sequence of them.

    `client.send` reads all of them; `client.items` gives each as soon as it has arrived.
    """


@frozen
class Event(Generic[T]):
    """A server-sent event (WHATWG HTML, section 9.2.6)."""

    data: T
    event: str = field(default="message", kw_only=True)
    """What kind of event it is."""
    id: str = field(default="", kw_only=True)
    """The last id that was said: what `Last-Event-ID` asks a server to go on after."""
    retry: int | None = field(default=None, kw_only=True)
    """Milliseconds after which the server wants to be asked again, once the connection breaks."""


class ItemReader(Protocol[T_co]):
    """Reads the items of one answer; fed its bytes as they arrive."""

    def feed(self, data: bytes) -> Iterator[T_co]:
        """The items that these bytes complete, to be taken whole; raises `DecodeError`."""
        ...

    def end(self) -> Iterator[T_co]:
        """The item that the end of the answer completes, if there is one."""
        ...


@frozen
class JsonLinesAnswer(Generic[T]):
    """JSON values, one after another: lines, or the records of a JSON text sequence."""

    form: TypeForm[T]
    constraints: Constraints = FREE

    def read(self, response: Response, facts: Facts, codec: Codec) -> Items[T]:
        """All items; raises `DecodeError` at the first that is none."""
        return _all(self.reader(response, facts, codec), response.body)

    def reader(
        self,
        response: Response,
        facts: Facts,
        codec: Codec,
        limit: int = DEFAULT_MAX_RESPONSE_BYTES,
    ) -> ItemReader[T]:
        """What reads the items of an answer as its body arrives, each of at most `limit` bytes."""
        media_type = essence(response.headers.get("Content-Type", ""))
        mark = _RECORD if media_type.endswith("json-seq") else b"\n"
        decode = _Decoding(self.form, self.constraints, facts, codec)
        return _JsonReader(_Splitter(mark, limit, facts), decode)


@frozen
class EventsAnswer(Generic[T]):
    """Server-sent events whose data is JSON, or text where the form is `str`."""

    form: TypeForm[T]
    constraints: Constraints = FREE

    def read(self, response: Response, facts: Facts, codec: Codec) -> Items[Event[T]]:
        """All events; raises `DecodeError` at the first whose data is none."""
        return _all(self.reader(response, facts, codec), response.body)

    def reader(
        self,
        response: Response,
        facts: Facts,
        codec: Codec,
        limit: int = DEFAULT_MAX_RESPONSE_BYTES,
    ) -> ItemReader[Event[T]]:
        """What reads the events of an answer as its body arrives, each of at most `limit` bytes."""
        decode: Callable[[str], T]
        if self.form is str:
            decode = cast("Callable[[str], T]", str)
        else:
            decoding = _Decoding(self.form, self.constraints, facts, codec)
            decode = decoding.of_text if _may_be_text(self.form) else decoding.of_json
        return _EventReader(_LineSplitter(limit, facts), decode, is_json=self.form is not str)


def has_items(
    answer: object,
) -> TypeGuard[JsonLinesAnswer[object] | EventsAnswer[object]]:
    """Whether an answer is a sequence of items."""
    return isinstance(answer, (JsonLinesAnswer, EventsAnswer))


def json_lines(form: TypeForm[T], constraints: Constraints = FREE) -> JsonLinesAnswer[T]:
    """An answer that is one `form` after another."""
    return JsonLinesAnswer(form, constraints)


def event_stream(form: TypeForm[T], constraints: Constraints = FREE) -> EventsAnswer[T]:
    """An answer of server-sent events whose data is a `form`."""
    return EventsAnswer(form, constraints)


def _may_be_text(form: Any) -> bool:
    """Whether text is one of several things that the data of an event may be."""
    kinds = members(form)
    return len(kinds) > 1 and str in kinds


def _all(reader: ItemReader[T], body: bytes) -> Items[T]:
    items = Items(reader.feed(body))
    items.extend(reader.end())
    return items


@define
class _Decoding(Generic[T]):
    """Reads one item after another."""

    form: TypeForm[T]
    constraints: Constraints
    facts: Facts
    codec: Codec
    _count: int = field(default=0, init=False)

    def __call__(self, text: bytes) -> T:
        self._count += 1
        try:
            return decode_strictly(self.codec, text, self.form, self.constraints)
        except InvalidError as error:
            raise self._refused(error) from None

    def of_json(self, text: str) -> T:
        """The same of JSON that is no bytes yet."""
        return self(text.encode())

    def of_text(self, text: str) -> T:
        """The same of what may also be text without quotes."""
        self._count += 1
        try:
            return read_plain_text(text, self.form, self.codec, self.constraints)
        except InvalidError as error:
            raise self._refused(error) from None

    def _refused(self, error: InvalidError) -> DecodeError:
        message = f"item {self._count} of the answer is not as described: {error}"
        return DecodeError(message, self.facts, error.violations)


class _Splitter:
    """Cuts what arrives at a mark; holds what follows the last one."""

    def __init__(self, mark: bytes, limit: int, facts: Facts) -> None:
        self._mark = mark
        self._limit = limit
        self._facts = facts
        self._begun: list[bytes] = []
        self._size = 0

    def cut(self, data: bytes) -> Iterator[bytes]:
        """What these bytes complete."""
        first, *others = data.split(self._mark)
        self._keep(first)
        for other in others:
            yield self.rest()
            self._keep(other)

    def rest(self) -> bytes:
        """What was begun, which is then done."""
        piece = b"".join(self._begun)
        self._begun, self._size = [], 0
        return piece

    def _keep(self, piece: bytes) -> None:
        self._begun.append(piece)
        self._size += len(piece)
        self.bound(self._size)

    def bound(self, size: int) -> None:
        """Refuse an item that has more bytes than it may."""
        if size > self._limit:
            raise DecodeError(
                f"an item of the answer has more than {self._limit} bytes", self._facts
            )


class _JsonReader(Generic[T]):
    def __init__(self, splitter: _Splitter, decode: Callable[[bytes], T]) -> None:
        self._splitter = splitter
        self._decode = decode

    def feed(self, data: bytes) -> Iterator[T]:
        for text in self._splitter.cut(data):
            yield from self._read(text)

    def end(self) -> Iterator[T]:
        yield from self._read(self._splitter.rest())

    def _read(self, text: bytes) -> Iterator[T]:
        # Blank lines, and what comes before the first record, are nothing.
        if text.strip(b" \t\r\n"):
            yield self._decode(text)


class _LineSplitter:
    """Cuts what arrives into lines, which end in CR LF, LF or CR (WHATWG HTML, section 9.2.5)."""

    def __init__(self, limit: int, facts: Facts) -> None:
        self._splitter = _Splitter(b"\n", limit, facts)
        self.bound = self._splitter.bound
        self._ended_in_cr = False
        self._is_first = True
        self._head = b""

    def cut(self, data: bytes) -> Iterator[bytes]:
        """The lines that these bytes complete."""
        if self._is_first:
            self._head += data
            if len(self._head) < len(_BOM) and _BOM.startswith(self._head):
                return
            self._is_first, data = False, self._head.removeprefix(_BOM)
        if self._ended_in_cr and data:
            self._ended_in_cr, data = False, data.removeprefix(b"\n")
        if data:
            self._ended_in_cr = data.endswith(b"\r")
            yield from self._splitter.cut(data.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))


class _EventReader(Generic[T]):
    """The interpretation of an event stream (WHATWG HTML, section 9.2.6)."""

    def __init__(self, lines: _LineSplitter, decode: Callable[[str], T], *, is_json: bool) -> None:
        self._lines = lines
        self._size = 0
        self._decode = decode
        self._is_json = is_json
        self._data: list[str] = []
        self._kind = ""
        self._id = ""
        self._retry: int | None = None
        self._is_over = False

    def feed(self, data: bytes) -> Iterator[Event[T]]:
        for line in self._lines.cut(data):
            if self._is_over:
                return
            if line:
                self._size += len(line)
                self._lines.bound(self._size)
                self._take(line.decode("utf-8", "replace"))
            else:
                self._size = 0
                yield from self._dispatched()

    def end(self) -> Iterator[Event[T]]:
        """Nothing: an event that no blank line ends is not dispatched."""
        return iter(())

    def _take(self, line: str) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "data":
                self._data.append(value)
            case "event":
                self._kind = value
            case "id" if "\0" not in value:
                self._id = value
            case "retry" if value.isascii() and value.isdecimal():
                self._retry = int(value[:18])
            case _:  # a comment, or a field that is to be ignored
                pass

    def _dispatched(self) -> Iterator[Event[T]]:
        kind, lines = self._kind, self._data
        self._kind, self._data = "", []
        if not lines:
            return
        text = "\n".join(lines)
        if self._is_json and text.strip() == _END_OF_EVENTS:
            self._is_over = True
            return
        yield Event(self._decode(text), event=kind or "message", id=self._id, retry=self._retry)


# What a server writes.


def write_items(items: Iterable[object], media_type: str) -> bytes:
    """The body that a sequence of items is, in one of the media types that such bodies have."""
    name = essence(media_type)
    if name == "text/event-stream":
        return b"".join(_written_event(one) for one in items)
    mark = _RECORD if name.endswith("json-seq") else b""
    return b"".join(mark + server_codec.encode(one) + b"\n" for one in items)


def _written_event(item: object) -> bytes:
    event = cast("Event[object]", item) if isinstance(item, Event) else Event(item)
    data = event.data if isinstance(event.data, str) else server_codec.encode(event.data).decode()
    lines = [f"data: {line}" for line in data.split("\n")]
    if event.event != "message":
        lines.append(f"event: {event.event}")
    if event.id:
        lines.append(f"id: {event.id}")
    if event.retry is not None:
        lines.append(f"retry: {event.retry}")
    return ("\n".join(lines) + "\n\n").encode()
