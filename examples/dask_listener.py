"""A listener that outgrows its machine: its jobs run on a dask cluster.

    pip install topchef-sdk[server] distributed
    python examples/dask_listener.py --jobs 20

makes a cluster of two processes here, a server, and as many jobs. In earnest, only `listen` is needed,
with a client of the laboratory's cluster:

    cluster = distributed.Client("tcp://scheduler:8786")
    listen(url, service_id, simulate, executor=on_cluster(cluster), concurrency=32)
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable
from concurrent.futures import Executor
from importlib import import_module
from typing import Any

from attrs import frozen

from topchef_sdk import Client, FunctionListener
from topchef_sdk.server import TopChefServer

distributed: Any = import_module("distributed")  # which has no types


@frozen
class Walk:
    """What to simulate."""

    steps: int
    seed: int = 0


@frozen
class Distance:
    """How far the walker came."""

    squared: float


def simulate(walk: Walk) -> Distance:
    """Walk at random on a square grid, and say how far that led."""
    chance = random.Random(walk.seed)
    x = sum(chance.choice((-1, 1)) for _ in range(walk.steps))
    y = sum(chance.choice((-1, 1)) for _ in range(walk.steps))
    return Distance(x * x + y * y)


def on_cluster(cluster: Any) -> Callable[[], Executor]:
    """An executor factory for the cluster of a dask client, on which nothing is run twice.

    Left to itself dask takes equal calls for one (`pure`), and begins a task anew whose worker died,
    up to three times: the second is for the scheduler's own configuration, `allowed-failures: 0`.
    """

    def make() -> Executor:
        executor: Executor = cluster.get_executor(pure=False, retries=0)
        return executor

    return make


def main(jobs: int) -> None:
    """Post so many jobs to a service that runs on a cluster of this machine."""
    import_module("dask").config.set({"distributed.scheduler.allowed-failures": 0})
    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0")
    with (
        cluster,
        distributed.Client(cluster) as cluster_client,
        TopChefServer() as server,
        Client(server.url) as client,
    ):
        listener = FunctionListener.new_service_for(
            simulate,
            server.url,
            "Random walk",
            "Walks on a grid.",
            executor=on_cluster(cluster_client),
            concurrency=2,
            journal=None,  # the server of this example forgets everything, too
        )
        service = client.services[listener.service_id]
        with listener:
            posted = [service.new_job({"steps": 100, "seed": seed}) for seed in range(jobs)]
            distances = [job.wait(timeout=120)["squared"] for job in posted]
    print(f"{jobs} walks, mean squared distance {sum(distances) / jobs:.0f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=20)
    main(parser.parse_args().jobs)
