"""The generators to compare with: how each is called and used, and where it may be installed.

None is a dependency of the project. `TOPCHEF_PEERS` names folders (with `:` between) that hold their
programs; without it, those on the PATH are taken. What is not installed is left out.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from attrs import field, frozen

from benchmarks.process import python_of

ROOT = Path(__file__).parents[1]


@frozen
class Generator:
    """One generator."""

    name: str
    version: str
    command: Callable[[Path, Path], list[str]]
    """From the document and the folder to write to, which is called `api_client`."""
    python: str = sys.executable
    """The Python that has what its packages need."""
    environment: Mapping[str, str] = field(factory=dict[str, str])
    """In which it finds the programs that it calls, such as formatters."""
    program: str = ""
    """A program that uses one operation of digitalocean."""


OURS = Generator(
    "topchef-codegen",
    "this tree",
    lambda spec, out: [sys.executable, "-m", "codegen", "generate", str(spec), "--out", str(out)],
    program="""\
from api_client import ApiClient
from api_client.endpoints import account

print(ApiClient("https://api.example").send(account.account_get()))
""",
)


WITHOUT_CONTRACT = Generator(
    "topchef-codegen --no-contract",
    OURS.version,
    lambda spec, out: [*OURS.command(spec, out), "--no-contract"],
    program=OURS.program,
)
"""Ours, writing what peers write too: the contract is a file for type checkers alone."""


@frozen
class _Peer:
    """What is known of a peer before it is found."""

    options: Callable[[Path, Path], list[str]]
    program: str


def peers() -> Iterator[Generator]:
    """The peers that are installed."""
    for name, peer in _PEERS.items():
        program = _program(name)
        if program is not None:
            yield Generator(
                name,
                _version(name, program),
                _command(program, peer.options),
                python_of(program),
                {"PATH": os.pathsep.join([str(program.parent), os.environ.get("PATH", "")])},
                peer.program,
            )


def _command(
    program: Path, options: Callable[[Path, Path], list[str]]
) -> Callable[[Path, Path], list[str]]:
    return lambda spec, out: [str(program), *options(spec, out)]


def _program(name: str) -> Path | None:
    folders = os.environ.get("TOPCHEF_PEERS", "")
    found = shutil.which(name, path=folders or None)
    return None if found is None else Path(found)


def _version(name: str, program: Path) -> str:
    asked = f"from importlib.metadata import version; print(version({name!r}))"
    done = subprocess.run(
        [python_of(program), "-c", asked], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "?"


_PEERS: dict[str, _Peer] = {
    "openapi-python-client": _Peer(
        lambda spec, out: [
            *("generate", "--path", str(spec), "--output-path", str(out)),
            *("--meta", "none"),
        ],
        """\
from api_client import Client
from api_client.api.account import account_get

print(account_get.sync(client=Client(base_url="https://api.example")))
""",
    ),
    "openapi-generator-cli": _Peer(
        lambda spec, out: [
            *("generate", "--input-spec", str(spec), "--output", str(out.parent)),
            *("--generator-name", "python", "--package-name", out.name),
            "--skip-validate-spec",
        ],
        """\
from api_client import ApiClient
from api_client.api.account_api import AccountApi

print(AccountApi(ApiClient()).account_get())
""",
    ),
    "pyopenapi-gen": _Peer(
        lambda spec, out: [
            *("gen", str(spec), "--project-root", str(out.parent)),
            *("--output-package", out.name, "--force", "--no-postprocess"),
        ],
        """\
from api_client.client import APIClient
from api_client.core.config import ClientConfig

print(APIClient(ClientConfig(base_url="https://api.example")).account.account_get())
""",
    ),
    "clientele": _Peer(
        lambda spec, out: ["start-api", "--file", str(spec), "--output", str(out)],
        """\
from api_client import client

print(client.account_get())
""",
    ),
}
