"""What holds for every model."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from typing import Any, Final

from attrs import frozen

from ..codec import Codec, codec, server_codec
from ..json_text import parse_json
from ..json_types import Json, is_array, is_object
from ..strategies import Invalid, accepts_all_json, strict_wire
from ..violations import InvalidError
from .law import Law, require
from .near_misses import near_misses
from .subjects import Model

Check = Callable[[Any], None]


@frozen
class _Refused:
    """That the codec raised, and what it said."""

    message: str
    keywords: frozenset[str]


_ONE_OF: Final = frozenset({"oneOf"})
_TYPE: Final = frozenset({"type"})


def _outcome(read: Callable[[], object]) -> object:
    try:
        return read()
    except InvalidError as error:
        return _Refused(str(error), frozenset(one.keyword for one in error.violations))


def _structured(model: Model, value: Json, by: Codec = codec) -> object:
    return _outcome(lambda: by.structure(value, model.form, model.entry.limits))


def _decoded(model: Model, body: bytes) -> object:
    return _outcome(lambda: codec.decode(body, model.form, model.entry.limits))


def _decode_undoes_encode(model: Model) -> Check:
    def holds(value: object) -> None:
        body = codec.encode(value, model.entry.limits)
        written = codec.unstructure(value, model.entry.limits)
        require(parse_json(body) == written, f"{value!r} is written as {body!r} and as {written!r}")
        read = _decoded(model, body)
        if _is_ambiguous(read):
            return
        require(not isinstance(read, _Refused), f"{value!r} is refused as written: {read}")
        # Two alternatives of a union may be written alike, and the first is read then.
        require(
            read == value or codec.unstructure(read) == codec.unstructure(value),
            f"{value!r} is written as {body!r} and read as {read!r}",
        )

    return holds


def _is_ambiguous(read: object) -> bool:
    """Whether what told the alternatives of a `oneOf` apart had no field to stay in."""
    return isinstance(read, _Refused) and read.keywords <= _ONE_OF


def _wire_is_read(model: Model) -> Check:
    def holds(value: Json) -> None:
        body = json.dumps(value).encode()
        read = _structured(model, parse_json(body))
        require(not isinstance(read, _Refused), f"{value!r} is refused: {read}")
        fast = _decoded(model, body)
        is_same = (fast, repr(fast)) == (read, repr(read))
        require(is_same, f"JSON is read as {read!r}, and its text as {fast!r}")
        written = _outcome(lambda: codec.unstructure(read, model.entry.limits))
        # What the document does not name is read and never sent; what made the whole object valid
        # may have no field to stay in.
        if not isinstance(written, _Refused):
            again = _structured(model, written)
            is_same = again == read or _is_ambiguous(again)
            if not is_same and not isinstance(again, _Refused):
                # A null that reads as absent may have told two alternatives of a union apart.
                is_same = again == _structured(model, _without_absent(value, written))
            require(is_same, f"{read!r} is written as {written!r} and read as {again!r}")

    return holds


def _without_absent(value: object, written: object) -> Json:
    """JSON without the nulls that read as absent, so that they are not written again."""
    if is_object(value) and is_object(written):
        return {
            name: _without_absent(one, written.get(name))
            for name, one in value.items()
            if one is not None or name in written
        }
    if is_array(value) and is_array(written):
        pairs = zip(value, written, strict=True)
        return [_without_absent(one, other) for one, other in pairs]
    return value


def _invalid_is_refused(model: Model) -> Check:
    def holds(invalid: Invalid) -> None:
        body = json.dumps(invalid.payload).encode()
        for read in (
            lambda: codec.structure(invalid.payload, model.form, model.entry.limits),
            lambda: codec.decode(body, model.form, model.entry.limits),
        ):
            told = _violations(read)
            require(bool(told), f"{invalid.payload!r} is accepted")
            expected = (invalid.path, invalid.keyword)
            require(expected in told, f"{expected} is not among {told}")

    return holds


def _violations(read: Callable[[], object]) -> list[tuple[str, str]]:
    try:
        read()
    except InvalidError as error:
        return [(one.path, one.keyword) for one in error.violations]
    return []


def _document_agrees(model: Model) -> Check:
    schema = model.schema
    if schema is None:
        raise TypeError(f"the document has no schema of {model.name}")

    def holds(value: Json) -> None:
        read = _structured(model, value, server_codec)
        faults = schema.faults(value)
        if isinstance(read, _Refused):
            # Formats are asserted here, and discriminators choose; JSON Schema says neither.
            is_beyond = (
                bool(read.keywords & {"format", "discriminator"}) or schema.has_discriminator
            )
            is_beyond |= read.keywords <= _TYPE and schema.leaves_types_open
            # That null is one, too, is said where a class is used.
            is_beyond |= value is None and isinstance(model.form, type)
            is_beyond |= not schema.can_judge(value)
            is_beyond |= read.keywords <= _ONE_OF and schema.needs_a_null(value)
            require(bool(faults) or is_beyond, f"{value!r} is valid, and refused: {read.message}")
        else:
            # A null for an optional property reads as absent.
            require(
                not faults or schema.is_valid_without_nulls(value),
                f"{value!r} is accepted, and its schema says: {'; '.join(faults)}",
            )

    return holds


def _copies_are_equal(model: Model) -> Check:
    def written(value: object) -> object:
        return codec.unstructure(value, model.entry.limits) if _has_json(model) else None

    def holds(value: object) -> None:
        json_before = written(value)
        for copied in (pickle.loads(pickle.dumps(value)), copy.copy(value), copy.deepcopy(value)):
            is_same = copied == value and type(copied) is type(value)
            require(is_same, f"{value!r} is copied as {copied!r}")
            if _has_hash(value):
                require(hash(copied) == hash(value), f"the hash of {value!r} is not that of a copy")
            for one in (value, copied):  # which were looked at
                now = written(one)
                require(now == json_before, f"{json_before!r} is written as {now!r} by a copy")

    return holds


def _has_hash(value: object) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def _has_json(model: Model) -> bool:
    return model.entry.has_json


LAWS: Final = (
    Law[Model](
        "decode_undoes_encode", _has_json, lambda model: model.values, _decode_undoes_encode
    ),
    Law[Model]("wire_is_read", _has_json, lambda model: model.wire, _wire_is_read),
    Law[Model](
        "invalid_is_refused",
        lambda model: _has_json(model) and not accepts_all_json(model.form, model.entry.limits),
        lambda model: model.invalid,
        _invalid_is_refused,
    ),
    Law[Model](
        "document_agrees",
        lambda model: _has_json(model) and model.schema is not None,
        lambda model: near_misses(strict_wire(model.form, model.entry.limits), model.schema),
        _document_agrees,
    ),
    Law[Model](
        "copies_are_equal", lambda model: True, lambda model: model.values, _copies_are_equal
    ),
)
"""All of them."""
