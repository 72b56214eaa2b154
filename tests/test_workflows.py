"""What runs on its own: hooks of commits and pull requests say what they do, and it works.

Their files are read, and the very commands that they name are run in a repository that is made here.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NotRequired, TypedDict, cast

import pytest
import yaml

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
STAGED = ("codegen", "spec", "topchef_sdk/api", "pyproject.toml", ".gitignore")
"""What of this repository its hooks and workflows need."""


class Hook(TypedDict):
    """A hook of pre-commit, as far as it is looked at."""

    entry: str
    language: str
    files: str
    pass_filenames: bool
    additional_dependencies: NotRequired[list[str]]


pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


def read(path: str) -> object:
    return yaml.safe_load((ROOT / path).read_text("utf-8"))


def steps() -> dict[str, str]:
    """The commands of the workflow by the names of its steps."""
    workflow = cast("dict[str, dict[str, dict[str, list[dict[str, str]]]]]", read(WORKFLOW))
    return {step["name"]: step["run"] for step in workflow["jobs"]["api"]["steps"] if "run" in step}


WORKFLOW = ".github/workflows/api.yml"
INSTALL = "Install the generator"
STALE = "Is the generated code that of the document?"
BASE = "Lay out what it was before"
WIRE = "Who breaks on the wire?"
PYTHON = "Whose Python breaks?"


class Repository:
    """A repository with what of this one is needed, and one commit."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in STAGED:
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, place, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copyfile(ROOT / name, place)
        for command in (
            "-c init.defaultBranch=main init --quiet",
            "add --all",
            "commit --quiet --message Base",
        ):
            assert (0, "") == self.run(f"git {command}")
        self.base = self.run("git rev-parse HEAD")[1].strip()

    def run(self, command: str, **variables: str) -> tuple[int, str]:
        """The exit code of a command, and what it says, as a runner of workflows would have it."""
        who = {
            f"GIT_{role}_{what}": "tests@example.org"
            for role in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        }
        path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-e", "-c", command],
            cwd=self.folder,
            env={**os.environ, **who, "PATH": path, "PYTHONPATH": "", **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    def status(self) -> str:
        return self.run("git status --porcelain")[1]

    def change_spec(self, old: str, new: str) -> None:
        spec = self.folder / "spec" / "topchef.yaml"
        text = spec.read_text("utf-8")
        assert old in text
        spec.write_text(text.replace(old, new), "utf-8")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository")


def test_the_workflow_runs_on_pull_requests_and_may_only_read() -> None:
    workflow = cast("dict[object, object]", read(WORKFLOW))
    # YAML 1.1, which PyYAML reads, takes `on` for true; GitHub does not.
    assert {"pull_request": None} == workflow[True]
    assert {"contents": "read"} == workflow["permissions"]
    # An expression in a command would be put there as text, whatever it holds.
    assert not [command for command in steps().values() if "${{" in command]


def test_the_workflow_installs_what_its_commands_need() -> None:
    (wanted,) = re.findall(r"'\.\[(.*)\]'", steps()[INSTALL])
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert ["codegen", "contract"] == wanted.split(",")
    assert {"codegen", "contract"} <= set(project["optional-dependencies"])


def test_a_pull_request_that_changes_nothing_passes(repository: Repository) -> None:
    for name, command in steps().items():
        if name != INSTALL:
            code, said = repository.run(command, BASE=repository.base)
            assert (name, 0) == (name, code), said
    assert "" == repository.status()


def test_a_pull_request_that_breaks_users_fails_where_it_should(repository: Repository) -> None:
    repository.change_spec("operationId: get_next_job\n", "operationId: take_next_job\n")
    before = repository.status()
    code, said = repository.run(steps()[STALE])
    assert (1, True) == (code, "topchef_sdk/api/endpoints/jobs.py: changed\n" in said)
    assert before == repository.status()

    (mend,) = re.findall(r"^mend with: (.*)$", said, flags=re.MULTILINE)
    assert 0 == repository.run(mend)[0]
    assert 0 == repository.run(steps()[STALE])[0]

    assert 0 == repository.run(steps()[BASE], BASE=repository.base)[0]
    code, said = repository.run(steps()[PYTHON])
    assert 1 == code, said
    assert "get_next_job, named by callers (`GET /services/{service_id}/jobs/next`)" in said


def test_the_hook_of_this_repository_names_what_there_is(repository: Repository) -> None:
    config = cast("dict[str, list[dict[str, object]]]", read(".pre-commit-config.yaml"))
    (local,) = config["repos"]
    (hook,) = cast("list[Hook]", local["hooks"])
    assert ("local", "system", False) == (local["repo"], hook["language"], hook["pass_filenames"])
    here = hook["entry"].replace(".venv/bin/python", shlex.quote(sys.executable))
    assert 0 == repository.run(here)[0]
    repository.change_spec("operationId: get_next_job\n", "operationId: take_next_job\n")
    assert 1 == repository.run(here)[0]
    files = re.compile(hook["files"])
    assert [True, True, False] == [
        bool(files.search(path))
        for path in ("spec/topchef.yaml", "topchef_sdk/api/server.py", "README.md")
    ]


def test_the_hook_for_others_reads_their_table(tmp_path: Path) -> None:
    (hook,) = cast("list[Hook]", read(".pre-commit-hooks.yaml"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert (hook["entry"].split()[0] in project["scripts"], "python") == (True, hook["language"])
    assert hook.get("additional_dependencies") == project["optional-dependencies"]["codegen"]
    assert hook["pass_filenames"] is False

    (tmp_path / "pyproject.toml").write_text(
        "[tool.topchef-codegen]\nspec = 'zoo.yaml'\nout = 'zoo'\ncontract = false\n"
    )
    shutil.copyfile(ROOT / "examples" / "zoo.yaml", tmp_path / "zoo.yaml")

    def run(command: str) -> int:
        words = [str(BIN / command.split()[0]), *command.split()[1:]]
        return subprocess.run(words, cwd=tmp_path, capture_output=True, check=False).returncode

    assert [1, 0, 0] == [run(hook["entry"]), run("topchef-codegen generate"), run(hook["entry"])]
