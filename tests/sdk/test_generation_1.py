"""The fake server of generation 1.0 is held against the recordings of the real one."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.sdk.generation_1 import Generation1
from topchef_sdk.api import Headers, Json, JsonObject, Request, Response, is_array, is_object

DATA = Path(__file__).parents[1] / "data"
UUID_TEXT = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def test_the_fake_answers_every_recorded_request_as_the_real_server_did() -> None:
    server = Generation1()
    ids: dict[str, str] = {}
    recording = json.loads((DATA / "topchef-1.0.json").read_text("utf-8"))
    for exchange in recording["exchanges"]:
        expected = exchange["response"]
        answered = server.send(_request(exchange["request"], ids))
        location = answered.headers.get("Location")
        if location is not None:
            ids[_last(expected["headers"]["Location"])] = _last(location)
        known = json.loads(_with_ids(json.dumps(expected["body"]), ids))
        named = exchange["name"]

        assert (named, expected["status"]) == (named, answered.status)
        assert expected["headers"].keys() == set(answered.headers)
        assert expected["headers"]["Content-Type"] == answered.headers["Content-Type"]
        assert (named, _shape(known)) == (named, _shape(_body(answered)))


def _request(recorded: JsonObject, ids: dict[str, str]) -> Request:
    body = recorded["body"]
    text = body if isinstance(body, str) else None if body is None else json.dumps(body)
    return Request(
        method=recorded["method"],
        url="http://topchef.example" + _with_ids(recorded["path"], ids),
        headers=Headers(recorded["headers"]),
        body=None if text is None else _with_ids(text, ids).encode(),
    )


def _with_ids(text: str, ids: dict[str, str]) -> str:
    return re.sub(UUID_TEXT, lambda found: ids.get(found[0], found[0]), text)


def _last(url: str) -> str:
    return url.rpartition("/")[2]


def _body(response: Response) -> Json:
    if response.headers["Content-Type"] == "application/json" and response.body:
        return json.loads(response.body)
    return response.body.decode() or None


def _shape(value: Json) -> Json:
    """The value without words for people and dates."""
    if is_object(value):
        return {key: _shape(item) for key, item in value.items()}
    if is_array(value):
        return [_shape(item) for item in value]
    if not isinstance(value, str):
        return value
    if value.startswith("<!DOCTYPE HTML"):
        return "a page"
    if " " in value and re.search(UUID_TEXT + r"|\(id=", value):
        return "a message"
    return re.sub(r"\d{4}-\d\d-\d\dT[0-9:.]+(\+00:00)?", "a date", value)
