"""The command says what it did in one line, and what it refuses in one line too."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from importlib.metadata import version
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
    assert main(["generate", str(spec), "--out", str(out), "--force"]) == 2
    assert capsys.readouterr().err.endswith(
        "sdk/__init__.py: was not generated, so it stays; move it away\n"
    )
    assert list(files(out)) == ["__init__.py"]


def test_a_folder_of_other_things_is_written_to_only_by_force(
    spec: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out.mkdir()
    (out / ".gitignore").write_text("")
    (out / "notes.txt").write_text("mine\n")
    assert run("generate", spec, out) == 2
    assert capsys.readouterr().err == (
        f"{out}: holds other files and no generated ones; name a new folder, or say --force\n"
    )
    assert sorted(files(out)) == [".gitignore", "notes.txt"]
    assert main(["generate", str(spec), "--out", str(out), "--force"]) == 0
    assert run("generate", spec, out) == 0
    assert (out / "notes.txt").read_text() == "mine\n"


def test_a_folder_of_hidden_files_alone_is_as_good_as_empty(spec: Path, out: Path) -> None:
    out.mkdir()
    (out / ".gitignore").write_text("")
    assert run("generate", spec, out) == 0


def test_a_disk_that_refuses_is_one_line(
    spec: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out.symlink_to("nowhere/at/all")
    assert run("generate", spec, out) == 2
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert "sdk: " in captured.err


@pytest.mark.parametrize(
    "arguments", [[], ["mend", "a.yaml", "--out", "sdk"], ["check", "a.yaml", "--force"]]
)
def test_a_command_that_is_none_exits_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["a.yaml", "--output", "sdk"], "--output sdk; did you mean '--out'?"),
        (["a.yaml", "--pakage=sdk"], "--pakage=sdk; did you mean '--package'?"),
        (["a.yaml", "b.yaml"], "b.yaml"),
    ],
)
def test_an_argument_that_is_none_is_told_by_its_command_with_the_nearest_one(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["generate", *arguments])
    assert 2 == caught.value.code
    usage, *_, last = capsys.readouterr().err.splitlines()
    assert usage.startswith("usage: python -m codegen generate [-h] [--out DIR]")
    assert f"python -m codegen generate: error: unrecognized arguments: {told}" == last


def test_the_program_is_called_as_it_was_started(
    spec: Path, out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["/venv/bin/topchef-codegen"])
    assert 1 == run("check", spec, out)
    told = capsys.readouterr().out.splitlines()[-1]
    assert f"mend with: topchef-codegen generate {spec} --out {out}" == told


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "SPEC: is missing; name a document, or write `spec` to [tool.topchef-codegen]"),
        (["a.yaml"], "--out: is missing; name the folder of the SDK"),
        (["a.yaml", "--package", "a/b"], "--package: 'a/b' is no name to import; write one"),
        (["a.yaml", "--package", "..b"], "--package: '..b' is no name to import; write one"),
        (["a.yaml", "--base-error", "x y"], "--base-error: 'x y' is no name of a class; write"),
    ],
)
def test_too_little_or_what_cannot_be_is_one_line(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["generate", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith(message)
    assert captured.err.count("\n") == 1


def test_the_table_says_what_the_command_line_leaves_open(
    spec: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = "[tool.topchef-codegen]\nspec = 'pets.yaml'\npackage = 'acme.pets'\n"
    (tmp_path / "pyproject.toml").write_text(table)
    inner = tmp_path / "inner"
    inner.mkdir()
    monkeypatch.chdir(inner)
    assert main(["check"]) == 1
    assert capsys.readouterr().out.endswith("mend with: python -m codegen generate\n")
    assert main(["generate"]) == 0
    assert (tmp_path / "acme" / "pets" / "__init__.py").is_file()
    assert main(["generate", "--out", "here"]) == 0
    assert (inner / "here" / "__init__.py").is_file()
    # A document on the command line leaves the table aside.
    assert main(["generate", str(spec)]) == 2


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("tags = ['defaut']", "tags: there is no tag 'defaut'; did you mean 'default'?"),
        ("only = ['get_pets']", "only: there is no operation 'get_pets'; did you mean 'get_pet'?"),
        (
            "base-error = 'ClientError'",
            "base-error: the SDK has a 'ClientError' already; choose another name",
        ),
    ],
)
def test_what_turns_out_to_be_wrong_in_the_table_is_told_of_there(
    line: str,
    message: str,
    spec: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = f"[tool.topchef-codegen]\nspec = '{spec.name}'\nout = 'sdk'\n{line}\n"
    (tmp_path / "pyproject.toml").write_text(table)
    monkeypatch.chdir(tmp_path)
    assert 2 == main(["generate"])
    place, _, said = capsys.readouterr().err.partition(": tool.topchef-codegen.")
    shown = place.removeprefix("...")  # long paths are cut from the left
    assert shown.endswith("/pyproject.toml")
    assert str(tmp_path / "pyproject.toml").endswith(shown)
    assert f"{message}\n" == said
    assert 2 == main(["generate", "--tags", "no"])
    assert "--tags: there is no tag 'no'\n" == capsys.readouterr().err


@pytest.mark.parametrize("name", ["my-sdk", "class", "2nd"])
def test_a_folder_that_no_import_can_name_is_warned_of(
    name: str, spec: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / name
    assert 0 == run("generate", spec, out)
    what = "no import can name this folder; name another, or say --package NAME"
    assert f"{out}: {what}\n" == capsys.readouterr().err
    assert 0 == main(["generate", str(spec), "--out", str(out), "--package", "acme"])
    assert "" == capsys.readouterr().err


def test_a_part_is_generated_with_what_it_needs(
    spec: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = SPEC.replace("get_pet", "getPet")
    spec.write_text(text + "    Other: {type: object, properties: {a: {type: string}}}\n")
    whole, part = out / "whole", out / "part"
    assert run("generate", spec, whole) == 0
    chosen = ["generate", str(spec), "--out", str(part), "--only", "GET /pets/*, getPet*"]
    assert main(chosen) == 0
    texts = ["".join(p.read_text() for p in each.rglob("*.py")) for each in (whole, part)]
    assert [True, False] == ["class Other" in text for text in texts]
    assert [True, True] == ["class Pet" in text for text in texts]
    capsys.readouterr()
    assert main([*chosen, "--tags", "default,pest"]) == 2
    assert capsys.readouterr().err == "--tags: there is no tag 'pest'\n"


def test_warnings_are_lines_on_stderr_and_a_report_has_everything(
    spec: Path, out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec.write_text(SPEC.replace("type: object\n", "type: object\n      maxPropertes: 9\n"))
    assert run("generate", spec, out) == 0
    line = (
        f"{spec}:19: /components/schemas/Pet/maxPropertes: 'maxPropertes' is no keyword of schemas "
        "and not heeded; did you mean 'maxProperties'?\n"
    )
    assert capsys.readouterr().err == line
    file = tmp_path / "notes.txt"
    assert main(["check", str(spec), "--out", str(out), "--report", str(file)]) == 0
    assert "/components/schemas/Pet/maxPropertes: " in file.read_text()


def test_the_error_of_all_errors_gets_the_chosen_name(
    spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    named = ["--package", "chosen_name", "--base-error", "PetsError"]
    assert main(["generate", str(spec), *named]) == 0
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    package = importlib.import_module("chosen_name")
    assert package.PetsError is package.SdkError
    assert "PetsError" in package.__all__
    assert "from chosen_name import ApiClient" in str(package.__doc__)


def test_a_name_that_the_sdk_has_already_is_refused(
    spec: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--out", str(out), "--base-error", "ClientError"]
    assert main(["generate", str(spec), *options]) == 2
    assert capsys.readouterr().err == (
        "--base-error: the SDK has a 'ClientError' already; choose another name\n"
    )
    assert not out.exists()


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"topchef-codegen {version('topchef-sdk')}\n"


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
