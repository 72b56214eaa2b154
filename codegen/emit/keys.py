"""Keys by which a server tells a repeat: which calls may carry one, and of what form.

Only this module knows by which name a document says so (draft-ietf-httpapi-idempotency-key-header).
"""

from __future__ import annotations

from typing import Final

from ..ir import Endpoint, Location, Parameter, Scalar, ScalarKind
from .source import Doc, keyword, literal

_NAME: Final = "idempotency-key"

_IDEMPOTENT: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "QUERY", "PUT", "DELETE"})
"""Methods that need no key (RFC 9110, section 9.2.2; draft-ietf-httpbis-safe-method-w-body)."""

_KEY: Final = "8e03978e-40d5-43e8-bc93-6894a57f9324"
"""A key as the runtime makes them."""


def key_items(endpoint: Endpoint) -> list[Doc]:
    """The arguments of a `Call` that let a client give it a key of its own."""
    if endpoint.method in _IDEMPOTENT:
        return []
    for parameter in endpoint.arguments:
        is_key = parameter.wire_name.reveal().lower() == _NAME
        if is_key and parameter.location is Location.HEADER:
            return _items(parameter)
    return []


def _items(parameter: Parameter) -> list[Doc]:
    """What to say of the field; nothing where no key of ours would be valid in it."""
    named = keyword("key_header", literal(parameter.wire_name))
    if _takes(parameter, f'"{_KEY}"'):
        return [named]
    return [named, keyword("key_is_quoted", "False")] if _takes(parameter, _KEY) else []


def _takes(parameter: Parameter, key: str) -> bool:
    """Whether a key of this form is valid."""
    type_ = parameter.type
    if not isinstance(type_, Scalar) or type_.limits.schema is not None:
        return False
    if type_.kind is ScalarKind.UUID:
        return key == _KEY
    limits = type_.limits
    is_long_enough = len(key) >= (limits.min_length or 0)
    is_short_enough = limits.max_length is None or len(key) <= limits.max_length
    is_string = type_.kind is ScalarKind.STRING
    # A pattern that this key matches need not match the next one.
    return is_string and limits.pattern is None and is_long_enough and is_short_enough
