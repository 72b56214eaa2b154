"""`diff` and `changelog` as commands: formats, exit codes, approvals, and what documents cannot do."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from codegen.__main__ import main

OLD = """\
openapi: 3.1.0
info: {title: Pets, version: 1.0.0}
paths:
  /pets:
    post:
      operationId: add_pet
      tags: [pets]
      requestBody:
        required: true
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Pet'}
      responses:
        '204': {description: It is there.}
components:
  schemas:
    Pet:
      type: object
      required: [name]
      properties:
        name: {type: string}
        legs: {type: integer}
"""
NEW = OLD.replace("[name]", "[name, legs]")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with both documents, in which the command is started."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old.yaml").write_text(OLD)
    (tmp_path / "new.yaml").write_text(NEW)
    return tmp_path


def run(*arguments: str) -> int:
    return main(["diff", "old.yaml", "new.yaml", *arguments])


def fingerprint(capsys: pytest.CaptureFixture[str]) -> str:
    run("--format", "json")
    report = json.loads(capsys.readouterr().out)
    found: str = report["changes"][0]["fingerprint"]
    return found


def test_a_break_without_a_major_step_fails(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 1 == run()
    assert capsys.readouterr().out == (
        "Pets: 1 change, 1 break; they ask for a major step, and 1.0.0 to 1.0.0 is no step\n"
        "\n"
        "break: Pet.legs: is required now [property-required]\n"
        "  at      new.yaml:22 /components/schemas/Pet/properties/legs\n"
        "  wire    breaking (request)\n"
        "  proof   the body of POST /pets, which the old client sends and the new server refuses:\n"
        '          {"name": ""}\n'
        "  python  models.Pet(...)  # the argument legs is missing\n"
        f"  version major, fingerprint {fingerprint(capsys)}\n"
    )


@pytest.mark.parametrize(
    ("version", "fail_on", "expected"),
    [
        ("1.0.1", "major", 1),
        ("1.9.0", "major", 1),
        ("2.0.0", "major", 0),
        ("0.9.0", "major", 1),
        ("next", "major", 1),
        ("2.0.0", "breaking", 1),
    ],
)
def test_what_fails_depends_on_the_step_of_the_version(
    version: str, fail_on: str, expected: int, folder: Path
) -> None:
    (folder / "new.yaml").write_text(NEW.replace("1.0.0", version))
    assert expected == run("--fail-on", fail_on)


def test_documents_that_do_not_differ_do_not_fail(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 0 == main(["diff", "old.yaml", "old.yaml", "--fail-on", "breaking"])
    assert capsys.readouterr().out == "Pets: nothing changed\n"


def approve(folder: Path, text: str, name: str = ".topchef-approved.toml") -> None:
    (folder / name).write_text(text, encoding="utf-8")


def test_an_approved_break_does_not_fail_and_its_reason_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = fingerprint(capsys)
    approve(folder, f'[[approved]]\nfingerprint = "{own}"\nreason = "No pet lacks legs."\n')
    assert 0 == run("--fail-on", "breaking")
    told = capsys.readouterr().out
    assert "1 break (1 approved)" in told
    assert "\napproved: Pet.legs: is required now [property-required]\n" in told
    assert told.endswith("  reason  No pet lacks legs.\n")


def test_the_table_says_where_approvals_are(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = fingerprint(capsys)
    approve(folder, f'[[approved]]\nfingerprint = "{own}"\nreason = "So."\n', "breaks.toml")
    (folder / "pyproject.toml").write_text('[tool.topchef-codegen]\napproved = "breaks.toml"\n')
    assert 0 == run("--fail-on", "breaking")
    assert 0 == run("--fail-on", "breaking", "--approved", "breaks.toml")


def test_an_approval_of_nothing_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    approve(folder, '[[approved]]\nfingerprint = "0123456789ab"\nreason = "Once."\n')
    assert 1 == run()
    assert capsys.readouterr().err == (
        ".topchef-approved.toml: 0123456789ab approves nothing here; take it out when released\n"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("approved = [", "is not TOML: "),
        ("approved = 1\n", "`approved` is no array of tables; write [[approved]]"),
        ("other = 1\n", "holds [[approved]] tables and nothing else: 'other'"),
        ("[[approved]]\nreason = 'x'\n", "approval 1: has no fingerprint of 12 digits; copy it"),
        ("[[approved]]\nfingerprint = 'ABC'\n", "approval 1: has no fingerprint of 12 digits"),
        ("[[approved]]\nfingerprint = '0123456789ab'\n", "approval 1: has no reason; say why"),
        (
            "[[approved]]\nfingerprint = '0123456789ab'\nreason = ' '\n",
            "approval 1: has no reason; say why the break is right",
        ),
        (
            "[[approved]]\nfingerprint = '0123456789ab'\nreason = 'x'\nuntil = 1\n",
            "approval 1: holds a fingerprint and a reason, and nothing else",
        ),
    ],
)
def test_approvals_that_say_something_else_are_refused_in_one_line(
    text: str, message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    approve(folder, text)
    assert 2 == run()
    captured = capsys.readouterr()
    assert ("", 1) == (captured.out, captured.err.count("\n"))
    assert message in captured.err


@pytest.mark.parametrize("side", ["old.yaml", "new.yaml"])
def test_a_document_that_is_refused_is_one_line_and_2(
    side: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / side).write_text("swagger: '2.0'\n")
    assert 2 == run()
    captured = capsys.readouterr()
    assert ("", 1) == (captured.out, captured.err.count("\n"))
    assert captured.err.startswith(f"{side}:1: ")


def test_a_document_that_is_not_there_is_one_line_and_2(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 2 == main(["diff", "old.yaml", "gone.yaml"])
    assert capsys.readouterr().err == "gone.yaml: there is no such file\n"


def test_plain_values_prove_without_hypothesis_and_the_rest_has_no_example(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text, pattern in (("old.yaml", OLD, "^x+y{3}z"), ("new.yaml", NEW, "^x+y{4}z")):
        (folder / name).write_text(
            text.replace("name: {type: string}", f"name: {{type: string, pattern: '{pattern}'}}")
        )
    monkeypatch.setitem(sys.modules, "hypothesis", None)  # as if it were not installed
    assert 1 == run()
    told = capsys.readouterr().out
    assert "a possible break, no example: Hypothesis is missing (request)\n" in told
    assert told.endswith(
        "\nsome breaks have no example; pip install 'topchef-sdk[test]' to search for more\n"
    )
    (folder / "old.yaml").write_text(OLD)
    (folder / "new.yaml").write_text(NEW)
    assert 1 == run()
    told = capsys.readouterr().out
    assert '          {"name": ""}\n' in told
    assert "hypothesis" not in told.lower()


def test_nothing_is_searched_for_where_nobody_asks(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 1 == run("--no-examples")
    assert "  wire    breaking, no example: not searched (request)\n" in capsys.readouterr().out


def test_github_gets_an_annotation_on_the_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 1 == run("--format", "github")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(
        "::error file=new.yaml,line=22,title=property-required (major)::Pet.legs: is required now"
        '%0Aproof: {"name": ""}%0Apython: models.Pet(...)  # the argument legs is missing'
    )
    assert lines[1].startswith("::notice::Pets: 1 change, 1 break; ")


def test_github_gets_a_warning_of_a_break_that_the_version_announces(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "new.yaml").write_text(NEW.replace("1.0.0", "2.0.0"))
    assert 0 == run("--format", "github")
    assert capsys.readouterr().out.startswith("::warning file=new.yaml,line=22,")


def test_json_holds_everything(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 1 == run("--format", "json")
    report = json.loads(capsys.readouterr().out)
    (change,) = report.pop("changes")
    assert {
        "title": "Pets",
        "old": {"file": "old.yaml", "version": "1.0.0"},
        "new": {"file": "new.yaml", "version": "1.0.0"},
        "step": None,
        "asks_for": "major",
        "fails": True,
    } == report
    assert {
        "kind": "property-required",
        "subject": "Pet.legs",
        "what": "is required now",
        "document": "new",
        "pointer": "/components/schemas/Pet/properties/legs",
        "file": "new.yaml",
        "line": 22,
        "direction": "request",
        "wire": "breaking",
        "example": {
            "of": "the body of POST /pets",
            "sent_by": "old client",
            "value": {"name": ""},
        },
        "no_example": None,
        "python": {"line": "models.Pet(...)", "why": "the argument legs is missing"},
        "note": "",
        "asks_for": "major",
        "is_break": True,
        "approved": None,
    } == {key: value for key, value in change.items() if key != "fingerprint"}


def test_a_changelog_says_what_a_release_note_needs(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = NEW.replace("1.0.0", "2.0.0").replace("add_pet\n", "add_pet\n      deprecated: true\n")
    (folder / "new.yaml").write_text(
        text.replace(
            "  /pets:", "  /cats:\n    get: {responses: {'204': {description: None.}}}\n  /pets:"
        )
    )
    assert 0 == main(["changelog", "old.yaml", "new.yaml"])
    assert capsys.readouterr().out == (
        "## 2.0.0\n"
        "\n"
        "### Breaking\n"
        "\n"
        "- `Pet.legs`: is required now. `models.Pet(...)` fails: the argument legs is missing.\n"
        "\n"
        "### Deprecated\n"
        "\n"
        "- `POST /pets`: is deprecated.\n"
        "\n"
        "### Added and loosened\n"
        "\n"
        "- `GET /cats`: the operation is new.\n"
    )


def test_a_fingerprint_outlives_the_lines_and_the_order_of_a_document(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = fingerprint(capsys)
    (folder / "new.yaml").write_text(f"# moved\n\n{NEW}".replace("[name, legs]", "[legs, name]"))
    assert before == fingerprint(capsys)


# --- what documents cannot do -------------------------------------------------------------------

EVIL = (
    "\x1b[31mred\x07",
    "line\nbreak\r\u2028other",
    "::error::taken %0A::warning::over",
    "<script>alert(1)</script><!-- ",
    "](javascript:alert(1)) `code` **bold** | cell",
    "@everyone #1 https://evil.example/",
    "\u202eevil\u2066",
)


def hostile(text: str) -> tuple[str, str]:
    """Two documents that say a text wherever a report quotes them."""
    quoted = json.dumps(text)
    old = f"""\
