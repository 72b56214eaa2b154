"""Calls that are dispatched in process: the handler gets what was sent, the caller what it says."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .conftest import CASES, generate

PACKAGE = "both_ways"

texts = st.text(st.characters(exclude_categories=["Cs"]))
segments = texts.filter(lambda text: text not in ("", ".", ".."))
fixtures_once = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The package of the case, imported."""
    root = tmp_path_factory.mktemp("round_trips")
    for file in generate(CASES / "bodies_both_ways"):
        place = root / PACKAGE / file.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(file.content)
    sys.path.insert(0, str(root))
    yield importlib.import_module(PACKAGE)
    sys.path.remove(str(root))
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


class Echo:
    """Handlers that keep what they are given, and answer with it."""

    def __init__(self, sdk: Any) -> None:
        self.sdk = sdk
        self.given: dict[str, Any] = {}

    def _reply(self, value: Any, **headers: str) -> Any:
        return self.sdk.Reply(value, 204 if value is None else 200, headers)

    def send_json(self, id: str, body: Any, **others: Any) -> Any:
        self.given = {"id": id, **others}
        return self._reply(body)

    def send_form(self, body: Any) -> Any:
        return self._reply(body)

    def send_parts(self, body: Any) -> Any:
        self.given = {"body": body}
        return self._reply(body.picture.data)

    def send_text(self, body: Any) -> Any:
        return self._reply(body)

    def send_bytes(self, body: Any, *, content_type: str) -> Any:
        self.given = {"content_type": content_type}
        return self._reply(body)

    def send_any(self, body: Any, *, content_type: str) -> Any:
        self.given = {"content_type": content_type}
        if body == "raise":
            raise self.sdk.ErrorReply(400, self.sdk.models.Problem(message="refused"))
        return self._reply(body)

    def refuse(self, refusal: Any) -> Any:
        return self.sdk.Reply({"message": "; ".join(refusal.details)}, refusal.status)


def answered(sdk: Any, handlers: Echo, call: Any) -> Any:
    server = importlib.import_module(f"{PACKAGE}.server")
    return call.decode(server.dispatch(handlers, call.request))


def a_pet(sdk: Any, data: st.DataObject) -> Any:
    models = sdk.models
    addresses = st.builds(models.Address, street=texts, number=st.none() | st.integers())
    return data.draw(
        st.builds(
            models.Pet,
            name=texts,
            tags=st.lists(texts),
            age=st.none() | st.integers(),
            born=st.none() | st.dates(),
            address=st.none() | addresses,
        )
    )


words = st.lists(st.text("abcXYZ09-_.", min_size=1), min_size=1)


@fixtures_once
@given(
    data=st.data(),
    id=segments,
    page=st.none() | st.integers(),
    x_words=st.none() | words,
    mark=st.none() | segments,
)
def test_parameters_and_json_arrive_as_they_were_sent(
    sdk: Any, data: st.DataObject, **given: Any
) -> None:
    pet, handlers, id_ = a_pet(sdk, data), Echo(sdk), given.pop("id")
    call = sdk.endpoints.default.send_json(id_, pet, **given)
    assert answered(sdk, handlers, call) == pet
    assert handlers.given == {"id": id_, **given}


@fixtures_once
@given(data=st.data())
def test_forms_arrive_as_they_were_sent(sdk: Any, data: st.DataObject) -> None:
    pet = a_pet(sdk, data)
    assert answered(sdk, Echo(sdk), sdk.endpoints.default.send_form(pet)) == pet


@fixtures_once
@given(data=st.data(), picture=st.binary(), title=st.none() | texts)
def test_parts_arrive_as_they_were_sent(
    sdk: Any, data: st.DataObject, picture: bytes, title: str | None
) -> None:
    file_class = importlib.import_module(f"{PACKAGE}._runtime.files").File
    file = file_class(picture, "a.png", "image/png")
    upload = sdk.models.Upload(picture=file, title=title, pet=a_pet(sdk, data))
    handlers = Echo(sdk)
    assert answered(sdk, handlers, sdk.endpoints.default.send_parts(upload)) == picture
    assert handlers.given == {"body": upload}


@fixtures_once
@given(text=texts)
def test_text_arrives_as_it_was_sent(sdk: Any, text: str) -> None:
    assert answered(sdk, Echo(sdk), sdk.endpoints.default.send_text(text)) == text


@fixtures_once
@given(data=st.binary())
def test_bytes_arrive_as_they_were_sent(sdk: Any, data: bytes) -> None:
    handlers = Echo(sdk)
    call = sdk.endpoints.default.send_bytes(data, content_type="image/gif")
    assert answered(sdk, handlers, call) == data
    assert handlers.given == {"content_type": "image/gif"}


def test_a_body_that_is_left_out_arrives_as_none(sdk: Any) -> None:
    assert answered(sdk, Echo(sdk), sdk.endpoints.default.send_text()) is None
    assert answered(sdk, Echo(sdk), sdk.endpoints.default.send_any()) is None


@fixtures_once
@given(data=st.data())
def test_each_media_type_of_several_arrives_as_it_was_sent(sdk: Any, data: st.DataObject) -> None:
    for body, content_type in (
        (a_pet(sdk, data), "application/json"),
        (a_pet(sdk, data), "application/x-www-form-urlencoded"),
        (data.draw(texts.filter(lambda text: text != "raise")), "text/csv"),
        (data.draw(st.binary()), "image/png"),
    ):
        handlers = Echo(sdk)
        call = sdk.endpoints.default.send_any(body, content_type=content_type)
        assert answered(sdk, handlers, call) == body
        assert handlers.given == {"content_type": content_type}


def test_an_error_has_its_model(sdk: Any) -> None:
    call = sdk.endpoints.default.send_any("raise", content_type="text/csv")
    with pytest.raises(sdk.ClientError) as raised:
        answered(sdk, Echo(sdk), call)
    assert raised.value.error == sdk.models.Problem(message="refused")


def test_a_body_of_a_media_type_that_is_not_described_is_answered_with_415(sdk: Any) -> None:
    call = sdk.endpoints.default.send_bytes(b"", content_type="image/png")
    server = importlib.import_module(f"{PACKAGE}.server")
    request = call.request
    wrong = type(request)(
        method="POST", url=request.url, headers=type(request.headers)({"Content-Type": "text/html"})
    )
    assert server.dispatch(Echo(sdk), wrong).status == 415


def test_a_wrong_media_type_for_a_body_is_refused_before_anything_is_sent(sdk: Any) -> None:
    with pytest.raises(sdk.RequestError, match="cannot be sent as image/png"):
        sdk.endpoints.default.send_any("text", content_type="image/png")


def test_a_call_asks_for_what_its_answers_are(sdk: Any) -> None:
    call = sdk.endpoints.default.send_any()
    expected = "application/json, text/csv;q=0.9, image/png;q=0.9"
    assert call.request.headers["Accept"] == expected
    assert call.accepting("text/csv").request.headers["Accept"] == "text/csv"


def test_an_answer_of_a_media_type_that_is_not_described_is_no_answer(sdk: Any) -> None:
    call = sdk.endpoints.default.send_any()
    response = sdk.Response(status=200, headers=sdk.Headers({"Content-Type": "text/html"}))
    with pytest.raises(sdk.DecodeError, match="no answer as text/html"):
        call.decode(response)
