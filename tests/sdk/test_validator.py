"""`Validator` and the judges it can ask."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sdk.servers import ADD_ONE, URL, Answering, Server, client_of, json_answer
from topchef_sdk import (
    AbstractValidator,
    ClientError,
    LocalSchemaValidator,
    RemoteSchemaValidator,
    ServerError,
    ValidationError,
    Validator,
)
from topchef_sdk.api import Headers, Json, JsonObject, Response
from topchef_sdk.validator import raise_if_any


class Says:
    """A validator of one's own."""

    def __init__(self, answer: bool) -> None:
        self.answer = answer
        self.asked: list[tuple[Json, JsonObject]] = []

    def does_instance_match_schema(self, instance: Json, schema: JsonObject) -> bool:
        self.asked.append((instance, schema))
        return self.answer

    def violations(self) -> str:
        """Something else than our own judges mean by this name."""
        return "none of your business"


def test_the_server_judges_unless_told_otherwise(server: Server) -> None:
    validator = Validator(URL, server.carrier)
    with server.sent() as sent:
        validator.assert_instance_matches_schema({"value": 1}, ADD_ONE)
        with pytest.raises(ValidationError, match="'a' is not of type 'integer'") as caught:
            validator.assert_instance_matches_schema({"value": "a"}, ADD_ONE)

    assert ["POST /validator"] * 2 == sent
    assert 1 == len(caught.value.context)
    assert caught.value.message == caught.value.context[0]


def test_a_validator_is_made_from_a_client_too(server: Server) -> None:
    Validator(server.client).assert_instance_matches_schema({}, {})
    assert RemoteSchemaValidator(server.client).does_instance_match_schema({}, {})

    with pytest.raises(ValueError, match="which has one already"):
        Validator(server.client, server.carrier)


def test_a_local_validator_sends_nothing(server: Server) -> None:
    validator, local = Validator(server.client), LocalSchemaValidator()
    with server.sent() as sent:
        validator.assert_instance_matches_schema({"value": 1}, ADD_ONE, local)
        with pytest.raises(ValidationError) as caught:
            validator.assert_instance_matches_schema({}, ADD_ONE, validator=local)

    assert [] == sent
    assert "$: 'value' is a required property" == str(caught.value)


def test_a_remote_validator_can_be_given(server: Server) -> None:
    remote = RemoteSchemaValidator(URL, server.carrier)
    validator = Validator("http://elsewhere.invalid", Answering())
    validator.assert_instance_matches_schema({"value": 1}, ADD_ONE, remote)
    with pytest.raises(ValidationError, match="is not of type 'integer'"):
        validator.assert_instance_matches_schema({"value": "a"}, ADD_ONE, remote)


def test_a_validator_of_ones_own_is_believed(server: Server) -> None:
    validator = Validator(server.client)
    yes, no = Says(True), Says(False)
    with server.sent() as sent:
        validator.assert_instance_matches_schema({"value": "a"}, ADD_ONE, yes)
        with pytest.raises(ValidationError) as caught:
            validator.assert_instance_matches_schema({"value": 1}, ADD_ONE, no)

    assert [] == sent
    assert "the instance does not match the schema" == str(caught.value)
    assert () == caught.value.context
    assert [({"value": "a"}, ADD_ONE)] == yes.asked
    assert isinstance(yes, AbstractValidator)


def test_a_subclass_that_judges_otherwise_is_believed() -> None:
    class Lenient(LocalSchemaValidator):
        def does_instance_match_schema(self, instance: Json, schema: JsonObject) -> bool:
            return True

    class Strict(LocalSchemaValidator):
        def does_instance_match_schema(self, instance: Json, schema: JsonObject) -> bool:
            return False

    validator = Validator(URL, Answering())
    validator.assert_instance_matches_schema({}, ADD_ONE, Lenient())
    with pytest.raises(ValidationError, match="the instance does not match the schema"):
        validator.assert_instance_matches_schema({"value": 1}, ADD_ONE, Strict())


def test_our_judges_are_validators() -> None:
    assert isinstance(LocalSchemaValidator(), AbstractValidator)
    assert isinstance(RemoteSchemaValidator(URL), AbstractValidator)
    assert not isinstance(object(), AbstractValidator)


def test_judges_say_yes_or_no(server: Server) -> None:
    for judge in (LocalSchemaValidator(), RemoteSchemaValidator(server.client)):
        assert judge.does_instance_match_schema({"value": 1}, ADD_ONE)
        assert not judge.does_instance_match_schema({"value": 11}, ADD_ONE)


def test_a_local_judge_takes_more_than_objects() -> None:
    assert LocalSchemaValidator().does_instance_match_schema([1], {"type": "array"})
    assert not LocalSchemaValidator().does_instance_match_schema([1], ADD_ONE)


@pytest.mark.parametrize("schema", [{"type": "nope"}, {"$ref": "http://127.0.0.1:9/x"}], ids=str)
def test_a_schema_that_is_none_is_a_validation_error(schema: JsonObject) -> None:
    with pytest.raises(ValidationError, match=r"^the schema is invalid: \$"):
        LocalSchemaValidator().does_instance_match_schema({}, schema)


def test_a_server_that_refuses_without_words_still_refuses() -> None:
    for body in (b"", b"<h1>Bad Request</h1>", b'{"errors": []}', b'{"errors": {}}'):
        answer = Response(status=400, headers=Headers({"Content-Type": "text/html"}), body=body)
        with pytest.raises(ValidationError) as caught:
            Validator(client_of(answer)).assert_instance_matches_schema({}, {})
        assert "the server refused it without saying why" == str(caught.value)


@pytest.mark.parametrize(("status", "error"), [(500, ServerError), (404, ClientError)])
def test_a_server_that_cannot_judge_is_no_verdict(status: int, error: type[Exception]) -> None:
    with pytest.raises(error):
        Validator(client_of(json_answer(status, {}))).assert_instance_matches_schema({}, {})


def test_violations_are_one_error_with_the_first_as_its_message() -> None:
    raise_if_any(())
    many: Any = tuple(f"${index}" for index in range(3))
    with pytest.raises(ValidationError) as caught:
        raise_if_any(many)

    assert ("$0 (and 2 more)", many) == (caught.value.message, caught.value.context)
