"""What is told of breaks: a line each, or JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from ..errors import printable
from .breaks import Break


def as_text(found: Sequence[Break], contract: Path) -> str:
    """A line for each break, and one that counts them."""
    lines = [
        printable(f"{contract}:{one.lines[0]}: {_head(one)}: {_message(one)}") for one in found
    ]
    return "\n".join([*lines, _sum(found)]) + "\n"


def in_short(one: Break) -> str:
    """What breaks, in words that neither the contract's layout nor a type checker's wording change."""
    return printable(f"{_head(one)} [{one.code}]")


def _head(one: Break) -> str:
    subject = one.subject
    name = f"{subject.name}.{subject.item}" if subject.item else subject.name
    on_the_wire = repr(subject.item_on_the_wire) if subject.item_on_the_wire else ""
    place = ", ".join(filter(None, [subject.what, on_the_wire]))
    return (
        f"{'note' if one.is_note else 'break'}: "
        f"{name}, {subject.use}{f' ({place})' if place else ''}"
    )


def _message(one: Break) -> str:
    return (f"{one.message}; {one.hint}" if one.hint else one.message) + _besides(one)


def _besides(one: Break) -> str:
    others = len(one.lines) - 1
    return f" (also in {others} more line{'s' if others > 1 else ''})" if others else ""


def _sum(found: Sequence[Break]) -> str:
    notes = sum(one.is_note for one in found)
    breaks = len(found) - notes
    if not found:
        return "no break"
    counted = [(breaks, "break"), (notes, "note")]
    return ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for count, name in counted)


def as_json(found: Sequence[Break], contract: Path) -> str:
    """All that is known of each break."""
    whole = {
        "contract": str(contract),
        "breaks": sum(not one.is_note for one in found),
        "notes": sum(one.is_note for one in found),
        "found": [_fields(one) for one in found],
    }
    return json.dumps(whole, indent=2) + "\n"


def _fields(one: Break) -> dict[str, object]:
    return {
        "kind": "note" if one.is_note else "break",
        "lines": one.lines,
        "use": one.subject.use,
        "in_document": one.subject.what,
        "name": one.subject.name,
        "item": one.subject.item,
        "item_in_document": one.subject.item_on_the_wire or one.subject.item,
        "message": one.message,
        "code": one.code,
        "hint": one.hint,
    }
