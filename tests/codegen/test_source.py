"""What the emitter writes is a literal or a docstring, whatever text it is given."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from codegen.emit.contract_functions import call_of, returned_call_of
from codegen.emit.held_types import copied
from codegen.emit.source import (
    AnyOf,
    Declared,
    Doc,
    Group,
    Imports,
    Labelled,
    Quoted,
    Subscript,
    any_of,
    assignment,
    declaration,
    docstring,
    layout,
    literal,
    signature,
)
from codegen.ir import ListOf, MapOf, Nullable, Scalar, ScalarKind, Text, Type
from tests.thoroughness import examples

ROOT = Path(__file__).parents[2]

NASTY = [
    "",
    " ",
    '"',
    "'",
    "'\"",
    '"""',
    '""""',
    "'''",
    "\\",
    'ends with \\"',
    "ends with \\",
    'ends with "',
    'ends with """',
    "\r",
    "a\rb",
    "a\r\nb",
    "a\n\rb",
    "\x85\u2028\u2029\x0b\x0c\x1c\x1d\x1e",
    "\u202eevil\u2066",
    "\x00",
    "\x7f\x1b[31m",
    "\u200b\ufeff\xad\xa0\u3000",
    "\t tab \t",
    "  indented\n    more\n  less",
    "\\N{DASH} \\u0041 \\x41 \\101",
    "{0} {{ }} {x!r} %s %(a)s $x ${y} #{z}",
    "# comment",
    ">>> print( 1 )",
    "a" * 150,
    "a " * 150,
    "- " + "word " * 60,
    "\U0001f600 日本 \U000e0041 \U0010ffff",
    "x = 1\n\n\n\ny = 2   \n",
    "trailing   \nspaces   ",
    "\\\n",
    'a\n"""',
]

pieces = st.sampled_from(NASTY)
texts = st.one_of(
    st.text(),
    st.lists(st.one_of(pieces, st.text(max_size=5)), max_size=5).map("".join),
    st.text(st.sampled_from("\"'\\\n\r\t {}aN"), max_size=30),
)
"""Any text that a document may hold: no half characters, as no file can hold them."""


def is_harmless(source: str) -> bool:
    """Whether nothing in a line of source ends it, hides or reorders."""
    return source.isprintable()


@given(texts)
@example("".join(NASTY))
def test_a_literal_evaluates_to_its_text_and_stays_on_its_line(text: str) -> None:
    source = literal(Text(text))
    assert ast.literal_eval(source) == text
    assert is_harmless(source)


@given(st.one_of(st.integers(), st.booleans(), st.floats(allow_nan=False, allow_infinity=False)))
def test_a_literal_evaluates_to_its_constant(value: float) -> None:
    evaluated: object = ast.literal_eval(literal(value))
    assert (evaluated, type(evaluated)) == (value, type(value))


indents = st.sampled_from(["", "    ", "        "])


@pytest.mark.parametrize("text", NASTY)
@given(st.data())
def test_nasty_text_makes_one_docstring_and_nothing_else(text: str, data: st.DataObject) -> None:
    before, after = data.draw(st.sampled_from([("", ""), ("a", "a")]) | st.tuples(pieces, pieces))
    assert_is_one_docstring(docstring(Text(before + text + after), indent="    "))


@given(texts, indents)
@example("".join(NASTY), "    ")
def test_a_docstring_is_one_docstring_and_nothing_else(text: str, indent: str) -> None:
    assert_is_one_docstring(docstring(Text(text), indent=indent))


def assert_is_one_docstring(source: str) -> None:
    (statement,) = ast.parse(f"if True:\n{source}" if source.startswith(" ") else source).body
    if isinstance(statement, ast.If):
        (statement,) = statement.body
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Constant)
    assert isinstance(statement.value.value, str)
    assert all(is_harmless(line) and line == line.rstrip() for line in source.split("\n"))


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1))
def test_a_docstring_says_what_its_text_says(word: str) -> None:
    assert ast.literal_eval(docstring(Text(word), indent="")) == word


@given(texts)
def test_text_of_a_document_cannot_be_formatted(text: str) -> None:
    wrapped = Text(text)
    for format_spec in ("{}", "{!s}", "{:>5}"):
        with pytest.raises(TypeError):
            format_spec.format(wrapped)
    with pytest.raises(TypeError):
        f"{wrapped}"
    with pytest.raises(TypeError):
        str(wrapped)
    assert repr(wrapped) == f"<Text of {len(text)} characters>"


# Layout.

names = st.text("abcdefgh", min_size=1, max_size=40).filter(lambda name: name != "def")


def listed(item: Doc) -> Doc:
    return Subscript("list", (item,))


