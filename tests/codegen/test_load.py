"""Whatever a document is written in, it loads as the tree that a JSON reader would see."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from codegen.errors import SpecError
from codegen.load import Sources, load
from codegen.load.json_reader import read_json
from codegen.load.yaml_reader import FASTEST_LOADER, Loader, line_in_yaml, read_yaml
from codegen.tree import MAX_DEPTH, Json, pointer_to, walk

Reader = Callable[[str], Json]


def refusal(read: Reader, text: str) -> str:
    with pytest.raises(SpecError) as caught:
        read(text)
    return str(caught.value)


# --- YAML scalars -------------------------------------------------------------------------------

PLAIN_SCALARS: list[tuple[str, Json]] = [
    ("", None),
    ("~", None),
    ("null", None),
    ("Null", None),
    ("NULL", None),
    ("nUll", "nUll"),
    ("true", True),
    ("True", True),
    ("TRUE", True),
    ("false", False),
    ("False", False),
    ("FALSE", False),
    ("tRue", "tRue"),
    *((text, text) for text in ("yes", "Yes", "YES", "no", "No", "NO", "on", "off", "y", "n")),
    ("0", 0),
    ("-0", 0),
    ("+1", 1),
    ("-12", -12),
    ("017", 17),
    ("08", 8),
    ("0o17", 15),
    ("0x1F", 31),
    ("0X1F", "0X1F"),
    ("0b11", "0b11"),
    ("-0x1F", "-0x1F"),
    ("18446744073709551616", 2**64),
    ("1_000", "1_000"),
    ("1,000", "1,000"),
    ("1e3", 1000.0),
    ("1E5", 100000.0),
    ("1.5e-3", 0.0015),
    (".5", 0.5),
    ("-.5", -0.5),
    ("1.", 1.0),
    ("1.10", 1.1),
    ("1.2.3", "1.2.3"),
    ("1e", "1e"),
    ("e3", "e3"),
    (".", "."),
    ("--", "--"),
    ("+", "+"),
    ("1 2", "1 2"),
    ("١", "١"),
    ("12:30:45", "12:30:45"),
    ("190:20:30.15", "190:20:30.15"),
    ("2024-01-01", "2024-01-01"),
    ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"),
    ("=", "="),
    ("<<", "<<"),
    ("inf", "inf"),
    ("nan", "nan"),
    ("Infinity", "Infinity"),
]


@pytest.mark.parametrize(("spelling", "value"), PLAIN_SCALARS)
def test_a_plain_scalar_is_what_the_core_schema_says(spelling: str, value: Json) -> None:
    assert_same({"a": value}, read_yaml(f"a: {spelling}\n"))


@pytest.mark.parametrize("spelling", [spelling for spelling, _ in PLAIN_SCALARS])
def test_a_scalar_in_quotes_is_a_text(spelling: str) -> None:
    assert [spelling, spelling] == read_yaml(f"['{spelling}', \"{spelling}\"]")


@pytest.mark.parametrize("spelling", [".inf", "-.INF", "+.Inf", ".nan", ".NaN", "1e400", "-1e400"])
def test_a_number_that_is_not_finite_is_refused(spelling: str) -> None:
    assert refusal(read_yaml, f"a:\n  b: {spelling}\n").startswith("line 2: /a/b: ")


def test_an_absurdly_long_number_is_refused() -> None:
    for digits in ("9" * 5000, "0x" + "f" * 5000, "0." + "1" * 5000):
        assert "/a: a number of 500" in refusal(read_yaml, f"a: {digits}")


@pytest.mark.parametrize(
    ("tagged", "value"),
    [
        ("!!str 12", "12"),
        ("!!str", ""),
        ("! 12", "12"),
        ("!!int 12", 12),
        ('!!int "12"', 12),
        ("!!float 12", 12.0),
        ("!!float 1.5", 1.5),
        ("!!bool true", True),
        ("!!null ''", None),
        ("!!map {a: 1}", {"a": 1}),
        ("!!seq [1]", [1]),
        ("!<tag:yaml.org,2002:int> 3", 3),
    ],
)
def test_a_core_tag_makes_its_type(tagged: str, value: Json) -> None:
    assert [value] == read_yaml(f"- {tagged}\n")


@pytest.mark.parametrize(
    ("tagged", "tag"),
    [
        ('!!python/object/apply:os.system ["touch PWNED"]', "!!python/object/apply:os.system"),
        ("!!python/name:os.system", "!!python/name:os.system"),
        ("!!timestamp 2024-01-01", "!!timestamp"),
        ("!!binary aGk=", "!!binary"),
        ("!!set {a, b}", "!!set"),
        ("!local x", "!local"),
        ("!str x", "!str"),
        ("!!int 1.5", "!!int"),
        ("!!int 0b1", "!!int"),
        ("!!float true", "!!float"),
        ("!!float 0x1F", "!!float"),
        ("!!bool yes", "!!bool"),
        ("!!null x", "!!null"),
        ("!!str [1]", "!!str"),
        ("!!map [1]", "!!map"),
        ("!!seq {a: 1}", "!!seq"),
        ("!!int {a: 1}", "!!int"),
    ],
)
def test_any_other_tag_is_refused(tagged: str, tag: str) -> None:
    assert refusal(read_yaml, f"info:\n  description: {tagged}\n") == (
        f"line 2: /info/description: the tag {tag} does not make JSON of this; remove the tag"
    )


# --- YAML keys ----------------------------------------------------------------------------------


def test_a_key_is_its_spelling() -> None:
    text = "200: a\n1.10: b\ntrue: c\nnull: d\n~: e\n0x1F: f\nno: g\n'': h\n!!str 7: i\n! 8: j\n"
    expected = ["200", "1.10", "true", "null", "~", "0x1F", "no", "", "7", "8"]
    assert expected == list(as_mapping(read_yaml(text)))
    assert read_yaml("'<<': 1") == {"<<": 1}
    assert read_yaml("{a, ? b}") == {"a": None, "b": None}


def as_mapping(tree: Json) -> dict[str, Json]:
    assert isinstance(tree, dict)
    return tree


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a:\n  b: 1\n  'b': 2\n", "line 3: /a/b: this key stands twice in its mapping; keep"),
        ("1: 1\n'1': 2\n", "line 2: /1: this key stands twice in its mapping; keep one of the"),
        ("a:\n- {b: 1, b: 2}", "line 2: /a/0/b: this key stands twice in its mapping"),
        ("a:\n  [1, 2]: 3\n", "line 2: /a: a key is itself a list or a mapping; write a text"),
        ("? {a: 1}\n: 3\n", "line 1: a key is itself a list or a mapping; write a text"),
        ("a: &x b\n*x : 1\n", "line 2: an alias stands in the place of a key; write the key out"),
        ("a: &x {b: 1}\nc:\n  <<: *x\n", "line 3: /c/<<: YAML 1.2 has no merge keys; write the"),
        ("?\n: 1\n", "line 1: /: a key is missing before the colon"),
        ("!local a: 1\n", "line 1: /a: the tag !local does not make JSON of this; remove the tag"),
    ],
)
def test_a_key_that_json_cannot_have_is_refused(text: str, message: str) -> None:
    assert refusal(read_yaml, text).startswith(message)


# --- YAML aliases -------------------------------------------------------------------------------


def test_an_alias_is_a_copy() -> None:
    tree = as_mapping(read_yaml("a: &x {b: [1]}\nc: *x\nd: &y 2\ne: [*y, *x]\n"))
    assert tree == {"a": {"b": [1]}, "c": {"b": [1]}, "d": 2, "e": [2, {"b": [1]}]}
    as_mapping(tree["a"])["b"] = "changed"
    assert tree["c"] == {"b": [1]}


def test_an_alias_means_the_last_anchor_of_its_name() -> None:
    assert read_yaml("[&x 1, *x, &x 2, *x]") == [1, 1, 2, 2]
    assert read_yaml("[&x [&x a, *x], *x]") == [["a", "a"], "a"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: *x\n", "line 1: /a: *x has no anchor &x before it"),
        ("a: &x [1, *x]\n", "line 1: /a/1: *x is inside of &x; use $ref for what contains itself"),
        ("&x a:\n  b: *x\n", "line 2: /a/b: *x has no anchor &x before it"),
        ("a: &x\n  b: {c: *x}\n", "line 2: /a/b/c: *x is inside of &x; use $ref for what"),
        ("&x\na: *x\n", "line 2: /a: *x is inside of &x; use $ref for what contains itself"),
    ],
)
def test_an_alias_to_nothing_or_to_what_contains_it_is_refused(text: str, message: str) -> None:
    assert refusal(read_yaml, text).startswith(message)


def bomb(leaf: str, levels: int = 9) -> str:
    lines = [f"a0: &a0 {leaf}"]
    for level in range(1, levels):
        lines.append(f"a{level}: &a{level} [{','.join([f'*a{level - 1}'] * 9)}]")
    return "\n".join(lines)


@pytest.mark.parametrize("leaf", ["x", "[]", "{}", '"' + "x" * 9999 + '"', f"{{{'k' * 999}: 1}}"])
def test_billion_laughs_are_refused_at_once(leaf: str) -> None:
    started = time.process_time()
    assert "aliases add more than 250000 values; use $ref instead" in refusal(read_yaml, bomb(leaf))
    assert time.process_time() - started < 5  # about 0.2; exponential would be hours


def test_aliases_do_not_get_around_the_limit_of_depth() -> None:
    chain = "a0: &a0 [1]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 250))
    assert "is nested more than 200 levels deep" in refusal(read_yaml, chain)


# --- YAML documents -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty; write an OpenAPI document in it"),
        ("# nothing\n", "the file is empty; write an OpenAPI document in it"),
        ("a: 1\n---\nb: 2\n", "line 2: a second YAML document begins here; keep one document"),
        ("a: 1\n...\n---\nb: 2\n", "line 3: a second YAML document begins here; keep one"),
        ("a: b: c\n", "line 1: is not YAML: mapping values are not allowed"),
        ("a:\n  - [1\nb: 2\n", "line 3: is not YAML: "),
        ("a:\n\t- b\n", "line 2: is not YAML: "),
        ("a: 1\nb: \x07\n", r"line 2: is not YAML: it holds U+0007 as it is; write it as an esc"),
        ("a: \x7f\n", "line 1: is not YAML: it holds U+007F as it is; write it as an escape"),
        ("a: 1\nb: \ufffe\n", "line 2: is not YAML: it holds U+FFFE as it is; write it as"),
        ("%YAML 2.0\n---\na: 1\n", "line 1: is not YAML: found incompatible YAML document"),
    ],
)
def test_what_is_not_one_yaml_document_is_refused(text: str, message: str) -> None:
    assert refusal(read_yaml, text).startswith(message)


def test_one_document_may_have_its_marks_and_directives() -> None:
    for version in ("1.1", "1.2"):
        assert read_yaml(f"%YAML {version}\n---\na: no\n...\n") == {"a": "no"}


def test_the_line_breaks_of_yaml_1_1_are_text() -> None:
    breaks = "\x85\u2028\u2029"
    for mark in breaks:
        text = f"a: x {mark} y\n'b{mark}': \"x {mark} y\" # c{mark}d: 1\ne: |\n  x{mark}y\n"
        spaced, close = f"x {mark} y", f"x{mark}y\n"
        assert {"a": spaced, f"b{mark}": spaced, "e": close} == read_yaml(text)


SLOW_LOADER: Loader = yaml.SafeLoader


@pytest.mark.parametrize("loader", [FASTEST_LOADER, SLOW_LOADER])
def test_escapes_of_surrogate_pairs_are_characters_only_in_double_quotes(loader: Loader) -> None:
    spelled = r"\ud83d\ude00"
    assert ["😀", spelled, spelled, spelled + "\n", r"\ud83d"] == read_yaml(
        rf"""
