"""Models are attrs classes, whether attrs has made their methods or is still to be asked."""

from __future__ import annotations

import copy
import inspect
import pickle
import weakref
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import attrs
import pytest

from codegen.runtime.absence import with_defaults
from codegen.runtime.codec import Codec
from codegen.runtime.constraints import ConstraintError, Constraints
from codegen.runtime.defining import define, field, is_unmade
from codegen.runtime.record import closed, wire_name
from codegen.runtime.shapes import is_record
from codegen.runtime.unset import UNSET, Unset

_NAMES = {"__module__": __name__, "__qualname__": "Job"}

_MORE = {"__annotations__": {"more": "int"}}

_TYPES = {"id": "int", "name": "str", "note": "str | None", "tags": "list[str]", "kind_": "int"}


def _body(one: Callable[..., Any]) -> dict[str, Any]:
    return {
        **_NAMES,
        "__doc__": "Work.",
        "__annotations__": dict(_TYPES),
        "name": one(validator=Constraints(min_length=1)),
        "note": None,
        "tags": one(factory=list, metadata=wire_name("tagNames")),
        "kind_": one(default=1, alias="sort"),
    }


def new_model() -> type[Any]:
    """A model that attrs has not made yet."""
    written: type[Any] = type("Job", (), _body(field))
    return define(kw_only=True)(written)


def made_by_attrs() -> type[Any]:
    """What attrs makes of the same class."""
    written: type[Any] = type("Job", (), _body(attrs.field))
    return attrs.define(kw_only=True)(written)


@define(kw_only=True)
class Sample:
    """A model as it is generated."""

    id: int
    name: str = field(validator=Constraints(min_length=1))
    size: float | Unset | None = field(default=UNSET, metadata=wire_name("theSize"))
    next: Sample | None = None


@with_defaults
@define(kw_only=True)
class WithDefaults:
    """A model that keeps absence."""

    level: int = 3
    note: str | None = None


def test_a_model_is_not_made_before_it_is_asked_for() -> None:
    model = new_model()
    assert is_unmade(model)
    assert is_record(model)
    assert is_unmade(model)
    model(id=1, name="a")
    assert not is_unmade(model)


def _initializer(model: type[Any]) -> object:
    made: Any = model
    return made.__init__


def _comparison(model: type[Any]) -> object:
    return model.__eq__


def _initializer_of_derived(model: type[Any]) -> object:
    derived: type[Any] = type("Sub", (model,), {})
    return _initializer(derived)


def _derived_by_attrs(model: type[Any]) -> object:
    derived: type[Any] = type("Sub", (model,), {})
    return attrs.define(derived)


@pytest.mark.parametrize(
    "ask",
    [
        attrs.fields,
        attrs.has,
        inspect.signature,
        _initializer,
        _comparison,
        _initializer_of_derived,
        _derived_by_attrs,
    ],
)
def test_whoever_asks_for_what_attrs_makes_gets_it(ask: Callable[[type[Any]], object]) -> None:
    model = new_model()
    ask(model)
    assert not is_unmade(model)
    assert sorted(vars(made_by_attrs())) == sorted(vars(model))


def test_attrs_made_the_model_as_it_makes_others() -> None:
    model, other = new_model(), made_by_attrs()
    assert attrs.fields(other) == attrs.fields(model)
    assert attrs.inspect(other) == attrs.inspect(model)
    assert str(inspect.signature(other)) == str(inspect.signature(model))
    for name in ("__slots__", "__match_args__", "__hash__", "__doc__", "__attrs_own_setattr__"):
        assert (name, getattr(other, name)) == (name, getattr(model, name))
    assert repr(other(id=1, name="a", sort=2)) == repr(model(id=1, name="a", sort=2))


def anything(value: Any) -> Any:
    """To checkers anything, so that they let it be misused."""
    return value


def test_models_compare_and_show_and_change_as_attrs_has_it() -> None:
    one = anything(Sample(id=1, name="a", next=Sample(id=2, name="b")))
    assert one == Sample(id=1, name="a", next=Sample(id=2, name="b"))
    assert one != attrs.evolve(one, id=3)
    assert "Sample(id=2, name='b', size=UNSET, next=None)" == repr(one.next)
    reference = weakref.ref(one)
    assert repr(one) == repr(reference())
    with pytest.raises(ConstraintError):
        one.name = ""
    with pytest.raises(AttributeError):
        one.other = 1
    with pytest.raises(TypeError):
        hash(one)


def _pickled(one: object) -> object:
    return pickle.loads(pickle.dumps(one))


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, _pickled])
def test_models_that_were_read_are_copied_before_attrs_made_them(
    copied: Callable[[Any], Any],
) -> None:
    one = Codec().decode(b'{"id": 1, "name": "a", "theSize": 1}', Sample)
    assert one == copied(one)


def test_reading_a_model_asks_attrs_for_nothing() -> None:
    model = new_model()
    read = Codec().decode(b'{"id": 1, "name": "a", "tagNames": ["x"]}', model)
    assert is_unmade(model)
    assert (1, "a", None, ["x"], 1) == (read.id, read.name, read.note, read.tags, read.kind_)
    assert model(id=1, name="a", tags=["x"]) == read


def test_both_roads_read_a_model_that_is_not_made() -> None:
    for is_made in (False, True):
        model = new_model()
        if is_made:
            attrs.fields(model)
        value = Codec().structure({"id": 1, "name": "a"}, model)
        assert model(id=1, name="a") == value
        assert value == Codec().decode(b'{"id": 1, "name": "a"}', model)


def test_absence_is_kept_from_the_first_instance_on() -> None:
    body = {**_NAMES, "__annotations__": {"level": "int"}, "level": 3}
    plain: type[Any] = type("Job", (), body)
    model: Any = with_defaults(define(kw_only=True)(plain))
    assert is_unmade(model)
    assert b"{}" == Codec().encode(model())
    assert 3 == model().level
    assert b'{"level":3}' == Codec().encode(model(level=3))
    assert WithDefaults() == Codec().decode(b"{}", WithDefaults)


def test_marks_are_those_of_the_model() -> None:
    model = closed(new_model())
    with pytest.raises(ValueError, match="x"):
        Codec().decode(b'{"id": 1, "name": "a", "x": 1}', model)


def test_what_somebody_put_into_a_model_stays() -> None:
    def mine(_self: object) -> str:
        return "mine"

    model: Any = new_model()
    model.__repr__ = mine
    assert "mine" == repr(model(id=1, name="a"))


def test_threads_meet_a_whole_model() -> None:
    for _ in range(20):
        model = new_model()
        start, made = Barrier(4), list[Any]()

        def make(model: Any = model, start: Barrier = start, made: list[Any] = made) -> None:
            start.wait()
            made.append(model(id=1, name="a"))

        threads = [Thread(target=make) for _ in range(4)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert [model(id=1, name="a")] * 4 == made


def test_what_is_no_plain_model_is_made_at_once() -> None:
    written: type[Any] = type("Job", (), _body(field))
    assert not is_unmade(define(kw_only=True, eq=False)(written))
    derived: type[Any] = type("Sub", (new_model(),), {"more": field(default=1), **_MORE})
    model: Any = define(kw_only=True)(derived)
    assert not is_unmade(model)
    assert 1 == model(id=1, name="a").more
