"""Requests hold no read-only properties and answers no write-only ones, as values of the IR."""

from __future__ import annotations

import time

import pytest

from codegen.ir import (
    NO_LIMITS,
    Access,
    Alias,
    Answer,
    Api,
    Body,
    Content,
    ContentKind,
    Discriminator,
    Encoding,
    Endpoint,
    Enumeration,
    Field,
    Header,
    Identifier,
    Instance,
    Limits,
    ListOf,
    Literal,
    MapOf,
    Member,
    MemberOf,
    Model,
    Named,
    Nullable,
    Path,
    Presence,
    Record,
    Scalar,
    ScalarKind,
    Text,
    Type,
    UnionOf,
)
from codegen.lower.residue import json_text
from codegen.lower.views import views
from codegen.tree import Json
from codegen.values import evolve

STRING = Scalar(ScalarKind.STRING)


def named(name: str) -> Named:
    return Named(Identifier(name))


def field(name: str, type_: Type = STRING, access: Access = Access.BOTH) -> Field:
    return Field(
        name=Identifier(name),
        wire_name=Text(name),
        type=type_,
        presence=Presence.REQUIRED,
        access=access,
    )


def record(name: str, *fields: Field, limits: Limits = NO_LIMITS) -> Record:
    return Record(name=Identifier(name), wire_name=Text(name), fields=fields, limits=limits)


def alias(name: str, type_: Type) -> Alias:
    return Alias(name=Identifier(name), wire_name=Text(name), type=type_)


def content(type_: Type) -> Content:
    return Content(kind=ContentKind.JSON, media_type=Text("application/json"), type=type_)


def api(*models: Model, sent: Type | None = None, received: Type | None = None) -> Api:
    endpoint = Endpoint(
        name=Identifier("call"),
        tag=Identifier("default"),
        method="POST",
        path=Path(segments=((Text("a"),),), template=Text("/a")),
        parameters=(),
        body=None if sent is None else Body(contents=(content(sent),), is_required=True),
        answers=(Answer(status=200, contents=() if received is None else (content(received),)),),
    )
    return Api(
        title=Text("T"),
        version=Text("1"),
        doc=None,
        models=models,
        tags=(),
        endpoints=(endpoint,),
    )


def shape(seen: Api) -> dict[str, list[str]]:
    """The fields of each record, and the alternatives of each alias, by name."""
    shown: dict[str, list[str]] = {}
    for model in seen.models:
        if isinstance(model, Record):
            shown[model.name] = [each.name for each in model.fields]
    return shown


def model(seen: Api, name: str) -> Model:
    return next(each for each in seen.models if each.name == name)


def type_of(seen: Api, name: str, key: str) -> Type:
    found = model(seen, name)
    assert isinstance(found, Record)
    return next(each.type for each in found.fields if each.name == key)


def sent(seen: Api) -> Type:
    body = seen.endpoints[0].body
    assert body is not None
    return body.contents[0].type


def received(seen: Api) -> Type:
    return seen.endpoints[0].answers[0].contents[0].type


ID = field("id", access=Access.READ_ONLY)
SECRET = field("secret", access=Access.WRITE_ONLY)
NAME = field("name")
USER = record("User", ID, NAME, SECRET)


def test_a_model_of_both_directions_is_two() -> None:
    seen = views(api(USER, sent=named("User"), received=named("User")))
    assert {"User": ["id", "name"], "UserRequest": ["name", "secret"]} == shape(seen)
    assert (named("UserRequest"), named("User")) == (sent(seen), received(seen))


@pytest.mark.parametrize(
    ("asked", "answered", "expected"),
    [
        (True, False, ["name", "secret"]),
        (False, True, ["id", "name"]),
        (False, False, ["id", "name", "secret"]),
    ],
)
def test_a_model_of_one_direction_or_none_stays_one(
    asked: bool, answered: bool, expected: list[str]
) -> None:
    user = named("User")
    seen = views(api(USER, sent=user if asked else None, received=user if answered else None))
    assert {"User": expected} == shape(seen)


def test_an_api_without_such_properties_stays_as_it_is() -> None:
    whole = api(record("User", NAME), sent=named("User"), received=named("User"))
    assert views(whole) is whole


