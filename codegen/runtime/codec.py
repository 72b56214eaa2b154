"""JSON to models and back.

Reading takes two roads. msgspec decodes straight into the slots of attrs classes, many times
faster (`fast_reading`); strict hooks on cattrs do what is left and, whenever something is refused,
give the verdict and the full list of violations (`reading`). Whatever the first accepts, the second
accepts with an equal result. Writing has two roads likewise (`fast_writing`, `writing`).
"""

from __future__ import annotations

from contextlib import nullcontext, suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, cast

from .constraints import FREE, Constraints
from .fast_reading import FastReader
from .formats import offsets_left_out
from .json_text import Decode, is_utf_8, parse_json, write_json
from .json_types import Json
from .shapes import key_of
from .violations import TOO_DEEP, BrokenError, InvalidError, Problem, invalid

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from typing_extensions import TypeForm

    from .reading import Reader

T = TypeVar("T")


class Codec:
    """Reads and writes models.

    `check_constraints=False` accepts values outside their constraints, for servers that break
    their own document; types are checked all the same. `open_enums=False` refuses values that
    an enumeration does not name, and variants that a discriminator does not, as a server must, and
    `open_objects=False` properties that a model does not. `keep_unnamed=True` keeps such properties
    (`unnamed.unnamed_properties` tells them) and writes them again; it takes more time. So does
    `zone_of_naive`, which takes a date-time without a UTC offset for one of that zone: RFC 3339
    knows no such date-time, but many servers send them.
    """

    def __init__(
        self,
        *,
        check_constraints: bool = True,
        open_enums: bool = True,
        open_objects: bool = True,
        keep_unnamed: bool = False,
        zone_of_naive: tzinfo | None = None,
    ) -> None:
        self._checks_constraints = check_constraints
        self._open_enums = open_enums
        self._open_objects = open_objects
        self._keep_unnamed = keep_unnamed
        self._zone_of_naive = zone_of_naive
        self._fast_reader = (
            FastReader(
                hook=lambda form, constraints: self._reader.judged_hook(form, constraints),
                checks=check_constraints,
                is_open=open_enums,
            )
            if open_objects and not keep_unnamed and zone_of_naive is None
            else None
        )

    @cached_property
    def _reader(self) -> Reader:
        from .reading import Reader  # cattrs takes its time to load, and is seldom needed

        return Reader(
            check_constraints=self._checks_constraints,
            open_enums=self._open_enums,
            open_objects=self._open_objects,
            keep_unnamed=self._keep_unnamed,
            zone_of_naive=self._zone_of_naive,
        )

    @cached_property
    def _fast_text(self) -> Callable[[object], bytes | None]:
        from .fast_writing import fast_text  # who only reads can do without

        return fast_text

    def decode(self, body: bytes, form: TypeForm[T], constraints: Constraints = FREE) -> T:
        """Read JSON text (UTF-8) as a `form`; raises `InvalidError` with every violation.

        `constraints` are those of the value itself; those of fields are in their models.
        """
        read = None if constraints.has_schema else self.fast_reader(form)
        if read is not None and is_utf_8(body):
            try:
                value = cast("T", read(body))
            except (BrokenError, RecursionError, ValueError):
                pass  # the other road knows better, or explains
            else:
                if not self._checks_constraints or constraints.holds(value):
                    return value
        return self.structure(parse_json(body), form, constraints)

    def fast_reader(self, form: Any) -> Decode | None:
        """What reads a type on the fast road; raises `ValueError` or `BrokenError`."""
        return None if self._fast_reader is None else self._fast_reader.reader(form, key_of(form))

    def structure(self, value: Json, form: TypeForm[T], constraints: Constraints = FREE) -> T:
        """Read a JSON value as a `form`; raises `InvalidError` with every violation."""
        try:
            with nullcontext() if self._zone_of_naive is None else offsets_left_out():
                read = cast("T", self._reader.read(value, form, constraints))
                return self._checked(read, value, constraints)
        except BrokenError as broken:
            problems = broken.problems
        except RecursionError:
            problems = [TOO_DEEP]
        raise invalid(problems)

    def encode(self, value: object, constraints: Constraints = FREE) -> bytes:
        """Write a value as JSON text (UTF-8); raises `InvalidError` with every violation."""
        if constraints.holds(value):
            text = self._fast_text(value)
            if text is not None:
                return text
        # The other road knows better, or explains.
        return write_json(self._written(value, constraints))

    def unstructure(self, value: object, constraints: Constraints = FREE) -> Json:
        """Write a value as a JSON value; raises `InvalidError` with every violation."""
        if constraints.holds(value):
            text = self._fast_text(value)
            if text is not None:
                with suppress(InvalidError):
                    return parse_json(text)
        return self._written(value, constraints)

    def _written(self, value: object, constraints: Constraints) -> Json:
        from .writing import write

        problems: list[Problem] = []
        written: Json = None
        try:
            written = write(value, (), problems)
            problems = [*constraints.problems(value, written), *problems]
        except RecursionError:
            problems = [TOO_DEEP]
        if problems:
            raise invalid(problems)
        return written

    def _checked(self, value: T, json: Json, constraints: Constraints) -> T:
        if not self._checks_constraints or constraints.holds(value):
            return value
        problems = constraints.first_problems(value, json)
        if problems:
            raise invalid(problems)
        return value


codec: Codec = Codec()
"""Strict on what is known, open to enumeration values that are not."""

lenient_codec: Codec = Codec(check_constraints=False)
"""For answers of servers that break the constraints of their own document."""


def codec_of_answers(given: Codec | None, *, lenient: bool) -> Codec:
    """What a client reads answers with, which is told by a codec or in short by `lenient`.

    Raises `TypeError` where it is told by both.
    """
    if given is None:
        return lenient_codec if lenient else codec
    if lenient:
        raise TypeError("give a codec or lenient; Codec(check_constraints=False) is lenient")
    return given


server_codec: Codec = Codec(open_enums=False)
"""For requests that a server reads: nothing unknown passes."""
