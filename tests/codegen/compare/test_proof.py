"""The search for examples: what it may take, what it tells, and what it never passes over."""

from __future__ import annotations

import warnings

import pytest
from hypothesis import strategies as st

from codegen.compare.changes import Search
from codegen.compare.faults import Instead
from codegen.compare.membership import Membership
from codegen.compare.proof import Budget, DisagreementError, Prover, Root, Verdict
from codegen.compare.relation import NO, UNKNOWN, YES, Relation
from codegen.compare.search.effort import Effort
from codegen.compare.search.few import FewValues
from codegen.compare.search.shrinking import shrunk
from codegen.compare.search.strategies import Strategies, first
from codegen.compare.search.typed import Typed
from codegen.ir import NO_LIMITS, Anything, Limits, ListOf, Scalar, ScalarKind, Text, Type
from codegen.tree import Json

TEXT = Scalar(ScalarKind.STRING)
NUMBER = Scalar(ScalarKind.INTEGER)
HARD = Scalar(ScalarKind.STRING, Limits(pattern=Text("^[xy]{3}-z{5}$")))
"""What no plain value matches."""


def prover(budget: Budget | None = None, *, proves_all: bool = False) -> Prover:
    return Prover({}, {}, is_searching=True, proves_all=proves_all, budget=budget or Budget())


def verdict(by: Prover, relation: Relation, sent: Type, accepted: Type) -> Verdict:
    return by.verdict(relation, Root(sent, accepted), (), Instead(sent, accepted))


@pytest.mark.parametrize(("sent", "accepted"), [(TEXT, NUMBER), (HARD, NUMBER)])
def test_a_yes_that_a_value_contradicts_is_an_error_of_ours(sent: Type, accepted: Type) -> None:
    with pytest.raises(DisagreementError, match="decided: all that is sent is accepted; found: "):
        verdict(prover(Budget(None), proves_all=True), YES, sent, accepted)


def test_a_no_without_an_example_stays_a_no_and_says_so() -> None:
    found = verdict(prover(), NO, TEXT, TEXT)
    assert Verdict(NO, None, Search.NOTHING_FOUND) == found


def test_an_unknown_with_an_example_is_a_no() -> None:
    found = verdict(prover(), UNKNOWN, TEXT, NUMBER)
    assert found.example is not None
    assert (NO, "") == (found.relation, found.example.value)


def test_once_the_effort_of_a_run_is_spent_the_next_change_says_that_it_had_ended() -> None:
    budget = Budget()
    while budget.left:
        verdict(prover(budget), NO, HARD, HARD)  # a prover searches once for the same
    assert Verdict(NO, None, Search.ENDED) == verdict(prover(budget), NO, HARD, NUMBER)
    plain = verdict(prover(budget), NO, TEXT, NUMBER)
    assert plain.example is not None, "plain values take no effort"


def test_the_same_search_takes_the_same_effort_and_finds_the_same() -> None:
    budgets = [Budget(), Budget()]
    found = [verdict(prover(budget), NO, ListOf(HARD), ListOf(NUMBER)) for budget in budgets]
    assert found[0] == found[1]
    assert budgets[0].left == budgets[1].left


def test_what_is_made_in_vain_is_effort_too() -> None:
    effort = Effort()
    make = Strategies(effort)
    wanted = Text('{"contains":{"const":7},"maxContains":1,"minContains":1}')
    never = make.kept(make.arrays(st.integers(0, 3), NO_LIMITS), Limits(schema=wanted))
    effort.begin(200)
    assert first(never, lambda _: False, effort, attempts=10_000) is None
    assert 200 <= effort.spent < 300


def test_a_fault_that_many_places_have_is_searched_for_once() -> None:
    budget = Budget()
    by = prover(budget)
    first_one = verdict(by, NO, HARD, HARD)
    spent = budget.left
    assert first_one == verdict(by, NO, HARD, HARD)
    assert spent == budget.left


@pytest.mark.parametrize("limits", [Limits(max_length=131_072), Limits(max_items=100)])
def test_what_is_longer_than_a_large_limit_is_a_plain_value(limits: Limits) -> None:
    sent: Type = TEXT if limits.max_length else ListOf(NUMBER)
    budget = Budget()
    found = verdict(prover(budget), NO, sent, Anything(limits))
    assert found.example is not None
    assert Budget().left == budget.left


def test_what_is_found_is_not_written_out_and_warned_of_however_large_it_is() -> None:
    large: Json = [*map(str, range(9_000))]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = first(st.just(large), lambda value: value == large, Effort(20_000), attempts=1)
    assert (large,) == found


def test_a_search_that_has_no_end_finds_what_plain_values_do_not() -> None:
    found = verdict(prover(Budget(None)), NO, HARD, NUMBER)
    assert found.example is not None
    assert Membership({}).holds(HARD, found.example.value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"a": [1, "long text", 3], "b": None}, {"a": ["g"]}),
        ({"a": ["tag", {"c": 1.25}]}, {"a": ["g"]}),
        ({"a": ["g"]}, {"a": ["g"]}),
    ],
)
def test_what_proves_something_is_shrunk_as_far_as_it_still_does(
    value: Json, expected: Json
) -> None:
    def proves(one: Json) -> bool:
        inner = one.get("a") if isinstance(one, dict) else None
        return isinstance(inner, list) and any(
            isinstance(each, str) and "g" in each for each in inner
        )

    assert expected == shrunk(value, proves)


@pytest.mark.parametrize(
    ("value", "bound", "expected"),
    [(1000, 7, 7), (-1000, -7, None), (9.75, 7, 7), (7.25, 7.1, 7.2)],
)
def test_numbers_are_shrunk_towards_zero(
    value: float, bound: float, expected: float | None
) -> None:
    def proves(one: Json) -> bool:
        if isinstance(one, bool) or not isinstance(one, int | float):
            return False
        return one >= bound if bound > 0 else one <= bound

    assert (-7 if expected is None else expected) == shrunk(value, proves)


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        (Scalar(ScalarKind.STRING, Limits(min_length=3, max_length=3)), "000"),
        (Scalar(ScalarKind.INTEGER, Limits(minimum=5, multiple_of=7)), 7),
        (Scalar(ScalarKind.NUMBER, Limits(exclusive_minimum=0, maximum=0.25)), 0.25),
        (ListOf(NUMBER, Limits(min_items=2, unique_items=True)), [0, 1]),
    ],
)
def test_plain_values_are_at_the_edges_of_limits(type_: Type, expected: Json) -> None:
    few = Typed({}, FewValues(lambda _: ())).values(type_)
    assert expected in few
    assert all(Membership({}).holds(type_, one) for one in few)
