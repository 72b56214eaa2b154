"""Any folder of documents is checked by `python -m tests.conformance --documents FOLDER`."""

from __future__ import annotations

from pathlib import Path
from shutil import copy

import pytest

from tests.conformance.__main__ import main
from tests.conformance.outside import ROOT


def test_each_document_of_a_folder_has_a_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "deeper").mkdir()
    copy(ROOT / "examples" / "zoo.yaml", tmp_path / "deeper")
    options = ["--documents", str(tmp_path), "--check", "generates", "--check", "operations"]
    assert main(options) == 0
    (tmp_path / "bad.json").write_text('{"openapi": "3.1.0"}', "utf-8")
    assert main(options) == 1
    told = capsys.readouterr()
    rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in told.out.splitlines()]
    found = {row[0]: row[3:5] for row in rows if len(row) > 1}
    assert found["zoo"] == ["ok", "ok"]
    assert found["bad"] == ["1", "–"]
    assert "bad: generates: exit code 2: " in told.err


def test_the_folder_is_of_documents_alone(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--only", "hostile", "--check", "imports"])
    assert "--documents and --check are of documents alone" in capsys.readouterr().err
