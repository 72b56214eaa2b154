"""What the wheel carries, and what importing costs."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

EXTRAS = {"click", "hypothesis", "rich", "sqlalchemy", "waitress", "yaml"}
"""Libraries that only extras bring."""


def run(*command: str) -> str:
    done = subprocess.run(
        [sys.executable, *command],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        cwd=ROOT,
    )
    assert 0 == done.returncode, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    run(
        "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--quiet", "-w", str(folder), "."
    )
    (found,) = folder.glob("*.whl")
    return zipfile.ZipFile(found)


def test_the_wheel_carries_the_sdk_and_the_generator(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())

    roots = {name.partition("/")[0] for name in names if ".dist-info" not in name}
    assert {"codegen", "topchef_sdk"} == roots
    typed = {"codegen/py.typed", "topchef_sdk/py.typed", "topchef_sdk/api/py.typed"}
    assert typed <= names
    assert "codegen/runtime/transport/pooled.py" in names


def test_the_wheel_has_both_commands(wheel: zipfile.ZipFile) -> None:
    (path,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    text = wheel.read(path).decode()

    assert "topchef = topchef_sdk.__main__:main" in text
    assert "topchef-codegen = codegen.__main__:run" in text


def test_the_guide_says_which_releases_a_package_needs() -> None:
    guide = (ROOT / "docs" / "generator.md").read_text("utf-8")
    _, _, block = guide.partition("```toml\ndependencies")
    said = tomllib.loads("dependencies" + block.partition("```")[0])
    there = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert set(said["dependencies"]) <= set(there["dependencies"])
    extras = said["project"]["optional-dependencies"]
    assert ["async", "test"] == sorted(extras)
    assert extras == {name: there["optional-dependencies"][name] for name in extras}


def loaded_by(statement: str) -> set[str]:
    code = f"import sys, json; {statement}; print(json.dumps(sorted(sys.modules)))"
    return {name.partition(".")[0] for name in json.loads(run("-c", code))}


@pytest.mark.parametrize(
    "statement",
    [
        "import topchef_sdk",
        "import topchef_sdk.api.endpoints.jobs",
        "import topchef_sdk.api.server",
    ],
)
def test_importing_needs_no_extra(statement: str) -> None:
    assert set() == loaded_by(statement) & EXTRAS


def test_without_its_extra_the_generator_says_what_to_install() -> None:
    block = "import sys; sys.modules['yaml'] = None; import codegen.__main__"
    done = subprocess.run(
        [sys.executable, "-c", block],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
    )

    assert (2, "yaml is missing; pip install 'topchef-sdk[codegen]'\n") == (
        done.returncode,
        done.stderr,
    )


def test_the_generator_does_not_load_the_sdk() -> None:
    assert "topchef_sdk" not in loaded_by("import codegen.__main__")
