"""What pytest and Hypothesis find of this package by themselves, and that it costs them nothing."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topchef_sdk import Client
from topchef_sdk.api.models import Job, JobStatus, NewJob
from topchef_sdk.server import InProcessServer, TopChefServer
from topchef_sdk.testing import fixtures, hypothesis_plugin

HEAVY = "{'cattrs', 'jsonschema', 'msgspec', 'sqlalchemy', 'topchef_sdk.client', 'urllib3'}"


def loaded(statement: str, *options: str) -> str:
    """Which heavy modules a statement loads, in a fresh interpreter."""
    code = f"import sys; {statement}; print(sorted({HEAVY} & sys.modules.keys()))"
    return subprocess.run(
        [sys.executable, *options, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_the_plugins_are_registered() -> None:
    (hypothesis,) = entry_points(group="hypothesis", name="topchef")
    (of_pytest,) = entry_points(group="pytest11", name="topchef")
    assert hypothesis_plugin.register == hypothesis.load()
    assert fixtures == of_pytest.load()


@pytest.mark.parametrize(
    "statement", ["import hypothesis", "import topchef_sdk", "import topchef_sdk.testing.fixtures"]
)
def test_what_is_always_loaded_loads_nothing_heavy(statement: str) -> None:
    assert "[]" == loaded(statement)


def test_pytest_loads_nothing_heavy_for_tests_of_others(tmp_path: Path) -> None:
    (tmp_path / "test_others.py").write_text(
        f"import sys\ndef test_it():\n    assert not {HEAVY} & sys.modules.keys()\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stdout + done.stderr


@given(st.from_type(Job), st.from_type(JobStatus), st.from_type(list[NewJob]))
def test_hypothesis_makes_models_by_their_types(
    job: Job, status: JobStatus, new_jobs: list[NewJob]
) -> None:
    assert isinstance(job.status, JobStatus)
    assert not status.is_unknown
    assert all(isinstance(one, NewJob) for one in new_jobs)


@pytest.mark.parametrize("first", ["hypothesis", "topchef_sdk.api.models.job"])
def test_models_are_registered_whichever_is_loaded_first(first: str) -> None:
    code = (
        f"import {first}\n"
        "from hypothesis import find, strategies as st\n"
        "from topchef_sdk.api.models.job import Job\n"
        "print(type(find(st.from_type(Job), lambda job: True)).__name__)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ("Job\n", "") == (done.stdout, done.stderr)


def test_the_fixtures_share_one_server(
    topchef_transport: InProcessServer, topchef_client: Client
) -> None:
    other = Client("http://other.invalid", transport=topchef_transport)
    assert 0 == len(topchef_client.services) == len(other.services)


def test_the_server_over_http_answers(topchef_server: TopChefServer) -> None:
    with Client(topchef_server.url) as client:
        assert 0 == len(client.services)
