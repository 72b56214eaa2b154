"""What a handler says it takes is what it is given, and what it says it gives is what is sent."""

from __future__ import annotations

import functools
import pickle
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Generic, TypedDict, assert_type

import pytest
from attrs import define, field, frozen
from attrs.validators import ge, instance_of
from typing_extensions import TypeVar

from topchef_sdk.api import InvalidError, JsonObject
from topchef_sdk.handler_types import (
    HandlerTypes,
    read_parameters,
    takes_context,
    types_of_class,
    types_of_function,
    written_results,
)

P = TypeVar("P", default=JsonObject)
R = TypeVar("R", default=JsonObject)
S = TypeVar("S")
T = TypeVar("T")


class Base(ABC, Generic[P, R]):
    """What a listener is to this module."""

    @abstractmethod
    def run(self, parameters: P) -> R: ...


@frozen
class Sample:
    temperature: float
    name: str = ""


class Spectrum(TypedDict):
    points: list[float]


@define
class Peak:
    height: int
    when: datetime | None = None


# What classes say.


class Bound(Base[Sample, Spectrum]):
    def run(self, parameters: Sample) -> Spectrum:
        return {"points": [parameters.temperature]}


class Inherited(Bound):
    pass


class Mixin:
    pass


class Mixed(Mixin, Bound):
    pass


class Unbound(Base):
    def run(self, parameters: JsonObject) -> JsonObject:
        return parameters


class HalfBound(Base[Sample]):
    def run(self, parameters: Sample) -> JsonObject:
        return {"name": parameters.name}


class ResultsFirst(Base[T, Spectrum], Generic[T]):
    def run(self, parameters: T) -> Spectrum:
        return {"points": []}


class Swapped(Base[T, S], Generic[S, T]):
    def run(self, parameters: T) -> S:
        raise NotImplementedError


class ByName(Base[dict[str, T], JsonObject], Generic[T]):
    def run(self, parameters: dict[str, T]) -> JsonObject:
        return {"names": list(parameters)}


class ResultsBound(ResultsFirst[Sample]):
    pass


class BoundTwiceRemoved(Swapped[Spectrum, T], Generic[T]):
    pass


class BoundThriceRemoved(BoundTwiceRemoved[Sample]):
    pass


class SamplesByName(ByName[Sample]):
    pass


class InText(Base["Later", "Spectrum"]):
    def run(self, parameters: Later) -> Spectrum:
        return {"points": []}


@frozen
class Later:
    value: int


@pytest.mark.parametrize(
    ("cls", "parameters", "results"),
    [
        (Bound, Sample, Spectrum),
        (Inherited, Sample, Spectrum),
        (Mixed, Sample, Spectrum),
        (Base, JsonObject, JsonObject),
        (Unbound, JsonObject, JsonObject),
        (HalfBound, Sample, JsonObject),
        (ResultsFirst, JsonObject, Spectrum),
        (ResultsBound, Sample, Spectrum),
        (Swapped, JsonObject, JsonObject),
        (BoundTwiceRemoved, JsonObject, Spectrum),
        (BoundThriceRemoved, Sample, Spectrum),
        (SamplesByName, dict[str, Sample], JsonObject),
        (InText, Later, Spectrum),
    ],
)
def test_a_class_says_by_its_base(cls: type[object], parameters: Any, results: Any) -> None:
    assert HandlerTypes(parameters, results) == types_of_class(cls, Base)


class OfNumbers(Base[int, JsonObject]):
    def run(self, parameters: int) -> JsonObject:
        return {"value": parameters}


class OfNothing(Base["Nowhere", JsonObject]):  # type: ignore[name-defined]  # a slip
    def run(self, parameters: Any) -> JsonObject:
        return {}


class OfSets(Base[JsonObject, "WithSet"]):
    def run(self, parameters: JsonObject) -> WithSet:
        return WithSet({1})


@define
class WithSet:
    values: set[int]


@pytest.mark.parametrize(
    ("cls", "problem"),
    [
        (OfNumbers, "OfNumbers: int is none of attrs class, TypedDict and JsonObject"),
        (OfNothing, "OfNothing: name 'Nowhere' is not defined"),
        (
            OfSets,
            "OfSets: WithSet.values: no JSON is read as set[int]; use attrs classes and TypedDicts",
        ),
        (Mixin, "Mixin: is no subclass of Base"),
    ],
)
def test_a_class_with_types_that_cannot_be_read_is_told_so(cls: type[object], problem: str) -> None:
    with pytest.raises(TypeError) as caught:
        types_of_class(cls, Base)
    assert problem == str(caught.value)


# What functions say.


def typed(parameters: Sample) -> Spectrum:
    return {"points": [parameters.temperature]}


def untyped(parameters):  # type: ignore[no-untyped-def]  # as most first handlers are
    return 1


