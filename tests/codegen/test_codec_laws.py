"""What holds for every model of every generated package, whatever its values.

The packages are that of TopChef and those of the golden cases. Their strategies make the values.
"""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from functools import partial
from importlib import import_module
from inspect import isfunction, signature
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, TypeAlias, get_args, get_origin, get_type_hints
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

from codegen.emit.strategy_names import strategy_names
from codegen.ir import (
    Alias,
    Api,
    Identifier,
    ListOf,
    MapOf,
    Nullable,
    Scalar,
    ScalarKind,
    Type,
    UnionOf,
)
from codegen.ir import Model as IrModel
from codegen.load import load
from codegen.lower import lower
from codegen.runtime.choice import UnknownVariant
from codegen.runtime.json_types import is_array, is_object
from codegen.uses import reached, received_by, sent_by, types_of, uses_of
from tests.thoroughness import examples

Json: TypeAlias = Any

pytestmark = pytest.mark.hypothesis  # `holds` gives the values, where pytest does not see it

ROOT = Path(__file__).parents[2]
CASES = Path(__file__).parent / "cases"
TOPCHEF = "topchef_sdk.api"
PACKAGES = [
    TOPCHEF,
    *sorted(f"golden_cases.{path.parent.name}" for path in CASES.glob("*/openapi.yaml")),
]


@frozen
class Model:
    """A generated class, and what makes its values."""

    cls: type[Any]
    values: Callable[..., SearchStrategy[Any]]
    wire: Callable[[], SearchStrategy[Json]]
    schema: Validator | None
    """What the document itself says of its JSON.

    None for inline schemas, for OpenAPI 3.0, and for documents of several files.
    """
    is_json: bool
    """Whether there is JSON of it: files only go in parts of bodies."""


@frozen
class Package:
    """A generated package."""

    name: str
    models: tuple[Model, ...]
    made: dict[Any, Callable[..., SearchStrategy[Any]]]
    """What makes the values of each type that has a name."""

    def makes(self, form: object) -> bool:
        """Whether a type has a name."""
        try:
            return form in self.made
        except TypeError:  # `Annotated` with what has no hash has none itself
            return False

    @property
    def json_models(self) -> list[Model]:
        """The models that JSON is read as."""
        return [model for model in self.models if model.is_json]

    def runtime(self, module: str) -> Any:
        parent = self.name if self.name == TOPCHEF else "golden_cases"
        return import_module(f"{parent}._runtime.{module}")

    @property
    def codec(self) -> Any:
        return self.runtime("codec").codec


@pytest.fixture(scope="module", params=PACKAGES)
def package(request: pytest.FixtureRequest, golden: Path) -> Package:
    name: str = request.param
    case = name.rpartition(".")[2]
    document = load(
        ROOT / "spec/topchef.yaml" if name == TOPCHEF else CASES / case / "openapi.yaml"
    )
    api = lower(document.tree, document.files)
    models, strategies = import_module(f"{name}.models"), import_module(f"{name}.strategies")
    made = {
        getattr(models, model): getattr(strategies, function)
        for model, function in strategy_names(api, uses_of(api)).models.items()
    }
    tree: dict[str, Json] = dict(document.tree)
    if document.files or not str(tree["openapi"]).startswith("3.1"):
        tree = {}
    return Package(name, tuple(models_of(name, api, tree)), made)


def models_of(package: str, api: Api, tree: dict[str, Any]) -> Iterator[Model]:
    models, strategies = import_module(f"{package}.models"), import_module(f"{package}.strategies")
    functions = strategy_names(api, uses_of(api)).models
    schemas = tree.get("components", {}).get("schemas", {})
    by_name = {model.name: model for model in api.models}
    sent = reached((one for each in api.endpoints for one in sent_by(each)), by_name)
    received = reached((one for each in api.endpoints for one in received_by(each)), by_name)
    for model in api.models:
        if isinstance(model, Alias):
            continue
        function = functions[model.name]
        wire_name = model.wire_name.reveal()
        seen = tree
        if model.name in sent - received:
            seen = without(tree, "readOnly")
        elif model.name in received - sent:
            seen = without(tree, "writeOnly")
        yield Model(
            cls=getattr(models, model.name),
            values=getattr(strategies, function),
            wire=getattr(strategies, f"{function}_wire"),
            schema=validator(seen, wire_name) if wire_name in schemas else None,
            is_json=not holds_files(model, by_name),
        )


