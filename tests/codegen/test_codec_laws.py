"""What holds for every model and endpoint of a generated package besides the laws in it.

Those laws go along with every SDK (`test_laws`). Here stands what needs more than users have: both
roads of each codec, models that no constructor would make, and handlers. The packages are that of
TopChef and those of the golden cases. Their strategies make the values.
"""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from functools import partial
from importlib import import_module
from inspect import isfunction, signature
from io import BytesIO
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, BinaryIO, TypeAlias, Union, cast, get_args, get_origin, get_type_hints
from urllib.parse import quote
from uuid import UUID

import attrs
import jsonschema
import pytest
from attrs import frozen
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from jsonschema.protocols import Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012, Schema

from codegen.runtime.choice import UnknownVariant
from codegen.runtime.formats import is_of_format
from codegen.runtime.json_types import is_array, is_object
from codegen.runtime.laws.subjects import Model
from codegen.runtime.unset import UNSET
from tests.thoroughness import examples

from .conftest import CASES, GOLDEN

Json: TypeAlias = Any

pytestmark = pytest.mark.hypothesis  # `holds` gives the values, where pytest does not see it

TOPCHEF = "topchef_sdk.api"
PACKAGES = [
    TOPCHEF,
    *sorted(
        f"{GOLDEN}.{path.parent.name}"
        for path in CASES.glob("*/openapi.yaml")
        if path.parent.name != "schemas_without_values"  # of which no value is read or written
    ),
]


@frozen
class Package:
    """A generated package."""

    name: str
    named: Mapping[str, Model]
    """Its models and the aliases that have strategies, by name."""

    @property
    def classes(self) -> list[Model]:
        """The models that JSON is read as: aliases have no class, and files no JSON."""
        return [
            model for model in self.named.values() if model.entry.has_json and is_class(model.form)
        ]

    def runtime(self, module: str) -> Any:
        parent = self.name if self.name == TOPCHEF else GOLDEN
        return import_module(f"{parent}._runtime.{module}")

    @property
    def codec(self) -> Any:
        return self.runtime("codec").codec


def is_class(form: object) -> bool:
    """Whether a model is no alias, whose limits are said where it is used."""
    return isinstance(form, type) and (attrs.has(form) or issubclass(form, Enum))


@pytest.fixture(scope="module", params=PACKAGES)
def package(request: pytest.FixtureRequest, golden: Path) -> Package:
    name: str = request.param
    subject = import_module(f"{name}.testing.laws").SUBJECT
    named = {
        model: Model(subject.package, model, entry, subject.description)
        for model, entry in subject.models.items()
    }
    return Package(name, named)


def holds(law: Callable[..., None], *givens: SearchStrategy[Any], model: object = None) -> None:
    """Check a law on a few values."""

    @settings(max_examples=examples(3))
    @given(st.tuples(*givens))
    def check(values: tuple[Any, ...]) -> None:
        law(*values) if model is None else law(model, *values)

    check()


def body_of(value: Json) -> bytes:
    return json.dumps(value).encode()


@frozen
class Refused:
    """That the codec raised, and what it said."""

    message: str
    keywords: set[str]


def outcome(read: Callable[[], object], package: Package) -> object:
    try:
        return read()
    except package.runtime("violations").InvalidError as error:
        return Refused(str(error), {violation.keyword for violation in error.violations})


def test_what_was_read_is_sent_unless_the_document_does_not_name_it(package: Package) -> None:
    def law(model: Model, value: Json) -> None:
        read = package.codec.structure(value, model.form)
        written = outcome(lambda: package.codec.unstructure(read), package)
        if isinstance(written, Refused):
            assert written.keywords <= {"enum", "discriminator"} | whole_keywords

    # Nor is what made the whole object valid when it was read and has no field to stay in.
    whole_keywords = {word for model in package.classes for word in keywords_of_whole(model.form)}
    for model in package.classes:
        holds(law, model.wire, model=model)


def keywords_of_whole(cls: type[Any]) -> set[str]:
    """What the schema of a model says of an object as a whole, whatever its fields are."""
    limits = getattr(cls, "__limits__", None)
    if limits is None:
        return set()
    return {"minProperties", *json.loads(limits.schema or "{}")}


scalars: SearchStrategy[Json] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 300),
    st.sampled_from([1.0, 0.5, 1e300, 2**63, 2**70, -(2**63), "", "a", "true", "5", "2020-01-01"]),
    st.sampled_from(["2020-01-01T00:00:00Z", "2020-01-01T00:00:00", "AAAA", "0" * 32]),
    st.sampled_from([[], {}, [None], {"a": None}]),
    st.text(max_size=4),
)


