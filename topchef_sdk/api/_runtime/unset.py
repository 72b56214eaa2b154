"""`UNSET`, the value of a field that is absent where absent and null mean different things.

It is msgspec's: an enumeration of one member, so that `is UNSET` narrows in type checkers, falsy,
and itself after pickling and copying. PEP 661's sentinels are too young for every checker.
"""

from __future__ import annotations

from msgspec import UNSET
from msgspec import UnsetType as Unset

__all__ = ["UNSET", "Unset"]
