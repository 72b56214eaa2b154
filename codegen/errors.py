"""The ways in which the generator refuses, each of which prints as one harmless line.

Text of a document reaches a terminal and a log only through here. So this module alone knows which
characters may be printed: nothing that ends a line, moves a cursor or reorders what is read.
"""

from __future__ import annotations

from collections.abc import Iterable

_FILE_LIMIT = 120
_POINTER_LIMIT = 180
_WHAT_LIMIT = 180
_GAP = "..."


class SpecError(Exception):
    """What the document says cannot become an SDK.

    `str()` is one line of at most 500 characters, such as
    `spec/topchef.yaml:12: /paths/~1a/get: has no responses; add at least one`.
    """

    pointer: str
    """Where: a JSON pointer (RFC 6901); "" is the whole document."""
    what: str
    """What is wrong there, and what to do about it."""
    file: str
    """The file as its reader named it, or "" while only `load` knows."""
    line: int | None
    """The line in that file, counted from 1, or None where nobody knows."""

    def __init__(self, pointer: str, what: str, *, file: str = "", line: int | None = None) -> None:
        super().__init__(pointer, what)
        self.pointer = pointer
        self.what = what
        self.file = file
        self.line = line

    def __str__(self) -> str:
        return _joined(self._place(), keep_start(self.pointer, _POINTER_LIMIT), self.what)

    def _place(self) -> str:
        file = keep_end(self.file, _FILE_LIMIT)
        if self.line is None:
            return file
        return f"{file}:{self.line}" if file else f"line {self.line}"


class WriteError(Exception):
    """The SDK cannot be written where it was asked for; nothing was changed there.

    `str()` is one line of at most 500 characters, such as
    `sdk/models.py: was not generated; move it away`.
    """

    path: str
    """The file or folder that is in the way."""
    what: str
    """What is wrong with it, and what to do about it."""

    def __init__(self, path: str, what: str) -> None:
        super().__init__(path, what)
        self.path = path
        self.what = what

    def __str__(self) -> str:
        return _joined(keep_end(self.path, _FILE_LIMIT), self.what)


class OptionError(Exception):
    """What was asked for makes no sense; nothing was done.

    `str()` is one line of at most 500 characters, such as
    `--tags: there is no tag 'job'; did you mean 'jobs'?`.
    """

    where: str
    """The option, or the file and the key in it."""
    what: str
    """What is wrong with it, and what to do about it."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(where, what)
        self.where = where
        self.what = what

    def __str__(self) -> str:
        return _joined(keep_end(self.where, _FILE_LIMIT), self.what)


def nearest(wanted: str, names: Iterable[str]) -> str:
    """Return a question after the name that was perhaps meant, or nothing if none is near."""
    import difflib  # which only errors need

    found = difflib.get_close_matches(wanted, list(names), n=1)
    return f"; did you mean {found[0]!r}?" if found else ""


def printable(text: str) -> str:
    """Return `text` with a backslash escape for every character that is not plainly visible."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else _escape(character) for character in text
    )


def keep_start(text: str, limit: int) -> str:
    """Return `text` made printable, and cut at its end to at most `limit` characters."""
    # Escapes only lengthen, so what lies beyond the limit need not be looked at.
    shown = printable(text[: limit + 1])
    return shown if len(shown) <= limit else shown[: limit - len(_GAP)] + _GAP


def keep_end(text: str, limit: int) -> str:
    """Return `text` made printable, and cut at its start to at most `limit` characters."""
    shown = printable(text[-limit - 1 :])
    return shown if len(shown) <= limit else _GAP + shown[len(_GAP) - limit :]


def _joined(*parts: str) -> str:
    *places, what = parts
    return ": ".join([*filter(None, places), keep_start(what, _WHAT_LIMIT)])


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