def test_models_that_hold_a_split_one_are_split_and_others_are_not() -> None:
    whole = api(
        USER,
        record("Team", field("users", ListOf(named("User")))),
        record("Place", NAME),
        record("Log", field("teams", MapOf(Nullable(named("Team")))), field("at", named("Place"))),
        sent=named("Log"),
        received=named("Log"),
    )
    seen = views(whole)
    assert [*("User", "UserRequest", "Team", "TeamRequest", "Place", "Log", "LogRequest")] == [
        each.name for each in seen.models
    ]
    assert ListOf(named("UserRequest")) == type_of(seen, "TeamRequest", "users")
    assert MapOf(Nullable(named("TeamRequest"))) == type_of(seen, "LogRequest", "teams")
    assert ListOf(named("User")) == type_of(seen, "Team", "users")
    assert named("Place") == type_of(seen, "LogRequest", "at")


def test_a_model_of_requests_alone_holds_the_requests_half_of_another() -> None:
    whole = api(
        USER,
        record("NewTeam", field("users", ListOf(named("User")))),
        sent=named("NewTeam"),
        received=named("User"),
    )
    seen = views(whole)
    assert {
        "User": ["id", "name"],
        "UserRequest": ["name", "secret"],
        "NewTeam": ["users"],
    } == shape(seen)
    assert ListOf(named("UserRequest")) == type_of(seen, "NewTeam", "users")


def test_what_is_only_behind_a_property_that_does_not_go_is_not_used() -> None:
    whole = api(
        record("Audit", ID, NAME),
        record("User", NAME, field("audit", named("Audit"), Access.READ_ONLY)),
        sent=named("User"),
        received=named("User"),
    )
    assert {
        "Audit": ["id", "name"],
        "User": ["name", "audit"],
        "UserRequest": ["name"],
    } == shape(views(whole))


def test_models_that_hold_each_other_are_split_together() -> None:
    whole = api(
        record("A", NAME, field("b", Nullable(named("B")))),
        record("B", ID, field("a", Nullable(named("A")))),
        sent=named("A"),
        received=named("A"),
    )
    seen = views(whole)
    assert {"A", "ARequest", "B", "BRequest"} == set(shape(seen))
    assert Nullable(named("BRequest")) == type_of(seen, "ARequest", "b")
    assert Nullable(named("ARequest")) == type_of(seen, "BRequest", "a")


def test_aliases_are_split_and_their_discriminators_follow() -> None:
    kind = field("kind", access=Access.READ_ONLY)
    told_apart = Discriminator(
        wire_name=Text("kind"),
        names=((Literal(Text("cat")), Identifier("Cat")),),
        otherwise=Identifier("Dog"),
    )
    pet = UnionOf(alternatives=(named("Cat"), named("Dog")), discriminator=told_apart)
    whole = api(
        record("Cat", kind, ID, NAME),
        record("Dog", kind, ID),
        alias("Pet", pet),
        sent=ListOf(named("Pet")),
        received=named("Pet"),
    )
    seen = views(whole)
    # The property that tells them apart goes in both directions, whatever is said of it.
    assert {
        "Cat": ["kind", "id", "name"],
        "CatRequest": ["kind", "name"],
        "Dog": ["kind", "id"],
        "DogRequest": ["kind"],
    } == shape(seen)
    found = model(seen, "PetRequest")
    assert isinstance(found, Alias)
    assert found.type == UnionOf(
        alternatives=(named("CatRequest"), named("DogRequest")),
        discriminator=evolve(
            told_apart,
            names=((Literal(Text("cat")), Identifier("CatRequest")),),
            otherwise=Identifier("DogRequest"),
        ),
    )
    assert ListOf(named("PetRequest")) == sent(seen)


def test_defaults_follow() -> None:
    colour = Enumeration(
        name=Identifier("Colour"),
        wire_name=Text("Colour"),
        members=(Member(name=Identifier("RED"), value=Text("red")),),
    )
    whole = api(
        colour,
        record("Style", ID),
        record(
            "User",
            evolve(
                field("style", named("Style")),
                presence=Presence.OPTIONAL,
                default=Instance(Identifier("Style")),
            ),
            evolve(
                field("colour", named("Colour")),
                presence=Presence.OPTIONAL,
                default=MemberOf(Identifier("Colour"), Identifier("RED")),
            ),
        ),
        sent=named("User"),
        received=named("User"),
    )
    found = model(views(whole), "UserRequest")
    assert isinstance(found, Record)
    assert [
        Instance(Identifier("StyleRequest")),
        MemberOf(Identifier("Colour"), Identifier("RED")),
    ] == [each.default for each in found.fields]


