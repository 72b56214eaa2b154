"""The table of `pyproject.toml` says what the command line leaves open, and each key is checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.config import Config, nearest_config, read_config
from codegen.errors import OptionError


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "pyproject.toml"
    file.write_text(text)
    return file


def test_paths_are_relative_to_the_file_and_the_nearest_file_counts(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "[tool.topchef-codegen]\n"
        'spec = "spec/api.yaml"\nout = "src/acme"\ntags = ["jobs"]\nonly = ["GET /a"]\n'
        'package = "acme"\nbase-error = "AcmeError"\n',
    )
    inner = tmp_path / "src" / "deep"
    inner.mkdir(parents=True)
    expected = Config(
        file=file,
        spec=tmp_path / "spec/api.yaml",
        out=tmp_path / "src/acme",
        tags=("jobs",),
        only=("GET /a",),
        package="acme",
        base_error="AcmeError",
    )
    assert expected == nearest_config(inner)
    written(inner, "[project]\n")
    assert nearest_config(inner) is None


@pytest.mark.parametrize("text", ["", "tool = 1", "[tool]\ntopchef-codegen = []\n"])
def test_a_file_without_the_table_says_nothing(tmp_path: Path, text: str) -> None:
    assert read_config(written(tmp_path, text)) is None


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("ot = 'x'", ": tool.topchef-codegen.ot: is no key of this table; did you mean 'out'?"),
        ("zzz = 'x'", ": tool.topchef-codegen.zzz: is no key of this table"),
        ("spec = 1", ": tool.topchef-codegen.spec: is no text; write one in quotes"),
        ("out = ''", ": tool.topchef-codegen.out: is no text; write one in quotes"),
        ("tags = 'a'", ': tool.topchef-codegen.tags: is no list; write one such as ["jobs"]'),
        ("only = [1]", ": tool.topchef-codegen.only: holds what is no text; write texts in quotes"),
        (
            "package = 'a-b'",
            ": tool.topchef-codegen.package: 'a-b' is no name to import; "
            "write one such as 'acme_pets' or 'acme.pets'",
        ),
        (
            "base-error = 'acme'",
            ": tool.topchef-codegen.base-error: 'acme' is no name of a class; "
            "write one such as 'AcmeError'",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_its_key(tmp_path: Path, line: str, message: str) -> None:
    file = written(tmp_path, f"[tool.topchef-codegen]\n{line}\n")
    with pytest.raises(OptionError) as caught:
        read_config(file)
    assert message == str(caught.value)[-len(message) :]


@pytest.mark.parametrize("name", ["topchef_codegen", "topchef-codgen", "TopChef-CodeGen"])
def test_a_table_by_a_misspelt_name_is_refused(tmp_path: Path, name: str) -> None:
    file = written(tmp_path, f"[tool.{name}]\nout = 'x'\n")
    with pytest.raises(OptionError) as caught:
        read_config(file)
    assert f"{file}: tool.{name}: is not read; write [tool.topchef-codegen]" == str(caught.value)


def test_tables_of_others_are_no_matter(tmp_path: Path) -> None:
    assert read_config(written(tmp_path, "[tool.topchef]\n[tool.codegen]\n[tool.ruff]\n")) is None


@pytest.mark.parametrize("content", [b"a = [", b"\xff", b"a = " + b"[" * 5000])
def test_a_file_that_is_no_toml_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_bytes(content)
    with pytest.raises(OptionError, match="is not TOML"):
        read_config(file)
