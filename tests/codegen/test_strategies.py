"""What strategies make: within all limits by construction, to their edges, and no more than needed."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from codegen.emit.strategy_names import strategy_names
from codegen.lower import lower
from codegen.runtime.exact_numbers import is_multiple
from codegen.runtime.patterns import compiled
from codegen.runtime.strategies.numbers import integers, numbers
from codegen.runtime.strategies.texts import strings
from codegen.uses import uses_of

from .conftest import generate

DOCUMENT = """
# One of everything that can be wrong.
openapi: 3.1.0
info: {title: Made, version: "1"}
paths:
  /jobs/{id}:
    get:
      operationId: getJob
      tags: [jobs]
      parameters: [{name: id, in: path, required: true, schema: {type: string, format: uuid}}]
      responses:
        "200":
          description: It.
          content: {application/json: {schema: {$ref: "#/components/schemas/Limited"}}}
        "404": {description: Not there.}
components:
  schemas:
    Unlimited:
      type: object
      maxProperties: 2147483647
      required: [text]
      properties: {text: {type: string, maxLength: 2147483647}}
    Limited:
      type: object
      required: [text, whole, real, items, map, kind, day, moment, key, blob, closed, shape, odd]
      properties:
        text: {type: string, minLength: 2, maxLength: 5, pattern: "^[a-z]+$"}
        whole: {type: integer, minimum: 10, exclusiveMaximum: 100, multipleOf: 5}
        real: {type: number, exclusiveMinimum: 0, maximum: 1}
        items: {type: array, minItems: 1, maxItems: 3, uniqueItems: true, items: {type: integer}}
        map: {type: object, minProperties: 1, maxProperties: 2, additionalProperties: {type: string}}
        kind: {const: fixed}
        day: {type: string, format: date}
        moment: {type: string, format: date-time}
        key: {type: string, format: uuid}
        blob: {type: string, format: byte}
        closed: {$ref: "#/components/schemas/Closed"}
        shape: {$ref: "#/components/schemas/Shape"}
        odd: {type: integer, not: {multipleOf: 2}}
    Closed: {type: object, additionalProperties: false, properties: {a: {type: string}}}
    Shape:
      oneOf: [{$ref: "#/components/schemas/Round"}, {$ref: "#/components/schemas/Square"}]
      discriminator:
        propertyName: form
        mapping: {round: "#/components/schemas/Round", square: "#/components/schemas/Square"}
    Round: {type: object, required: [form], properties: {form: {type: string}}}
    Square: {type: object, required: [form], properties: {form: {type: string}}}
    Vehicle:
      type: object
      required: [wheels]
      properties: {wheels: {type: string}}
      discriminator: {propertyName: wheels, mapping: {four: "#/components/schemas/Car"}}
    Car: {allOf: [{$ref: "#/components/schemas/Vehicle"}], properties: {doors: {type: integer}}}
    Fleet: {type: object, properties: {best: {$ref: "#/components/schemas/Vehicle"}}}
    Counted:
      type: object
      minProperties: 3
      properties: {a: {type: string}, b: {type: string}, c: {type: string}, d: {type: string}}
    Formats:
      type: object
      required: [day, moment, key, blob]
      properties:
        day: {type: string, format: date}
        moment: {type: string, format: date-time}
        key: {type: string, format: uuid}
        blob: {type: string, format: byte}
    Box:
      type: object
      required: [list, map]
      properties:
        list: {type: array, minItems: 1, items: {type: integer}}
        map: {type: object, minProperties: 1, additionalProperties: {type: integer}}
    Tree:
      type: object
      required: [name]
      properties:
        name: {type: string}
        children: {type: array, items: {$ref: "#/components/schemas/Tree"}}
        parent: {$ref: "#/components/schemas/Tree"}
    Three:
      type: object
      required: [all]
      properties:
        all:
          type: array
          minItems: 3
          uniqueItems: true
          items: {type: string, enum: [one, two, three]}
    Either:
      type: object
      required: [value]
      properties:
        value:
          oneOf: [{$ref: "#/components/schemas/Left"}, {$ref: "#/components/schemas/Right"}]
    Large:
      type: object
      required: [code, amounts, first]
      properties:
        code: {type: string, pattern: "^[A-Z]{3}-[0-9]{4,6}$"}
        amounts: {type: array, minItems: 1, items: {$ref: "#/components/schemas/Amount"}}
        first: {$ref: "#/components/schemas/Place"}
        second: {$ref: "#/components/schemas/Place"}
        amount: {$ref: "#/components/schemas/Amount"}
        note: {type: string, maxLength: 5}
        tags: {type: array, uniqueItems: true, items: {type: string}}
        count: {type: integer}
    Labelled:
      type: object
      required: [labels, both]
      properties:
        labels:
          type: object
          propertyNames: {pattern: "^[a-z_]{1,20}$"}
          additionalProperties: {type: integer}
        both: {$ref: "#/components/schemas/Named"}
    Named:
      type: object
      properties: {name: {type: string}}
      propertyNames: {maxLength: 5, pattern: "^[a-z]*$"}
      additionalProperties: {type: boolean}
    Amount:
      type: object
      required: [value, currency]
      additionalProperties: false
      properties:
        value: {type: string, pattern: '^-?(0|[1-9][0-9]{0,11})\\.[0-9]{2}$'}
        currency: {type: string, pattern: "^[A-Z]{3}$"}
    Place:
      type: object
      required: [street, city]
      properties:
        street: {type: string, minLength: 1, maxLength: 120}
        city: {type: string, minLength: 1}
        code: {type: string, pattern: "^[0-9]{4,6}$"}
    Left: {type: object, properties: {left: {type: string}}}
    Right: {type: object, properties: {right: {type: integer}}}
