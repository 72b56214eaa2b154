"""Whether values match their schemas: asked of the server, or judged here."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from .api import Json, JsonObject, Transport
from .connection import HasConnection, connection_to
from .contract import Contract, InvalidSchemaError
from .errors import ValidationError


@runtime_checkable
class AbstractValidator(Protocol):
    """Anything that can judge an instance."""

    def does_instance_match_schema(self, instance: Json, schema: JsonObject) -> bool:
        """Whether the instance matches the schema."""
        ...


class LocalSchemaValidator:
    """Judges here, by JSON Schema draft 4 as the servers do; never fetches a remote `$ref`."""

    def does_instance_match_schema(self, instance: Json, schema: JsonObject) -> bool:
        """Whether the instance matches the schema; raises `ValidationError` if that is none."""
        return not self.violations(instance, schema)

    def violations(self, instance: Json, schema: JsonObject) -> tuple[str, ...]:
        """What breaks the schema; raises `ValidationError` if the schema itself is invalid."""
        try:
            return Contract(schema).violations(instance)
        except InvalidSchemaError as error:
            raise ValidationError(f"the schema is invalid: {error}", [str(error)]) from None


class RemoteSchemaValidator:
    """Asks the API's `/validator`, which takes objects only."""

    def __init__(self, topchef: str | HasConnection, transport: Transport | None = None) -> None:
        self._connection = connection_to(topchef, transport)

    def does_instance_match_schema(self, instance: Json, schema: JsonObject) -> bool:
        """Whether the server finds that the instance matches; raises `NetworkError`."""
        return not self.violations(instance, schema)

    def violations(self, instance: Json, schema: JsonObject) -> tuple[str, ...]:
        """What the server says is wrong; raises `NetworkError`."""
        return self._connection.validate(instance, schema)


class Validator:
    """Asserts that values match schemas, by the server's judgement unless told otherwise."""

    def __init__(
        self, topchef_url: str | HasConnection, transport: Transport | None = None
    ) -> None:
        self._remote = RemoteSchemaValidator(topchef_url, transport)

    def assert_instance_matches_schema(
        self, instance: Json, schema: JsonObject, validator: AbstractValidator | None = None
    ) -> None:
        """Raise `ValidationError`, with message and context, unless the instance matches.

        Without a `validator` the API judges; then a `NetworkError` may be raised as well.
        """
        if validator is None:
            raise_if_any(self._remote.violations(instance, schema))
        elif not validator.does_instance_match_schema(instance, schema):
            if isinstance(validator, (LocalSchemaValidator, RemoteSchemaValidator)):
                raise_if_any(validator.violations(instance, schema))
            raise ValidationError("the instance does not match the schema")


def raise_if_any(violations: tuple[str, ...]) -> None:
    """Raise `ValidationError` for violations, the first of them as its message."""
    for first in violations[:1]:
        more = f" (and {len(violations) - 1} more)" if len(violations) > 1 else ""
        raise ValidationError(f"{first}{more}", violations)
