"""The type contract: what it costs, what it finds, and what it says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import attr
import pytest
import yaml

from codegen.__main__ import main
from codegen.compare.changes import Change
from codegen.compare.comparing import compare
from codegen.compare.running import understood
from codegen.contract.breaks import Break, breaks_of
from codegen.contract.lines import Lines
from codegen.contract.told import as_text, in_short
from codegen.contract.type_checker import Complaint
from codegen.source_file import HEADER

from .contracts import DIFFS, NAMES, breaks_of_pairs, planted, sdk

ROOT = Path(__file__).parents[2]

OLD = """\
openapi: 3.1.0
info: {title: Pets, version: '1'}
paths:
  /pets/{id}:
    get:
      operationId: getPet
      tags: [pets]
      parameters:
        - {name: id, in: path, required: true, schema: {type: integer}}
        - {name: asOf, in: query, schema: {type: string}}
      responses:
        '200':
          description: The pet.
          content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}
components:
  schemas:
    Pet:
      type: object
      required: [id, bornOn]
      properties:
        id: {type: integer}
        bornOn: {type: string}
"""
NEW = OLD.replace("bornOn: {type: string}", "bornOn: {type: string, format: date}")


@pytest.fixture(scope="session")
def found(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, tuple[Break, ...]]:
    """What breaks in each pair of documents, by one run of mypy."""
    pairs = {name: (sdk(name, "old")["contract.py"], sdk(name, "new")) for name in NAMES}
    return breaks_of_pairs(tmp_path_factory.mktemp("pairs"), pairs)


@pytest.fixture(scope="session")
def changes() -> Mapping[str, tuple[Change, ...]]:
    """What `diff` says of each pair of documents, without the search for examples."""
    sides = {
        name: tuple(understood(DIFFS / name / f"{version}.yaml") for version in ("old", "new"))
        for name in NAMES
    }
    return {
        name: tuple(compare(old, new, is_searching=False).changes)
        for name, (old, new) in sides.items()
    }


def generate(text: str, folder: Path, *options: str) -> Path:
    folder.parent.mkdir(parents=True, exist_ok=True)
    spec = folder.with_suffix(".yaml")
    spec.write_text(text)
    assert main(["generate", str(spec), "--out", str(folder), *options]) == 0
    return folder


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- what it finds ------------------------------------------------------------------------------


def test_each_pair_breaks_what_is_expected(
    found: Mapping[str, tuple[Break, ...]], pytestconfig: pytest.Config
) -> None:
    actual = {
        name: "".join(f"{in_short(one)}\n" for one in breaks) or "no break\n"
        for name, breaks in found.items()
    }
    files = {name: DIFFS / name / "contract.txt" for name in NAMES}
    if pytestconfig.getoption("--update-golden"):
        for name, file in files.items():
            file.write_text(actual[name], "utf-8")
    assert {name: file.read_text("utf-8") for name, file in files.items()} == actual


def test_diff_and_contract_together_miss_no_planted_break_and_cry_wolf_on_none(
    found: Mapping[str, tuple[Break, ...]], changes: Mapping[str, tuple[Change, ...]]
) -> None:
    said = {
        name: {
            "diff": any(one.is_break for one in changes[name]),
            "contract": any(not one.is_note for one in found[name]),
        }
        for name in NAMES
    }
    assert {name: planted(name) for name in NAMES} == {
        name: any(tools.values()) for name, tools in said.items()
    }, said


ONLY_SAID_BY_DIFF = {
    "discriminator_swapped",  # what reads as a Cat is a Dog now: types do not say what is read
}


def test_diff_says_that_python_breaks_where_mypy_says_so(
    found: Mapping[str, tuple[Break, ...]], changes: Mapping[str, tuple[Change, ...]]
) -> None:
    by_diff = {name for name in NAMES if any(one.caller is not None for one in changes[name])}
    by_mypy = {name for name in NAMES if any(not one.is_note for one in found[name])}
    assert ONLY_SAID_BY_DIFF == by_diff - by_mypy
    assert set() == by_mypy - by_diff


def test_the_documented_figures_are_those_of_the_pairs(
    found: Mapping[str, tuple[Break, ...]], changes: Mapping[str, tuple[Change, ...]]
) -> None:
    page = " ".join((ROOT / "docs" / "generator.md").read_text("utf-8").split())
    breaking = sum(map(planted, NAMES))
    python = sum(any(not one.is_note for one in breaks) for breaks in found.values())
    told = sum(any(one.is_break for one in all_of_them) for all_of_them in changes.values())
    for figures in (
        f"are {len(NAMES)} pairs of small documents",
        f"{breaking} of them break somebody who calls: {breaking - python} on the wire alone, "
        f"{python} in Python",
        f"`diff` finds {told}, `contract` finds the {python}",
        f"on any of the other {len(NAMES) - breaking}.",
    ):
        assert figures in page


def test_two_sdks_of_other_names_and_places_are_compared_and_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = generate(OLD, tmp_path / "before" / "acme")
    new = generate(NEW, tmp_path / "after" / "pets_of_acme")
    before = snapshot(tmp_path)
    capsys.readouterr()
    assert main(["contract", str(old), str(new)]) == 1
    captured = capsys.readouterr()
    first, second, counted = captured.out.splitlines()
    what = "(Schema \"Pet\", 'bornOn')"
    assert f": note: Pet.born_on, made by servers and tests {what}: Argument " in first
    assert f": break: Pet.born_on, read by callers {what}: Argument " in second
    assert "1 break, 1 note" == counted
    file, number = second.split(": ")[0].rsplit(":", 1)
    assert str(old / "contract.py") == file
    line = Path(file).read_text().splitlines()[int(number) - 1]
    assert '            born_on=model.born_on,  # "bornOn"' == line
    assert captured.err == ""
    assert before == snapshot(tmp_path)


def test_a_contract_that_is_kept_alone_is_enough(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = generate(OLD, tmp_path / "old")
    kept = (old / "contract.py").rename(tmp_path / "contract-1.py")
    capsys.readouterr()
    assert main(["contract", str(kept), str(old)]) == 0
    assert capsys.readouterr().out == "no break\n"


def test_json_tells_all_that_is_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = generate(OLD, tmp_path / "old")
    new = generate(OLD.replace("asOf", "at"), tmp_path / "new")
    capsys.readouterr()
    assert main(["contract", str(old), str(new), "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    (only,) = told.pop("found")
    assert {"contract": str(old / "contract.py"), "breaks": 1, "notes": 0} == told
    line = int(only.pop("lines")[0])
    text = (old / "contract.py").read_text().splitlines()
    assert "return endpoints.pets.get_pet(" == text[line - 1].strip()
    assert {
        "kind": "break",
        "use": "called by callers",
        "in_document": "`GET /pets/{id}`",
        "name": "pets.get_pet",
        "item": "as_of",
        "item_in_document": "as_of",
        "message": 'Unexpected keyword argument "as_of" for "get_pet"',
        "code": "call-arg",
        "hint": "",
    } == only


def test_what_only_servers_and_tests_rely_on_is_a_note_and_fails_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = generate(OLD, tmp_path / "old")
    more = OLD.replace("[id, bornOn]", "[id, bornOn, name]")
    new = generate(
        more.replace(
            "id: {type: integer}\n", "id: {type: integer}\n        name: {type: string}\n", 1
        ),
        tmp_path / "new",
    )
    capsys.readouterr()
    assert main(["contract", str(old), str(new)]) == 0
    first, counted = capsys.readouterr().out.splitlines()
    assert ': note: Pet.name, made by servers and tests (Schema "Pet"): Missing named' in first
    assert "0 breaks, 1 note" == counted


def test_the_documented_report_is_that_of_the_two_generations_of_topchef(
    found: Mapping[str, tuple[Break, ...]],
) -> None:
    page = (ROOT / "docs" / "upgrading.md").read_text("utf-8")
    (block,) = re.findall(r"codegen contract topchef-1.0 topchef-2.0\n(.*?)```", page, re.DOTALL)
    *shown, more, counted = block.splitlines()
    breaks = found["topchef_1_to_2"]
    notes = sum(one.is_note for one in breaks)
    assert ("...", f"{len(breaks) - notes} breaks, {notes} notes") == (more, counted)
    # Without the messages, which are mypy's, and are not the same for all of its versions.
    whole = as_text(breaks, Path("topchef-1.0/contract.py")).splitlines()
    heads = [re.match(r"\S+: (?:break|note): .*?\): ", line) for line in whole]
    known = {head[0] for head in heads if head is not None}
    assert len(breaks) == len(known)
    assert [] == [line for line in shown if not line.startswith(tuple(known))]


def test_a_name_that_is_gone_is_told_once() -> None:
    contract = (
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n"
        "    def make_pet(*, id: int) -> models.Pet:\n"
        '        """Schema "Pet", made by callers."""\n'
        "        return models.Pet(\n"
        "            id=id,\n"
        "        )\n"
    )
    said = [
        Complaint("sdk/contract.py", 3, 'Name "models.Pet" is not defined', "name-defined"),
        Complaint("sdk/contract.py", 5, 'Module has no attribute "Pet"', "attr-defined"),
    ]
    (only,) = breaks_of(said, Lines.of(contract))
    assert (3, 5) == only.lines
    assert 'break: Pet, named by callers (Schema "Pet") [name-defined]' == in_short(only)


def test_a_hostile_name_stays_on_one_line_of_the_report(tmp_path: Path) -> None:
    name = """bo,  # "rn'\\n\\u202e, read by callers."""
    old = OLD.replace(
        "bornOn: {type: string}", f'"{name.replace(chr(34), chr(92) + chr(34))}": {{type: string}}'
    )
    contract = (generate(old, tmp_path / "old") / "contract.py").read_text()
    numbers = [at for at, line in enumerate(contract.splitlines(), 1) if "=model.bo_rn" in line]
    said = [Complaint("sdk/contract.py", at, "changed", "arg-type") for at in numbers]
    (only,) = breaks_of(said, Lines.of(contract))
    assert name.encode().decode("unicode_escape") == only.subject.item_on_the_wire
    assert "read by callers" == only.subject.use
    assert in_short(only).isprintable()


