"""One run of the command: what it was told, completed by the table of `pyproject.toml`.

Only this module knows which of the two counts: what stands on the command line does, and the table
is left aside altogether where a document is named there.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path

from .config import Config, place_of
from .errors import OptionError
from .options import Options
from .select import Selection
from .values import evolve, field, frozen


@frozen(kw_only=True)
class Job:
    """What to generate, of what, and where to."""

    spec: Path
    out: Path
    selection: Selection
    options: Options
    report: str | None = None
    """The file that gets all notes; `-` is standard output."""
    among_others: bool = False
    """Whether to write to a folder that holds other files, and none that were generated."""
    arguments: tuple[str, ...] = ()
    """What to tell the command for the same, but for the report."""
    places: Mapping[str, str] = field(factory=dict[str, str])
    """Where the table says what options say otherwise, by these."""

    def placed(self, error: OptionError) -> OptionError:
        """The error where somebody said what is wrong: at the option, or in the table."""
        return OptionError(self.places.get(error.where, error.where), error.what)


def job_of(arguments: Namespace, config: Config | None) -> Job:
    """Return what a command line asks for.

    Raises:
        OptionError: it says too little, or what cannot be.
    """
    told = _Told.of(arguments)
    table = Config(file=Path()) if config is None else config
    spec = told.spec or table.spec
    options = _options(told.package or table.package, told.base_error or table.base_error)
    options = evolve(options, has_contract=_first(told.contract, table.contract, otherwise=True))
    out = told.out or _folder(told.package, Path())
    out = out or table.out or _folder(table.package, table.file.parent)
    if spec is None:
        what = "is missing; name a document, or write `spec` to [tool.topchef-codegen]"
        raise OptionError("SPEC", what)
    if out is None:
        raise OptionError("--out", "is missing; name the folder of the SDK")
    return Job(
        spec=spec,
        out=out,
        selection=Selection(told.tags or table.tags, told.only or table.only),
        options=options,
        report=told.report,
        among_others=told.force,
        arguments=told.again(),
        places=_places(told, table),
    )


def _places(told: _Told, table: Config) -> dict[str, str]:
    """Where the table says what the command line leaves open and may yet turn out to be wrong."""
    said = {
        "tags": (told.tags, table.tags),
        "only": (told.only, table.only),
        "base-error": (told.base_error, table.base_error),
    }
    return {
        f"--{key}": place_of(table.file, key)
        for key, (here, there) in said.items()
        if there and not here
    }


def _folder(package: str | None, above: Path) -> Path | None:
    """The folder that a package is imported from."""
    return None if package is None else above.joinpath(*package.split("."))


def _first(*said: bool | None, otherwise: bool) -> bool:
    return next((one for one in said if one is not None), otherwise)


def _options(package: str | None, base_error: str | None) -> Options:
    try:
        Options(package=package)
    except ValueError as refusal:
        raise OptionError("--package", str(refusal)) from None
    try:
        return Options(package=package, base_error=base_error)
    except ValueError as refusal:
        raise OptionError("--base-error", str(refusal)) from None


@frozen(kw_only=True)
class _Told:
    """What stands on the command line."""

    spec: Path | None
    out: Path | None
    tags: tuple[str, ...]
    only: tuple[str, ...]
    package: str | None
    base_error: str | None
    contract: bool | None
    report: str | None
    force: bool

    @classmethod
    def of(cls, arguments: Namespace) -> _Told:
        return cls(
            spec=arguments.spec,
            out=arguments.out,
            tags=_joined(arguments.tags),
            only=_joined(arguments.only),
            package=arguments.package,
            base_error=arguments.base_error,
            contract=arguments.contract,
            report=arguments.report,
            force=getattr(arguments, "force", False),
        )

    def again(self) -> tuple[str, ...]:
        """The arguments to say the same again."""
        options = {
            "--out": self.out,
            "--tags": ",".join(self.tags),
            "--only": ",".join(self.only),
            "--package": self.package,
            "--base-error": self.base_error,
        }
        spec = [] if self.spec is None else [str(self.spec)]
        contract = {None: [], True: ["--contract"], False: ["--no-contract"]}[self.contract]
        return (
            *spec,
            *(part for name, value in options.items() if value for part in (name, str(value))),
            *contract,
        )


def _joined(lists: list[list[str]] | None) -> tuple[str, ...]:
    return tuple(name for names in lists or [] for name in names)
