"""The examples of docs/asynchronous.md, run as a reader would run them."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from topchef_sdk import Client, FunctionListener
from topchef_sdk.api import JsonObject
from topchef_sdk.server import TopChefServer

TEXT = (Path(__file__).parents[1] / "docs" / "asynchronous.md").read_text("utf-8")
JOBS, CALLS, IN_PROCESS = re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL)


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server where a listener adds one to what it is given."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    schema: JsonObject = {"type": "object", "properties": {"value": {"type": "integer"}}}

    def add_one(parameters: JsonObject) -> JsonObject:
        return {"value": parameters["value"] + 1}

    with TopChefServer() as server, Client(server.url) as client:
        listener = FunctionListener.new_service_for(
            add_one, client, "Add one", "Adds one.", schema, schema
        )
        with listener:
            yield server.url


def run(block: str, folder: Path, url: str) -> str:
    path = folder / "example.py"
    path.write_text(block.replace("http://127.0.0.1:8080", url), "utf-8")
    done = subprocess.run(
        [sys.executable, path], capture_output=True, text=True, timeout=60, check=False
    )
    assert "" == done.stderr
    return done.stdout


def test_services_and_jobs(tmp_path: Path, url: str) -> None:
    listed, refused, results = run(JOBS, tmp_path, url).splitlines()

    assert "Add one" == listed.partition(" ")[2]
    assert "$.value: 'many' is not of type 'integer'" == refused
    assert "[{'value': 2}, {'value': 3}, {'value': 4}]" == results


def test_calls(tmp_path: Path, url: str) -> None:
    assert ["['Add one']", "200 True"] == run(CALLS, tmp_path, url).splitlines()


def test_without_sockets(tmp_path: Path) -> None:
    assert "0\n" == run(IN_PROCESS, tmp_path, "")
