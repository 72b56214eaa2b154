"""The payloads of `benchmarks/codec.py`: JSON arrays of a thousand objects, always the same."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

JsonObject: TypeAlias = dict[str, Any]

COUNT = 1_000
"""Objects in each payload."""

_START = datetime(2026, 1, 1, tzinfo=UTC)
_WORDS = [
    "the",
    "server",
    "ran",
    "out",
    "of",
    "room",
    "while",
    "a",
    "listener",
    "held",
    "its",
    "job",
    "and",
    "nobody",
    "had",
    "asked",
    "why",
]


def payloads() -> dict[str, bytes]:
    """Each payload by its name, which is that of the path in `codec.yaml` it is the answer of."""
    return {
        name: json.dumps([make(random.Random(number)) for number in range(COUNT)]).encode()
        for name, make in _MAKERS.items()
    }


def _job(chance: random.Random) -> JsonObject:
    job: JsonObject = {
        "id": _uuid(chance),
        "status": chance.choice(["REGISTERED", "WORKING", "COMPLETED", "ERROR"]),
        "priority": chance.randrange(100),
        "date_submitted": _date_time(chance),
    }
    _maybe(chance, job, "note", lambda: _words(chance, 4))
    _maybe(chance, job, "progress", lambda: chance.choice([None, chance.random()]))
    return job


def _issue(chance: random.Random) -> JsonObject:
    issue: JsonObject = {
        "id": chance.randrange(2**40),
        "node_id": f"I_{_word(chance)}{chance.randrange(10**9)}",
        "number": chance.randrange(10_000),
        "title": _words(chance, 8),
        "body": chance.choice([None, _words(chance, 60)]),
        "user": _user(chance),
        "labels": [_label(chance) for _ in range(chance.randrange(4))],
        "state": chance.choice(["open", "closed"]),
        "locked": chance.random() < 0.1,
        "assignees": [_user(chance) for _ in range(chance.randrange(3))],
        "milestone": chance.choice([None, _milestone(chance)]),
        "comments": chance.randrange(50),
        "created_at": _date_time(chance),
        "updated_at": _date_time(chance),
        "closed_at": chance.choice([None, _date_time(chance)]),
        "author_association": "CONTRIBUTOR",
        "reactions": {"total_count": 3, "laugh": 1, "heart": 2},
        "html_url": f"https://example.org/issues/{chance.randrange(10_000)}",
        "draft": False,
    }
    _maybe(chance, issue, "state_reason", lambda: chance.choice([None, "completed"]))
    _maybe(chance, issue, "score", chance.random)
    return issue


def _user(chance: random.Random) -> JsonObject:
    user: JsonObject = {
        "login": _word(chance),
        "id": chance.randrange(10**7),
        "node_id": f"U_{chance.randrange(10**9)}",
        "html_url": f"https://example.org/{_word(chance)}",
        "type": "User",
        "site_admin": False,
    }
    _maybe(chance, user, "name", lambda: chance.choice([None, _words(chance, 2)]))
    return user


def _label(chance: random.Random) -> JsonObject:
    return {
        "id": chance.randrange(10**6),
        "name": _word(chance),
        "color": f"{chance.randrange(2**24):06x}",
        "default": False,
        "description": chance.choice([None, _words(chance, 5)]),
    }


def _milestone(chance: random.Random) -> JsonObject:
    return {
        "id": chance.randrange(10**6),
        "number": chance.randrange(20),
        "title": _words(chance, 2),
        "state": "open",
        "created_at": _date_time(chance),
        "due_on": chance.choice([None, _date_time(chance)]),
    }


def _event(chance: random.Random) -> JsonObject:
    event: JsonObject = {
        "eventId": _uuid(chance),
        "eventKind": chance.choice(["created", "updated", "deleted"]),
        "createdAt": _date_time(chance),
        "sender": _sender(chance),
        "payload": _payload(chance),
        "subject": chance.choice(
            [
                {"repositoryName": _word(chance), "ownerName": _word(chance), "starCount": 5},
                {"teamName": _word(chance), "memberCount": chance.randrange(20)},
            ]
        ),
        "targets": [_payload(chance) for _ in range(chance.randrange(3))],
        "metadata": {"sourceName": _word(chance), "zone": "a", "shelf": _word(chance)},
    }
    _maybe(chance, event, "retryCount", lambda: chance.randrange(10))
    _maybe(chance, event, "deliveryMode", lambda: chance.choice([1, 2, 3]))
    _maybe(chance, event, "isTest", lambda: True)
    _maybe(chance, event, "traceParent", lambda: chance.choice([None, _word(chance)]))
    _maybe(chance, event, "summaryText", lambda: _words(chance, 6))
    _maybe(chance, event, "sequenceNumber", lambda: chance.randrange(1, 1000))
    _maybe(chance, event, "tagNames", lambda: sorted({_word(chance) for _ in range(4)}))
    return event


def _sender(chance: random.Random) -> JsonObject:
    sender: JsonObject = {
        "userName": _word(chance),
        "displayName": _words(chance, 2),
        "emailAddress": f"{_word(chance)}@example.org",
    }
    _maybe(chance, sender, "isRobot", lambda: False)
    return sender


def _payload(chance: random.Random) -> JsonObject:
    kind = chance.choice(["push", "review", "deploy"])
    payload: JsonObject = {"payloadType": kind}
    if kind == "push":
        payload |= {"refName": _word(chance), "commitCount": chance.randrange(9)}
        _maybe(chance, payload, "isForced", lambda: True)
    elif kind == "review":
        payload |= {"reviewState": "approved", "reviewerName": _word(chance)}
        _maybe(chance, payload, "reviewBody", lambda: chance.choice([None, _words(chance, 9)]))
    else:
        payload |= {"targetHost": _word(chance), "startedAt": _date_time(chance)}
        _maybe(chance, payload, "exitCode", lambda: 0)
    return payload


def _maybe(chance: random.Random, value: JsonObject, name: str, make: Callable[[], object]) -> None:
    """Give a property to two objects of three."""
    if chance.random() < 2 / 3:
        value[name] = make()


def _word(chance: random.Random) -> str:
    return chance.choice(_WORDS)


def _words(chance: random.Random, count: int) -> str:
    return " ".join(_word(chance) for _ in range(count))


def _uuid(chance: random.Random) -> str:
    return str(UUID(int=chance.getrandbits(128), version=4))


def _date_time(chance: random.Random) -> str:
    moment = _START + timedelta(seconds=chance.randrange(10**7))
    return moment.isoformat().replace("+00:00", "Z")


_MAKERS: dict[str, Callable[[random.Random], JsonObject]] = {
    "jobs": _job,
    "issues": _issue,
    "events": _event,
}