def mapped(value: Doc) -> Doc:
    return Subscript("dict", ("str", value))


def joined(parts: list[Doc]) -> Doc:
    return any_of(*parts)


def called(head: str, items: list[Doc]) -> Doc:
    return Group(head, tuple(items))


def in_a_list(items: list[Doc]) -> Doc:
    return Group("", tuple(items), "[]")


plain_types: SearchStrategy[Doc] = names | st.sampled_from(["None", "int", 'Literal["x | y"]'])
types: SearchStrategy[Doc] = st.recursive(
    plain_types,
    lambda inner: (
        st.builds(listed, inner)
        | st.builds(mapped, inner)
        | st.builds(joined, st.lists(inner, min_size=2, max_size=3))
    ),
    max_leaves=6,
)
plain_docs: SearchStrategy[Doc] = names | texts.map(literal)
docs: SearchStrategy[Doc] = st.recursive(
    plain_docs,
    lambda inner: (
        st.builds(called, names, st.lists(inner, max_size=4))
        | st.builds(in_a_list, st.lists(inner, min_size=1, max_size=4))
    ),
    max_leaves=12,
)
parameters = st.lists(
    st.builds(Declared, names, types, st.sampled_from(["", " = None"])),
    max_size=5,
    unique_by=lambda parameter: parameter.name,
)


def leaves(doc: Doc) -> list[str]:
    match doc:
        case Labelled():
            return [doc.label, *leaves(doc.doc)]
        case Group() | Subscript():
            return [doc.head, *(leaf for item in doc.items for leaf in leaves(item))]
        case AnyOf():
            return [leaf for part in doc.parts for leaf in leaves(part)]
        case Declared():
            return [doc.name, *leaves(doc.annotation), doc.default]
        case Quoted():
            return leaves(doc.doc)
        case _:
            return [doc]


def tree(source: str) -> str:
    return ast.dump(ast.parse(source))


@given(docs)
def test_layout_never_loses_an_item(doc: Doc) -> None:
    source = layout("value = ", doc)
    position = 0
    for leaf in leaves(doc):
        position = source.index(leaf, position) + len(leaf)
    assert tree(source) == tree(f"value = {doc}")


@given(names, types, st.one_of(st.none(), st.just("None"), docs))
def test_a_declaration_means_the_same_on_one_line_and_on_many(
    name: str, annotation: Doc, value: Doc | None
) -> None:
    flat = declared_on_one_line(name, annotation, value)
    assert tree(declaration(name, annotation, value)) == tree(flat)


@given(names, parameters, types)
def test_a_signature_means_the_same_on_one_line_and_on_many(
    name: str, found: list[Declared], result: Doc
) -> None:
    ordered = sorted(found, key=lambda parameter: parameter.default)
    source = signature(name, [], ordered, result)
    flat = f"def {name}({', '.join(['*'] * bool(ordered) + list(ordered))})"
    assert tree(f"{source} ...") == tree(f"{flat} -> {result}: ...")


def declared_on_one_line(name: str, annotation: Doc, value: Doc | None) -> str:
    return f"{name}: {annotation}" + ("" if value is None else f" = {value}")


# What ruff says of it.


