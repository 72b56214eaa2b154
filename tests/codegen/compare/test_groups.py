"""What is alike in many places is told once by reports for eyes, and each by itself on demand."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.__main__ import main
from codegen.compare.approvals import Approvals
from codegen.compare.changes import Change, Direction, Kind, Place, Wire
from codegen.compare.wording import shortened
from codegen.values import evolve

HEAD = "openapi: 3.1.0\ninfo: {title: Pets, version: 1.0.0}\npaths:\n"
CALL = """\
  /{name}s:
    post:
      operationId: add_{name}
      tags: [pets]
      requestBody:
        required: true
        content: {{application/json: {{schema: {{$ref: '#/components/schemas/{name}'}}}}}}
      responses: {{'204': {{description: It is there.}}}}
"""
SCHEMA = (
    "    {name}: {{type: object, required: [{required}], properties: {{id: {{type: string}}}}}}\n"
)
NAMES = ("Ant", "Bee", "Cat", "Dog", "Emu", "Fox", "Gnu")

Report = Callable[..., str]


@pytest.fixture
def report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Report:
    """What a command tells of so many kinds of pets, whose id has to be there now."""
    monkeypatch.chdir(tmp_path)

    def told(*arguments: str, kinds: int = 7, command: str = "diff") -> str:
        for file, required in (("old.yaml", ""), ("new.yaml", "id")):
            calls = "".join(CALL.format(name=name) for name in NAMES[:kinds])
            schemas = "".join(SCHEMA.format(name=name, required=required) for name in NAMES[:kinds])
            Path(file).write_text(f"{HEAD}{calls}components:\n  schemas:\n{schemas}")
        main([command, "old.yaml", "new.yaml", *arguments])
        return capsys.readouterr().out

    return told


def fingerprints(report: Report) -> list[str]:
    return [one["fingerprint"] for one in json.loads(report("--format", "json"))["changes"]]


def test_what_is_alike_in_many_places_is_told_once_with_the_first_few(report: Report) -> None:
    known = fingerprints(report)
    assert 7 == len(known)
    told = report()
    assert 1 == told.count("is required now")
    assert "\nbreak: Ant.id and 6 more: is required now [property-required]\n" in told
    places = [line for line in told.splitlines() if " /components/schemas/" in line]
    assert ["Ant", "Bee", "Cat"] == [line.split("/")[3] for line in places]
    assert "\n          and 4 more places\n" in told
    assert f"\n          {' '.join(known[:3])}\n          and 4 more\n" in told
    assert told.endswith("\nwhat is alike in many places is told once; --all tells each place\n")


def test_all_tells_each_by_itself(report: Report) -> None:
    told = report("--all")
    assert [f"fingerprint {one}" for one in fingerprints(report)] == [
        line.partition(", ")[2] for line in told.splitlines() if "  version " in line
    ]
    assert "--all" not in told


def test_a_few_are_told_each_by_itself(report: Report) -> None:
    assert 3 == report(kinds=3).count("is required now")


def test_a_line_is_not_spent_on_saying_that_one_place_is_left_out(report: Report) -> None:
    told = report(kinds=5)
    assert 1 == told.count("is required now")
    assert 5 == told.count(" /components/schemas/")


def test_an_approval_of_one_takes_it_out_of_the_others(report: Report, tmp_path: Path) -> None:
    own = fingerprints(report)[0]
    (tmp_path / ".topchef-approved.toml").write_text(
        f'[[approved]]\nfingerprint = "{own}"\nreason = "Ants have one."\n'
    )
    told = report()
    assert "\napproved: Ant.id: is required now [property-required]\n" in told
    assert "\nbreak: Bee.id and 5 more: is required now [property-required]\n" in told


def test_markdown_and_annotations_tell_it_once_too(report: Report) -> None:
    told = report("--format", "markdown")
    assert 1 == told.count("is required now")
    assert "  - and in 4 more places, which `--all` tells\n" in told
    annotations = report("--format", "github").splitlines()
    assert 2 == len(annotations)
    assert annotations[0].endswith("%0Ain 7 places; --all tells each")
    assert 8 == len(report("--format", "github", "--all").splitlines())


def test_what_fails_in_python_is_in_the_release_note_line_by_line(report: Report) -> None:
    assert 7 == report(command="changelog").count("is required now")


def test_a_long_union_is_told_by_what_only_one_side_has() -> None:
    names = [f"models.{name}{number}" for name in NAMES for number in range(4)]
    was, now = " or ".join(names), " or ".join([*names[1:], "models.Yak"])
    assert (
        "is one of 28 types (new: models.Yak), and was one of 28 types (gone: models.Ant0)"
        == shortened(f"is {now}, and was {was}")
    )
    listed = f"is list[{now.replace(' or ', ' | ')}] in Python, and was list[models.Ant0]"
    assert (
        "is list[one of 28 types (new: models.Ant1 or models.Ant2 or models.Ant3 or 25 more)]"
        " in Python, and was list[models.Ant0]"
    ) == shortened(listed)
    assert "is models.Ant, and was models.Bee" == shortened("is models.Ant, and was models.Bee")


def test_what_was_approved_for_both_directions_is_approved_for_one_that_is_left() -> None:
    place = Place(pointer="/a", file="new.yaml", line=None, is_old=False)
    one = Change(
        kind=Kind.LIMIT_CHANGED,
        place=place,
        subject="Ant.id",
        what="pattern is another one",
        direction=Direction.RESPONSE,
        wire=Wire.BREAKING,
    )
    both = evolve(one, direction=Direction.BOTH, wire=Wire.UNDECIDED)
    approvals = Approvals(reasons={both.fingerprint: "So."})
    assert ["So.", "So."] == [approvals.reason(each) for each in (one, both)]
    assert () == approvals.unused([one])
    of_one = Approvals(reasons={one.fingerprint: "So."})
    assert ["So.", None] == [of_one.reason(each) for each in (one, both)]
