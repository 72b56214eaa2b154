"""What `send`, `exchange` and `stream` return for an endpoint."""

from __future__ import annotations

from typing import assert_type
from uuid import UUID

from pets import ApiClient as PetsClient
from pets import endpoints as pets
from pets import models as pet_models

from topchef_sdk.api import ApiClient, Call, Exchange, Headers, Stream, endpoints, models


def answers_of_topchef(client: ApiClient, job: UUID, service: UUID) -> None:
    assert_type(client.send(endpoints.jobs.get_job(job)), models.JobAnswer)
    assert_type(client.send(endpoints.jobs.get_next_job(service)), models.JobAnswer | None)
    assert_type(client.send(endpoints.services.list_service_methods()), None)
    assert_type(client.send(endpoints.jobs.list_jobs()).data, list[models.JobSummary])
    exchange = client.exchange(endpoints.services.get_service(service))
    assert_type(exchange, Exchange[models.ServiceAnswer])
    assert_type(exchange.value, models.ServiceAnswer)
    assert_type(exchange.status, int)
    assert_type(exchange.headers, Headers)
    assert_type(endpoints.jobs.E_TAG.read(exchange.headers), str | None)
    with client.stream(endpoints.jobs.list_jobs()) as stream:
        assert_type(stream, Stream)
        assert_type(stream.read(), bytes)


def answers_of_pets(client: PetsClient, pet: pet_models.Pet) -> None:
    assert_type(client.send(pets.pets.get_pet("Tom")), pet_models.Pet)
    assert_type(client.send(pets.pets.put_pet("Tom", pet)), pet_models.Pet | pet_models.Id | None)
    assert_type(client.send(pets.pets.get_picture()), bytes)


def calls_are_what_they_answer(job: UUID) -> Call[models.JobAnswer | None]:
    return endpoints.jobs.get_job(job)


def wrong_uses(client: ApiClient, job: UUID, service: UUID) -> None:
    # error: mypy[attr-defined] pyright[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]
    _ = client.send(endpoints.jobs.get_job(job)).status
    # error: mypy[union-attr] pyright[reportOptionalMemberAccess]
    _ = client.send(endpoints.jobs.get_next_job(service)).data
    # error: mypy[arg-type] pyright[reportArgumentType]
    client.send(endpoints.jobs.get_job("not an id"))
    # error: mypy[call-arg] pyright[reportCallIssue, reportUnknownArgumentType]
    client.send(endpoints.jobs.get_job())
    # error: mypy[call-arg] pyright[reportCallIssue, reportUnknownArgumentType]
    client.send(endpoints.jobs.get_next_job(service, "wait=5"))
    # error: mypy[arg-type] pyright[reportArgumentType]
    client.send(endpoints.jobs.get_job)
    # error: mypy[arg-type] pyright[reportArgumentType]
    endpoints.jobs.create_job(service, {"parameters": {}})
    # error: mypy[call-arg] pyright[reportCallIssue]
    models.NewJob({})
    # error: mypy[arg-type] pyright[reportArgumentType]
    models.NewService(name="a", description="b", job_registration_schema={}, job_result_schema=[])
