"""`topchef services`, `submit` and `jobs`: what a client asks of a server."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import IO
from uuid import UUID

import click

from ..api import JsonObject, is_object
from ..client import Client
from ..exchanges import results_of
from ..job import Job
from ..service import Service
from .endings import INTERRUPTED, end, told
from .group import server_url, topchef
from .showing import as_json, show_table


@topchef.command()
@server_url
@told
def services(url: str) -> None:
    """List the services of a server."""
    with Client(url) as client:
        rows = [
            (str(service.id), service.name, _state(service), service.description)
            for service in client.services.values()
        ]
    show_table(("id", "name", "state", "description"), rows)


@topchef.command()
@click.argument("service", type=click.UUID)
@click.argument("parameters", type=str)
@click.option("--wait/--no-wait", default=False, help="Wait for the results and print them.")
@click.option("--timeout", type=click.FloatRange(min=0), help="The most seconds to wait.")
@server_url
@told
def submit(service: UUID, parameters: str, wait: bool, timeout: float | None, url: str) -> None:
    """Post a job to SERVICE.

    PARAMETERS is a JSON object, `@FILE` to read one from a file, or `-` from standard input.
    """
    with Client(url) as client:
        job = client.services[service].new_job(_json_object(parameters))
        if not wait:
            print(job.id)
            return
        try:
            print(as_json(job.wait(timeout=timeout, progress=True)))
        except KeyboardInterrupt:
            end(f"interrupted; job {job.id} goes on without you", INTERRUPTED)


@topchef.command()
@click.argument("job", type=click.UUID, required=False)
@click.option("--service", type=click.UUID, help="Only the jobs of this service.")
@server_url
@told
def jobs(job: UUID | None, service: UUID | None, url: str) -> None:
    """List jobs, or show JOB with its parameters and results."""
    with Client(url) as client:
        if job is not None:
            _show(Job(client, job))
            return
        listed = client.jobs if service is None else Service(service, client).jobs
        rows = [
            (str(one.id), str(one.last_status), one.date_submitted.isoformat(" ", "seconds"))
            for one in listed
        ]
    show_table(("id", "status", "submitted"), rows)


def _state(service: Service) -> str:
    """Whether somebody works for the service: 2.0 calls a service unavailable until it is told."""
    return "silent" if service.has_timed_out else "alive"


def _show(job: Job) -> None:
    details = job.job_details
    record = {
        "id": str(details.id),
        "status": str(details.status),
        "date_submitted": details.date_submitted.isoformat(),
        "parameters": details.parameters,
        "results": results_of(details),
    }
    print(as_json(record, indent=2))


def _json_object(text: str) -> JsonObject:
    try:
        value = json.loads(_source(text))
    except OSError as error:
        raise _wrong_parameters(f"{text}: {error.strerror or error}") from None
    except ValueError as error:
        raise _wrong_parameters(f"not JSON: {error}") from None
    except RecursionError:
        raise _wrong_parameters("nested too deeply") from None
    if not is_object(value):
        raise _wrong_parameters("not a JSON object")
    return value


def _wrong_parameters(message: str) -> click.ClickException:
    return click.ClickException(f"PARAMETERS: {message}")


def _source(text: str) -> str:
    if text == "-":
        return _all_of(sys.stdin)
    return Path(text[1:]).read_text("utf-8") if text.startswith("@") else text


def _all_of(stream: IO[str]) -> str:
    return stream.read()