# --- what it costs ------------------------------------------------------------------------------


def test_importing_a_contract_loads_nothing_and_nothing_imports_it(tmp_path: Path) -> None:
    folder = generate(OLD, tmp_path / "acme")
    code = (
        "import sys, typing, acme\n"
        "before = set(sys.modules)\n"
        "import acme.contract\n"
        "print(sorted(set(sys.modules) - before), sorted(vars(acme.contract)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    names = [
        "TYPE_CHECKING",
        *(
            f"__{each}__"
            for each in ("builtins", "cached", "doc", "file", "loader", "name", "package", "spec")
        ),
        "annotations",
    ]
    assert f"['acme.contract'] {names}\n" == done.stdout
    users = [path for path in folder.rglob("*.py") if "contract" in path.read_text()]
    assert [folder / "contract.py"] == users


def test_a_contract_can_be_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = generate(OLD, tmp_path / "acme", "--no-contract")
    assert not (folder / "contract.py").exists()
    spec = str(tmp_path / "acme.yaml")
    assert main(["check", spec, "--out", str(folder), "--no-contract"]) == 0
    capsys.readouterr()
    assert main(["check", spec, "--out", str(folder)]) == 1
    assert capsys.readouterr().out.startswith(f"{folder}/contract.py: missing\n")
    table = "[tool.topchef-codegen]\nspec = 'acme.yaml'\nout = 'acme'\ncontract = false\n"
    (tmp_path / "pyproject.toml").write_text(table)
    monkeypatch.chdir(tmp_path)
    assert main(["check"]) == 0
    capsys.readouterr()
    assert main(["check", "--contract"]) == 1
    said = capsys.readouterr().out
    assert said.endswith("mend with: python -m codegen generate --contract\n")


