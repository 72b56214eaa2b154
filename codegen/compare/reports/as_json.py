"""The report as JSON, for programs."""

from __future__ import annotations

import json

from ..changes import Change
from ..judgement import Judgement


def as_json(judgement: Judgement) -> str:
    """The report as one JSON object, in ASCII."""
    comparison = judgement.comparison
    whole = {
        "title": comparison.title,
        "old": {"file": comparison.old_file, "version": comparison.versions.old},
        "new": {"file": comparison.new_file, "version": comparison.versions.new},
        "step": None if comparison.versions.step is None else comparison.versions.step.value,
        "asks_for": None if comparison.part is None else comparison.part.value,
        "fails": judgement.fails,
        "changes": [_change(judgement, one) for one in comparison.changes],
    }
    return f"{json.dumps(whole, indent=2)}\n"


def _change(judgement: Judgement, change: Change) -> dict[str, object]:
    place = change.place
    return {
        "kind": change.kind.value,
        "subject": change.subject,
        "what": change.what,
        "document": "old" if place.is_old else "new",
        "pointer": place.pointer,
        "file": place.file,
        "line": place.line,
        "direction": change.direction.value,
        "wire": change.wire.name.lower(),
        "example": None
        if change.example is None
        else {
            "of": change.example.of,
            "sent_by": "new server" if change.example.is_answer else "old client",
            "value": change.example.value,
        },
        "no_example": change.search.value.removeprefix("no example: ") or None
        if change.is_unproven
        else None,
        "python": None
        if change.caller is None
        else {"line": change.caller.line, "why": change.caller.why},
        "note": change.note,
        "asks_for": change.part.value,
        "is_break": change.is_break,
        "fingerprint": change.fingerprint,
        "approved": judgement.approvals.reason(change),
    }
