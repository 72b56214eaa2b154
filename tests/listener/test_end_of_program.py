"""What happens to a listener and a server whose program comes to its end: real processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from topchef_sdk import Client, JobStatus, ServiceListener
from topchef_sdk.api import JsonObject
from topchef_sdk.server import TopChefServer

ROOT = Path(__file__).parents[2]

SERVES = """
from topchef_sdk.server import TopChefServer

server = TopChefServer()
server.start()
print("the end")
"""

LISTENS = """
import sys
import threading
from topchef_sdk import ServiceListener

begun = threading.Event()


class Slow(ServiceListener):
    def run(self, parameters):
        begun.set()
        threading.main_thread().join()  # the program has ended when this goes on
        for thread in threading.enumerate():
            if thread.name == "topchef-poller":
                thread.join()  # and the listener has seen that
        return {"value": parameters["value"] + 1}


Slow(*sys.argv[1:]).start()
begun.wait()
print("the end")
"""


BEATS = """
import sys
import threading
import time
import warnings
from topchef_sdk import ServiceListener
from topchef_sdk.api import Urllib3Transport
from topchef_sdk.demo import CountingTransport

warnings.simplefilter("ignore", ResourceWarning)  # nobody is left to close the carrier
begun = threading.Event()
carrier = CountingTransport(Urllib3Transport())


class Slow(ServiceListener):
    def run(self, parameters):
        begun.set()
        threading.main_thread().join()
        before = carrier.requests
        time.sleep(1)
        return {"value": carrier.requests - before}


Slow(*sys.argv[1:], transport=carrier).start()
begun.wait()
print("the end")
"""


class Unused(ServiceListener):
    def run(self, parameters: JsonObject) -> JsonObject:
        return parameters


def run(program: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
    )
    assert (0, "") == (done.returncode, done.stderr)
    return done.stdout


def test_a_server_ends_with_its_program() -> None:
    assert "the end\n" == run(SERVES)


def test_the_job_at_hand_is_finished_when_the_program_ends() -> None:
    with TopChefServer() as server, Client(server.url) as client:
        service = Unused.new_service(client, "Slow", "slow", {"type": "object"}).service
        job, next_job = service.new_job({"value": 1}), service.new_job({"value": 2})

        assert "the end\n" == run(LISTENS, server.url, str(service.id))
        assert (JobStatus.COMPLETED, {"value": 2}) == (job.status, job.results)
        assert JobStatus.REGISTERED is next_job.status


def test_the_heartbeat_keeps_its_pace_after_the_end_of_the_program() -> None:
    with TopChefServer() as server, Client(server.url) as client:
        service = Unused.new_service(client, "Slow", "slow", {"type": "object"}).service
        job = service.new_job({})

        assert "the end\n" == run(BEATS, server.url, str(service.id))
        assert (job.results or {})["value"] <= 1
