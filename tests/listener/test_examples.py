"""The examples, run as their readers would run them."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest

from topchef_sdk import Client, JobFailedError, Service
from topchef_sdk.server import TopChefServer

EXAMPLES = Path(__file__).parents[2] / "examples"

LONG = 60
"""Seconds after which something that should happen has not."""


@contextmanager
def service_of(example: str) -> Generator[Service]:
    """The service that an example registers and works for; it ends by Ctrl-C."""
    with TopChefServer() as server, Client(server.url) as client:
        process = subprocess.Popen(
            [sys.executable, EXAMPLES / example, server.url], stdout=subprocess.PIPE, text=True
        )
        try:
            assert process.stdout is not None
            yield client.services[UUID(process.stdout.readline().removeprefix("service ").strip())]
            process.send_signal(signal.SIGINT)
            assert 0 == process.wait(LONG)
        finally:
            process.kill()
            process.communicate(timeout=LONG)


def test_one_is_added() -> None:
    with service_of("add_one.py") as service:
        assert {"value": 42} == service.new_job({"value": 41}).wait(timeout=LONG)


def test_a_balance_weighs_what_it_knows_and_says_what_that_is() -> None:
    with service_of("typed_listener.py") as service:
        weight = service.new_job({"sample": "salt", "times": 2}).wait(timeout=LONG)
        with pytest.raises(JobFailedError, match="no such sample") as raised:
            service.new_job({"sample": "gold"}).wait(timeout=LONG)
        with pytest.raises(JobFailedError, match="times") as invalid:
            service.new_job({"sample": "salt", "times": 1000}).wait(timeout=LONG)

    assert (2, pytest.approx(7.25, abs=0.1)) == (len(weight["grams"]), weight["mean"])
    assert raised.value.report is not None
    assert ("rejected", {"known": ["salt", "sugar"]}) == (
        raised.value.report["kind"],
        raised.value.report["data"],
    )
    assert "validation" == (invalid.value.report or {})["kind"]


def test_a_cluster_does_the_jobs_of_the_example() -> None:
    done = subprocess.run(
        [sys.executable, EXAMPLES / "dask_listener.py", "--jobs", "6"],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )

    assert (0, "6 walks, mean squared distance 172\n") == (done.returncode, done.stdout)
