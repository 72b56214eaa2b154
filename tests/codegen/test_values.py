"""Classes of fields: how they are made, compared, shown and made anew."""

from __future__ import annotations

import pickle

import pytest

from codegen.values import define, evolve, field, frozen, names_of


@frozen
class Point:
    x: int
    y: int = 0
    labels: list[str] = field(factory=list[str], repr=False)


@frozen(kw_only=True)
class Circle:
    radius: int
    centre: Point = Point(0)

    def __post_init__(self) -> None:
        if self.radius < 0:
            raise ValueError("a radius is 0 or more")


@frozen
class Nowhere:
    """Has no fields."""


@frozen
class Named:
    name: str
    size: int


@frozen
class Noted:
    name: str
    note: str = field(default="", eq=False)


@define
class Counter:
    step: int = 1
    _count: int = field(init=False)
    _seen: list[int] = field(init=False, factory=list[int])
    _rounds: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self._count = 10 * self.step

    def next(self) -> int:
        self._seen.append(self._count)
        self._count += self.step
        self._rounds += 1
        return self._count + self._rounds - 1


@define(eq=False)
class Thing:
    name: str


def test_fields_are_given_by_position_or_by_name() -> None:
    point = Point(1, y=2)
    assert (1, 2, []) == (point.x, point.y, point.labels)


def test_fields_of_a_keyword_only_class_are_given_by_name_alone() -> None:
    assert 3 == Circle(radius=3).radius
    with pytest.raises(TypeError, match="positional"):
        Circle(3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # that is the point


@pytest.mark.parametrize("values", [{}, {"x": 1, "z": 2}])
def test_a_missing_and_an_unknown_field_are_refused(values: dict[str, int]) -> None:
    with pytest.raises(TypeError):
        Point(**values)  # type: ignore[arg-type]  # any names are let pass here


def test_each_instance_has_its_own_of_what_a_factory_makes() -> None:
    first, second = Point(1), Point(1)
    first.labels.append("origin")
    assert [] == second.labels


def test_instances_are_equal_that_are_of_one_class_and_hold_the_same() -> None:
    assert Point(1) == Point(1, 0)
    assert Point(1) != Point(2)
    others: list[object] = [Circle(radius=1), Nowhere(), (1, 0, [])]
    assert Point(1) not in others
    assert Nowhere() == Nowhere()


def test_equal_instances_have_one_hash() -> None:
    assert hash(Nowhere()) == hash(Nowhere())
    assert hash(Named("a", 1)) == hash(Named(size=1, name="a"))


def test_what_may_change_has_no_hash_and_what_has_no_equality_is_itself() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(Counter())
    thing = Thing("a")
    assert thing in {thing}
    assert thing != Thing("a")


def test_the_finishing_touch_sees_the_fields_and_may_refuse() -> None:
    with pytest.raises(ValueError, match="a radius is 0 or more"):
        Circle(radius=-1)
    assert 22 == Counter(2).next()


def test_evolving_checks_anew_and_refuses_fields_that_are_not_there() -> None:
    assert Circle(radius=2) == evolve(Circle(radius=1), radius=2)
    with pytest.raises(ValueError, match="a radius is 0 or more"):
        evolve(Circle(radius=1), radius=-1)
    with pytest.raises(TypeError):
        evolve(Circle(radius=1), colour="red")


def test_the_names_are_those_of_the_constructor() -> None:
    assert ("x", "y", "labels") == names_of(Point)
    assert ("step",) == names_of(Counter)


def test_an_instance_shows_its_fields_but_those_that_are_long() -> None:
    assert "Circle(radius=1, centre=Point(x=0, y=0))" == repr(Circle(radius=1))


def test_fields_match_by_position() -> None:
    match Point(1, 2):
        case Point(x, y):
            assert (1, 2) == (x, y)


def test_instances_can_be_pickled() -> None:
    assert Circle(radius=1) == pickle.loads(pickle.dumps(Circle(radius=1)))


def test_a_field_may_take_no_part_in_comparing() -> None:
    assert Noted("a", "one") == Noted("a", "other")
    assert hash(Noted("a", "one")) == hash(Noted("a"))
    assert Noted("a", "one") != Noted("b", "one")
    assert "one" == evolve(Noted("a", "one"), name="b").note
