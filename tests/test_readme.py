"""The README's examples, run as a reader would run them."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from topchef_sdk.server import TopChefServer

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
LISTENER, TYPED, CLIENT, TASKS, GENERATED, PROPERTY, IN_PROCESS = BLOCKS


@pytest.fixture
def url() -> Iterator[str]:
    with TopChefServer() as server:
        yield server.url


def script(block: str, folder: Path, url: str) -> Path:
    path = folder / "example.py"
    path.write_text(block.replace("http://127.0.0.1:8080", url), "utf-8")
    return path


@contextmanager
def running(path: Path) -> Generator[subprocess.Popen[str], None, None]:
    process = subprocess.Popen(
        [sys.executable, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=30)


def run(path: Path) -> str:
    done = subprocess.run(
        [sys.executable, path], capture_output=True, text=True, timeout=60, check=False
    )
    assert "" == done.stderr
    return done.stdout


def test_the_listener_and_the_client_do_what_the_readme_says(tmp_path: Path, url: str) -> None:
    client = script(wait_for_service() + CLIENT, folder(tmp_path, "client"), url)
    tasks = script(TASKS, folder(tmp_path, "tasks"), url)
    with running(script(LISTENER, folder(tmp_path, "listener"), url)) as listener:
        assert "{'value': 42}\n" == run(client)
        assert "[{'value': 42}, {'value': 43}, {'value': 44}]\n" == run(tasks)
        listener.send_signal(signal.SIGINT)
        _, said = listener.communicate(timeout=60)

    assert (0, "") == (listener.returncode, said)


def wait_for_service() -> str:
    """What a reader does by typing the second command after the first."""
    return (
        "import time\n"
        "from topchef_sdk import Client\n"
        "with Client('http://127.0.0.1:8080') as client:\n"
        "    while not len(client.services):\n"
        "        time.sleep(0.05)\n"
    )


def folder(parent: Path, name: str) -> Path:
    made = parent / name
    made.mkdir()
    return made


@pytest.mark.parametrize("block", [GENERATED, IN_PROCESS], ids=["generated", "in-process"])
def test_an_example_runs(block: str, tmp_path: Path, url: str) -> None:
    assert "" == run(script(block, tmp_path, url))


def test_the_example_with_types_prints_what_it_says(tmp_path: Path, url: str) -> None:
    assert "{'frequencies': [0.0, 0.5, 1.0]}\n" == run(script(TYPED, tmp_path, url))


def test_the_property_based_example_is_a_test_that_passes(tmp_path: Path) -> None:
    path = tmp_path / "test_example.py"
    path.write_text(PROPERTY, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", path.name],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert 0 == done.returncode, done.stdout
    assert "1 passed" in done.stdout


def test_the_examples_pass_mypy(tmp_path: Path) -> None:
    files = [tmp_path / f"example_{number}.py" for number in range(len(BLOCKS))]
    for file, block in zip(files, BLOCKS, strict=True):
        file.write_text(block, "utf-8")
    cache = ROOT / ".mypy_cache"  # which `make types` has filled
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", cache, *files],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert 0 == done.returncode, done.stdout


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)]+)\)", README))
def test_the_links_lead_somewhere(link: str) -> None:
    assert (ROOT / link).exists()


def test_the_make_targets_are_there() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")

    named = set(re.findall(r"make (\w+)", README)) - {"demo"}
    assert all(re.search(rf"^{target}:", makefile, flags=re.MULTILINE) for target in named)