- "{spelled}"
- '{spelled}'
- {spelled}
- |
  {spelled}
- "\\ud83d"
""",
        loader,
    )
    assert read_yaml(rf'["\\{spelled}"]', loader) == [r"\😀"]
    assert read_yaml(rf'"{spelled}": "\L"', loader) == {"😀": "\u2028"}


@pytest.mark.parametrize("half", [r"\ud83d", r"\ude00", r"\ude00\ud83d", r"\uD83D \uDE00"])
def test_half_a_character_is_refused(half: str) -> None:
    for read in (read_yaml, read_json):
        assert "/a/0: half a character" in refusal(read, f'{{"a": ["{half}"]}}')


@pytest.mark.parametrize("loader", [FASTEST_LOADER, SLOW_LOADER])
def test_both_loaders_of_pyyaml_serve(loader: Loader) -> None:
    text = "a: &x [1, no, 'q', \"\\x41\"]\nb: {c: *x}\n? d\n: |\n  text\n"
    assert read_yaml(text, loader) == {
        "a": [1, "no", "q", "A"],
        "b": {"c": [1, "no", "q", "A"]},
        "d": "text\n",
    }
    for text in ("a: b: c", "a: \x07", '"\\U00110000"', "a: [1"):
        with pytest.raises(SpecError):
            read_yaml(text, loader)


# --- JSON ---------------------------------------------------------------------------------------

ODD_TEXTS = st.text(alphabet=':"\\ \ta', max_size=3)
"""Texts of what names, colons and escapes look like."""

MEMBERS = st.lists(st.tuples(ODD_TEXTS, ODD_TEXTS, st.sampled_from(["", " ", "\n\t"])), max_size=4)


@given(st.lists(MEMBERS, min_size=1, max_size=3))
def test_no_member_gets_lost_unnoticed(objects: list[list[tuple[str, str, str]]]) -> None:
    texts = [
        ", ".join(f"{json.dumps(key)}{gap}:{gap}{json.dumps(value)}" for key, value, gap in members)
        for members in objects
    ]
    text = f"[{', '.join(f'{{{members}}}' for members in texts)}]"
    if all(len({key for key, _, _ in members}) == len(members) for members in objects):
        assert json.loads(text) == read_json(text)
    else:
        assert "stands twice" in refusal(read_json, text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: is not JSON: Expecting value, at column 1"),
        ('{"a": 1,\n "b" 2}', "line 2: is not JSON: Expecting ':' delimiter, at column 6"),
        ('{"a": 1} {}', "line 1: is not JSON: Extra data, at column 10"),
        ('{"a": "\n"}', "line 1: is not JSON: Invalid control character at, at column 8"),
        ('{"a": {"b": 1, "b": 2}}', "/a/b: this key stands twice in its object; keep one of"),
        ('{"a": [0, {"b": {"c": 1, "c": 2}, "b": 3}]}', "/a/1/b: this key stands twice"),
        ('{"a": {"b": NaN}, "a": 1}', "/a: this key stands twice"),
        ('{"a": [NaN]}', "/a/0: NaN is not JSON; write a finite number or null"),
        ('{"a/b": -Infinity}', "/a~1b: -Infinity is not JSON; write a finite number or null"),
        ('{"a": 1e400}', "/a: 1e400 is not a number that JSON can hold; write a finite one"),
        (f'{{"a": {"9" * 5000}}}', "/a: a number of 5000 characters; at most 1000"),
        ('{"a": {"\\ud800": 1}}', "/a: half a character"),
    ],
)
def test_what_is_not_strict_json_is_refused(text: str, message: str) -> None:
    assert refusal(read_json, text).startswith(message)


# --- depth --------------------------------------------------------------------------------------


@pytest.mark.parametrize("read", [read_json, read_yaml])
def test_nesting_is_bounded(read: Reader) -> None:
    assert len(json.dumps(read("[" * MAX_DEPTH + "]" * MAX_DEPTH))) == 2 * MAX_DEPTH
    for depth in (MAX_DEPTH + 1, 900, 3000, 100_000):
        assert "is nested more than 200 levels deep" in refusal(read, "[" * depth + "]" * depth)
    deep = '{"a":' * 300 + "1" + "}" * 300
    assert "/a/a/a/a/a/a" in refusal(read, deep)


# --- both readers -------------------------------------------------------------------------------

# YAML forbids U+007F to U+009F and noncharacters as they are, and a key beyond 1024 characters.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
trees = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@given(trees, st.booleans(), st.sampled_from([None, 0, 1, 4, "\t"]))
def test_json_loads_as_itself(tree: Json, is_ascii: bool, indent: int | str | None) -> None:
    assert_same(tree, read_json(json.dumps(tree, ensure_ascii=is_ascii, indent=indent)))


@given(trees, st.sampled_from([None, 0, 1, 4]))
def test_json_is_yaml(tree: Json, indent: int | None) -> None:
    assert_same(tree, read_yaml(json.dumps(tree, ensure_ascii=True, indent=indent)))


@given(trees)
def test_yaml_that_others_write_loads_as_it_was(tree: Json) -> None:
    writer: Any = yaml  # stubs of some versions say too little of `dump`
    written = writer.dump(tree, Dumper=QuotingDumper, allow_unicode=True, sort_keys=False)
    assert_same(tree, read_yaml(written))


class QuotingDumper(yaml.SafeDumper):
    """Quotes every text, because a text that YAML 1.1 leaves plain may be a number in 1.2."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def quoted(_: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return yaml.ScalarNode("tag:yaml.org,2002:str", text, style='"')