def places(value: Json) -> list[tuple[Any, Any]]:
    """Each member of each container in a value: the container and the key."""
    members: dict[Any, Any] = {}
    if is_object(value):
        members = value
    elif is_array(value):
        members = dict(enumerate(value))
    below = [place for inner in members.values() for place in places(inner)]
    return [*((value, key) for key in members), *below]


@st.composite
def mutated(draw: st.DrawFn, wire: SearchStrategy[Json]) -> Json:
    """JSON with one value in it replaced by another."""
    value = copy.deepcopy(draw(wire))
    found = places(value)
    if not found:
        return draw(scalars)
    container, key = draw(st.sampled_from(found))
    container[key] = draw(scalars)
    return value


def test_what_is_read_is_valid_to_the_document_but_for_what_it_does_not_name(
    package: Package,
) -> None:
    def law(model: Model, value: Json) -> None:
        read = outcome(lambda: package.codec.structure(value, model.form), package)
        if not isinstance(read, Refused):
            assert faults(judges[model.name], value) == set()

    judges = {model.name: judge for model in package.classes if (judge := validator(model))}
    for model in package.classes:
        if model.name in judges:
            holds(law, model.wire | mutated(model.wire), model=model)


def validator(model: Model) -> Validator | None:
    """What judges JSON of a model; discriminators are left in, for `faults` to see.

    None for inline schemas, for OpenAPI 3.0, and for documents of several files.
    """
    description, pointer, schema = model.description, model.entry.pointer, model.schema
    if description is None or pointer is None or schema is None:
        return None
    if description.is_3_0 or len(description.documents) > 1:
        return None
    # Types check formats, and where there is no type nobody does.
    tree = without(description.main, model.entry.hidden)
    resource: Resource[Schema] = DRAFT202012.create_resource(tree)
    return jsonschema.Draft202012Validator(
        {"$ref": f"urn:api#{quote(pointer, safe='/~')}"},
        registry=Registry[Schema]().with_resource("urn:api", resource),
        format_checker=format_checker(is_asserting=not schema.leaves_types_open),
    )


def format_checker(*, is_asserting: bool) -> jsonschema.FormatChecker:
    """What checks the formats that have types; UUIDs as these read them, with or without hyphens."""
    checker = jsonschema.FormatChecker(["date", "date-time"] if is_asserting else [])
    for form in ["byte", "uuid"] if is_asserting else []:
        checker.checks(form)(partial(is_text_of, form))
    return checker


def is_text_of(form: str, value: object) -> bool:
    return not isinstance(value, str) or is_of_format(value, form)


def without(schema: Json, flag: str | None) -> Json:
    """A document without the properties that do not go in one direction."""
    if is_array(schema):
        return [without(one, flag) for one in schema]
    if flag is None or not is_object(schema):
        return schema
    seen = {key: without(value, flag) for key, value in schema.items()}
    properties = seen.get("properties")
    if is_object(properties):
        gone = {name for name, one in properties.items() if is_object(one) and one.get(flag)}
        seen["properties"] = {name: properties[name] for name in properties.keys() - gone}
        seen["required"] = [name for name in seen.get("required", ()) if name not in gone]
    return seen


def faults(judge: Validator, value: Json) -> set[str]:
    """What JSON Schema holds against a value, but for where reading is more open on purpose."""
    found, without_nulls = (
        {str(error.validator) for error in judge.iter_errors(one) if counts(error)}
        for one in (value, absent(value))
    )
    return found & without_nulls


def absent(value: Json) -> Json:
    """JSON without what is null: for an optional field that reads as absent."""
    if is_array(value):
        return [absent(item) for item in value]
    if is_object(value):
        return {name: absent(item) for name, item in value.items() if item is not None}
    return value


def counts(error: jsonschema.ValidationError) -> bool:
    # A value that is not named is kept; and jsonschema divides floats, for which 0.07 is no
    # multiple of 0.01.
    if error.instance is None or error.validator in ("enum", "multipleOf"):
        return False
    # So it is with choices of constants that have titles.
    if error.context and all(inner.validator == "const" for inner in error.context):
        alternatives: Json = error.validator_value
        return any("title" not in one for one in alternatives if "const" in one)
    # JSON Schema does not know that a discriminator chooses.
    if error.validator == "oneOf" and is_object(error.schema) and "discriminator" in error.schema:
        return False
    # No alternative fits; what counts is whether each has a fault that does.
    by_alternative: dict[object, list[jsonschema.ValidationError]] = {}
    for inner in error.context or ():
        by_alternative.setdefault(inner.schema_path[0], []).append(inner)
    return all(any(map(counts, each)) for each in by_alternative.values())


@st.composite
def whatever(draw: st.DrawFn, model: Model, json_values: SearchStrategy[Json]) -> Json:
    """JSON of a model, not quite such, or anything."""
    return draw(draw(st.sampled_from([model.wire, mutated(model.wire), json_values])))


