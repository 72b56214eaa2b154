"""Generated files get to the disk whole or not at all, and nobody else's file is touched."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

import pytest

from codegen.errors import WriteError
from codegen.source_file import HEADER, SourceFile
from codegen.write import Fault, Stale, refuse_strangers, stale, write


def source(path: str, body: str = "x = 1\n") -> SourceFile:
    return SourceFile.of(PurePosixPath(path), f"{HEADER}\n", body)


MARKER = SourceFile.of(PurePosixPath("py.typed"))
FILES = (source("__init__.py"), source("models/job.py"), source("models/service.py"), MARKER)


def names(out: Path) -> list[str]:
    """Return everything below `out`, with a slash after folders."""
    return sorted(
        path.relative_to(out).as_posix() + "/" * (path.is_dir() and not path.is_symlink())
        for path in out.rglob("*")
    )


def refused(files: tuple[SourceFile, ...], out: Path) -> str:
    """Return why `write` and `stale` refuse, having checked that nothing has changed."""
    before = snapshot(out)
    messages: set[str] = set()
    for function in (stale, write):
        with pytest.raises(WriteError) as caught:
            function(files, out)
        messages.add(f"{Path(caught.value.path).relative_to(out.parent)}: {caught.value.what}")
    assert before == snapshot(out)
    (message,) = messages
    return message


def snapshot(out: Path) -> dict[str, tuple[int, int, bytes]]:
    return {
        str(path): (
            path.lstat().st_ino,
            path.lstat().st_mtime_ns,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in [out, *out.rglob("*")]
        if os.path.lexists(path)
    }


# --- source files -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        *("", ".", "/etc/passwd", "..", "../a.py", "a/../../b.py"),
        *("a\\b.py", "a\nb.py", "a\x00.py", "c:a.py", "a?.py", "\u202ea.py", "\ud800.py"),
        *("x" * 256, "a/" + "ü" * 128),
    ],
)
def test_a_path_that_leaves_its_folder_or_is_no_file_name_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match=r"^(not a|a file name)"):
        source(path)


def test_a_name_may_have_255_bytes(tmp_path: Path) -> None:
    longest = "x" * 252 + ".py"
    write((source(longest),), tmp_path / "sdk")
    assert [longest] == names(tmp_path / "sdk")


@pytest.mark.parametrize(
    "text", ["", "x = 1\n", HEADER, f"\n{HEADER}\n", f"{HEADER}\na\rb\n", f"{HEADER}\r\n"]
)
def test_a_text_without_header_or_with_a_carriage_return_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^a\.py: "):
        SourceFile.of(PurePosixPath("a.py"), text)


def test_half_a_character_is_refused_before_it_can_fail_to_be_written() -> None:
    with pytest.raises(ValueError, match="surrogates not allowed"):
        source("a.py", "\ud800")


def test_a_package_inside_of_the_package_is_left_alone(tmp_path: Path) -> None:
    out = tmp_path / "acme"
    write(FILES, out)
    write(FILES, out / "billing")
    inner = snapshot(out / "billing")

    report = write((source("__init__.py"), MARKER), out)

    assert (PurePosixPath("models/job.py"), PurePosixPath("models/service.py")) == report.removed
    assert inner == snapshot(out / "billing")
    assert () == stale((source("__init__.py"), MARKER), out)


def test_a_folder_that_holds_a_package_further_down_is_a_stranger(tmp_path: Path) -> None:
    write(FILES, tmp_path / "src" / "acme")
    with pytest.raises(WriteError, match="holds other files and no generated ones"):
        refuse_strangers(tmp_path)


# --- writing ------------------------------------------------------------------------------------


def test_everything_is_written_to_a_new_folder(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "sdk"
    report = write(FILES, out)
    assert names(out) == [
        "__init__.py",
        "models/",
        "models/job.py",
        "models/service.py",
        "py.typed",
    ]
    assert (out / "models/job.py").read_bytes() == f"{HEADER}\nx = 1\n".encode()
    assert str(report) == "4 files: 4 written, 0 unchanged, 0 removed"


def test_files_that_would_not_change_are_left_alone(tmp_path: Path) -> None:
    write(FILES, tmp_path)
    before = snapshot(tmp_path)
    report = write(FILES, tmp_path)
    assert before == snapshot(tmp_path)
    assert str(report) == "4 files: 0 written, 4 unchanged, 0 removed"
    assert stale(FILES, tmp_path) == ()


def test_a_change_replaces_one_file_and_keeps_its_mode(tmp_path: Path) -> None:
    write(FILES, tmp_path)
    (tmp_path / "models/job.py").chmod(0o640)
    before = snapshot(tmp_path)
    report = write((*FILES[:1], source("models/job.py", "x = 2\n"), *FILES[2:]), tmp_path)
    after = snapshot(tmp_path)
    changed = {path for path in before if before[path] != after[path] and path.endswith(".py")}
    assert changed == {str(tmp_path / "models/job.py")}
    assert (tmp_path / "models/job.py").stat().st_mode & 0o777 == 0o640
    assert report.written == (PurePosixPath("models/job.py"),)


def test_a_new_file_has_the_mode_that_the_user_wants(tmp_path: Path) -> None:
    (tmp_path / "own.py").touch()
    write(FILES, tmp_path)
    assert (tmp_path / "own.py").stat().st_mode == (tmp_path / "__init__.py").stat().st_mode


def test_text_is_utf_8_with_lf_line_ends(tmp_path: Path) -> None:
    write((source("a.py", "# ü😀\n"),), tmp_path)
    assert (tmp_path / "a.py").read_bytes() == f"{HEADER}\n# ü😀\n".encode()


# --- what is left over --------------------------------------------------------------------------


def test_files_that_are_no_longer_generated_go_with_their_folders(tmp_path: Path) -> None:
    write((*FILES, source("old/deep/gone.py"), source("old.py")), tmp_path)
    (tmp_path / "old/deep/__pycache__").mkdir()
    (tmp_path / "old/deep/__pycache__/gone.cpython-311.pyc").write_bytes(b"bytecode")
    report = write(FILES, tmp_path)
    assert report.removed == (PurePosixPath("old/deep/gone.py"), PurePosixPath("old.py"))
    assert names(tmp_path) == [
        "__init__.py",
        "models/",
        "models/job.py",
        "models/service.py",
        "py.typed",
    ]


def test_a_module_may_become_a_package(tmp_path: Path) -> None:
    write((source("models.py"),), tmp_path)
    write((source("models/__init__.py"),), tmp_path)
    assert names(tmp_path) == ["models/", "models/__init__.py"]
    write((source("models.py"),), tmp_path)
    assert names(tmp_path) == ["models.py"]


def test_what_was_not_generated_stays(tmp_path: Path) -> None:
    write((*FILES, source("old/gone.py"), source("kept/gone.py")), tmp_path)
    others = {
        "old/notes.md": "mine",
        "old/empty.py": "",
        "mine/a.py": "x = 1\n",
        "mine/b.py": f"# mine\n{HEADER}\n",
        "mine/c.py": f"{HEADER} Or not.\n",
        "kept/__pycache__/odd.txt": "mine",
    }
    for path, text in others.items():
        (tmp_path / path).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / path).write_text(text)
    (tmp_path / "empty").mkdir()
    write(FILES, tmp_path)
    assert others == {path: (tmp_path / path).read_text() for path in others}
    assert (tmp_path / "empty").is_dir()
    assert not (tmp_path / "old/gone.py").exists()


def test_the_rest_of_an_interrupted_run_is_left_over(tmp_path: Path) -> None:
    write(FILES, tmp_path)
    (tmp_path / "models/.0123.tmp").write_text(f"{HEADER}\nx = 1\n")
    assert write(FILES, tmp_path).removed == (PurePosixPath("models/.0123.tmp"),)


# --- what is stale ------------------------------------------------------------------------------


def test_stale_names_what_is_missing_changed_and_left_over_and_writes_nothing(
    tmp_path: Path,
) -> None:
    write((*FILES[:3], source("models/gone.py")), tmp_path)
    (tmp_path / "models/job.py").write_text(f"{HEADER}\nx = 'edited'\n")
    (tmp_path / "models/service.py").write_bytes(f"{HEADER}\r\nx = 1\r\n".encode())
    before = snapshot(tmp_path)
    assert stale(FILES, tmp_path) == (
        Stale(PurePosixPath("models/gone.py"), Fault.LEFT_OVER),
        Stale(PurePosixPath("models/job.py"), Fault.CHANGED),
        Stale(PurePosixPath("models/service.py"), Fault.CHANGED),
        Stale(PurePosixPath("py.typed"), Fault.MISSING),
    )
    assert before == snapshot(tmp_path)


def test_everything_is_missing_from_a_folder_that_is_not_there(tmp_path: Path) -> None:
    out = tmp_path / "sdk"
    assert {each.fault for each in stale(FILES, out)} == {Fault.MISSING}
    assert len(stale(FILES, out)) == len(FILES)
    assert not out.exists()


# --- refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize("content", ["", "x = 1\n", f"# mine\n{HEADER}\n", HEADER])
def test_a_file_that_was_not_generated_is_never_overwritten(tmp_path: Path, content: str) -> None:
    out = tmp_path / "sdk"
    write((source("old.py"),), out)
    (out / "models").mkdir()
    (out / "models/service.py").write_text(content)
    assert refused(FILES, out) == (
        "sdk/models/service.py: was not generated, so it stays; move it away"
    )


def test_a_marker_that_says_something_is_not_ours(tmp_path: Path) -> None:
    out = tmp_path / "sdk"
    out.mkdir()
    (out / "py.typed").write_text("partial\n")
    assert refused(FILES, out).startswith("sdk/py.typed: was not generated")


def test_a_folder_in_the_place_of_a_file_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "sdk"
    (out / "models/job.py").mkdir(parents=True)
    assert refused(FILES, out) == "sdk/models/job.py: is not a plain file; move it away"


def test_a_file_in_the_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "sdk"
    out.mkdir()
    (out / "models").write_text("mine")
    assert refused(FILES, out) == "sdk/models: is not a plain folder; move it away"


def test_an_output_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "sdk"
    out.write_text("mine")
    assert refused(FILES, out) == "sdk: is not a folder; name another one"


@pytest.mark.parametrize(
    ("first", "second"), [("a.py", "a.py"), ("models/Job.py", "models/job.py")]
)
def test_two_files_of_one_name_are_refused(tmp_path: Path, first: str, second: str) -> None:
    out = tmp_path / "sdk"
    message = refused((source(first, "x = 1\n"), source(second, "x = 2\n")), out)
    assert message == f"sdk/{second}: would be one file with {first}"


# --- symbolic links -----------------------------------------------------------------------------


def test_no_symbolic_link_is_followed_out_of_the_folder(tmp_path: Path) -> None:
    out, other = tmp_path / "sdk", tmp_path / "other"
    write((source("job.py", "x = 'other'\n"), source("service.py")), other)
    before = snapshot(other)
    out.mkdir()
    (out / "models").symlink_to(other, target_is_directory=True)
    assert refused(FILES, out) == "sdk/models: is not a plain folder; move it away"
    (out / "models").unlink()
    (out / "models").mkdir()
    for target in (other / "job.py", tmp_path / "nowhere"):
        (out / "models/job.py").symlink_to(target)
        assert refused(FILES, out) == "sdk/models/job.py: is not a plain file; move it away"
        (out / "models/job.py").unlink()
    assert before == snapshot(other)


def test_links_are_not_left_over(tmp_path: Path) -> None:
    out, other = tmp_path / "sdk", tmp_path / "other"
    write((source("job.py"),), other)
    before = snapshot(other)
    out.mkdir()
    (out / "folder").symlink_to(other, target_is_directory=True)
    (out / "file.py").symlink_to(other / "job.py")
    assert write(FILES, out).removed == ()
    assert before == snapshot(other)
    assert (out / "file.py").is_symlink()
    assert (out / "folder").is_symlink()


def test_the_output_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "sdk").symlink_to(tmp_path / "real", target_is_directory=True)
    write(FILES, tmp_path / "sdk")
    assert (tmp_path / "real/models/job.py").is_file()


# --- failures of the disk -----------------------------------------------------------------------


def test_a_failure_while_staging_leaves_everything_as_it_was(tmp_path: Path) -> None:
    out = tmp_path / "sdk"
    write((source("__init__.py"), source("gone.py")), out)
    # A path that no system takes: every name is allowed, together they are too long.
    too_long = source("/".join(["x" * 250] * 20) + "/a.py")
    before = contents(out)
    with pytest.raises(OSError, match="too long"):
        write((source("__init__.py", "x = 2\n"), source("new/a.py"), too_long), out)
    assert before == contents(out)
    assert names(out) == ["__init__.py", "gone.py"]


def test_a_failure_on_the_way_to_a_new_folder_leaves_nothing(tmp_path: Path) -> None:
    too_long = source("/".join(["x" * 250] * 20) + "/a.py")
    with pytest.raises(OSError, match="too long"):
        write((source("__init__.py"), source("new/a.py"), too_long), tmp_path / "deep" / "sdk")
    assert [] == list(tmp_path.iterdir())


def test_a_failure_names_the_folder_that_is_meant_and_not_the_one_beside_it(tmp_path: Path) -> None:
    out = tmp_path / ("x" * 256)
    with pytest.raises(OSError, match="too long") as caught:
        write(FILES, out)
    assert str(out) == caught.value.filename


def test_a_failure_names_the_file_that_is_meant_and_not_its_stage(tmp_path: Path) -> None:
    out = tmp_path / "sdk"
    write((source("__init__.py"),), out)
    # A folder in which there is room for the name of the file, and none for that of its stage.
    left = 4080 - len(str(out))
    folder = "/".join([*["x" * 199] * (left // 200), "x" * (left % 200)]).strip("/")
    with pytest.raises(OSError, match="too long") as caught:
        write((source("__init__.py"), source(f"{folder}/a.py")), out)
    assert f"{out}/{folder}/a.py" == caught.value.filename


def test_a_file_on_the_way_to_a_new_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(WriteError) as caught:
        write(FILES, tmp_path / "file" / "deep" / "sdk")
    assert f"{tmp_path}/file: is not a folder, so there can be none in it" == str(caught.value)


def contents(out: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in out.rglob("*") if path.is_file()}
