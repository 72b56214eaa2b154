"""That importing the SDK loads no more than what is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

_OUTSIDE = ("anyio", "attr", "cattrs", "h11", "jsonschema", "msgspec", "sqlalchemy", "urllib3")


def loaded(code: str) -> set[str]:
    """The modules that a new process has loaded after some code."""
    script = f"{code}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_the_package_alone_loads_nothing_of_itself_or_of_others() -> None:
    modules = loaded("import topchef_sdk")
    assert {
        "topchef_sdk",
        "topchef_sdk.api",
        "topchef_sdk.api._runtime",
        "topchef_sdk.api._runtime.lazy",
    } == {name for name in modules if name.startswith("topchef_sdk")}
    assert set() == modules.intersection(_OUTSIDE)


@pytest.mark.parametrize(
    ("code", "left_out"),
    [
        ("from topchef_sdk import Client", ["urllib3", "anyio", "topchef_sdk.listener"]),
        ("from topchef_sdk import Client; Client('http://x')", ["anyio", "topchef_sdk.listener"]),
        ("from topchef_sdk.api import ApiClient", ["urllib3", "anyio", "topchef_sdk.client"]),
        ("from topchef_sdk import ServiceListener", ["urllib3", "anyio", "topchef_sdk.server"]),
    ],
)
def test_a_name_loads_only_what_it_needs(code: str, left_out: list[str]) -> None:
    assert set() == loaded(code).intersection(left_out)


def test_a_module_is_there_as_soon_as_it_is_asked_for() -> None:
    assert "topchef_sdk.listener" in loaded("import topchef_sdk; topchef_sdk.listener.Context")