def half_typed(parameters, factor: int = 1) -> Spectrum:  # type: ignore[no-untyped-def]  # the same
    return {"points": [parameters["value"] * factor]}


def open_typed(parameters: dict) -> object:  # type: ignore[type-arg]  # the same
    return 1


def unnamed(*_: Any) -> Any:
    return {}


def generic(parameters: T) -> T:
    return parameters


def with_context(parameters: Sample, context: Nowhere) -> Spectrum:  # type: ignore[name-defined]  # noqa: F821  # under TYPE_CHECKING, say
    return {"points": []}


def with_options(parameters: Sample, factor: float = 2.0, *more: int, scale: int = 1) -> Spectrum:
    return {"points": []}


def with_optional_context(parameters: Sample, context: object = None) -> Spectrum:
    return {"points": []}


def context_first(context: object, parameters: Sample, /) -> Spectrum:
    return {"points": []}


def of_anything(*parameters: Any, **others: Any) -> JsonObject:
    return {}


class Method:
    def run(self, parameters: Sample) -> Spectrum:
        return {"points": []}

    def run_within(self, parameters: Sample, context: object) -> Spectrum:
        return {"points": []}

    @staticmethod
    def static(parameters: Sample) -> Spectrum:
        return {"points": []}

    @classmethod
    def of_class(cls, parameters: Sample, context: object) -> Spectrum:
        return {"points": []}


class Called:
    def __call__(self, parameters: Sample, context: object) -> Spectrum:
        return {"points": []}


@functools.wraps(typed)
def wrapped(*arguments: Any, **named: Any) -> Spectrum:
    return typed(*arguments, **named)


HANDLERS: list[tuple[Callable[..., object], Any, Any, bool]] = [
    (typed, Sample, Spectrum, False),
    (untyped, JsonObject, JsonObject, False),
    (half_typed, JsonObject, Spectrum, False),
    (open_typed, JsonObject, JsonObject, False),
    (generic, JsonObject, JsonObject, False),
    (with_context, Sample, Spectrum, True),
    (with_options, Sample, Spectrum, False),
    (with_optional_context, Sample, Spectrum, True),
    (of_anything, JsonObject, JsonObject, False),
    (Method().run, Sample, Spectrum, False),
    (Method().run_within, Sample, Spectrum, True),
    (Method.static, Sample, Spectrum, False),
    (Method.of_class, Sample, Spectrum, True),
    (Called(), Sample, Spectrum, True),
    (wrapped, Sample, Spectrum, False),
    (functools.cache(typed), Sample, Spectrum, False),
    (functools.partial(typed), Sample, Spectrum, False),
    (functools.partial(with_context, context=1), Sample, Spectrum, False),
    (functools.partial(context_first, 1), Sample, Spectrum, False),
    (functools.partial(functools.partial(Called()), context=1), Sample, Spectrum, False),
    (unnamed, JsonObject, JsonObject, False),
    (dict, JsonObject, JsonObject, False),
]


@pytest.mark.parametrize(("handler", "parameters", "results", "has_context"), HANDLERS)
def test_a_function_says_by_its_annotations(
    handler: Callable[..., object], parameters: Any, results: Any, has_context: bool
) -> None:
    assert HandlerTypes(parameters, results) == types_of_function(handler)
    assert has_context is takes_context(handler)


def of_nothing(parameters: Nowhere) -> JsonObject:  # type: ignore[name-defined]  # noqa: F821  # a slip
    return {}


def of_none(parameters: Sample) -> None: ...


def without_parameters(*, scale: int) -> JsonObject:
    return {}


UNREADABLE: list[tuple[Callable[..., object], str]] = [
    (of_nothing, "of_nothing: name 'Nowhere' is not defined"),
    (of_none, "of_none: NoneType is none of attrs class, TypedDict and JsonObject"),
    (without_parameters, "without_parameters: takes no parameters of a job, but has to"),
]


@pytest.mark.parametrize(("handler", "problem"), UNREADABLE)
def test_a_function_with_types_that_cannot_be_read_is_told_so(
    handler: Callable[..., object], problem: str
) -> None:
    with pytest.raises(TypeError) as caught:
        types_of_function(handler)
    assert problem == str(caught.value)


def test_types_can_go_to_another_process() -> None:
    types = HandlerTypes(Sample, Spectrum)

    assert types == pickle.loads(pickle.dumps(types))
    assert HandlerTypes() == pickle.loads(pickle.dumps(HandlerTypes()))


# What handlers are given.


def problems_of_reading(value: JsonObject, form: Any) -> list[str]:
    with pytest.raises(InvalidError) as caught:
        read_parameters(value, form)
    return [str(violation) for violation in caught.value.violations]