def test_a_name_that_is_taken_gets_a_number() -> None:
    whole = api(USER, record("UserRequest", NAME), sent=named("User"), received=named("User"))
    assert named("UserRequest2") == sent(views(whole))


def test_a_check_of_the_whole_object_does_not_require_what_is_not_there() -> None:
    schema: Json = {
        "anyOf": [{"$ref": "#/$defs/s1"}],
        "dependentRequired": {"name": ["id", "other"]},
        "properties": {"required": {"required": ["id"]}, "default": {"required": ["id", "other"]}},
        "const": {"required": ["id"]},
        "$defs": {"s1": {"required": ["id"]}},
    }
    rest: Json = {
        "anyOf": [{"$ref": "#/$defs/s1"}],
        "dependentRequired": {"name": ["other"]},
        "properties": {"required": {"required": []}, "default": {"required": ["other"]}},
        "const": {"required": ["id"]},
        "$defs": {"s1": {"required": []}},
    }
    limits = Limits(min_properties=2, schema=json_text(schema))
    whole = api(record("User", ID, NAME, limits=limits), sent=named("User"), received=named("User"))
    seen = views(whole)
    kept, fewer = (model(seen, name) for name in ("User", "UserRequest"))
    assert isinstance(kept, Record)
    assert isinstance(fewer, Record)
    loosened = Limits(min_properties=1, schema=json_text(rest))
    assert (limits, loosened) == (kept.limits, fewer.limits)
    assert [("/components/schemas/User", False)] == [
        (note.pointer, note.is_warning) for note in seen.notes
    ]


CONTRARY: list[dict[str, Json]] = [
    {"not": {"required": ["id"]}},
    {"oneOf": [{"required": ["id"]}]},
    {"if": {"required": ["id"]}},
    {"contains": {"required": ["id"]}},
    {"not": {"$ref": "#/$defs/s1"}, "$defs": {"s1": {"required": ["id"]}}},
]


@pytest.mark.parametrize("schema", CONTRARY, ids=[str([*one]) for one in CONTRARY])
def test_a_check_of_the_whole_object_is_left_out_only_where_it_cannot_hold(
    schema: dict[str, Json],
) -> None:
    limits = Limits(schema=json_text(schema))
    listed = ListOf(named("User"), limits)
    whole = api(record("User", ID, NAME, limits=limits), sent=listed, received=listed)
    seen = views(whole)
    loosened = model(seen, "UserRequest")
    assert isinstance(loosened, Record)
    assert loosened.limits == Limits()
    assert sent(seen) == ListOf(named("UserRequest"))
    assert [(note.pointer, note.is_warning) for note in seen.notes] == [
        ("/components/schemas/User", False),
        ("/paths/~1a/post", False),
    ]


def test_headers_and_encodings_follow() -> None:
    whole = api(USER, sent=named("User"), received=named("User"))
    endpoint = whole.endpoints[0]
    assert endpoint.body is not None
    encodings = tuple(Encoding(wire_name=Text(name)) for name in ("id", "name"))
    header = Header(wire_name=Text("X"), type=named("User"), is_required=True)
    changed = evolve(
        endpoint,
        body=evolve(
            endpoint.body, contents=(evolve(endpoint.body.contents[0], encodings=encodings),)
        ),
        answers=(evolve(endpoint.answers[0], headers=(header,)),),
        header_names=(Identifier("X"),),
    )
    seen = views(evolve(whole, endpoints=(changed,))).endpoints[0]
    assert seen.body is not None
    assert encodings[1:] == seen.body.contents[0].encodings
    assert named("User") == seen.answers[0].headers[0].type


def test_the_requests_half_says_so() -> None:
    found = model(views(api(USER, sent=named("User"), received=named("User"))), "UserRequest")
    assert Text("As requests hold it; answers hold `User`.") == found.doc


def test_a_long_chain_of_models_takes_linear_time() -> None:
    def seconds(count: int) -> float:
        chain = [
            record(f"M{place}", NAME, field("next", named(f"M{place + 1}")))
            for place in range(count)
        ]
        whole = api(*chain, record(f"M{count}", ID), sent=named("M0"), received=named("M0"))
        start = time.process_time()
        assert len(views(whole).models) == 2 * (count + 1)
        return time.process_time() - start

    # Were it quadratic, it would be 64 times as much.
    assert min(seconds(8000) for _ in range(3)) < 40 * min(seconds(1000) for _ in range(3))
