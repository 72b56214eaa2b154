"""The decision is held against values: those that the judge and jsonschema take, at random."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, Phase, assume, given, reject, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.strategies import DataObject
from jsonschema import Draft202012Validator

from codegen.compare.faults import Instead
from codegen.compare.membership import Membership, Models
from codegen.compare.proof import Budget, Prover, Root
from codegen.compare.relation import Relation
from codegen.compare.search.candidates import Candidates
from codegen.compare.search.effort import Effort
from codegen.compare.search.strategies import Strategies, Values
from codegen.compare.subschema import Subschemas
from codegen.ir import Type, UnionOf
from tests.codegen.compare.random_types import json_schema, looser, models, told_apart, types
from tests.thoroughness import examples

LAW = settings(
    max_examples=examples(40),
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink models takes many minutes
    suppress_health_check=[
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
        HealthCheck.large_base_example,
        HealthCheck.nested_given,
        HealthCheck.too_slow,
    ],
)


@LAW
@given(types() | told_apart(), models())
def test_every_type_is_a_subschema_of_itself(type_: Type, known: Models) -> None:
    assert Relation.YES is Subschemas(known, known).decide(type_, type_)


@LAW
@given(types(), models(says_all=True), st.data())
def test_being_a_subschema_goes_on_where_objects_say_what_else_they_hold(
    first: Type, one: Models, data: DataObject
) -> None:
    second, two = data.draw(looser(first, one))
    third, three = data.draw(looser(second, two) | st.tuples(types(), models(says_all=True)))
    assume(Subschemas(one, two).decide(first, second) is Relation.YES)
    assume(Subschemas(two, three).decide(second, third) is Relation.YES)
    assert Subschemas(one, three).decide(first, third) is not Relation.NO


@LAW
@given(types() | told_apart(), models(), st.data())
def test_no_value_of_a_subschema_is_refused(sent: Type, one: Models, data: DataObject) -> None:
    accepted, two = data.draw(looser(sent, one) | st.tuples(types(), models()))
    assume(Subschemas(one, two).decide(sent, accepted) is Relation.YES)
    try:
        value = data.draw(_candidates(one, two).values(sent))
    except InvalidArgument:  # such as three unique items of one constant
        reject()
    assume(Membership(one).holds(sent, value))
    assert Membership(two).holds(accepted, value)
    if not isinstance(sent, UnionOf) or sent.discriminator is None:
        assert _validator(accepted, two).is_valid(value)


@LAW
@given(types() | told_apart(), types() | told_apart(), models(), models())
def test_the_decision_and_the_search_agree(
    sent: Type, accepted: Type, one: Models, two: Models
) -> None:
    relation = Subschemas(one, two).decide(sent, accepted)
    prover = Prover(one, two, is_searching=True, proves_all=True, budget=Budget(None))
    verdict = prover.verdict(relation, Root(sent, accepted), (), Instead(sent, accepted))
    if verdict.example is not None:
        assert Relation.NO is verdict.relation
        assert Membership(one).holds(sent, verdict.example.value)
        assert not Membership(two).holds(accepted, verdict.example.value)


@LAW
@given(types(), models(), types(), models(), st.data())
def test_jsonschema_judges_as_we_do(
    type_: Type, known: Models, other: Type, others: Models, data: DataObject
) -> None:
    made = _candidates(known, others)
    try:
        value = data.draw(made.values(type_) | _candidates(others, known).values(other))
    except InvalidArgument:  # such as two different items of which there is one
        reject()
    assert _validator(type_, known).is_valid(value) == Membership(known).holds(type_, value)


def _candidates(sent: Models, accepted: Models) -> Candidates[Values]:
    return Candidates(sent, accepted, Strategies(Effort()))


def _validator(type_: Type, known: Models) -> Any:
    schema = json_schema(type_, known)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
