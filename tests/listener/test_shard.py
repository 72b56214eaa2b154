"""Parts of a service's jobs, without asking anybody."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topchef_sdk.listener.shard import ALL, Shard


@given(st.uuids(), st.integers(1, 50))
def test_each_job_is_in_one_shard(job_id: UUID, count: int) -> None:
    homes = [number for number in range(1, count + 1) if Shard(number, count).has(job_id)]
    assert 1 == len(homes)


@given(st.integers(1, 999_999), st.integers(0, 999_998))
def test_a_shard_is_read_as_it_is_written(count: int, before: int) -> None:
    shard = Shard(1 + before % count, count)
    assert shard == Shard.read(str(shard))


def test_shards_share_jobs_about_evenly() -> None:
    jobs = [UUID(int=7919 * number, version=4) for number in range(3000)]
    sizes = [sum(Shard(number, 3).has(job) for job in jobs) for number in (1, 2, 3)]
    assert 3000 == sum(sizes)
    assert all(900 < size < 1100 for size in sizes)


def test_the_whole_is_one_shard() -> None:
    assert Shard.read("1/1") == ALL


@pytest.mark.parametrize(
    "text",
    ["", "1", "0/2", "3/2", "1/0", "-1/2", "1/2 ", "1/2/3", "a/b", "1 / 2", "1/1000000", "١/٢"],
)
def test_anything_else_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(ValueError, match="is not of the form K/N with K from 1 to N"):
        Shard.read(text)