CODECS = ("codec", "lenient_codec", "server_codec")


def test_both_roads_read_the_same_of_whatever_comes(package: Package) -> None:
    json_values = package.runtime("strategies.free").ANY_JSON
    codecs = package.runtime("codec")

    def law(model: Model, value: Json) -> None:
        body = body_of(value)
        for name in CODECS:
            decode, structure = getattr(codecs, name).decode, getattr(codecs, name).structure
            fast = outcome(partial(decode, body, model.form), package)
            strict = outcome(partial(structure, codecs.parse_json(body), model.form), package)
            assert (name, fast, repr(fast)) == (name, strict, repr(strict))

    for model in package.classes:
        holds(law, whatever(model, json_values), model=model)


ODD_VALUES: SearchStrategy[object] = st.sampled_from(
    [
        *(None, True, 2**70, 1.5, float("nan"), [float("inf")], "text", "\ud800", b"bytes"),
        *({}, {"a": [1]}, {1: 2}, {"a": object()}, [], [None, "a"], (1, 2), object()),
        *(datetime(2020, 1, 1), datetime(2020, 1, 1, tzinfo=UTC), date(2020, 1, 1), UUID(int=1)),
        *(datetime(2020, 1, 1, tzinfo=timezone(timedelta(seconds=1))), UnknownVariant("a", {})),
    ]
)


@st.composite
def spoilt(draw: st.DrawFn, values: SearchStrategy[Any]) -> Any:
    """A model of which one field may hold what its constructor would never take."""
    value = draw(values)
    cls: Any = value.__class__
    if attrs.has(cls) and attrs.fields(cls) and draw(st.booleans()):
        name = draw(st.sampled_from([one.name for one in attrs.fields(cls)]))
        object.__setattr__(value, name, draw(ODD_VALUES))
    return value


def test_both_roads_write_the_same_of_whatever_a_model_holds(package: Package) -> None:
    codec, json_text = package.codec, package.runtime("json_text")
    writing, violations = package.runtime("writing"), package.runtime("violations")

    def strictly(value: object) -> bytes:
        problems: list[Any] = []
        written = writing.write(value, (), problems)
        if problems:
            raise violations.invalid(problems)
        body: bytes = json_text.write_json(written)
        return body

    def law(value: object) -> None:
        fast = outcome(lambda: codec.encode(value), package)
        assert fast == outcome(lambda: strictly(value), package)
        if not isinstance(fast, Refused):
            assert json_text.parse_json(fast) == codec.unstructure(value)

    for model in package.classes:
        holds(law, spoilt(model.values))


# Calls.


def arguments_of(function: Callable[..., Any], package: Package) -> SearchStrategy[dict[str, Any]]:
    hints = get_type_hints(function)
    make = package.runtime("strategies")
    named = [(model.form, model.values) for model in package.named.values()]

    texts = st.text(st.characters(categories=["L"], max_codepoint=0xFF), min_size=1)

    def values(hint: Any) -> Any:
        parts = get_args(hint)
        known = next((made for form, made in named if form == hint), None)
        if known is not None:
            return known
        if hint is Any:
            return package.runtime("strategies.free").ANY_JSON
        if hint is str:
            return texts
        if hint is float:
            return make.values(float)
        if hint is datetime:
            return make.values(datetime)
        if get_origin(hint) is list:
            return st.lists(values(parts[0]), max_size=3)
        if get_origin(hint) is dict:
            return st.dictionaries(texts, values(parts[1]), max_size=3)
        if hint is BinaryIO:
            return st.binary().map(BytesIO)
        if get_origin(hint) is Iterable:
            return st.lists(st.binary(), max_size=3).map(tuple)
        if get_origin(hint) in (Union, UnionType):
            return st.one_of(*(values(part) for part in parts))
        return st.from_type(hint)

    # Text has no types: a parameter that the document gives none either is text again.
    free = st.none() | texts
    return st.fixed_dictionaries(
        {
            name: free if name != "body" and is_free(hints[name]) else values(hints[name])
            for name in signature(function).parameters
        }
    )


def is_free(hint: Any) -> bool:
    """Whether a type is any, or any or none."""
    return hint is Any or Any in get_args(hint)


def functions_of(package: Package) -> list[Callable[..., Any]]:
    endpoints = import_module(f"{package.name}.endpoints")
    modules = [import_module(f"{package.name}.endpoints.{name}") for name in endpoints.__all__]
    found = [getattr(module, name) for module in modules for name in module.__all__]
    return [each for each in found if isfunction(each)]


STATUSES = st.sampled_from([200, 201, 202, 204, 302, 400, 404, 418, 500, 503]) | st.integers(
    100, 599
)