def test_parameters_are_read_as_what_the_handler_takes() -> None:
    sample = read_parameters({"temperature": 300}, Sample)
    spectrum = read_parameters({"points": [1, 2.5]}, Spectrum)

    assert_type(sample, Sample)
    assert_type(spectrum, Spectrum)
    assert Sample(temperature=300.0) == sample
    assert {"points": [1.0, 2.5]} == spectrum


def test_json_is_handed_on_as_it_is() -> None:
    value: JsonObject = {"any": [{"thing": None}]}

    assert_type(read_parameters(value, JsonObject), JsonObject)
    assert value is read_parameters(value, JsonObject)


def test_all_that_is_wrong_with_parameters_is_told() -> None:
    value: JsonObject = {"temperature": "hot", "name": None, "colour": "red"}

    assert [
        "$.temperature: expected a number, got a string",
        "$.name: expected a string, got null",
        "$.colour: is a property that the schema does not allow",
    ] == problems_of_reading(value, Sample)
    assert [
        "$: 'points' is required",
        "$.colour: is a property that the schema does not allow",
    ] == problems_of_reading({"colour": 1}, Spectrum)


@define
class Checked:
    value: int = field(validator=ge(0))
    name: str = field(default="a", validator=instance_of(str))

    def __attrs_post_init__(self) -> None:
        if self.name == "b":
            raise ValueError


def test_what_a_class_refuses_is_told() -> None:
    assert ["$: is refused: 'value' must be >= 0: -1"] == problems_of_reading(
        {"value": -1}, Checked
    )
    assert ["$: is refused: ValueError"] == problems_of_reading({"value": 1, "name": "b"}, Checked)
    assert ["$.by_name.a: is refused: 'value' must be >= 0: -1"] == problems_of_reading(
        {"by_name": {"a": {"value": -1}}}, CheckedByName
    )


@define
class CheckedByName:
    by_name: dict[str, Checked]


# What handlers give.


def problems_of_writing(value: object, form: Any) -> list[str]:
    with pytest.raises(InvalidError) as caught:
        written_results(value, form)
    return [str(violation) for violation in caught.value.violations]


def test_results_are_written_as_json() -> None:
    when = datetime(2020, 1, 1, tzinfo=UTC)

    assert {"height": 5, "when": "2020-01-01T00:00:00+00:00"} == written_results(
        Peak(5, when), Peak
    )
    assert {"height": 5} == written_results(Peak(5), Peak)
    assert {"points": [1, 2.5]} == written_results(Spectrum(points=[1, 2.5]), Spectrum)
    assert {"peak": {"height": 5}} == written_results({"peak": Peak(5)}, JsonObject)


def test_a_dictionary_will_do_for_a_class() -> None:
    assert {"height": 5} == written_results({"height": 5}, Peak)


@pytest.mark.parametrize("form", [JsonObject, Spectrum])
def test_what_is_no_json_is_not_written(form: Any) -> None:
    value = {"points": [float("nan"), {1, 2}, "\ud800"]}

    assert [
        "$.points[0]: nan is not a JSON number",
        "$.points[1]: a set cannot be written as JSON",
        "$.points[2]: holds half of a surrogate pair, which UTF-8 cannot say",
    ] == problems_of_writing(value, form)


def test_fields_that_hold_what_their_types_do_not_allow_are_told() -> None:
    wrong: Any = "high"

    assert [
        "$.height: expected an integer, got a string",
        "$.when: is no date-time: Invalid RFC3339 encoded datetime",
    ] == problems_of_writing(Peak(wrong, date(2020, 1, 1)), Peak)  # type: ignore[arg-type]  # wrong on purpose
    assert ["$.points[1]: expected a number, got null"] == problems_of_writing(
        {"points": [1, None]}, Spectrum
    )
    assert ["$: expected an object, got null"] == problems_of_writing(None, Peak)


def test_a_field_of_a_subclass_is_no_field_of_the_class() -> None:
    @define
    class Wider(Peak):
        width: int = 1

    assert ["$.width: is a property that the schema does not allow"] == problems_of_writing(
        Wider(5), Peak
    )


def negative(value: int) -> int:
    return -value


def test_results_are_not_made_once_more_to_look_at_them() -> None:
    made: list[int] = []

    @define
    class Counted:
        value: int = field(converter=negative)

        def __attrs_post_init__(self) -> None:
            made.append(self.value)

    assert {"value": -1} == written_results(Counted(1), Counted)
    assert [-1] == made


def test_a_class_whose_annotations_mean_nothing_cannot_be_written() -> None:
    @define
    class Local:
        value: Nowhere  # type: ignore[name-defined]  # noqa: F821  # a slip

    value: object = Local(1)
    assert ["$: a Local cannot be written: name 'Nowhere' is not defined"] == problems_of_writing(
        value, JsonObject
    )