openapi: 3.1.0
info: {{title: {quoted}, version: {quoted}}}
paths:
  /pets:
    get:
      tags: [pets]
      parameters:
        - {{name: {quoted}, in: query, schema: {{type: string, default: {quoted}}}}}
      responses:
        '200':
          description: All.
          content:
            application/json:
              schema:
                type: object
                required: [{quoted}]
                properties:
                  {quoted}: {{type: string, enum: [one, {quoted}]}}
                  pattern: {{type: string, pattern: "a"}}
"""
    new = (
        old.replace("enum: [one, ", "enum: [one, two, ")
        .replace(f"default: {quoted}", 'default: "another"')
        .replace('pattern: "a"', "pattern: " + json.dumps(re.escape(text)))
        .replace(f"required: [{quoted}]", "required: []")
    )
    return old, new


@pytest.mark.parametrize("text", EVIL)
@pytest.mark.parametrize(
    "arguments", [("--format", name) for name in ("text", "markdown", "github")]
)
def test_no_text_of_a_document_reaches_a_terminal_or_a_page_as_itself(
    text: str, arguments: Sequence[str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = hostile(text)
    (folder / "old.yaml").write_text(old, encoding="utf-8")
    (folder / "new.yaml").write_text(new, encoding="utf-8")
    assert 1 == run(*arguments)
    told = capsys.readouterr().out
    assert [] == [one for one in told if not one.isprintable() and one != "\n"]
    if arguments[1] == "github":
        heads = {
            line.partition(" ")[0].partition("::")[2].partition("::")[0]
            for line in told.splitlines()
        }
        assert heads <= {"error", "notice", "warning"}
        assert all(line.startswith("::") for line in told.splitlines())
        assert "taken\n" not in told
    if arguments[1] == "markdown":
        outside = re.sub(r"(`+) ?.*? ?\1", "", told)  # spans of code hold text as it is
        assert [] == re.findall(r"<[a-z!/]|@|(?<!\\)\]\(|https?:/|(?<!\\)\*\*bold", outside)


def test_json_of_hostile_documents_is_ascii(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = hostile("".join(EVIL))
    (folder / "old.yaml").write_text(old, encoding="utf-8")
    (folder / "new.yaml").write_text(new, encoding="utf-8")
    assert 1 == run("--format", "json")
    told = capsys.readouterr().out
    assert told.isascii()
    assert "".join(EVIL) == json.loads(told)["title"]


def test_text_in_the_place_of_the_model_of_an_error_breaks_who_looks_at_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = "'400': {description: No., content: {%s: {schema: {%s}}}}\ncomponents:"
    as_text = refused % ("text/plain", "type: string")
    as_model = refused % ("application/json", "$ref: '#/components/schemas/Pet'")
    (folder / "old.yaml").write_text(OLD.replace("components:", f"        {as_model}", 1))
    (folder / "new.yaml").write_text(OLD.replace("components:", f"        {as_text}", 1))
    assert 1 == run()
    told = capsys.readouterr().out
    assert "if isinstance(error.error, models.Pet): ...  # it is str now" in told
