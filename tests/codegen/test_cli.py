"""The command says what it did in one line, and what it refuses in one line too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from codegen.__main__ import main
from codegen.source_file import HEADER

SPEC = """\
openapi: 3.1.0
info: {title: Pets, version: '1'}
paths:
  /pets/{id}:
    get:
      operationId: get_pet
      parameters:
        - {name: id, in: path, required: true, schema: {type: integer}}
      responses:
        '200':
          description: the pet
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Pet'}
components:
  schemas:
    Pet:
      type: object
      required: [id]
      properties:
        id: {type: integer}
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "pets.yaml"
    path.write_text(SPEC)
    return path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "sdk"


def run(command: str, spec: Path, out: Path) -> int:
    return main([command, str(spec), "--out", str(out)])


def files(out: Path) -> dict[str, int]:
    return {
        path.relative_to(out).as_posix(): path.stat().st_mtime_ns
        for path in out.rglob("*")
        if path.is_file()
    }


def test_generate_writes_and_counts(
    spec: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("generate", spec, out) == 0
    written = files(out)
    count = len(written)
    assert capsys.readouterr().out == f"{count} files: {count} written, 0 unchanged, 0 removed\n"
    assert run("generate", spec, out) == 0
    assert capsys.readouterr().out == f"{count} files: 0 written, {count} unchanged, 0 removed\n"
    assert written == files(out)


def test_check_of_what_was_generated_is_up_to_date(
    spec: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("generate", spec, out)
    capsys.readouterr()
    assert run("check", spec, out) == 0
    assert capsys.readouterr().out == f"{len(files(out))} files: up to date\n"


def test_check_lists_what_is_stale_and_how_to_mend_it(
    spec: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("generate", spec, out)
    (out / "py.typed").unlink(missing_ok=True)
    (out / "__init__.py").write_text(f"{HEADER}\nedited = True\n")
    (out / "gone.py").write_text(f"{HEADER}\n")
    before = files(out)
    capsys.readouterr()
    assert run("check", spec, out) == 1
    assert capsys.readouterr().out == (
        f"{out}/__init__.py: changed\n"
        f"{out}/gone.py: left over\n"
        f"{out}/py.typed: missing\n"
        f"mend with: python -m codegen generate {spec} --out {out}\n"
    )
    assert before == files(out)


@pytest.mark.parametrize("command", ["generate", "check"])
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", "pets.yaml:2: is not YAML: "),
        ("openapi: 3.1.0\ninfo: !!python/name:os.system\n", "pets.yaml:2: /info: the tag !!python"),
        ("swagger: '2.0'\n", "pets.yaml:"),
        (SPEC.replace("schemas/Pet'", "schemas/Nothing'"), "pets.yaml:14: /paths/~1pets~1{id}/get"),
    ],
)
def test_a_refusal_is_one_line_and_writes_nothing(
    command: str, text: str, message: str, spec: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec.write_text(text)
    assert run(command, spec, out) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert captured.err.strip().isprintable()
    assert message in captured.err
    assert not out.exists()


def test_a_document_that_is_not_there_is_a_refusal(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("generate", tmp_path / "missing.yaml", out) == 2
    assert capsys.readouterr().err.endswith("missing.yaml: there is no such file\n")


def test_a_file_of_somebody_else_is_a_refusal(
    spec: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out.mkdir()
    (out / "__init__.py").write_text("mine = 1\n")
    assert run("generate", spec, out) == 2
    assert capsys.readouterr().err.endswith(
        "sdk/__init__.py: was not generated, so it stays; move it away\n"
    )
    assert list(files(out)) == ["__init__.py"]


def test_a_disk_that_refuses_is_one_line(
    spec: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out.symlink_to("nowhere/at/all")
    assert run("generate", spec, out) == 2
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert "sdk: " in captured.err


@pytest.mark.parametrize(
    "arguments", [[], ["generate"], ["generate", "a.yaml"], ["mend", "a.yaml", "--out", "sdk"]]
)
def test_a_command_that_is_none_exits_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2


def test_the_module_runs_as_a_program(spec: Path, out: Path) -> None:
    root = Path(__file__).parents[2]
    for command, code in (("check", 1), ("generate", 0), ("check", 0)):
        done = subprocess.run(
            [sys.executable, "-m", "codegen", command, str(spec), "--out", str(out)],
            cwd=spec.parent,
            env={**os.environ, "PYTHONPATH": str(root)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == code, done.stderr
        assert done.stderr == ""
