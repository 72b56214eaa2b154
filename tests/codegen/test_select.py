"""A part of an API holds the endpoints that were asked for, and what they need, and no more."""

from __future__ import annotations

import pytest

from codegen.errors import OptionError
from codegen.ir import (
    Answer,
    Api,
    Body,
    Content,
    ContentKind,
    Discriminator,
    Endpoint,
    Field,
    Identifier,
    ListOf,
    Literal,
    Named,
    Note,
    Path,
    Presence,
    Record,
    Scalar,
    ScalarKind,
    SecurityKind,
    SecurityRequirement,
    SecurityScheme,
    Tag,
    Text,
    Type,
    UnionOf,
)
from codegen.select import Selection, select


def content(type_: Type) -> Content:
    return Content(kind=ContentKind.JSON, media_type=Text("application/json"), type=type_)


def named(name: str) -> Named:
    return Named(Identifier(name))


def record(name: str, *types: Type) -> Record:
    fields = tuple(
        Field(
            name=Identifier(f"f{place}"),
            wire_name=Text(f"f{place}"),
            type=type_,
            presence=Presence.REQUIRED,
        )
        for place, type_ in enumerate(types)
    )
    return Record(name=Identifier(name), wire_name=Text(name), fields=fields)


def endpoint(
    name: str, tag: str, path: str, *, sent: Type, received: Type, scheme: str = ""
) -> Endpoint:
    return Endpoint(
        name=Identifier(name),
        tag=Identifier(tag),
        method="POST",
        path=Path(segments=((Text(path),),), template=Text(path)),
        parameters=(),
        body=Body(contents=(content(sent),), is_required=True),
        answers=(Answer(status=200, contents=(content(received),)),),
        operation_id=Text(f"{name}Id"),
        security=((SecurityRequirement(Identifier(scheme)),),) if scheme else (),
    )


def tag(name: str, wire_name: str) -> Tag:
    return Tag(name=Identifier(name), wire_name=Text(wire_name))


def scheme(name: str) -> SecurityScheme:
    return SecurityScheme(name=Identifier(name), wire_name=Text(name), kind=SecurityKind.BEARER)


STRING = Scalar(ScalarKind.STRING)
EITHER = UnionOf(
    alternatives=(named("A"), STRING),
    discriminator=Discriminator(
        wire_name=Text("t"), names=((Literal(Text("b")), Identifier("B")),)
    ),
)
API = Api(
    title=Text("T"),
    version=Text("1"),
    doc=None,
    models=(
        record("A"),
        record("B", named("C")),
        record("C", ListOf(named("B"))),
        record("D"),
        record("E"),
    ),
    tags=(tag("jobs", "Jobs of all"), tag("users", "Users"), tag("user_keys", "User keys")),
    endpoints=(
        endpoint("post_job", "jobs", "/jobs", sent=EITHER, received=STRING, scheme="token"),
        endpoint("post_user", "users", "/users", sent=STRING, received=named("D"), scheme="key"),
        endpoint("post_key", "user_keys", "/users/keys", sent=STRING, received=STRING),
    ),
    security_schemes=(scheme("key"), scheme("token")),
    notes=(
        Note(pointer="/paths/~1jobs/post/x", what="job"),
        Note(pointer="/paths/~1users/get/x", what="another method"),
        Note(pointer="/paths/~1users/parameters", what="users"),
        Note(pointer="/components/schemas/A", what="model"),
    ),
)


def names(api: Api) -> list[str]:
    return [each.name for each in api.endpoints]


@pytest.mark.parametrize(
    ("tags", "only", "expected"),
    [
        ([], [], ["post_job", "post_user", "post_key"]),
        (["Jobs of all"], [], ["post_job"]),
        (["jobs"], [], ["post_job"]),
        (["User*"], [], ["post_user", "post_key"]),
        (["users", "jobs"], [], ["post_job", "post_user"]),
        ([], ["post_jobId"], ["post_job"]),
        ([], ["post_job"], ["post_job"]),
        ([], ["POST /users"], ["post_user"]),
        ([], ["post   /users/*"], ["post_key"]),
        ([], ["* /users*"], ["post_user", "post_key"]),
        ([], ["*_?eyId"], ["post_key"]),
        (["jobs"], ["post_key"], ["post_job", "post_key"]),
    ],
)
def test_endpoints_are_asked_for_by_tag_and_by_name(
    tags: list[str], only: list[str], expected: list[str]
) -> None:
    assert expected == names(select(API, Selection(tuple(tags), tuple(only))))


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        (Selection(tags=("User",)), "--tags: there is no tag 'User'; did you mean 'Users'?"),
        (Selection(tags=("zzz*",)), "--tags: there is no tag 'zzz*'"),
        (
            Selection(only=("POST /user",)),
            "--only: there is no operation 'POST /user'; did you mean 'POST /users'?",
        ),
        (
            Selection(only=("postJobId",)),
            "--only: there is no operation 'postJobId'; did you mean 'post_jobId'?",
        ),
    ],
)
def test_a_name_of_nothing_is_refused_with_the_nearest_one(
    selection: Selection, message: str
) -> None:
    with pytest.raises(OptionError) as caught:
        select(API, selection)
    assert message == str(caught.value)


def test_the_models_that_are_needed_come_along_in_their_order() -> None:
    part = select(API, Selection(tags=("jobs",)))
    assert ["A", "B", "C"] == [each.name for each in part.models]
    part = select(API, Selection(only=("post_user",)))
    assert ["D"] == [each.name for each in part.models]


def test_tags_schemes_and_notes_are_those_of_the_endpoints() -> None:
    part = select(API, Selection(only=("post_user",)))
    assert ["users"] == [each.name for each in part.tags]
    assert ["key"] == [each.name for each in part.security_schemes]
    assert ["users", "model"] == [each.what for each in part.notes]


def test_everything_is_left_as_it_is() -> None:
    assert select(API, Selection()) is API
