"""Each case is a document about one thing, beside the package that is generated from it.

`pytest tests/codegen --update-golden` writes what is expected anew; read the difference.
"""

from __future__ import annotations

import compileall
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from codegen.emit import emit
from codegen.load import load
from codegen.lower import lower

ROOT = Path(__file__).parents[2]
CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.parent.name for path in CASES.glob("*/openapi.yaml"))


def generated(name: str) -> dict[str, str]:
    """The files of a case but for the runtime, which is the same everywhere, and the marker.

    Those for tests are much the same too, and hold the document once more; one case shows them.
    """
    document = load(CASES / name / "openapi.yaml")
    files = emit(lower(document.tree, document.files))
    texts = {str(file.path): file.text for file in files}
    left_out = ("_runtime/", "py.typed", *([] if name == "views" else ["testing/"]))
    return {path: texts[path] for path in texts if not path.startswith(left_out)}


def written(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes().decode()
        for path in folder.rglob("*.py")
    }


def run(
    *command: str | Path, cwd: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def tool(name: str) -> Path:
    return Path(sys.executable).parent / name


def assert_silent(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_a_case_generates_what_is_expected(name: str, pytestconfig: pytest.Config) -> None:
    folder = CASES / name / "expected"
    actual = generated(name)
    if pytestconfig.getoption("--update-golden"):
        for path in written(folder).keys() - actual.keys():
            (folder / path).unlink()
        for path, text in actual.items():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text.encode())
    assert written(folder) == actual


def test_every_case_has_a_comment_that_says_what_it_is_about() -> None:
    silent = [
        name for name in NAMES if not (CASES / name / "openapi.yaml").read_text().startswith("# ")
    ]
    assert silent == []


def test_the_packages_compile_and_import_without_a_warning(golden: Path) -> None:
    assert compileall.compile_dir(golden, quiet=1, force=True)
    modules = [
        ".".join(path.relative_to(golden).with_suffix("").parts)
        for path in sorted(golden.rglob("*.py"))
        if path.name != "__init__.py"
    ]
    code = "import importlib, json, sys\nfor name in json.load(sys.stdin):\n importlib.import_module(name)"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=golden,
        input=json.dumps(modules),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (0, "") == (done.returncode, done.stderr)


def test_ruff_finds_nothing_in_the_expected_files() -> None:
    config = ROOT / "pyproject.toml"
    command = (tool("ruff"), "check", "--quiet", "--no-cache", "--config", config)
    assert_silent(run(*command, "--extend-select", "D1", CASES))


def test_ruff_would_format_the_expected_files_as_they_are() -> None:
    config = ROOT / "pyproject.toml"
    assert_silent(
        run(tool("ruff"), "format", "--diff", "--quiet", "--no-cache", "--config", config, CASES)
    )


def test_mypy_finds_nothing_in_the_packages(golden: Path, pytestconfig: pytest.Config) -> None:
    cache = pytestconfig.rootpath / ".mypy_cache" / "golden"
    assert_silent(
        run(
            *(tool("mypy"), "--strict", "--config-file", ROOT / "pyproject.toml"),
            *("--cache-dir", cache, "--no-error-summary", "-p", "golden_cases"),
            cwd=golden,
        )
    )


def test_basedpyright_finds_nothing_in_the_packages(golden: Path) -> None:
    settings = {"include": ["golden_cases"], "typeCheckingMode": "strict", "pythonVersion": "3.11"}
    (golden / "pyrightconfig.json").write_text(json.dumps(settings))
    assert_silent(run(tool("basedpyright"), "--pythonpath", sys.executable, cwd=golden))


def test_equal_documents_give_equal_bytes() -> None:
    code = (
        "import hashlib, pathlib\n"
        "from codegen.load import load; from codegen.lower import lower; from codegen.emit import emit\n"
        "for path in sorted(pathlib.Path('tests/codegen/cases').glob('*/openapi.yaml')):\n"
        "    document = load(path)\n"
        "    for file in emit(lower(document.tree, document.files)):\n"
        "        print(path, file.path, hashlib.sha256(file.content).hexdigest())\n"
    )
    outputs = [run(sys.executable, "-c", code, PYTHONHASHSEED=seed) for seed in ("1", "2")]
    assert [(0, "")] * 2 == [(done.returncode, done.stderr) for done in outputs]
    assert outputs[0].stdout == outputs[1].stdout