"""

T = TypeVar("T")

PACKAGE = "made_by_strategies"


@pytest.fixture(scope="module")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    root = tmp_path_factory.mktemp("strategies")
    (root / "openapi.yaml").write_text(DOCUMENT)
    for file in generate(root):
        place = root / PACKAGE / file.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(file.content)
    sys.path.insert(0, str(root))
    import_module(f"{PACKAGE}.strategies")
    yield import_module(PACKAGE)
    sys.path.remove(str(root))


def found(strategy: SearchStrategy[Any], condition: Callable[[Any], bool]) -> Any:
    """What Hypothesis finds first."""
    only = settings(max_examples=2000, database=None, phases=[Phase.generate])
    return find(strategy, condition, settings=only)


def smallest(strategy: SearchStrategy[Any]) -> Any:
    """What everything shrinks to."""
    return find(strategy, lambda _: True, settings=settings(database=None))


SHRINK = settings(database=None, max_examples=500)


def many_of(strategy: SearchStrategy[T]) -> list[T]:
    """What a test would see of a strategy."""
    made: list[T] = []

    @settings(max_examples=400, database=None, phases=[Phase.generate])
    @given(strategy)
    def collect(value: T) -> None:
        made.append(value)

    collect()
    return made


def all_of(strategy: SearchStrategy[Any], law: Callable[[Any], bool], examples: int = 60) -> None:
    @settings(max_examples=examples, database=None, phases=[Phase.generate])
    @given(strategy)
    def check(value: Any) -> None:
        assert law(value), value

    check()


PATTERNS = [
    ("^[a-z]+$", 20, 30),
    ("^[A-Z]{2}-[0-9]{1,4}$", 5, 6),
    ("^(ab|cde)*f?$", 7, 9),
    ("x", 10, 12),
    (r"^\d{3}\.\w+$", 12, 12),
    ("^(?:[a-f0-9]{2}:){2,}z$", 10, 10),
    ("^a|b$", 4, 5),
    ("^[^\\]]*$", 30, None),
    (r"^(?=a)[a-z]{3,}$", 3, 4),
]


@pytest.mark.parametrize(("pattern", "least", "most"), PATTERNS)
def test_texts_have_their_pattern_and_their_length(
    pattern: str, least: int, most: int | None
) -> None:
    def fits(text: str) -> bool:
        is_long = least <= len(text) <= (most or 10_000)
        return is_long and compiled(pattern).search(text) is not None

    all_of(strings(pattern=pattern, min_length=least, max_length=most), fits)


def test_texts_of_a_pattern_are_as_short_and_as_long_as_they_may_be() -> None:
    made = strings(pattern="^(ab|cde)+$", min_length=3, max_length=40)
    assert 3 == len(smallest(made))
    assert 40 == len(found(made, lambda text: len(text) == 40))


def test_texts_of_a_pattern_without_other_limits_are_so_too() -> None:
    made = many_of(strings(pattern="^[A-Z]{3}-[0-9]{4,6}$"))
    assert {8, 9, 10} == {len(text) for text in made}


@pytest.mark.parametrize("piece", [".", "[^a]", r"\W", "[a-zé]", r"[\S]"])
def test_characters_beyond_ascii_are_made_where_a_piece_takes_them(piece: str) -> None:
    assert found(strings(pattern=f"^{piece}$"), lambda text: not text.isascii())


@pytest.mark.parametrize("piece", ["a", "[0-9]", r"[\w.-]", r"\d", r"\.", "[-+]", "[^]", r"[\]^]"])
def test_characters_are_those_of_their_piece(piece: str) -> None:
    all_of(strings(pattern=f"^{piece}$"), lambda text: bool(compiled(piece).fullmatch(text)))


def test_a_pattern_has_no_texts_of_a_length_that_it_has_not() -> None:
    assert strings(pattern="^(ab)+$", min_length=3, max_length=3).is_empty
    assert strings(min_length=3, max_length=2).is_empty


@given(
    st.data(),
    st.integers(-50, 50),
    st.integers(0, 30),
    st.sampled_from([1, 2, 3, 0.5, 0.1, 0.03, 7]),
)
def test_multiples_are_within_their_bounds(
    data: st.DataObject, low: int, width: int, step: float
) -> None:
    for make in (integers, numbers):
        for bounds in (("minimum", "maximum"), ("exclusive_minimum", "exclusive_maximum")):
            limits: dict[str, Any] = {bounds[0]: low, bounds[1]: low + width, "multiple_of": step}
            strategy = make(**limits)
            is_open = bounds[0].startswith("exclusive")
            if strategy.is_empty:
                continue
            value = data.draw(strategy)
            assert is_multiple(value, step)
            assert low < value < low + width if is_open else low <= value <= low + width


def test_texts_without_a_pattern_reach_their_longest() -> None:
    assert 3000 == len(found(strings(max_length=3000), lambda text: len(text) == 3000))


@pytest.mark.parametrize("pattern", [None, r"^[\s\S]*$", "^[a-z]+$"])
@pytest.mark.parametrize("most", [None, 131_080])
def test_texts_may_have_to_be_very_long(pattern: str | None, most: int | None) -> None:
    made = strings(min_length=131_073, max_length=most, pattern=pattern)
    all_of(made, lambda text: 131_073 <= len(text) <= (most or 131_081), examples=5)


KEYWORDS = [
    *("type", "required", "minLength", "maxLength", "pattern", "minimum", "exclusiveMaximum"),
    *("multipleOf", "exclusiveMinimum", "maximum", "minItems", "maxItems", "uniqueItems"),
    *("minProperties", "maxProperties", "const", "format", "additionalProperties"),
    *("discriminator", "not"),
]


@pytest.fixture(scope="module")
def faults(sdk: Any) -> list[Any]:
    """What is made that is invalid, in rounds until there is some of every kind."""
    made: list[Any] = []

    @settings(max_examples=150, database=None, derandomize=False, phases=[Phase.generate])
    @given(sdk.strategies.limiteds_invalid())
    def collect(invalid: Any) -> None:
        made.append(invalid)

    for _ in range(12):
        collect()
        if set(KEYWORDS) <= {one.keyword for one in made}:
            break
    return made


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_every_kind_of_fault_is_made_and_told(keyword: str, sdk: Any, faults: list[Any]) -> None:
    made = [one for one in faults if one.keyword == keyword]
    assert made
    for invalid in made:
        with pytest.raises(sdk.InvalidError) as raised:
            sdk.codec.structure(invalid.payload, sdk.models.Limited)
        told = [(one.path, one.keyword) for one in raised.value.violations]
        assert [(invalid.path, keyword)] == told


def test_nothing_is_made_too_long_for_the_longest_text_of_java(sdk: Any) -> None:
    keywords: set[str] = set()

    @settings(max_examples=60, database=None, phases=[Phase.generate])
    @given(sdk.strategies.unlimiteds_invalid())
    def collect(invalid: Any) -> None:
        keywords.add(invalid.keyword)

    collect()
    assert set() == keywords - {"type", "required"}


@pytest.mark.parametrize("format_path", ["$.day", "$.moment", "$.key", "$.blob"])
def test_every_format_is_broken(format_path: str, sdk: Any) -> None:
    assert found(
        sdk.strategies.formats_invalid(),
        lambda one: (one.keyword, one.path) == ("format", format_path),
    )


def test_a_fault_may_be_deep_within_lists_maps_and_models(sdk: Any) -> None:
    made = sdk.strategies.trees_invalid()
    invalid = found(made, lambda one: one.path == "$.children[0].parent")
    assert {"name", "children"} <= invalid.payload.keys()
    boxes = sdk.strategies.boxes_invalid()
    assert found(boxes, lambda one: one.path.startswith(("$.map.", "$.map[")))
    assert found(boxes, lambda one: one.path == "$.list[0]")


def test_what_does_not_matter_is_absent_in_the_smallest_example(sdk: Any) -> None:
    large = find(sdk.strategies.larges(), lambda one: one.count is not None, settings=SHRINK)
    assert (None, None, None, None) == (large.second, large.amount, large.note, large.tags)
    wire = find(sdk.strategies.larges_wire(), lambda one: "note" in one, settings=SHRINK)
    assert {"code", "amounts", "first", "note"} == wire.keys()


def test_all_that_is_optional_is_there_in_about_every_second_large_example(sdk: Any) -> None:
    made = many_of(sdk.strategies.larges())
    for name in ("second", "amount", "note", "tags", "count"):
        assert 0.3 < sum(getattr(one, name) is not None for one in made) / len(made) < 0.7, name


@pytest.mark.parametrize("strategy", ["labelleds", "labelleds_wire"])
def test_maps_whose_names_are_limited_are_seldom_empty(strategy: str, sdk: Any) -> None:
    made = many_of(getattr(sdk.strategies, strategy)())
    models = [one if strategy == "labelleds" else read(sdk, one) for one in made]
    for kept in (
        [one.labels for one in models],
        [one.both.additional_properties for one in models],
    ):
        assert sum(len(one) > 1 for one in kept) > 0.07 * len(kept)


def read(sdk: Any, json: object) -> Any:
    return sdk.codec.structure(json, sdk.models.Labelled)


def test_no_kind_of_fault_crowds_out_the_others(sdk: Any) -> None:
    made = many_of(sdk.strategies.larges_invalid())
    by_keyword = Counter(one.keyword for one in made)
    assert {"type", "required", "additionalProperties", "pattern", "uniqueItems"} < set(by_keyword)
    assert max(by_keyword.values()) < 0.35 * len(made)
    assert any(one.path == "$" and one.keyword == "required" for one in made)


def test_json_has_its_properties_in_any_order(sdk: Any) -> None:
    first = {next(iter(one)) for one in many_of(sdk.strategies.larges_wire())}
    assert {"code", "amounts", "first", "second", "note"} <= first


def test_examples_shrink_to_the_smallest_valid_model(sdk: Any) -> None:
    models = sdk.models
    assert models.Tree(name="") == smallest(sdk.strategies.trees())
    assert {"name": ""} == smallest(sdk.strategies.trees_wire())


def test_what_holds_itself_ends(sdk: Any) -> None:
    def depth(tree: Any) -> int:
        inner = [*(tree.children or ()), *([tree.parent] if tree.parent else [])]
        return 1 + max(map(depth, inner), default=0)

    all_of(sdk.strategies.trees(), lambda tree: depth(tree) < 8, examples=100)


def test_so_many_properties_are_there_as_have_to_be(sdk: Any) -> None:
    all_of(sdk.strategies.counteds_wire(), lambda json: len(json) >= 3)
    all_of(sdk.strategies.counteds(), lambda one: len(sdk.codec.unstructure(one)) >= 3)


def test_all_items_of_a_small_domain_may_have_to_be_there(sdk: Any) -> None:
    all_of(sdk.strategies.threes(), lambda one: len(set(one.all)) == 3, examples=20)


def test_open_objects_of_which_one_has_to_fit_are_told_apart(sdk: Any) -> None:
    def fits_one(json: Any) -> bool:  # null is as good as absent
        left = json["value"].get("left") is None or isinstance(json["value"]["left"], str)
        right = json["value"].get("right") is None or type(json["value"]["right"]) in (int, float)
        return left != right

    all_of(sdk.strategies.eithers_wire(), fits_one)
    all_of(sdk.strategies.eithers(), lambda one: isinstance(one, sdk.models.Either), examples=20)


def test_fields_that_are_given_are_as_given(sdk: Any) -> None:
    made = sdk.strategies.trees(name=st.just("Yggdrasil"), children=st.just([]))
    all_of(made, lambda tree: (tree.name, tree.children) == ("Yggdrasil", []), examples=10)


def test_calls_have_valid_arguments(sdk: Any) -> None:
    pattern = re.compile(r"/jobs/[0-9a-f-]{36}")
    all_of(
        sdk.strategies.get_job_calls(), lambda call: pattern.fullmatch(call.request.url) is not None
    )


@pytest.mark.parametrize("fault", [None, "status", "media type", "cut short", "HTML", "empty"])
def test_every_kind_of_answer_is_made(fault: str | None, sdk: Any) -> None:
    served = found(sdk.strategies.get_job_responses(), lambda one: one.fault == fault)
    call = found(sdk.strategies.get_job_calls(), lambda call: True)
    if fault is None:
        assert served.response.status in (200, 404)
    elif fault != "media type":  # JSON is JSON, whatever it is called
        with pytest.raises(sdk.SdkError):
            call.decode(served.response)


def test_a_later_server_may_call_something_new(sdk: Any) -> None:
    known = {"four", "Car", "Vehicle"}
    new = found(sdk.strategies.any_vehicles_wire(), lambda json: json["wheels"] not in known)
    assert sdk.models.Vehicle is type(sdk.codec.structure(new, sdk.models.AnyVehicle))
    all_of(sdk.strategies.any_vehicles(), lambda one: one.wheels in known)


def test_an_answer_shows_all_of_itself(sdk: Any) -> None:
    served = found(sdk.strategies.get_job_responses(), lambda one: one.fault is None)
    body, headers = served.response.body, dict(served.response.headers)
    assert f"headers={headers}, body={body!r})" in repr(served)


def test_described_answers_are_read(sdk: Any) -> None:
    call = found(sdk.strategies.get_job_calls(), lambda call: True)
    served = found(
        sdk.strategies.get_job_responses(),
        lambda one: one.fault is None and one.response.status == 200,
    )
    assert isinstance(call.decode(served.response), sdk.models.Limited)


def test_from_type_makes_models_once_they_are_registered(sdk: Any) -> None:
    sdk.strategies.register()
    sdk.strategies.register()
    all_of(st.from_type(sdk.models.Limited), lambda one: 2 <= len(one.text) <= 5, examples=10)
    shapes = (sdk.models.Round, sdk.models.Square)
    all_of(st.from_type(sdk.models.Shape), lambda one: isinstance(one, shapes), examples=10)


def names_of(schemas: list[str], operations: list[str]) -> list[str]:
    tree: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {
            f"/{name}": {"get": {"operationId": name, "responses": {"204": {"description": "."}}}}
            for name in operations
        },
        "components": {
            "schemas": {name: {"type": "object", "properties": {"a": {}}} for name in schemas}
        },
    }
    api = lower(tree)
    return list(strategy_names(api, uses_of(api)).all)


def test_no_two_functions_have_the_same_name() -> None:
    names = names_of(
        ["Job", "Jobs", "JobsWire", "JobsInvalid", "GetCall", "GetResponse", "Register"],
        ["get", "jobs", "register"],
    )
    assert len(names) == len(set(names))
    assert {"jobs", "jobs_wire", "jobs_invalid"} <= set(names)
    assert "register" not in names


def test_a_generated_module_of_strategies_loads_no_models(sdk: Any) -> None:
    root = str(Path(sdk.__file__).parents[1])
    code = (
        f"import sys; sys.path.insert(0, {root!r}); import {PACKAGE}.strategies as s\n"
        f"print([name for name in sys.modules if name.startswith('{PACKAGE}.models.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "[]\n" == done.stdout


def test_a_test_that_fails_shows_calls_and_models_as_they_would_be_written(sdk: Any) -> None:
    @settings(max_examples=5, database=None)
    @given(sdk.strategies.get_job_calls(), sdk.strategies.rounds(form=st.just("round")))
    def fails(call: object, model: object) -> None:
        raise AssertionError

    with pytest.raises(AssertionError) as caught:
        fails()
    told = "\n".join(caught.value.__notes__)
    assert re.search(r"call=get_job\(\s*id=UUID\('[0-9a-f-]+'\)", told)
    assert "model=Round(form='round')" in told