def test_any_json_for_an_answer_gives_a_value_or_an_error_that_pickles_whole(
    package: Package,
) -> None:
    http, errors, codecs = map(package.runtime, ("http", "errors", "codec"))
    json_values = package.runtime("strategies.free").ANY_JSON
    wires = [model.wire for model in package.classes]
    bodies = st.one_of(json_values, *wires).map(body_of)

    def law(
        function: Callable[..., Any], arguments: dict[str, Any], status: int, body: bytes
    ) -> None:
        try:
            call = function(**arguments)
        except errors.RequestError:
            return  # a parameter outside its constraints, which is refused before it is sent
        for reader in (codecs.codec, codecs.lenient_codec):
            caught: Exception | None = None
            try:
                call.decode(http.Response(status=status, body=body), codec=reader)
            except errors.SdkError as error:
                caught = error
            again = pickle.loads(pickle.dumps(caught))
            assert (str(again), vars(again or law)) == (str(caught), vars(caught or law))

    for function in functions_of(package):
        holds(law, arguments_of(function, package), STATUSES, bodies, model=function)


class Recorder:
    """Handlers that remember how they were called."""

    def __init__(self, reply: object) -> None:
        self.reply = reply
        self.calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Callable[..., object]:
        def handle(*positional: Any, **by_keyword: Any) -> object:
            self.calls.append((name, positional, by_keyword))
            return self.reply

        return handle


def test_a_call_reaches_its_handler_with_what_it_was_given(package: Package) -> None:
    server = import_module(f"{package.name}.server")
    errors = package.runtime("errors")
    reply = package.runtime("server").Reply(None, 204)

    def law(function: Callable[..., Any], arguments: dict[str, Any]) -> None:
        # What has no items writes no field, and nobody could tell it from none.
        arguments = {
            name: None if name != "body" and value in ([], {}) else value
            for name, value in arguments.items()
        }
        assume(
            all(
                function_takes_none(function, name) or value is not None
                for name, value in arguments.items()
            )
        )
        handlers = Recorder(reply)
        try:
            request = function(**arguments).request
        except errors.RequestError:
            return  # a parameter outside its constraints, which is refused before it is sent
        response = server.dispatch(handlers, request)
        ((name, positional, by_keyword),) = handlers.calls
        arguments = {name: whole(value) for name, value in arguments.items()}
        order = [key for key in signature(function).parameters if key not in by_keyword]
        received = dict(zip(order, positional, strict=True)) | by_keyword
        if arguments.get("body", "some") is None and "content_type" in arguments:
            # What is not sent has no media type, and the handler is told the usual one.
            arguments["content_type"] = signature(function).parameters["content_type"].default
        if any(word in request.headers.get("Content-Type", "") for word in ("form", "multipart")):
            sent: Any = as_fields(arguments["body"])
            came: Any = as_fields(received["body"])
            if is_object(arguments["body"]):
                # Text has no types: where the document gives none either, only text stays as it is.
                names = [name for name in sent or () if type(sent[name]) is str]
                sent, came = [sent[name] for name in names], [came[name] for name in names]
            arguments["body"], received["body"] = sent, came
        for other in arguments.keys() - {"body"}:  # null items are left out of them, too
            arguments[other], received[other] = map(as_fields, (arguments[other], received[other]))
        assert (function.__name__, arguments, 204) == (name, received, response.status)

    for function in functions_of(package):
        holds(law, arguments_of(function, package), model=function)


def whole(body: Any) -> Any:
    """A body as a handler is given it: of a stream, what it holds."""
    match body:
        case BytesIO():
            return body.getvalue()
        case tuple():
            return b"".join(cast("tuple[bytes, ...]", body))
        case _:
            return body


def as_fields(value: Any) -> Any:
    """A value without what texts do not say: null, absent, what has no items, and what files are.

    The document says that of files which do not say it themselves.
    """
    if is_array(value):
        return [as_fields(item) for item in value if item is not None] or None
    if value is UNSET:
        return None
    if is_object(value):
        kept = {name: as_fields(item) for name, item in value.items()}
        return {name: item for name, item in kept.items() if item is not None} or None
    if not field_names(value):
        return value
    return as_fields({name: getattr(value, name) for name in field_names(value)})


def field_names(value: object) -> list[str]:
    """The fields of a model, or of a file, but for what it is."""
    cls: Any = value.__class__
    if not attrs.has(cls):
        return []
    return [field.name for field in attrs.fields(cls) if field.name != "media_type"]


def function_takes_none(function: Callable[..., Any], name: str) -> bool:
    hint = get_type_hints(function)[name]
    return hint is Any or NoneType in get_args(hint)
