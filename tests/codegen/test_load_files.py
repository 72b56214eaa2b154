"""References reach the files beside the document, name them in errors, and reach nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from codegen.errors import SpecError
from codegen.load import load, neighbours
from codegen.lower.node import Node
from codegen.lower.references import References
from codegen.places import file_and_pointer, last_name, place_of, target_of
from codegen.tree import Json

ROOT = """\
openapi: 3.1.0
info: {title: Files, version: '1'}
components:
  schemas:
    A: {$ref: '%s'}
"""


def folder(tmp_path: Path, reference: str, **files: str) -> Path:
    for name, text in files.items():
        path = tmp_path / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    document = tmp_path / "api.yaml"
    document.write_text(ROOT % reference)
    return document


def found(path: Path, place: str = "/components/schemas/A") -> tuple[Json, str]:
    """What the reference at a place stands for in the end, and where that stands."""
    document = load(path)
    root = Node(document.tree, "")
    references = References(root, document.files)
    resolved = references.resolve(references.find(root, f"#{place}"))
    return resolved.value, resolved.pointer


def refusal(path: Path) -> str:
    with pytest.raises(SpecError) as caught:
        found(path)
    return str(load_and_locate(path, caught.value)).replace(f"{path.parent}/", "")


def load_and_locate(path: Path, error: SpecError) -> SpecError:
    return error if error.file else load(path).sources.locate(error)


# --- what is found ------------------------------------------------------------------------------


def test_a_reference_reaches_a_file_and_goes_on_from_there(tmp_path: Path) -> None:
    path = folder(
        tmp_path,
        "./schemas/job.yaml#/Job",
        schemas__job_dot_yaml="Job: {$ref: 'more/id.json'}\n",
        schemas__more__id_dot_json='{"$ref": "../../common.yaml#/$defs/Id"}',
        common_dot_yaml="$defs: {Id: {type: string}}\n",
    )
    assert ({"type": "string"}, "common.yaml#/$defs/Id") == found(path)


def test_a_reference_without_a_file_stays_in_its_own(tmp_path: Path) -> None:
    path = folder(tmp_path, "a.yaml#/A", a_dot_yaml="A: {$ref: '#/B'}\nB: {type: integer}\n")
    assert ({"type": "integer"}, "a.yaml#/B") == found(path)


def test_a_file_may_refer_back_to_the_document(tmp_path: Path) -> None:
    path = folder(tmp_path, "sub/a.yaml", sub__a_dot_yaml="$ref: ../api.yaml#/info\nx: 1\n")
    assert "/info" == found(path)[1]


def test_a_whole_file_is_named_after_itself(tmp_path: Path) -> None:
    path = folder(tmp_path, "sub/Job.v1.yaml", **{"sub__Job_dot_v1_dot_yaml": "type: string\n"})
    assert ({"type": "string"}, "sub/Job.v1.yaml#") == found(path)
    assert "Job.v1" == last_name("sub/Job.v1.yaml#")


@pytest.mark.parametrize(
    "reference",
    [
        "#/paths/~1a~1{id}/get/responses/200/content/application~1json/schema",
        "#/paths/~1a~1%7Bid%7D/get/responses/200/content/application%7E1json/schema",
        "api.yaml#/paths/~1a~1{id}/get/responses/200/content/application~1json/schema",
        "#/x-list/1",
        "#here",
    ],
)
def test_a_reference_reaches_any_place_of_the_document(tmp_path: Path, reference: str) -> None:
    path = tmp_path / "api.yaml"
    path.write_text(
        (ROOT % reference)
        + "    B: {$anchor: here, type: string}\n"
        + "x-list: [0, {type: string}]\n"
        + "paths:\n  /a/{id}:\n    get:\n      responses:\n        '200':\n"
        + "          content: {application/json: {schema: {type: string}}}\n"
    )
    value, _ = found(path)
    assert isinstance(value, dict)
    assert "string" == value["type"]


def test_equal_places_have_equal_names_however_they_are_spelled() -> None:
    root = Node({"a/b": {"c d": 1}}, "")
    references = References(root)
    spellings = ["#/a~1b/c d", "#/a~1b/c%20d", "#/a%7E1b/c%20d"]
    assert {"/a~1b/c d"} == {references.find(root, each).pointer for each in spellings}


def test_texts_beside_a_reference_replace_those_that_it_leads_to() -> None:
    tree = {
        "a": {"$ref": "#/b", "description": "of a", "required": True},
        "b": {"$ref": "#/c", "summary": "of b"},
        "c": {"description": "of c", "name": "c"},
    }
    root = Node(tree, "")
    resolved = References(root).resolve(root.require("a"))
    assert ({"description": "of a", "name": "c"}, "/c") == (resolved.value, resolved.pointer)


def test_an_example_that_holds_a_reference_opens_nothing(tmp_path: Path) -> None:
    path = tmp_path / "api.yaml"
    path.write_text(
        "openapi: 3.1.0\ncomponents:\n  schemas:\n    A:\n"
        "      example: {$ref: gone.yaml}\n      enum: [{$ref: 'http://127.0.0.1:9/x'}]\n"
        "      properties: {$ref: {type: string}}\n"
    )
    assert ["api.yaml"] == list(load(path).files)


def test_a_file_that_two_refer_to_is_read_once(tmp_path: Path) -> None:
    path = folder(
        tmp_path,
        "a.yaml#/A",
        a_dot_yaml="A: {properties: {b: {$ref: b.yaml}, c: {$ref: ./b.yaml}}}\n",
        b_dot_yaml="$ref: a.yaml#/A\n",
    )
    assert ["api.yaml", "a.yaml", "b.yaml"] == list(load(path).files)


def test_errors_name_the_file_and_the_line_of_a_place(tmp_path: Path) -> None:
    path = folder(tmp_path, "a.yaml#/A", a_dot_yaml="B: 1\nA:\n  type: string\n")
    error = load(path).sources.locate(SpecError("a.yaml#/A/type", "is wrong"))
    assert f"{tmp_path}/a.yaml:3: /A/type: is wrong" == str(error)
    assert {"a.yaml#/A": 2, "/info": 2} == load(path).sources.lines_of(["a.yaml#/A", "/info"])


# --- what is refused ----------------------------------------------------------------------------

OUTSIDE = [
    ("http://127.0.0.1:9/x.yaml", "nothing is ever fetched"),
    ("HTTPS://a.invalid/x", "nothing is ever fetched"),
    ("//a.invalid/x.yaml", "nothing is ever fetched"),
    ("file:///etc/passwd", "nothing is ever fetched"),
    ("C:/x.yaml", "nothing is ever fetched"),
    ("/etc/passwd", "is an absolute path"),
    ("%2Fetc/passwd", "is an absolute path"),
    ("../x.yaml", "leaves the folder"),
    ("a/../../x.yaml", "leaves the folder"),
    ("%2e%2e/x.yaml", "leaves the folder"),
    ("..%2Fx.yaml", "leaves the folder"),
    ("a\\\\..\\\\x.yaml", "is no file name that works everywhere"),
    ("x.yaml?y=1", "is no file name that works everywhere"),
    ("x%00.yaml", "is no file name that works everywhere"),
    ("%68ttp:x", "is no file name that works everywhere"),
    ("sub/", "names a folder"),
    (".", "names a folder"),
    ("gone.yaml", "is no file in the document's folder"),
    ("x" * 300, "cannot be read"),
]


@pytest.mark.parametrize(("reference", "what"), OUTSIDE)
def test_what_is_not_in_the_folder_is_refused_at_its_place(
    tmp_path: Path, reference: str, what: str
) -> None:
    path = tmp_path / "inner" / "api.yaml"
    path.parent.mkdir()
    (tmp_path / "x.yaml").write_text("type: string\n")
    path.write_text(ROOT % reference)
    message = refusal(path)
    assert message.startswith("api.yaml:5: /components/schemas/A/$ref: ")
    assert what in message


def test_a_folder_and_a_pipe_are_no_files(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name in ("sub", "pipe"):
        assert "is not a file" in refusal(folder(tmp_path, name))


def test_a_link_out_of_the_folder_is_refused_and_one_within_is_followed(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "secret.yaml").write_text("type: string\n")
    (inner / "out.yaml").symlink_to("../secret.yaml")
    (inner / "up").symlink_to("..")
    (inner / "loop.yaml").symlink_to("loop.yaml")
    (inner / "real.yaml").write_text("type: string\n")
    (inner / "link.yaml").symlink_to("real.yaml")
    for name in ("out.yaml", "up/secret.yaml"):
        assert "is a link out of the document's folder" in refusal(folder(inner, name))
    assert "loop.yaml" in refusal(folder(inner, "loop.yaml"))
    assert ({"type": "string"}, "link.yaml#") == found(folder(inner, "link.yaml"))


def test_the_fault_of_another_file_is_told_with_its_line(tmp_path: Path) -> None:
    path = folder(tmp_path, "a.yaml#/A", a_dot_yaml="A: 1\nA: 2\n")
    assert refusal(path).startswith("a.yaml:2: /A: this key stands twice")


def test_a_reference_in_another_file_is_refused_there(tmp_path: Path) -> None:
    path = folder(tmp_path, "a.yaml#/A", a_dot_yaml="A:\n  items: {$ref: 'http://a.invalid'}\n")
    assert refusal(path).startswith("a.yaml:2: /A/items/$ref: 'http://a.invalid' is not in")


def test_what_is_not_there_is_refused_at_its_place(tmp_path: Path) -> None:
    path = folder(tmp_path, "a.yaml#/B", a_dot_yaml="A: 1\n")
    assert "api.yaml:5: /components/schemas/A/$ref: 'a.yaml#/B' names nothing in a.yaml" == refusal(
        path
    )


def test_a_circle_of_references_through_files_is_refused(tmp_path: Path) -> None:
    path = folder(tmp_path, "a.yaml#/A", a_dot_yaml="A: {$ref: 'api.yaml#/components/schemas/A'}\n")
    assert "leads back to itself" in refusal(path)


def test_a_long_row_of_references_is_refused(tmp_path: Path) -> None:
    rows = "".join(f"A{place}: {{$ref: '#/A{place + 1}'}}\n" for place in range(200))
    path = folder(tmp_path, "a.yaml#/A0", a_dot_yaml=f"{rows}A200: {{}}\n")
    assert "more than 100 references" in refusal(path)


def test_files_are_bounded_in_number_and_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = ", ".join(f"{{$ref: f{place}.yaml}}" for place in range(5))
    files = {f"f{place}_dot_yaml": "type: string\n" for place in range(5)}
    path = folder(tmp_path, "a.yaml#/A", a_dot_yaml=f"A: {{allOf: [{items}]}}\n", **files)
    assert 7 == len(load(path).files)
    monkeypatch.setattr(neighbours, "MAX_FILES", 4)
    assert "a.yaml:1: /A/allOf/2/$ref: more than 4 files" in refusal(path)
    monkeypatch.undo()
    monkeypatch.setattr(neighbours, "MAX_BYTES", 240)
    assert "is larger than" in refusal(path)


@pytest.mark.parametrize(
    "text",
    [
        '{"components": {"schemas": {"A": {"\\u0024ref": "http://a.invalid"}}}}',
        '{"components": {"schemas": {"A": {"$re\\u0066" : "http://a.invalid"}}}}',
        'components: {schemas: {A: {"\\x24ref": "http://a.invalid"}}}',
        'components:\n  schemas:\n    A:\n      ? "$r\\\n        ef"\n      : http://a.invalid\n',
        "x: &a http://a.invalid\ncomponents: {schemas: {A: {$ref: *a}}}",
        "components:\n  schemas:\n    A:\n      $ref: >-\n        http://a.invalid\n",
        "components:\n  schemas:\n    A:\n      ? $ref\n      : http://a.invalid\n",
    ],
)
def test_a_disguised_reference_is_refused_too(tmp_path: Path, text: str) -> None:
    path = tmp_path / ("api.json" if text.startswith("{") else "api.yaml")
    path.write_text(text)
    with pytest.raises(SpecError, match=r"nothing is ever fetched"):
        load(path)


# --- places -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "file", "pointer", "name"),
    [
        ("/paths/~1a#b/get", "", "/paths/~1a#b/get", "get"),
        ("a/b.yaml#/A#B", "a/b.yaml", "/A#B", "A#B"),
        ("a/b.yaml#", "a/b.yaml", "", "b"),
    ],
)
def test_a_place_is_a_file_and_a_pointer(place: str, file: str, pointer: str, name: str) -> None:
    assert (file, pointer) == file_and_pointer(place)
    assert place == place_of(file, pointer)
    assert name == last_name(place)


def test_a_target_is_relative_to_the_file_it_stands_in() -> None:
    target = target_of("../c/./d.yaml#/X", base="a/b.yaml")
    assert ("c/d.yaml", "/X") == (target.file, target.fragment)


def test_a_slash_alone_means_all_of_a_file_as_people_write_it() -> None:
    assert target_of("job.yaml", base="") == target_of("job.yaml#/", base="")