def holds_files(model: IrModel, models: Mapping[Identifier, IrModel]) -> bool:
    """Whether a model has a file in it, which no JSON is."""
    inside = [model, *(models[name] for name in reached(types_of(model), models))]
    return any(Scalar(ScalarKind.FILE) in parts(type_) for one in inside for type_ in types_of(one))


def parts(type_: Type) -> Iterator[Type]:
    """A type and what its values are made of."""
    yield type_
    match type_:
        case ListOf(inner) | MapOf(inner) | Nullable(inner):
            yield from parts(inner)
        case UnionOf(alternatives=alternatives):
            for one in alternatives:
                yield from parts(one)
        case _:
            pass


def without(schema: Json, flag: str) -> Json:
    """A document without the properties that do not go in one direction."""
    if is_array(schema):
        return [without(one, flag) for one in schema]
    if not is_object(schema):
        return schema
    seen = {key: without(value, flag) for key, value in schema.items()}
    properties = seen.get("properties")
    if is_object(properties):
        gone = {name for name, one in properties.items() if is_object(one) and one.get(flag)}
        seen["properties"] = {name: properties[name] for name in properties.keys() - gone}
        seen["required"] = [name for name in seen.get("required", ()) if name not in gone]
    return seen


def validator(tree: dict[str, Any], name: str) -> Validator:
    pointer = name.replace("~", "~0").replace("/", "~1")
    resource: Resource[Schema] = DRAFT202012.create_resource(tree)
    return jsonschema.Draft202012Validator(
        {"$ref": f"urn:api#/components/schemas/{quoted(pointer)}"},
        registry=Registry[Schema]().with_resource("urn:api", resource),
        format_checker=jsonschema.FormatChecker(["date", "date-time"]),
    )


def quoted(pointer: str) -> str:
    return "".join(f"%{byte:02X}" for byte in pointer.encode())


def holds(law: Callable[..., None], *givens: SearchStrategy[Any], model: object = None) -> None:
    """Check a law on a few values."""

    @settings(max_examples=examples(3))
    @given(st.tuples(*givens))
    def check(values: tuple[Any, ...]) -> None:
        law(*values) if model is None else law(model, *values)

    check()


def body_of(value: Json) -> bytes:
    return json.dumps(value).encode()


def test_models_survive_writing_and_reading_pickling_and_copying(package: Package) -> None:
    def law(model: Model, value: object) -> None:
        body = package.codec.encode(value)
        read = outcome(lambda: package.codec.decode(body, model.cls), package)
        if isinstance(read, Refused):
            # What told the alternatives apart when it was read has no field to stay in.
            assert read.keywords == {"oneOf"}
            return
        # Two alternatives of a union may be written alike, and the first is read then.
        assert read == value or package.codec.unstructure(read) == package.codec.unstructure(value)
        assert pickle.loads(pickle.dumps(value)) == value
        assert copy.copy(value) == value
        assert copy.deepcopy(value) == value

    for model in package.json_models:
        holds(law, model.values(), model=model)


def test_valid_json_is_read_and_reads_the_same_when_written_again(package: Package) -> None:
    def law(model: Model, value: Json) -> None:
        assert faults(model, value) == set()
        assert_both_roads_agree(package, model, value)
        read = package.codec.structure(value, model.cls)
        written = outcome(lambda: package.codec.unstructure(read), package)
        if isinstance(written, Refused):
            # Values that the document does not name are read, but never sent.
            assert written.keywords <= {"enum", "discriminator"} | whole_keywords
        else:
            again = outcome(lambda: package.codec.structure(written, model.cls), package)
            # What tells alternatives apart may have no field to stay in.
            assert again == read or (isinstance(again, Refused) and again.keywords == {"oneOf"})

    # Nor is what made the whole object valid when it was read and has no field to stay in.
    whole_keywords = {word for model in package.models for word in keywords_of_whole(model.cls)}
    for model in package.json_models:
        holds(law, model.wire(), model=model)


