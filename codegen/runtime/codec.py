"""JSON to models and back.

Reading takes two roads. msgspec decodes straight into the attrs classes it can express and is
several times faster (`json_text`); strict hooks on cattrs do all the rest and, whenever msgspec
refuses, give the verdict and the full list of violations (`reading`). Whatever the first accepts,
the second accepts with an equal result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from .constraints import AS_WRITTEN, FREE, Constraints
from .json_text import fast_decoder, parse_json, write_json
from .json_types import Json
from .reading import Reader
from .violations import TOO_DEEP, BrokenError, InvalidError, Problem, invalid
from .writing import write

if TYPE_CHECKING:
    from typing_extensions import TypeForm

T = TypeVar("T")


class Codec:
    """Reads and writes models.

    `check_constraints=False` accepts values outside their constraints, for servers that break
    their own document; types are checked all the same. `open_enums=False` refuses values that
    an enumeration does not name, and variants that a discriminator does not, as a server must, and
    `open_objects=False` properties that a model does not. `keep_unnamed=True` keeps such properties
    (`unnamed.unnamed_properties` tells them) and writes them again; it takes more time.
    """

    def __init__(
        self,
        *,
        check_constraints: bool = True,
        open_enums: bool = True,
        open_objects: bool = True,
        keep_unnamed: bool = False,
    ) -> None:
        self._checks_constraints = check_constraints
        is_usual = check_constraints and open_enums and open_objects
        self._takes_fast_road = is_usual and not keep_unnamed
        self._reader = Reader(
            check_constraints=check_constraints,
            open_enums=open_enums,
            open_objects=open_objects,
            keep_unnamed=keep_unnamed,
        )

    def decode(self, body: bytes, form: TypeForm[T], constraints: Constraints = FREE) -> T:
        """Read JSON text (UTF-8) as a `form`; raises `InvalidError` with every violation.

        `constraints` are those of the value itself; those of fields are in their models.
        """
        is_fast = self._takes_fast_road and not constraints.has_schema
        fast = fast_decoder(form) if is_fast else None
        if fast is not None:
            try:
                return self._checked(cast("T", fast.decode(body)), AS_WRITTEN, constraints)
            except InvalidError:
                raise
            except (ValueError, RecursionError):
                pass  # the other road knows better, or explains
        return self.structure(parse_json(body), form, constraints)

    def structure(self, value: Json, form: TypeForm[T], constraints: Constraints = FREE) -> T:
        """Read a JSON value as a `form`; raises `InvalidError` with every violation."""
        try:
            return self._checked(cast("T", self._reader.read(value, form)), value, constraints)
        except BrokenError as broken:
            problems = broken.problems
        except RecursionError:
            problems = [TOO_DEEP]
        raise invalid(problems)

    def encode(self, value: object, constraints: Constraints = FREE) -> bytes:
        """Write a value as JSON text (UTF-8); raises `InvalidError` with every violation."""
        return write_json(self.unstructure(value, constraints))

    def unstructure(self, value: object, constraints: Constraints = FREE) -> Json:
        """Write a value as a JSON value; raises `InvalidError` with every violation."""
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
        problems = list(constraints.problems(value, json)) if self._checks_constraints else []
        if problems:
            raise invalid(problems)
        return value


codec: Codec = Codec()
"""Strict on what is known, open to enumeration values that are not."""

lenient_codec: Codec = Codec(check_constraints=False)
"""For answers of servers that break the constraints of their own document."""

server_codec: Codec = Codec(open_enums=False)
"""For requests that a server reads: nothing unknown passes."""
