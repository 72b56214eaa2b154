"""The last stage: `SourceFile`s to the disk, and what there is stale.

Only this module writes. It touches nothing but files that begin with the header of generated
files, follows no symbolic link inside the output folder, and leaves alone files that would not
change and packages inside of the package. Everything is refused, and every new file is staged
beside its place, before the first file is replaced: what fails, fails before anything has changed.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from enum import Enum
from pathlib import Path, PurePosixPath

from .errors import WriteError
from .source_file import HEADER, MARKER, SourceFile
from .values import field, frozen

_BYTECODE = "__pycache__"


class Fault(Enum):
    """In what way a file on the disk is not what would be generated."""

    MISSING = "missing"
    CHANGED = "changed"
    LEFT_OVER = "left over"


@frozen
class Stale:
    """A file that is not as it would be generated."""

    path: PurePosixPath
    """Relative to the output folder."""
    fault: Fault


@frozen
class Report:
    """What `write` did, with paths relative to the output folder."""

    written: tuple[PurePosixPath, ...]
    unchanged: tuple[PurePosixPath, ...]
    removed: tuple[PurePosixPath, ...]

    def __str__(self) -> str:
        written, unchanged = len(self.written), len(self.unchanged)
        return (
            f"{written + unchanged} files: {written} written, "
            f"{unchanged} unchanged, {len(self.removed)} removed"
        )


def stale(files: Sequence[SourceFile], out: Path) -> tuple[Stale, ...]:
    """Return what `write` would write or remove, sorted by path; nothing is changed.

    Raises:
        WriteError: `write` would refuse.
        OSError: the disk cannot be read.
    """
    plan = _Plan.of(files, out)
    found = [
        *(Stale(file.path, Fault.MISSING) for file in plan.missing),
        *(Stale(file.path, Fault.CHANGED) for file in plan.changed),
        *(Stale(path, Fault.LEFT_OVER) for path in plan.left_over),
    ]
    return tuple(sorted(found, key=lambda each: each.path))


def refuse_strangers(out: Path) -> None:
    """Refuse a folder that holds something, and nothing that was generated: it is hardly meant.

    Hidden files do not count, so that a new repository may be one.

    Raises:
        WriteError: it is such a folder.
        OSError: the disk cannot be read.
    """
    if not out.is_dir() or all(each.name.startswith(".") for each in out.iterdir()):
        return
    if next(_generated_below(out), None) is None:
        what = "holds other files and no generated ones; name a new folder, or say --force"
        raise WriteError(str(out), what)


def write(files: Sequence[SourceFile], out: Path) -> Report:
    """Make the generated files below `out` exactly these, and return what that took.

    Raises:
        WriteError: something that was not generated is in the way; nothing was changed.
        OSError: the disk refused; nothing was changed, unless it refused only while the finished
            files were being put in their places.
    """
    plan = _Plan.of(files, out)
    if os.path.lexists(out):
        _renew(plan, out)
    else:
        _write_whole(plan.missing, out)
    return Report(
        written=_sorted(file.path for file in (*plan.missing, *plan.changed)),
        unchanged=_sorted(file.path for file in plan.unchanged),
        removed=plan.left_over,
    )


def _sorted(paths: Iterable[PurePosixPath]) -> tuple[PurePosixPath, ...]:
    return tuple(sorted(paths, key=lambda path: path.parts))  # as paths are, only sooner


# --- what there is to do ------------------------------------------------------------------------


@frozen
class _Plan:
    """Every file, sorted by what becomes of it."""

    missing: list[SourceFile] = field(factory=list)
    changed: list[SourceFile] = field(factory=list)
    unchanged: list[SourceFile] = field(factory=list)
    left_over: tuple[PurePosixPath, ...] = ()

    @classmethod
    def of(cls, files: Sequence[SourceFile], out: Path) -> _Plan:
        _refuse_equal_paths(files, out)
        if out.exists() and not out.is_dir():
            raise WriteError(str(out), "is not a folder; name another one")
        if not os.path.lexists(out):
            _refuse_files_above(out)
            return cls(missing=list(files))
        plan = cls(left_over=_left_over(files, out))
        folder = None
        for file in files:
            if file.path.parent != folder:  # those of one folder stand together
                folder = file.path.parent
                _refuse_blocked_folders(file.path, out)
            plan._list_for(file, out / file.path).append(file)
        return plan

    def _list_for(self, file: SourceFile, place: Path) -> list[SourceFile]:
        if not os.path.lexists(place):
            return self.missing
        if not place.is_file() or place.is_symlink():
            raise WriteError(str(place), "is not a plain file; move it away")
        content = place.read_bytes()
        if content == file.content:
            return self.unchanged
        if not _is_generated(content):
            raise WriteError(str(place), "was not generated, so it stays; move it away")
        return self.changed


def _refuse_files_above(out: Path) -> None:
    nearest = next((above for above in out.parents if os.path.lexists(above)), None)
    if nearest is not None and not nearest.is_dir():
        raise WriteError(str(nearest), "is not a folder, so there can be none in it")


def _refuse_equal_paths(files: Sequence[SourceFile], out: Path) -> None:
    # Some file systems hold `Job.py` and `job.py` to be one file.
    seen: dict[str, PurePosixPath] = {}
    for file in files:
        folded = str(file.path).casefold()
        if folded in seen:
            raise WriteError(str(out / file.path), f"would be one file with {seen[folded]}")
        seen[folded] = file.path


def _refuse_blocked_folders(path: PurePosixPath, out: Path) -> None:
    for folder in (out / parent for parent in path.parents if parent.parts):
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            raise WriteError(str(folder), "is not a plain folder; move it away")


def _left_over(files: Sequence[SourceFile], out: Path) -> tuple[PurePosixPath, ...]:
    generated = {file.path for file in files}
    found = (PurePosixPath(each.relative_to(out).as_posix()) for each in _generated_below(out))
    return _sorted(path for path in found if path not in generated)


def _generated_below(out: Path) -> Iterator[Path]:
    for folder, subfolders, names in os.walk(out, onerror=_raise):
        subfolders[:] = [
            name  # but for what is another package, which has a marker of its own
            for name in subfolders
            if name != _BYTECODE and not Path(folder, name, MARKER).exists()
        ]
        for path in (Path(folder, name) for name in names):
            if path.is_file() and not path.is_symlink() and _is_generated(_beginning(path)):
                yield path


def _raise(error: OSError) -> None:
    # What cannot be looked into might hold files that are left over; a folder yet to be made not.
    if not isinstance(error, FileNotFoundError):
        raise error


def _beginning(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(len(HEADER) + 2)


def _is_generated(content: bytes) -> bool:
    # Whoever checks out with CRLF line endings still has generated files.
    return content.startswith((f"{HEADER}\n".encode(), f"{HEADER}\r\n".encode()))


# --- doing it -----------------------------------------------------------------------------------


def _write_whole(files: Sequence[SourceFile], out: Path) -> None:
    """Write a folder that is not there yet beside its place, and put it there as a whole."""
    above: list[Path] = []
    whole = out.parent / f".{os.urandom(8).hex()}.tmp"
    folders: list[Path] = []
    written: list[Path] = []
    try:
        _make_folders(out.parent, above)
        _make_folders(whole, folders)
        last = None
        for file in files:
            place = whole / file.path
            if place.parent != last:  # those of one folder stand together
                last = place.parent
                _make_folders(last, folders)
            written.append(place)
            _write_new(place, file.content)
        whole.rename(out)
    except BaseException as error:
        for place in written:
            with suppress(OSError):  # what the disk refused to make, it may refuse to look for
                place.unlink()
        _remove_made([*above, *folders])
        raise _named(error, [(whole, out)]) from None


def _renew(plan: _Plan, out: Path) -> None:
    """Bring a folder up to date, file by file."""
    with _staged(plan, out) as stages:
        # Removed first: `Job.py` and the new `job.py` may be one file.
        for path in plan.left_over:
            (out / path).unlink()
        for stage, place in stages:
            stage.replace(place)
    _remove_emptied_folders(plan.left_over, out)


@contextmanager
def _staged(plan: _Plan, out: Path) -> Generator[list[tuple[Path, Path]], None, None]:
    """Have every file written beside its place; what is not put there in the end goes again."""
    folders: list[Path] = []
    stages: list[tuple[Path, Path]] = []
    try:
        last = None
        run = os.urandom(8).hex()
        for number, file in enumerate((*plan.missing, *plan.changed)):
            place = out / file.path
            folder = place.parent
            if folder != last:  # those of one folder stand together
                _make_folders(folder, folders)
                last = folder
            # A short name, because that of the file may be as long as names can be.
            stage = folder / f".{run}-{number}.tmp"
            stages.append((stage, place))
            _write_new(stage, file.content)
            if number >= len(plan.missing):
                with suppress(FileNotFoundError):  # it went away meanwhile
                    stage.chmod(stat.S_IMODE(place.stat().st_mode))
        yield stages
    except BaseException as error:
        for stage, _ in stages:
            with suppress(OSError):  # what the disk refused to make, it may refuse to look for
                stage.unlink()
        _remove_made(folders)
        raise _named(error, stages) from None


def _named(error: BaseException, stages: Sequence[tuple[Path, Path]]) -> BaseException:
    """The error, where the disk refused a stage, as one of the place that it was for."""
    if not isinstance(error, OSError) or not isinstance(error.filename, str):
        return error
    refused = Path(error.filename)
    for stage, place in stages:
        if refused.is_relative_to(stage):
            return OSError(error.errno, error.strerror, str(place / refused.relative_to(stage)))
    return error


def _remove_made(folders: Sequence[Path]) -> None:
    for folder in reversed(folders):
        with suppress(OSError):  # it holds a file that was put there already
            folder.rmdir()


def _make_folders(folder: Path, made: list[Path]) -> None:
    if folder.exists():
        return
    _make_folders(folder.parent, made)
    folder.mkdir()
    made.append(folder)


def _write_new(path: Path, content: bytes) -> None:
    # Without a buffer, which would ask the system four more questions about each file.
    with path.open("xb", buffering=0) as stream:
        left = memoryview(content)
        while left:
            left = left[stream.write(left) :]


def _remove_emptied_folders(removed: Sequence[PurePosixPath], out: Path) -> None:
    parents = {parent for path in removed for parent in path.parents if parent.parts}
    for parent in sorted(parents, key=lambda each: len(each.parts), reverse=True):
        _remove_if_empty(out / parent)


def _remove_if_empty(folder: Path) -> None:
    left = list(folder.iterdir())
    if any(each.name != _BYTECODE or each.is_symlink() or not _is_bytecode(each) for each in left):
        return
    for each in left:
        for bytecode in each.iterdir():
            bytecode.unlink()
        each.rmdir()
    folder.rmdir()


def _is_bytecode(folder: Path) -> bool:
    return folder.is_dir() and all(
        each.suffix == ".pyc" and (each.is_symlink() or each.is_file()) for each in folder.iterdir()
    )
