"""The examples of docs/transport.md, run as a reader would run them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from topchef_sdk.server import TopChefServer

TEXT = (Path(__file__).parents[1] / "docs" / "transport.md").read_text("utf-8")
SETTINGS, TRIES, CONNECTIONS, TRACING, PLAYED = re.findall(
    r"```python\n(.*?)```", TEXT, flags=re.DOTALL
)

SPANS = '''"""What an example needs of OpenTelemetry, which this project does not depend on."""
from contextlib import contextmanager

class _Span:
    def set_attribute(self, name, value):
        print(name, value)

class _Tracer:
    @contextmanager
    def start_as_current_span(self, name):
        print("span", name)
        yield _Span()

class trace:
    get_tracer = staticmethod(lambda name: _Tracer())

class propagate:
    inject = staticmethod(lambda fields: fields.update(traceparent="00-1-2-01"))
'''


@pytest.fixture
def url() -> Iterator[str]:
    with TopChefServer() as server:
        yield server.url


def run(block: str, folder: Path, url: str = "") -> list[str]:
    path = folder / "example.py"
    path.write_text(block.replace("http://127.0.0.1:8080", url), "utf-8")
    done = subprocess.run(
        [sys.executable, path],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": str(folder)},
    )
    assert "" == done.stderr
    return done.stdout.splitlines()


def test_a_client_with_settings(tmp_path: Path) -> None:
    assert ["ConnectError 4 False"] == run(SETTINGS, tmp_path, "http://127.0.0.1:9")


def test_a_hook_is_told_of_tries(tmp_path: Path) -> None:
    expected = ["1 GET ConnectError again", "2 GET ConnectError no more", "sent: False"]
    assert expected == run(TRIES, tmp_path)


def test_a_transport_with_settings(tmp_path: Path, url: str) -> None:
    assert ["200"] == run(CONNECTIONS, tmp_path, url)


def test_tracing(tmp_path: Path, url: str) -> None:
    (tmp_path / "opentelemetry.py").write_text(SPANS, "utf-8")
    span, where, status, count = run(TRACING, tmp_path, url)
    assert ("span GET", "http.response.status_code 200", "0") == (span, status, count)
    assert where.startswith(f"url.full {url}/services")


def test_a_transport_that_a_test_plays(tmp_path: Path) -> None:
    assert ["GET http://test/services", "[]"] == run(PLAYED, tmp_path)
