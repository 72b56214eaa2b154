"""Every fault meets every kind of client, in the short form of `make faults`."""

from __future__ import annotations

import sys

import pytest

from tests.faults.catalogue import cells, faults, rotated
from tests.faults.clients import DRIVERS
from tests.faults.laboratory import judged
from tests.faults.plans import names


def test_the_catalogue_is_whole() -> None:
    assert (85, 484) == (len(faults()), len(cells()))
    assert {fault.name for fault in faults()} == names()


def test_the_short_form_has_every_fault_in_each_of_its_modes() -> None:
    whole = {(cell.fault.id, cell.mode) for cell in cells()}
    assert whole == {(cell.fault.id, cell.mode) for cell in rotated()}


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc, fork and all of 127.0.0.0/8")
@pytest.mark.parametrize("kind", sorted(DRIVERS))
def test_calls_end_as_the_catalogue_says(kind: str) -> None:
    verdicts = judged(kind, rotated(), thoroughly=False)
    wrong = {
        f"{verdict.cell}: {verdict.got}": verdict.complaints
        for verdict in verdicts
        if verdict.complaints
    }
    assert {} == wrong
