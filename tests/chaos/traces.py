"""What a run of the harness leaves on the disk, and when that says that all is done."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

from tests.chaos.ledger import Run, read
from topchef_sdk.listener.journal import records_of
from topchef_sdk.listener.states import LIVE


@frozen
class Traces:
    """The files of one run."""

    folder: Path

    @property
    def db(self) -> Path:
        """The server's database."""
        return self.folder / "topchef.db"

    @property
    def journal(self) -> Path:
        """The listener's journal."""
        return self.folder / "journal.sqlite"

    @property
    def ledger(self) -> Path:
        """The ledger of what was run."""
        return self.folder / "ledger"

    @property
    def log(self) -> Path:
        """What the workers said."""
        return self.folder / "log"

    def runs(self) -> Sequence[Run]:
        """What was run."""
        return read(self.ledger)

    def open_entries(self) -> list[str]:
        """The jobs that the listener has something left to do for, audits included."""
        entries = [record.entry for record in records_of(self.journal)]
        return [f"{entry.job_id} {entry.state.value}" for entry in entries if entry.state in LIVE]