def keywords_of_whole(cls: type[Any]) -> set[str]:
    """What the schema of a model says of an object as a whole, whatever its fields are."""
    limits = getattr(cls, "__limits__", None)
    if limits is None:
        return set()
    return {"minProperties", *json.loads(limits.schema or "{}")}


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


def assert_both_roads_agree(package: Package, model: Model, value: Json) -> None:
    """Whatever msgspec reads by itself, the strict hooks read with an equal result."""
    body = body_of(value)
    parse_json = package.runtime("codec").parse_json
    fast = outcome(lambda: package.codec.decode(body, model.cls), package)
    general = outcome(lambda: package.codec.structure(parse_json(body), model.cls), package)
    assert fast == general
    assert repr(fast) == repr(general)


def faults(model: Model, value: Json) -> set[str]:
    """What JSON Schema holds against a value, but for where reading is more open on purpose."""
    if model.schema is None:
        return set()
    return {
        str(error.validator)
        for error in model.schema.iter_errors(value)
        # A null for an optional field reads as absent; a value that is not named is kept; and
        # jsonschema divides floats, for which 0.07 is no multiple of 0.01.
        if error.instance is not None and error.validator not in ("enum", "multipleOf")
        # JSON Schema does not know that a discriminator chooses.
        if not (error.validator == "oneOf" and is_object(error.schema))
        or "discriminator" not in error.schema
    }


def test_json_that_is_not_quite_valid_is_refused_or_valid_after_all(package: Package) -> None:
    def law(model: Model, value: Json) -> None:
        assert_both_roads_agree(package, model, value)
        read = outcome(lambda: package.codec.structure(value, model.cls), package)
        if not isinstance(read, Refused):
            assert faults(model, value) == set()

    for model in package.json_models:
        holds(law, mutated(model.wire()), model=model)


@st.composite
def whatever(draw: st.DrawFn, model: Model, json_values: SearchStrategy[Json]) -> Json:
    """JSON of a model, not quite such, or anything."""
    wire = model.wire()
    return draw(draw(st.sampled_from([wire, mutated(wire), json_values])))


CODECS = ("codec", "lenient_codec", "server_codec")


def test_both_roads_read_the_same_of_whatever_comes(package: Package) -> None:
    json_values = package.runtime("strategies.free").ANY_JSON
    codecs = package.runtime("codec")

    def law(model: Model, value: Json) -> None:
        body = body_of(value)
        for name in CODECS:
            decode, structure = getattr(codecs, name).decode, getattr(codecs, name).structure
            fast = outcome(partial(decode, body, model.cls), package)
            strict = outcome(partial(structure, codecs.parse_json(body), model.cls), package)
            assert (name, fast, repr(fast)) == (name, strict, repr(strict))

    for model in package.json_models:
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

    for model in package.json_models:
        holds(law, spoilt(model.values()))


# Calls.


def arguments_of(function: Callable[..., Any], package: Package) -> SearchStrategy[dict[str, Any]]:
    hints = get_type_hints(function)
    make = package.runtime("strategies")

    texts = st.text(st.characters(categories=["L"], max_codepoint=0xFF), min_size=1)

    def values(hint: Any) -> Any:
        parts = get_args(hint)
        if package.makes(hint):
            return package.made[hint]()
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
        if get_origin(hint) is UnionType:
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


def test_any_answer_gives_a_value_or_an_error_of_the_sdk(package: Package) -> None:
    http, errors, codecs = map(package.runtime, ("http", "errors", "codec"))
    json_values = package.runtime("strategies.free").ANY_JSON
    wires = [model.wire() for model in package.json_models]
    bodies = st.binary() | st.one_of(json_values, *wires).map(body_of)

    def law(
        function: Callable[..., Any], arguments: dict[str, Any], status: int, body: bytes
    ) -> None:
        try:
            call = function(**arguments)
        except errors.RequestError:
            return  # a parameter outside its constraints, which is refused before it is sent
        assert call.request.url.startswith("/")
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
        assert (function.__name__, arguments, 204) == (name, received, response.status)

    for function in functions_of(package):
        holds(law, arguments_of(function, package), model=function)


def as_fields(value: Any) -> Any:
    """A value without what forms do not say: null, what has no items, and what files are.

    The document says that of files which do not say it themselves.
    """
    if is_array(value):
        return [as_fields(item) for item in value if item is not None] or None
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