def formatted(source: str, tmp_path: Path) -> str:
    """The source as ruff formats it; one run for many examples, because each takes its time."""
    file = tmp_path / "examples.py"
    file.write_text(source, encoding="utf-8", newline="")
    ruff = Path(sys.executable).parent / "ruff"
    config = ROOT / "pyproject.toml"
    command = [str(part) for part in (ruff, "format", "--no-cache", "--config", config, file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (0, "") == (done.returncode, done.stderr)
    return file.read_bytes().decode()


def test_ruff_leaves_literals_and_docstrings_as_they_are(tmp_path: Path) -> None:
    blocks: list[str] = []

    @settings(max_examples=examples(100))
    @given(texts)
    def collect(text: str) -> None:
        number = len(blocks)
        doc = docstring(Text(text), indent="    ")
        value = assignment("VALUE", literal(Text(text)), indent="    ")
        blocks.append(f"class Example{number}:\n{doc}\n\n{value}")

    collect()
    for text in NASTY:
        blocks.append(f"def f{len(blocks)}() -> None:\n{docstring(Text(text), indent='    ')}")
    source = "\n\n\n".join(blocks) + "\n"
    assert formatted(source, tmp_path) == source


def test_ruff_leaves_calls_as_they_are(tmp_path: Path) -> None:
    lines: list[str] = []

    @settings(max_examples=examples(100))
    @given(st.lists(docs, min_size=1, max_size=3))
    def collect(found: list[Doc]) -> None:
        lines.append(layout("value = ", Group("call", tuple(found))))

    collect()
    source = "\n".join(lines) + "\n"
    assert formatted(source, tmp_path) == source


def test_ruff_leaves_signatures_as_they_are(tmp_path: Path) -> None:
    blocks: list[str] = []

    @settings(max_examples=examples(100))
    @given(st.integers(1, 95), parameters, types, types)
    @example(83, [], "Json", "Json")
    @example(84, [], "Json", "Json")
    def collect(length: int, found: list[Declared], result: Doc, other: Doc) -> None:
        ordered = sorted(found, key=lambda parameter: parameter.default)
        returned = Subscript("Call", (result,))
        name = "n" * length
        blocks.append(f"{signature(name, [], ordered, returned)}\n    pass")
        blocks.append(f"{signature(name, [], [], returned)}\n    pass")
        blocks.append(f"{signature(name, [], [], other)}\n    pass")

    collect()
    source = "\n\n\n".join(blocks) + "\n"
    assert formatted(source, tmp_path) == source


held_types: SearchStrategy[Type] = st.recursive(
    st.just(Scalar(ScalarKind.STRING)),
    lambda inner: st.builds(ListOf, inner) | st.builds(MapOf, inner) | st.builds(Nullable, inner),
    max_leaves=12,
)


def test_ruff_leaves_copies_as_they_are(tmp_path: Path) -> None:
    blocks: list[str] = []

    @settings(max_examples=examples(300))
    @given(st.integers(1, 95), held_types, st.sampled_from([[], ["None"], ["None", "UNSET"]]))
    @example(79, ListOf(ListOf(ListOf(Scalar(ScalarKind.STRING)))), ["None", "UNSET"])
    def collect(length: int, type_: Type, missing: list[str]) -> None:
        name = "n" * length
        copy = copied(name, type_, missing)
        by_name = partial(copy.argument, f"{name}=")
        blocks.append(
            f"class C:\n    def f():\n{call_of('f', [partial(copy.argument, ''), by_name])}"
        )

    collect()
    source = "\n\n\n".join(blocks) + "\n"
    assert formatted(source, tmp_path) == source


def test_ruff_leaves_returned_calls_as_they_are(tmp_path: Path) -> None:
    blocks: list[str] = []

    @settings(max_examples=examples(200))
    @given(
        st.integers(1, 95),
        st.lists(st.integers(1, 100).map(lambda length: "n" * length), max_size=3),
    )
    def collect(length: int, items: list[str]) -> None:
        call = returned_call_of("f" * length, items, ["  # a comment"] * len(items))
        blocks.append(f"class C:\n    def f():\n{call}")

    collect()
    source = "\n\n\n".join(blocks) + "\n"
    assert formatted(source, tmp_path) == source


@pytest.mark.parametrize("is_renamed", [False, True])
def test_imports_are_sorted_as_ruff_sorts_them(tmp_path: Path, is_renamed: bool) -> None:
    names = ["VRF", "VRFState", "V", "Network", "NETWORK", "network", "Net2", "Net10", "N_1", "a_B"]
    imports = Imports()
    for module in ("..models", ".network", ".network_2", ".network_10"):
        for name in names:
            imports.use(module, f"{name} as {name}" if is_renamed else name)
    file = tmp_path / "imports.py"
    file.write_text("\n".join(imports.statements(indent="")) + "\n", encoding="utf-8")
    ruff = [str(Path(sys.executable).parent / "ruff"), "check", "--no-cache", "--select", "I"]
    command = [*ruff, "--config", str(ROOT / "pyproject.toml"), "--diff", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_ruff_leaves_declarations_as_they_are(tmp_path: Path) -> None:
    lines: list[str] = ["class Fields:"]
    values = st.one_of(
        st.none(),
        st.sampled_from(["None", "UNSET"]),
        st.integers(1, 110).map(lambda length: f'"{"v" * length}"'),
        st.lists(
            st.sampled_from(["default=None", "validator=C(x)", 'metadata=wire_name("n")'] * 2),
            min_size=1,
        ).map(lambda items: Group("field", tuple(items))),
    )

    @settings(max_examples=examples(200))
    @given(st.integers(1, 95), types, values)
    def collect(length: int, annotation: Doc, value: Doc | None) -> None:
        lines.append(declaration("n" * length, annotation, value, indent="    "))

    collect()
    source = "\n".join(lines) + "\n"
    assert formatted(source, tmp_path) == source


@pytest.mark.parametrize("count", [400, 401, 25_000])
def test_a_union_of_thousands_of_types_is_nested_no_deeper_than_python_reads(count: int) -> None:
    names = [f"T{number}" for number in range(count)]
    union = any_of(*names)
    for source in (f"x = {union}", assignment("x", union)):
        found = [node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)]
        assert sorted(["x", *names]) == sorted(found)
