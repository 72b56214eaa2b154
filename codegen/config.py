"""The table `[tool.topchef-codegen]` of `pyproject.toml`, checked.

Only this module knows its keys. Paths in it are relative to the file, whatever folder the command
is started in.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

from .errors import OptionError, nearest
from .likeness import slip_of
from .options import class_name, package_name
from .values import frozen

FILE = "pyproject.toml"
TABLE = "topchef-codegen"


@frozen(kw_only=True)
class Config:
    """What the table says; what it does not say is None or empty."""

    file: Path
    spec: Path | None = None
    out: Path | None = None
    tags: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    package: str | None = None
    base_error: str | None = None
    approved: Path | None = None
    """The breaks that were approved, for `diff`."""
    contract: bool | None = None


def nearest_config(folder: Path) -> Config | None:
    """Return the table of the nearest `pyproject.toml` in a folder or above, if it has one.

    Raises:
        OptionError: the file is no TOML, or the table says what cannot be.
        OSError: the file cannot be read.
    """
    for each in (folder, *folder.parents):
        if (each / FILE).is_file():
            return read_config(each / FILE)
    return None


def read_config(file: Path) -> Config | None:
    """Return the table of a file, or None where it has none.

    Raises:
        OptionError: the file is no TOML, or the table says what cannot be.
        OSError: the file cannot be read.
    """
    import tomllib  # most runs name a document, and need no table

    try:
        whole: dict[str, object] = tomllib.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise OptionError(str(file), f"is not TOML: {error}") from None
    tools = _table(whole, "tool")
    table = _table(tools, TABLE)
    if table is None:
        _refuse_misspelt(file, tools or {})
        return None
    return _Reader(file, table).config()


def place_of(file: Path, key: str) -> str:
    """What messages call a key of the table."""
    return f"{file}: tool.{TABLE}.{key}"


def _table(outer: dict[str, object] | None, key: str) -> dict[str, object] | None:
    found = None if outer is None else outer.get(key)
    # TOML's tables have no other keys than texts.
    return cast("dict[str, object]", found) if isinstance(found, dict) else None


def _refuse_misspelt(file: Path, tools: dict[str, object]) -> None:
    for key in tools:
        if key != TABLE and slip_of(key, [TABLE]):
            raise OptionError(f"{file}: tool.{key}", f"is not read; write [tool.{TABLE}]")


@frozen
class _Reader:
    """Reads one table."""

    file: Path
    table: dict[str, object]

    def config(self) -> Config:
        known = ("spec", "out", "tags", "only", "package", "base-error", "approved", "contract")
        for key in self.table:
            if key not in known:
                raise self._refusal(key, f"is no key of this table{nearest(key, known)}")
        return Config(
            file=self.file,
            spec=self._path("spec"),
            out=self._path("out"),
            tags=self._texts("tags"),
            only=self._texts("only"),
            package=self._name("package", package_name),
            base_error=self._name("base-error", class_name),
            approved=self._path("approved"),
            contract=self._truth("contract"),
        )

    def _path(self, key: str) -> Path | None:
        text = self._text(key)
        return None if text is None else self.file.parent / text

    def _name(self, key: str, check: Callable[[str], str]) -> str | None:
        text = self._text(key)
        try:
            return None if text is None else check(text)
        except ValueError as refusal:
            raise self._refusal(key, str(refusal)) from None

    def _truth(self, key: str) -> bool | None:
        value = self.table.get(key)
        if value is None or isinstance(value, bool):
            return value
        raise self._refusal(key, "is neither true nor false")

    def _text(self, key: str) -> str | None:
        value = self.table.get(key)
        if value is None or (isinstance(value, str) and value):
            return value
        raise self._refusal(key, "is no text; write one in quotes")

    def _texts(self, key: str) -> tuple[str, ...]:
        value = self.table.get(key, [])
        if not isinstance(value, list):
            raise self._refusal(key, 'is no list; write one such as ["jobs"]')
        texts: list[str] = []
        for text in cast("list[object]", value):
            if not isinstance(text, str) or not text:
                raise self._refusal(key, "holds what is no text; write texts in quotes")
            texts.append(text)
        return tuple(texts)

    def _refusal(self, key: str, what: str) -> OptionError:
        return OptionError(place_of(self.file, key), what)