QuotingDumper.add_representer(str, quoted)


def assert_same(expected: Json, actual: Json) -> None:
    """Assert equality of types too: to Python, 1, 1.0 and True are equal."""
    assert repr(expected) == repr(actual)


@given(st.text(max_size=200))
def test_any_text_loads_or_is_refused(text: str) -> None:
    for read in (read_json, read_yaml):
        with suppress(SpecError):
            json.dumps(read(text), allow_nan=False).encode()


PARTS = [
    "a",
    "b",
    "1",
    "~",
    ":",
    "-",
    "[",
    "]",
    "{",
    "}",
    ",",
    "?",
    "|",
    ">",
    "#",
    "%",
    "!",
    "!!int",
    "&x",
    "*x",
    "<<",
    "---",
    "...",
    '"',
    "'",
    "\\",
    "\\ud83d",
    "\u2028",
    "\t",
]


@given(st.lists(st.sampled_from([*PARTS, " ", "\n", "\n  ", ": "]), max_size=30).map("".join))
def test_anything_like_yaml_loads_or_is_refused(text: str) -> None:
    with suppress(SpecError):
        for pointer, _ in walk(read_yaml(text)):
            assert line_in_yaml(text, pointer) is not None


# --- lines --------------------------------------------------------------------------------------

DOCUMENT = """\
# a comment
openapi: 3.1.0
paths:
  /a/{id}:
    get:
      parameters:
        - name: id

          in: path
        - $ref: x
      tags: [one,
             two]
copy: &copy
  inner: 1
pasted: *copy
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ([], 2),
        (["openapi"], 2),
        (["paths"], 3),
        (["paths", "/a/{id}"], 4),
        (["paths", "/a/{id}", "get", "parameters"], 6),
        (["paths", "/a/{id}", "get", "parameters", 0], 7),
        (["paths", "/a/{id}", "get", "parameters", 0, "in"], 9),
        (["paths", "/a/{id}", "get", "parameters", 1], 10),
        (["paths", "/a/{id}", "get", "parameters", 2], 6),
        (["paths", "/a/{id}", "get", "tags", 1], 12),
        (["paths", "/a/{id}", "put", "tags"], 4),
        (["copy", "inner"], 14),
        (["pasted", "inner"], 15),
        (["nowhere"], 2),
    ],
)
def test_a_line_is_that_of_the_key_or_the_nearest_parent(path: list[str | int], line: int) -> None:
    sources = Sources(Path("a.yaml"), DOCUMENT.encode())
    assert line == sources.line_of(pointer_to(*path))


@given(trees)
def test_every_value_of_a_json_file_has_a_line(tree: Json) -> None:
    text = json.dumps(tree, indent=1)
    lines = [line_in_yaml(text, pointer) for pointer, _ in walk(tree)]
    # `json.dumps` begins a line for every value, and one for the end of what is not empty.
    expected = [
        number
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip() not in ("]", "],", "}", "},")
    ]
    assert expected == lines


def test_what_is_not_yaml_has_no_lines() -> None:
    assert line_in_yaml('{"a": "\x7f"}', "/a") is None
    assert line_in_yaml("a: b: c", "/b") is None
    assert line_in_yaml("a: 1", "not a pointer") is None


def test_an_error_is_located_in_its_file() -> None:
    sources = Sources(Path("a.yaml"), DOCUMENT.encode())
    located = sources.locate(SpecError("/paths", "is odd"))
    assert str(located) == "a.yaml:3: /paths: is odd"
    assert (
        str(sources.locate(SpecError("/paths", "is odd", file="b.yaml", line=9)))
        == "b.yaml:9: /paths: is odd"
    )


# --- files --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", '{"a": "no"}'),
        ("a.JSON", '{"a": "no"}'),
        ("a.yaml", "a: no\n"),
        ("a.yml", "a: no\n"),
        ("a.yaml", '{"a": "no"}'),
        ("a", '\n {"a": "no"}'),
        ("a.txt", "a: no\n"),
        ("a.yaml", "\ufeffa: no\r\n"),
        ("a.json", '\ufeff{"a":\r\n"no"}'),
        ("a.yaml", "a: no"),
    ],
)
def test_a_file_loads_as_what_it_is_named_or_looks_like(
    tmp_path: Path, name: str, text: str
) -> None:
    path = tmp_path / name
    path.write_bytes(text.encode())
    assert load(path).tree == {"a": "no"}
    assert path == load(path).sources.path


def test_windows_line_ends_are_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: |\r\n  two\r\n  lines\ttab\r\nb: 1\r\n")
    document = load(path)
    assert document.tree == {"a": "two\nlines\ttab\n", "b": 1}
    assert document.sources.line_of("/b") == 4


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.yaml", b"a: 1\nb: \xff\n", "a.yaml:2: is not UTF-8 (byte 0xff); save it as UTF-8"),
        ("a.yaml", "a: 1".encode("utf-16"), "a.yaml:1: is not UTF-8 (byte 0xff); save it as"),
        ("a.json", '{"a": 1}'.encode("utf-32-le"), "a.json:1: is not JSON: Expecting property"),
        ("a.yaml", b"- a\n", "a.yaml:1: is not an object; an OpenAPI document begins with"),
        ("a.yaml", b"text", "a.yaml:1: is not an object; an OpenAPI document begins with"),
        ("a.yaml", b"---\n", "a.yaml:2: is not an object; an OpenAPI document begins with"),
        ("a.json", b"[]", "a.json:1: is not an object; an OpenAPI document begins with"),
        ("a.yaml", b"", "a.yaml: the file is empty; write an OpenAPI document in it"),
        ("a.json", b"a: 1", "a.json:1: is not JSON: Expecting value, at column 1"),
        ("a", b"{a: 1}", "a:1: is not JSON: Expecting property name enclosed in double quotes"),
        ("a.json", b'{"a": {\n"b": 1,\n"b": 2}}', "a.json:2: /a/b: this key stands twice"),
        ("a.json", b'{"a":\n [1,\n NaN]}', "a.json:3: /a/1: NaN is not JSON; write a finite"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_line(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert f"/{message}" in refusal(load_text, str(path))


def load_text(path: str) -> Json:
    return load(Path(path)).tree


def test_only_a_file_is_read(tmp_path: Path) -> None:
    assert "missing.yaml: there is no such file" in refusal(
        load_text, str(tmp_path / "missing.yaml")
    )
    assert refusal(load_text, str(tmp_path)).endswith(": is not a file")
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    assert refusal(load_text, str(pipe)).endswith("pipe.yaml: is not a file")


def test_an_enormous_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as stream:
        stream.truncate(64 * 1024 * 1024 + 1)
    assert "large.yaml: is larger than 67108864 bytes;" in refusal(load_text, str(path))


REAL_SPECIFICATIONS = Path(__file__).parents[3] / "shared" / "specs"


@pytest.mark.skipif(
    not REAL_SPECIFICATIONS.is_dir(), reason="the third-party specifications are not here"
)
@pytest.mark.parametrize(
    "name", ["conjur.yaml", "figma.yaml", "qdrant.json", "petstore-expanded.json"]
)
def test_real_specifications_load_to_what_json_can_hold(name: str) -> None:
    document = load(REAL_SPECIFICATIONS / name)
    assert document.tree == json.loads(json.dumps(document.tree, allow_nan=False))


@pytest.mark.parametrize(
    ("text", "is_whole"),
    [
        (r'["\ud83d\ude00"]', True),
        (r'["\uD83D\uDE00 \\\\ud83d"]', True),
        (r'["\\\\ud83d\ude00"]', False),
        (r'["\ude00\ud83d"]', False),
        (r'["\ud83d\ude00\ude00"]', False),
        (r'["\ud83d", "\ude00"]', False),
    ],
)
def test_escapes_of_half_a_character_stand_in_pairs(text: str, is_whole: bool) -> None:
    if is_whole:
        assert json.loads(text) == read_json(text)
    else:
        assert "half a character" in refusal(read_json, text)
