"""`Call[T]`: the description of one HTTP call, and how to read its answer as a `T`.

Endpoint functions build calls and do nothing else; who sends one (an `ApiClient`, a test, an
asynchronous client) is not their business.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Generic, Never, NoReturn, Protocol, TypeVar

from attrs import Factory, evolve, field, frozen

from .codec import Codec, codec
from .constraints import FREE, Constraints
from .contents import Content
from .errors import (
    BODY_EXCERPT_BYTES,
    ClientError,
    DecodeError,
    Facts,
    RequestError,
    ServerError,
    StatusError,
)
from .http import Headers, Request, Response
from .items import ItemReader, has_items
from .media_types import accepting, charset_of, is_json, is_of_items, nearest
from .plain_text import read_plain_text
from .statuses import StatusKey as StatusKey
from .statuses import described_of
from .strict_json import decode_strictly
from .styles import Encoded, QueryField, query_text
from .violations import InvalidError

if TYPE_CHECKING:
    from typing_extensions import TypeForm

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Answer(Protocol[T_co]):
    """How to read the body of one described answer."""

    def read(self, response: Response, facts: Facts, codec: Codec) -> T_co:
        """The value of the answer; raises `DecodeError`, or the error that the answer reports."""
        ...


@frozen
class JsonAnswer(Generic[T]):
    """A JSON body that matches a type."""

    form: TypeForm[T]
    constraints: Constraints = FREE

    def read(self, response: Response, facts: Facts, codec: Codec) -> T:
        """Decode the body; raises `DecodeError` with every violation."""
        try:
            return decode_strictly(codec, response.body, self.form, self.constraints)
        except InvalidError as error:
            media_type = response.headers.get("Content-Type", "")
            said = "" if not media_type or is_json(media_type) else _sent_as(media_type)
            raise DecodeError(f"{said}{error}", facts, error.violations) from None


@frozen
class TextAnswer:
    """A body of text."""

    def read(self, response: Response, facts: Facts, codec: Codec) -> str:
        """Decode the body as its `Content-Type` says, or else UTF-8, with U+FFFD for what is not."""
        charset = charset_of(response.headers.get("Content-Type", ""))
        return response.body.decode(charset, "replace")


@frozen
class TypedTextAnswer(Generic[T]):
    """A body of text that matches a type, such as one of some words."""

    form: TypeForm[T]
    constraints: Constraints = FREE

    def read(self, response: Response, facts: Facts, codec: Codec) -> T:
        """Read the text; raises `DecodeError` with every violation."""
        text = text_body.read(response, facts, codec)
        try:
            return read_plain_text(text, self.form, codec, self.constraints)
        except InvalidError as error:
            raise DecodeError(str(error), facts, error.violations) from None


@frozen
class BytesAnswer:
    """A body of bytes."""

    def read(self, response: Response, facts: Facts, codec: Codec) -> bytes:
        """The body as it came."""
        return response.body


@frozen
class EmptyAnswer:
    """An answer whose body, if any, means nothing."""

    def read(self, response: Response, facts: Facts, codec: Codec) -> None:
        """None, whatever came."""


@frozen
class AnswerByMediaType(Generic[T_co]):
    """A body in one of several media types."""

    answers: Mapping[str, Answer[T_co]]

    def read(self, response: Response, facts: Facts, codec: Codec) -> T_co:
        """Read the body as its `Content-Type` says; without one, as the first that is described."""
        return self.chosen(response, facts).read(response, facts, codec)

    def chosen(self, response: Response, facts: Facts) -> Answer[T_co]:
        """How the body is read; raises `DecodeError` for one that is not described."""
        media_type = response.headers.get("Content-Type")
        described = next(iter(self.answers)) if media_type is None else self._nearest(media_type)
        if described is None:
            raise DecodeError(f"the document describes no answer as {media_type}", facts)
        return self.answers[described]

    def _nearest(self, media_type: str) -> str | None:
        found = nearest(self.answers, media_type)
        if found is None and is_json(media_type):  # by another of the names that JSON has
            found = next((one for one in self.answers if is_json(one)), None)
        return found


@frozen
class ErrorAnswer:
    """An answer that reports an error: reading it raises."""

    form: TypeForm[object] | None
    """What JSON is; None where it is not described."""
    by_media_type: Mapping[str, TypeForm[object]] = field(factory=dict[str, "TypeForm[object]"])
    """Where the body is of another type in another media type; all of them are a `form`."""
    text: Sequence[str] = ()
    """The media types in which the body is text."""

    def read(self, response: Response, facts: Facts, codec: Codec) -> Never:
        """Raise the error for the status, with its decoded model or text where the body has one."""
        media_type = response.headers.get("Content-Type", "")
        named = nearest((*self.by_media_type, *self.text), media_type)
        form = self.form if named is None else self.by_media_type.get(named, self.form)
        if self._is_text(media_type, named):
            raise_for_status(response, facts, text_body.read(response, facts, codec))
        error: object = None
        if form is not None:
            try:
                error = decode_strictly(codec, response.body, form)
            except InvalidError:
                # The status already tells who is at fault; servers put HTML here.
                error = None
        raise_for_status(response, facts, error)

    def _is_text(self, media_type: str, named: str | None) -> bool:
        if self.form is None and not media_type:
            return bool(self.text)
        return named in self.text and (self.form is None or not is_json(media_type))


def _reported(
    answer: Answer[object] | None, response: Response, facts: Facts, codec: Codec
) -> object:
    """What an answer says of an error; None where that is nothing that is described."""
    try:
        return None if answer is None else answer.read(response, facts, codec)
    except DecodeError:
        return None


def _sent_as(media_type: str) -> str:
    """What to say first of a body that is no JSON and does not claim to be."""
    return f"the answer is {media_type[:80]}, not JSON: "


def json_body(form: TypeForm[T], constraints: Constraints = FREE) -> Answer[T]:
    """An answer whose JSON body is a `form`."""
    return JsonAnswer(form, constraints)


text_body: Answer[str] = TextAnswer()
"""An answer whose body is text."""


def text_of(form: TypeForm[T], constraints: Constraints = FREE) -> Answer[T]:
    """An answer whose body is text that is a `form`."""
    return TypedTextAnswer(form, constraints)


bytes_body: Answer[bytes] = BytesAnswer()
"""An answer whose body is bytes."""

no_body: Answer[None] = EmptyAnswer()
"""An answer without a body."""


def by_media_type(answers: Mapping[str, Answer[T_co]]) -> Answer[T_co]:
    """An answer that is read as its `Content-Type` says."""
    return AnswerByMediaType(answers)


def error(
    form: TypeForm[object] | None = None,
    by_media_type: Mapping[str, TypeForm[object]] | None = None,
    *,
    text: Sequence[str] = (),
) -> Answer[Never]:
    """An answer that raises `ClientError` or `ServerError`, with a `form` as its `error`.

    What it is in each media type may be said besides, and in which it is `text`.
    """
    return ErrorAnswer(form, by_media_type or {}, text)


def raise_for_status(response: Response, facts: Facts, error: object = None) -> NoReturn:
    """Raise the error that fits the status of a refused call."""
    reason = f"the server answered {response.status}"
    if 400 <= response.status < 500:
        raise ClientError(reason, facts, error)
    if response.status >= 500:
        raise ServerError(reason, facts, error)
    raise StatusError(f"{reason}, which the document describes as an error", facts, error)


def json_content(
    value: object, constraints: Constraints = FREE, *, media_type: str = "application/json"
) -> Content:
    """A request body of `value` as JSON; raises `RequestError` if it breaks its schema."""
    try:
        return Content(codec.encode(value, constraints), media_type)
    except InvalidError as error:
        raise RequestError(f"the body cannot be sent: {error}", error.violations) from None


def optional_json_content(
    value: object, constraints: Constraints = FREE, *, media_type: str = "application/json"
) -> Content | None:
    """The same for a body that may be left out: None sends none."""
    return None if value is None else json_content(value, constraints, media_type=media_type)


@frozen
class Call(Generic[T_co]):
    """One HTTP call and how to read its answer."""

    method: str
    path: str
    """Percent-encoded, relative to the base URL, with its leading slash."""
    query: tuple[QueryField, ...] | Encoded = field(default=(), kw_only=True)
    """Its fields, or all of it."""
    headers: tuple[tuple[str, str], ...] = field(default=(), kw_only=True)
    cookies: tuple[tuple[str, str], ...] = field(default=(), kw_only=True)
    """Names and values, encoded."""
    security: tuple[tuple[str, ...], ...] = field(default=(), kw_only=True)
    """Alternatives of security schemes that go together, for who has the credentials."""
    key_header: str | None = field(default=None, kw_only=True)
    """The header field in which the server takes a key that tells a repeat, where there is one."""
    key_is_quoted: bool = field(default=True, kw_only=True)
    """Whether a key stands in quotes, as draft-ietf-httpapi-idempotency-key-header has it."""
    accept: str | None = field(default=None, kw_only=True)
    """The `Accept` field; None leaves it to the client, whose own is that of JSON."""
    content: Content | None = field(default=None, kw_only=True)
    answers: Mapping[StatusKey, Answer[T_co]] = field(
        default=Factory(dict[StatusKey, Answer[T_co]]), kw_only=True, repr=False, eq=False
    )

    @property
    def request(self) -> Request:
        """The request, with a URL relative to the server's base URL."""
        query = self.query.text if isinstance(self.query, Encoded) else query_text(self.query)
        target = f"{self.path}?{query}" if query else self.path
        headers = list(self.headers)
        if self.cookies:
            headers.append(("Cookie", "; ".join(f"{name}={text}" for name, text in self.cookies)))
        if self.accept is not None:
            headers.append(("Accept", self.accept))
        if self.content is not None:
            headers.append(("Content-Type", self.content.media_type))
        return Request(
            method=self.method,
            url=target,
            headers=Headers(headers),
            body=None if self.content is None else self.content.data,
        )

    def for_items(self) -> Call[T_co]:
        """The same call for those answers alone that are sequences of items, if there are any."""
        media_types = [
            media_type
            for answer in self.answers.values()
            if isinstance(answer, AnswerByMediaType)
            for media_type in answer.answers
            if is_of_items(media_type)
        ]
        return self.accepting(accepting(media_types)) if media_types else self

    def accepting(self, media_type: str) -> Call[T_co]:
        """The same call for an answer in one of the media types that it may have."""
        return evolve(self, accept=media_type)

    def decode(self, response: Response, *, codec: Codec = codec) -> T_co:
        """Read an answer to this call.

        Raises `ClientError` (4xx), `ServerError` (5xx) or `DecodeError` (an answer that the
        document does not describe). `codec` says how values are read.
        """
        facts = self._facts(response)
        answer = self._answer(response.status)
        if response.status >= 400 and not isinstance(answer, ErrorAnswer):
            # Nothing is described of it, or `default`, of which an error is an error all the same.
            raise_for_status(response, facts, _reported(answer, response, facts, codec))
        if answer is None:
            raise DecodeError(f"the document describes no answer {response.status}", facts)
        return answer.read(response, facts, codec)

    def names_status(self, status: int) -> bool:
        """Whether the document describes answers of this very status, or of its range."""
        names = (str(status), f"{status // 100}XX")
        return any(str(key).upper() in names for key in self.answers)

    def item_reader(
        self, response: Response, *, codec: Codec = codec, limit: int
    ) -> ItemReader[object]:
        """What reads the items of an answer to this call, of which `response` is the head.

        Raises `DecodeError` where the answer has no items.
        """
        facts = self._facts(response)
        answer: object = self._answer(response.status)
        if isinstance(answer, AnswerByMediaType):
            by_media_type: AnswerByMediaType[object] = answer
            answer = by_media_type.chosen(response, facts)
        if not has_items(answer):
            kind = response.headers.get("Content-Type", "no media type")[:80]
            raise DecodeError(f"the answer is no sequence of items but of {kind}", facts)
        return answer.reader(response, facts, codec, limit)

    def gives_value(self, status: int) -> bool:
        """Whether an answer of this status is described, and is no error."""
        answer = self._answer(status)
        return status < 400 and answer is not None and not isinstance(answer, ErrorAnswer)

    def _facts(self, response: Response) -> Facts:
        return Facts(
            method=self.method,
            url=self.path,
            status=response.status,
            headers=response.headers,
            body=response.body[:BODY_EXCERPT_BYTES],
        )

    def _answer(self, status: int) -> Answer[T_co] | None:
        return described_of(self.answers, status)
