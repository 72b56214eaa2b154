"""The data of others that conformance is measured with: only this module knows where it lies.

It is read in place and never copied into the project, so whoever lacks it skips those tests.
`TOPCHEF_SHARED` names its folder; without it, that is `shared` beside the repository.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, TypeAlias

import pytest

Json: TypeAlias = Any

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("TOPCHEF_SHARED") or ROOT.parent / "shared")

DOCUMENTS = SHARED / "specs"
"""Real documents."""

FUNCTIONAL = SHARED / "conformance" / "openapi_functional.json"
"""What generated code must do, in cases that name no generator."""

SUITE = SHARED / "conformance" / "json-schema-test-suite"
"""The official tests of JSON Schema."""

TIERS = SHARED / "conformance" / "json_schema_tiers.json"
"""Which of these a generator must enforce."""


def documents(folder: Path = DOCUMENTS) -> list[Path]:
    """The real documents below a folder, the smallest first; none where the folder is missing."""
    found = [path for path in folder.rglob("*") if path.suffix in (".json", ".yaml", ".yml")]
    return sorted(found, key=lambda path: path.stat().st_size)


def functional() -> Json:
    """The functional cases and their documents."""
    return json.loads(FUNCTIONAL.read_text("utf-8"))


def needs(path: Path) -> pytest.MarkDecorator:
    """Skip a test where this data is missing."""
    return pytest.mark.skipif(not path.exists(), reason=f"third-party data: no {path.name} here")
