"""A property that is absent, null, or there."""

from __future__ import annotations

from typing import assert_type

from pets.models import Cat, Dog

from topchef_sdk.api import UNSET, JsonObject, Unset
from topchef_sdk.api.models import Job


def three_states(job: Job) -> JsonObject:
    assert_type(job.results, JsonObject | Unset | None)
    if job.results is UNSET:
        return {}
    assert_type(job.results, JsonObject | None)
    if job.results is None:
        return {}
    assert_type(job.results, JsonObject)
    return job.results


def by_class(job: Job) -> JsonObject | None:
    return None if isinstance(job.results, Unset) else job.results


def by_truth(cat: Cat) -> str:
    return cat.colour or "black"


def two_states(job: Job) -> JsonObject:
    assert_type(job.result, JsonObject | None)
    return {} if job.result is None else job.result


def a_default_is_never_absent(dog: Dog) -> int:
    return len(dog.tricks)


def wrong_uses(job: Job, cat: Cat) -> JsonObject:
    # error: mypy[comparison-overlap]
    if job.result is UNSET:
        # error: mypy[unreachable]
        return {}
    # error: mypy[arg-type] pyright[reportArgumentType]
    len(cat.colour)
    # error: mypy[assignment] pyright[reportAttributeAccessIssue]
    cat.lives = UNSET
    # error: mypy[return-value] pyright[reportReturnType]
    return job.results
