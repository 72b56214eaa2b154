"""docs/migrating.md, walked row by row."""

from __future__ import annotations

import inspect
import re
from functools import reduce
from pathlib import Path

import pytest
from attrs import frozen

import topchef_sdk

GUIDE = Path(__file__).parents[2] / "docs" / "migrating.md"

NAMES_OF_2017 = [
    "TopChef.url",
    "TopChef.services",
    "TopChef.http_library",
    "AbstractServicesGetter",
    "_TopChefServicesGetter",
    "Client",
    "ServiceListener",
    "ServiceListener.address",
    "ServiceListener.id",
    "ServiceListener.timeout",
    "ServiceListener.run",
    "ServiceListener.new_service",
    "ServiceListener.is_server_alive",
    "ServiceListener.job_registration_schema",
    "ServiceListener.job_result_schema",
    "ServiceListener.current_job",
    "ServiceListener.is_queue_empty",
    "ServiceListener.check_in_to_server",
    "ServiceListener.run_iteration",
    "ServiceListener.start",
    "ServiceListener.validate_schema",
    "ServiceListener.polling_thread",
    "ServiceListener.processing_thread",
    "Service",
    "Service.service_id",
    "Service.topchef_url",
    "Service.does_service_exist",
    "Service.new_job_endpoint",
    "Service.job_registration_schema",
    "Service.new_job",
    "Job",
    "Job.job_id",
    "Job.is_complete",
    "Job.job_details_endpoint",
    "Job.result",
    "Job.status",
    "Job.job_details",
    "Validator",
    "Validator.assert_instance_matches_schema",
    "Validator.AbstractValidator",
    "Validator.RemoteSchemaValidator",
    "NetworkError",
    "ValidationError",
    "ProcessingError",
    "ServiceNotFoundError",
    "TopChef",
]


@frozen
class Row:
    """One name of 2017."""

    then: str
    here: str
    change: str


def _rows() -> list[Row]:
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in GUIDE.read_text("utf-8").splitlines()
        if line.startswith("|")
    ]
    return [Row(*row) for row in cells[2:] if row[1]]


ROWS = _rows()


def test_every_public_name_of_2017_has_its_row() -> None:
    told = {found[1] for row in ROWS if (found := re.match(r"`([\w.]+)", row.then))}

    assert set(NAMES_OF_2017) == told


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.then)
def test_a_name_has_its_place_here(row: Row) -> None:
    found = re.fullmatch(r"`topchef_sdk\.([\w.]+)(?:\(([\w, ]*)\))?`", row.here)
    assert found is not None, row.here
    path, parameters = found[1].split("."), found[2]

    place: object = reduce(getattr, path[1:], getattr(topchef_sdk, path[0]))
    assert path[0] in dir(topchef_sdk)
    if parameters is not None:
        assert callable(place)
        taken = list(inspect.signature(place).parameters)
        wanted = [name for name in parameters.split(", ") if name]
        assert wanted == [name for name in taken if name in wanted]
    elif isinstance(place, property):
        assert place.__doc__
    assert row.change.endswith(".")


@pytest.mark.parametrize("name", ["job_details", "result"])
def test_what_could_be_set_can_be_set(name: str) -> None:
    place = getattr(topchef_sdk.Job, name)

    assert isinstance(place, property)
    assert place.fset is not None
