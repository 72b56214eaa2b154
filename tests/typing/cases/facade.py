"""Clients, services and jobs."""

from __future__ import annotations

from typing import assert_type
from uuid import UUID

from topchef_sdk import Client, Job, JobStatus, Service, Services
from topchef_sdk.api import JsonObject
from topchef_sdk.api.models import Job as JobDetails


def used_rightly(url: str, service_id: UUID) -> None:
    with Client(url) as client:
        assert_type(client, Client)
        assert_type(client.services, Services)
        assert_type(client.services[service_id], Service)
        assert_type(client.services[str(service_id)], Service)
        assert_type(client.services.get(service_id), Service | None)
        assert_type(list(client.services), list[UUID])
        assert_type(client.jobs, list[Job])
        service = client.services[service_id]
        assert_type(service.name, str)
        assert_type(service.timeout, int | None)
        assert_type(service.job_registration_schema, JsonObject)
        assert_type(service.does_service_exist, bool)
        job = service.new_job({"width": 1})
        assert_type(job, Job)
        assert_type(job.id, UUID)
        assert_type(job.status, JobStatus)
        assert_type(job.result, JsonObject | None)
        assert_type(job.job_details, JobDetails)


def wrong_uses(client: Client, service: Service, job: Job) -> None:
    # error: mypy[call-arg] pyright[reportCallIssue]
    Client()
    # error: mypy[index] pyright[reportArgumentType]
    _ = client.services[5]
    # error: mypy[index] pyright[reportIndexIssue]
    client.services["id"] = service
    # error: mypy[arg-type] pyright[reportArgumentType]
    service.new_job("width")
    # error: mypy[misc] pyright[reportAttributeAccessIssue]
    service.name = "other"
    # error: mypy[attr-defined] pyright[reportAttributeAccessIssue, reportUnknownMemberType]
    service.do_job({})
    # error: mypy[misc] pyright[reportAttributeAccessIssue]
    job.status = JobStatus.WORKING
    # error: mypy[arg-type] pyright[reportArgumentType]
    job.report("WORKING")
