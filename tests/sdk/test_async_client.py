"""`AsyncClient`: services and jobs for tasks, on servers of both generations."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from uuid import UUID

import anyio
import pytest

from tests.sdk.servers import ADD_ONE, NOBODY, ONCE, URL, Answering, Server, json_answer
from topchef_sdk import (
    AsyncClient,
    AsyncJob,
    AsyncService,
    DecodeError,
    JobFailedError,
    JobNotFoundError,
    JobStatus,
    RequestError,
    ServiceNotFoundError,
    Timeout,
    ValidationError,
)
from topchef_sdk.api import ThreadTransport
from topchef_sdk.api.models import NewService
from topchef_sdk.report import ErrorKind, error_report
from topchef_sdk.server import TopChefServer

pytestmark = pytest.mark.anyio

NEW = NewService(
    name="Add one",
    description="adds one",
    job_registration_schema=ADD_ONE,
    job_result_schema={"type": "object"},
)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def client(server: Server) -> AsyncClient:
    """A client of tasks, of a server of each generation."""
    return AsyncClient(URL, transport=ThreadTransport(server.carrier), retry=ONCE)


async def posted(client: AsyncClient, server: Server, value: int = 3) -> AsyncJob:
    service = await client.services[server.register(parameters=ADD_ONE).id]
    return await service.new_job({"value": value})


# Services.


async def test_services_are_a_mapping_whose_values_are_awaited(
    client: AsyncClient, server: Server
) -> None:
    first, second = server.register(name="first"), server.register(name="second")

    found = await client.services[first.id]
    assert (first.id, "first", "adds one") == (
        found.id,
        await found.name(),
        await found.description(),
    )
    assert found == await client.services[str(first.id)]
    assert {first.id, second.id} == {service_id async for service_id in client.services}
    assert {"first", "second"} == {await one.name() async for one in client.services.values()}
    assert {found.id: found} == {
        key: one async for key, one in client.services.items() if key == found.id
    }
    assert 2 == await client.services.count()
    assert await client.services.contains(first.id)
    assert f"<AsyncService {first.id} 'first'>" == repr(found)


@pytest.mark.parametrize("service_id", [NOBODY, "no id at all"])
async def test_an_unknown_service_is_a_key_error(
    client: AsyncClient, service_id: UUID | str
) -> None:
    with pytest.raises(ServiceNotFoundError) as caught:
        await client.services[service_id]
    assert isinstance(caught.value, KeyError)
    assert await client.services.get(service_id, None) is None
    assert not await client.services.contains(service_id)


async def test_lists_make_one_request(client: AsyncClient, server: Server) -> None:
    server.register(name="first")
    server.register(name="second")
    with server.sent() as sent:
        assert 2 == len([await one.name() async for one in client.services.values()])
    assert ["GET /services"] == sent


async def test_schemas_are_asked_for_once(client: AsyncClient, server: Server) -> None:
    service_id = server.register().id
    service = AsyncService(client, service_id)
    with server.sent() as sent:
        for _ in range(2):
            assert ADD_ONE == await service.job_registration_schema()
            assert {"type": "object"} == await service.job_result_schema()
    assert [f"GET /services/{service_id}"] == sent


async def test_a_service_may_be_gone(client: AsyncClient, server: Server) -> None:
    assert not await AsyncService(client, NOBODY).does_service_exist()
    assert await AsyncService(client, server.register().id).does_service_exist()


async def test_what_changes_by_itself_is_asked_for_each_time(
    client: AsyncClient, server: Server
) -> None:
    service = await client.services[server.register().id]
    with server.sent() as sent:
        assert await service.is_available() == server.client.services[service.id].is_available
        await service.has_timed_out()
    assert 4 == len(sent)  # two of them by the client of threads
    assert server.is_1_0 == (await service.timeout() is None)


async def test_a_service_is_checked_in_and_changed(client: AsyncClient, server: Server) -> None:
    service = await client.services[server.register().id]
    await service.check_in()
    await service.update(description="does more")

    expected = "adds one" if server.is_1_0 else "does more"
    assert expected == await service.description()
    with pytest.raises(ValidationError):
        await service.update(timeout=0)


# Jobs.


async def test_a_job_is_posted_and_read(client: AsyncClient, server: Server) -> None:
    job = await posted(client, server)

    assert {"value": 3} == await job.parameters()
    assert JobStatus.REGISTERED is await job.status()
    assert await job.results() is None
    assert not await job.is_done()
    assert [job] == await client.jobs()
    service = AsyncService(client, next(iter(server.client.services)))
    assert [job] == await service.jobs() == await service.queue()
    assert f"<AsyncJob {job.id} (REGISTERED)>" == repr(job)


async def test_parameters_that_break_the_schema_are_not_sent(
    client: AsyncClient, server: Server
) -> None:
    service = await client.services[server.register().id]
    with server.sent() as sent, pytest.raises(ValidationError, match=r"\$\.value"):
        await service.new_job({"value": 11})
    assert [] == sent


async def test_an_unknown_job_is_a_key_error_with_its_id(client: AsyncClient) -> None:
    with pytest.raises(JobNotFoundError) as caught:
        await AsyncJob(client, NOBODY).status()
    assert NOBODY == caught.value.id
    with pytest.raises(RequestError, match="is no id"):
        AsyncJob(client, "no id at all")


async def test_results_are_waited_for(client: AsyncClient, server: Server) -> None:
    job = await posted(client, server)
    worker = server.client.jobs[0]
    found: list[object] = []

    async def wait() -> None:
        found.append(await job.wait(timeout=30))

    async with anyio.create_task_group() as group:
        group.start_soon(wait)
        await anyio.to_thread.run_sync(worker.report, JobStatus.COMPLETED, {"value": 4})

    assert [{"value": 4}] == found
    with server.sent() as sent:
        assert {"value": 4} == await job.wait(timeout=0)
        assert await job.is_complete()
    assert [] == sent


async def test_a_job_that_failed_raises_its_report(client: AsyncClient, server: Server) -> None:
    job = await posted(client, server)
    report = error_report(ErrorKind.HANDLER, "ValueError", "no sample in the magnet")
    await job.report(JobStatus.ERROR, report)

    with pytest.raises(JobFailedError, match="no sample in the magnet") as caught:
        await AsyncJob(client, job.id).wait()
    assert caught.value.report is not None


async def test_time_may_be_up(client: AsyncClient, server: Server) -> None:
    job = await posted(client, server)
    with pytest.raises(TimeoutError, match=f"job {job.id} has not ended after 0 s"):
        await job.wait(timeout=0)


async def test_results_are_reported_and_stay(client: AsyncClient, server: Server) -> None:
    job = await posted(client, server)
    await job.report(None, {"value": 4})
    assert JobStatus.REGISTERED is await job.last_status()
    await job.report(JobStatus.COMPLETED)

    assert {"value": 4} == await AsyncJob(client, job.id).results()


async def test_both_clients_say_the_same_to_a_server(server: Server) -> None:
    """What differs between them is only who waits."""

    def said_by_threads() -> list[str]:
        with server.sent() as sent:
            service = server.client.services[server.register().id]
            service.check_in()
            service.update(name="other")
            job = service.new_job({"value": 3})
            job.report(JobStatus.WORKING)
            job.report(JobStatus.COMPLETED, {"value": 4})
            job.wait(timeout=0)
        return [_without_ids(one) for one in sent][1:]

    async def said_by_tasks() -> list[str]:
        client = AsyncClient(URL, transport=ThreadTransport(server.carrier), retry=ONCE)
        service_id = server.register().id
        with server.sent() as sent:
            service = await client.services[service_id]
            await service.check_in()
            await service.update(name="other")
            job = await service.new_job({"value": 3})
            await job.report(JobStatus.WORKING)
            await job.report(JobStatus.COMPLETED, {"value": 4})
            await job.wait(timeout=0)
        return [_without_ids(one) for one in sent]

    assert said_by_threads() == await said_by_tasks()


def _without_ids(line: str) -> str:
    return "/".join(part if len(part) < 30 else "ID" for part in line.split("/"))


async def test_the_server_describes_itself(client: AsyncClient, server: Server) -> None:
    assert server.client.metadata() == await client.metadata()
    assert URL == client.url
    assert f"<AsyncClient of {URL}>" == repr(client)


# Over sockets.


@pytest.fixture
def served() -> Iterator[TopChefServer]:
    with TopChefServer() as server:
        yield server


@asynccontextmanager
async def asking(url: str) -> AsyncGenerator[AsyncClient]:
    async with AsyncClient(url, timeout=Timeout(total=20)) as client:
        yield client


@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
async def test_jobs_go_over_http_under_either_loop(served: TopChefServer) -> None:
    outcomes: dict[int, object] = {}

    async def wait_for(value: int, job: AsyncJob) -> None:
        outcomes[value] = await job.wait(timeout=20)

    async with asking(served.url) as client:
        service = await client.services[await client.connection.create_service(NEW)]
        jobs = {value: await service.new_job({"value": value}) for value in range(1, 6)}
        async with anyio.create_task_group() as group:
            for value, job in jobs.items():
                group.start_soon(wait_for, value, job)
            for value, job in jobs.items():
                worker = AsyncJob(client, job.id)
                await worker.report(JobStatus.COMPLETED, {"value": value + 1})

    assert {value: {"value": value + 1} for value in jobs} == outcomes


async def test_an_answer_without_an_id_is_an_error_here_too() -> None:
    answer = json_answer(201, {"data": {"message": "made"}})
    client = AsyncClient(URL, transport=ThreadTransport(Answering(answer)), retry=ONCE)
    with pytest.raises(DecodeError, match="does not say its id"):
        await client.connection.create_service(NEW)


# What it costs.


def python(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr.strip().rpartition("\n")[2]


def test_nothing_asynchronous_is_loaded_until_it_is_used() -> None:
    assert "[]\n" == python(
        "import sys, topchef_sdk;"
        "print([name for name in sys.modules if name in ('anyio', 'h11', 'asyncio')"
        " or '.async_' in name])"
    )


def test_without_the_extra_the_error_says_what_to_install() -> None:
    assert python(
        "import sys; sys.modules['anyio'] = None; import topchef_sdk; topchef_sdk.AsyncClient"
    ) == (
        "ModuleNotFoundError: asynchronous clients need anyio and h11: install them, or this "
        "package with its extra `async`"
    )