# --- what it refuses ----------------------------------------------------------------------------


def test_an_sdk_without_a_contract_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = generate(OLD, tmp_path / "old", "--no-contract")
    capsys.readouterr()
    assert main(["contract", str(old), str(old)]) == 2
    assert capsys.readouterr().err == (
        f"{old}: has no contract.py; generate it without --no-contract, by this version or later\n"
    )


def test_what_is_no_contract_and_what_is_no_sdk_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = generate(OLD, tmp_path / "old")
    mine = tmp_path / "mine.py"
    mine.write_text("x = 1\n")
    capsys.readouterr()
    assert main(["contract", str(mine), str(old)]) == 2
    assert capsys.readouterr().err == f"{mine}: is no contract: it was not generated\n"
    assert main(["contract", str(old), str(tmp_path)]) == 2
    assert capsys.readouterr().err == (
        f"{tmp_path}: is no SDK; name the folder that `generate` wrote\n"
    )


@pytest.mark.parametrize("rest", [b"def :\n", b"\xff\n", b"\x00\n"])
def test_a_contract_that_is_no_python_is_refused(
    rest: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept.py"
    kept.write_bytes(f"{HEADER}\n".encode() + rest)
    assert main(["contract", str(kept), str(tmp_path)]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith(f"{kept}: is no Python: ")
    assert (captured.out, captured.err.count("\n")) == ("", 1)


def test_an_sdk_that_is_no_python_is_refused_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = generate(OLD, tmp_path / "old")
    new = generate(NEW, tmp_path / "new")
    (new / "models" / "pet.py").write_text("class :\n")
    capsys.readouterr()
    assert main(["contract", str(old), str(new)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"{new}: mypy cannot read it: sdk/models/pet.py:1: ")
    assert captured.err.count("\n") == 1


def test_without_mypy_one_line_says_what_to_install(tmp_path: Path) -> None:
    old = generate(OLD, tmp_path / "old")
    (site,) = {Path(attr.__file__).parents[1], Path(yaml.__file__).parents[1]}
    packages = tmp_path / "packages"
    packages.mkdir()
    for name in ("attr", "attrs", "yaml", "_yaml"):
        if (site / name).exists():
            (packages / name).symlink_to(site / name)
    done = subprocess.run(
        [sys.executable, "-S", "-m", "codegen", "contract", str(old), str(old)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(packages)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (2, "") == (done.returncode, done.stdout)
    assert "mypy: is missing; pip install 'topchef-sdk[contract]'\n" == done.stderr


def test_the_configuration_of_the_folder_at_hand_has_no_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old = generate(OLD, tmp_path / "old")
    new = generate(NEW, tmp_path / "new")
    (tmp_path / "mypy.ini").write_text(
        "[mypy]\nplugins = nothing.of.the.kind\nignore_errors = true\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MYPY_CONFIG_FILE_DIR", str(tmp_path))
    monkeypatch.setenv("MYPY_CACHE_DIR", str(tmp_path / "cache"))
    before = snapshot(tmp_path)
    capsys.readouterr()
    assert main(["contract", str(old), str(new)]) == 1
    assert before == snapshot(tmp_path)
