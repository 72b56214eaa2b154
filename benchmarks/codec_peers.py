"""Those that read and write the payloads of `benchmarks/codec.py`: ours, and those to compare with.

The generators' packages are made anew in a temporary folder. `TOPCHEF_PEERS` names the folder of an
environment's programs (`.../bin`), whose packages are found too. What is not installed is left out
with a line that says how to install it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TypeAlias

from attrs import frozen

from benchmarks.peers import peers

SPEC = Path(__file__).with_name("codec.yaml")
MODELS = {"jobs": "Job", "issues": "Issue", "events": "Event"}
"""The payloads, and the model that each is an array of."""

Decode: TypeAlias = Callable[[bytes], Any]
Encode: TypeAlias = Callable[[Any], bytes]


@frozen
class Peer:
    """One that reads and writes payloads."""

    name: str
    version: str
    decoders: Mapping[str, Decode]
    encoders: Mapping[str, Encode]


class MissingError(Exception):
    """A peer that is not installed; says how to install it."""


def all_peers(folder: Path) -> Iterator[Peer]:
    """Ours first, then the others; a line on standard error for each that is not there."""
    _find_packages_of_peers()
    sys.path.insert(0, str(folder))
    yield _ours(folder)
    for make in (_openapi_python_client, _openapi_generator, _pydantic, _structs, _orjson):
        try:
            yield make(folder)
        except MissingError as missing:
            print(missing, file=sys.stderr)


def _find_packages_of_peers() -> None:
    """Let the packages that are installed beside the peers' programs be found after our own."""
    for programs in filter(None, os.environ.get("TOPCHEF_PEERS", "").split(os.pathsep)):
        sys.path.extend(
            str(one) for one in Path(programs).parent.glob("lib/python3*/site-packages")
        )


def _ours(folder: Path) -> Peer:
    _run(sys.executable, "-m", "codegen", "generate", str(SPEC), "--out", str(folder / "ours"))
    models, codec = import_module("ours.models"), import_module("ours").codec
    lists = {name: _list_of(getattr(models, model)) for name, model in MODELS.items()}
    return Peer(
        "topchef-sdk",
        version("topchef-sdk"),
        {name: _decode_as(codec, form) for name, form in lists.items()},
        _for_all(codec.encode),
    )


def _list_of(model: Any) -> Any:
    return list[model]


def _decode_as(codec: Any, form: Any) -> Decode:
    return lambda body: codec.decode(body, form)


def _openapi_python_client(folder: Path) -> Peer:
    """As its functions do: `json.loads`, as httpx has it, and `from_dict`; `to_dict` and back."""
    name = "openapi-python-client"
    generator = next((one for one in peers() if one.name == name), None)
    if generator is None:
        raise MissingError(_how_to_install(name, "openapi-python-client==0.29.1"))
    _run(*generator.command(SPEC, folder / "peer_client"))
    _need("httpx", "openapi-python-client==0.29.1")
    models = import_module("peer_client.models")
    return Peer(
        name,
        generator.version,
        {one: _from_dicts(getattr(models, model)) for one, model in MODELS.items()},
        _for_all(_to_dicts),
    )


def _from_dicts(model: Any) -> Decode:
    from_dict = model.from_dict
    return lambda body: [from_dict(one) for one in json.loads(body)]


def _to_dicts(values: Any) -> bytes:
    written = [one.to_dict() for one in values]
    return json.dumps(written, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _openapi_generator(folder: Path) -> Peer:
    """As its `ApiClient` does."""
    name = "openapi-generator-cli"
    program = next(
        (one / name for one in _folders_of_programs() if (one / name).is_file()),
        None,
    )
    if program is None:
        raise MissingError(_how_to_install(name, name))
    out = folder / "peer_generator"
    _run(str(program), "generate", "-g", "python", "-i", str(SPEC), "-o", str(out))
    sys.path.insert(0, str(out))
    _need("dateutil", "python-dateutil")
    _need("pydantic", "pydantic")
    client: Any = import_module("openapi_client").ApiClient()
    models = import_module("openapi_client.models")
    return Peer(
        name,
        _version(name, program.parent),
        {one: _from_dicts(getattr(models, model)) for one, model in MODELS.items()},
        _for_all(lambda values: json.dumps(client.sanitize_for_serialization(values)).encode()),
    )


def _pydantic(_folder: Path) -> Peer:
    _need("pydantic", "pydantic")
    adapters: dict[str, Any] = import_module("benchmarks.codec_pydantic").ADAPTERS
    return Peer(
        "pydantic",
        version("pydantic"),
        {name: adapter.validate_json for name, adapter in adapters.items()},
        {name: _dump_json(adapter) for name, adapter in adapters.items()},
    )


def _dump_json(adapter: Any) -> Encode:
    return lambda values: adapter.dump_json(values, by_alias=True, exclude_unset=True)


def _structs(_folder: Path) -> Peer:
    structs = import_module("benchmarks.codec_structs")
    return Peer(
        "msgspec Structs",
        version("msgspec"),
        {name: decoder.decode for name, decoder in structs.DECODERS.items()},
        _for_all(structs.ENCODER.encode),
    )


def _orjson(_folder: Path) -> Peer:
    """Without types: what JSON alone costs."""
    _need("orjson", "orjson")
    orjson = import_module("orjson")
    return Peer(
        "orjson, no types",
        version("orjson"),
        _for_all(orjson.loads),
        _for_all(orjson.dumps),
    )


def _for_all(function: Callable[[Any], Any]) -> dict[str, Callable[[Any], Any]]:
    return dict.fromkeys(MODELS, function)


def _need(module: str, package: str) -> None:
    try:
        import_module(module)
    except ImportError:
        raise MissingError(_how_to_install(module, package)) from None


def _how_to_install(name: str, package: str) -> str:
    return (
        f"{name} is not installed and left out: python -m venv peers; "
        f"peers/bin/pip install {package}; and name peers/bin in TOPCHEF_PEERS"
    )


def _folders_of_programs() -> list[Path]:
    named = os.environ.get("TOPCHEF_PEERS") or os.environ.get("PATH", "")
    return [Path(one).absolute() for one in named.split(os.pathsep) if one]


def _version(package: str, programs: Path) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        asked = f"from importlib.metadata import version; print(version({package!r}))"
        command = [str(programs / "python"), "-c", asked]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _run(*command: str) -> None:
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1]
    )
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed: {done.stdout}{done.stderr}")
