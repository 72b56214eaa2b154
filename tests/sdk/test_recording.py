"""Recorded transports: what goes over one comes out of the other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from topchef_sdk import Client, ServiceListener
from topchef_sdk.api import Headers, JsonObject, Request, Response, TransportError
from topchef_sdk.server import in_process_transport
from topchef_sdk.testing.recording import RecordingError, RecordingTransport, ReplayingTransport

GENERATION_2 = Path(__file__).parents[1] / "data" / "topchef-2.0.json"


class Answering:
    """A transport that gives one answer after the other."""

    def __init__(self, *responses: Response) -> None:
        self.responses = list(responses)

    def send(self, request: Request) -> Response:
        return self.responses.pop(0)

    def close(self) -> None:
        """Nothing is open."""


def get(path: str = "/jobs", **headers: str) -> Request:
    return Request(method="GET", url=f"http://topchef.invalid{path}", headers=Headers(headers))


def session(client: Client) -> list[object]:
    """What a client does and sees, with a server or a recording behind it."""
    schema: JsonObject = {"type": "object"}
    listener = Echoing.new_service(client, "Echo", "Says it again.", schema, schema)
    service = client.services[listener.service_id]
    job = service.new_job({"said": 1})
    return [
        client.metadata(),
        service.name,
        listener.service_id,
        job.id,
        job.status,
        len(client.jobs),
    ]


class Echoing(ServiceListener):
    def run(self, parameters: JsonObject) -> JsonObject:
        return parameters


def test_a_session_with_a_server_is_replayed_without_it(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    with in_process_transport() as server, RecordingTransport(server, path) as transport:
        expected = session(Client("http://topchef.invalid", transport=transport))
    replaying = ReplayingTransport(path)
    assert expected == session(Client("http://elsewhere.invalid", transport=replaying))
    assert () == replaying.left


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.integers(200, 599),
    st.binary(max_size=20)
    | st.text(max_size=8).map(str.encode)
    | st.sampled_from([b"null", b"NaN"]),
)
def test_every_answer_comes_out_as_it_went_in(tmp_path: Path, status: int, body: bytes) -> None:
    path = tmp_path / "recording.json"
    answer = Response(status=status, headers=Headers({"X-A": "b"}), body=body)
    with RecordingTransport(Answering(answer), path) as transport:
        transport.send(get())
    replayed = ReplayingTransport(path).send(get())
    assert (status, answer.headers) == (replayed.status, replayed.headers)
    assert meaning(body) == meaning(replayed.body)


def meaning(body: bytes) -> object:
    try:
        return repr(json.loads(body))
    except ValueError:
        return body


def test_equal_requests_get_their_answers_in_turn_and_then_the_last(tmp_path: Path) -> None:
    path = tmp_path / "recording.json"
    answers = [Response(status=200, body=b"1"), Response(status=200, body=b"2")]
    with RecordingTransport(Answering(*answers), path) as transport:
        transport.send(get())
        transport.send(get())
    replaying = ReplayingTransport(path)
    assert [b"1", b"2", b"2"] == [replaying.send(get()).body for _ in range(3)]


def test_a_body_is_the_same_if_it_means_the_same(tmp_path: Path) -> None:
    path = tmp_path / "recording.json"
    post = Request(method="POST", url="http://topchef.invalid/jobs", body=b'{"a": 1, "b": 2}')
    again = Request(method="POST", url="http://topchef.invalid/jobs", body=b'{"b":2,"a":1}')
    with RecordingTransport(Answering(Response(status=201)), path) as transport:
        transport.send(post)
    assert 201 == ReplayingTransport(path).send(again).status


def test_a_request_that_is_not_in_the_recording_is_an_error_that_names_it(tmp_path: Path) -> None:
    path = tmp_path / "recording.json"
    with RecordingTransport(Answering(), path):
        pass
    with pytest.raises(TransportError, match=r"GET /jobs is not in the recording .*json") as raised:
        ReplayingTransport(path).send(get())
    assert not raised.value.sent


def test_secrets_are_not_recorded(tmp_path: Path) -> None:
    path = tmp_path / "recording.json"
    answer = Response(status=200, headers=Headers({"Set-Cookie": "hidden", "X-Token": "hidden"}))
    with RecordingTransport(Answering(answer), path, secrets=("x-token",)) as transport:
        transport.send(get(Authorization="Bearer hidden", Accept="application/json"))
    text = path.read_text()
    assert "hidden" not in text
    assert "application/json" in text


def test_what_raises_is_not_recorded(tmp_path: Path) -> None:
    transport = RecordingTransport(Answering(), tmp_path / "recording.json")
    with pytest.raises(IndexError):
        transport.send(get())
    assert () == transport.recorded


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"exchanges": [{}]}', '{"exchanges": 1}', "nil"])
def test_a_file_that_is_no_recording_is_refused_by_its_name(text: str, tmp_path: Path) -> None:
    path = tmp_path / "recording.json"
    path.write_text(text)
    with pytest.raises(RecordingError, match=r"recording\.json: is no recording"):
        ReplayingTransport(path)


def test_a_file_that_is_not_there_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"nowhere\.json: cannot be read: No such file"):
        ReplayingTransport(tmp_path / "nowhere.json")


def test_recordings_of_old_servers_are_replayed_as_they_are() -> None:
    replaying = ReplayingTransport(GENERATION_2)
    assert 200 == replaying.send(get("/")).status
    assert b"maintainer_email" in replaying.send(get("/")).body
