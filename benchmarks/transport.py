"""What it costs to send a call, beside urllib3 alone and beside the clients of others.

    python -m benchmarks.transport

A server on this machine answers every GET with the same small JSON. Each subject takes turns with urllib3
alone in one process, call by call, so that what else the machine does meets both alike; a ratio is that
of their medians. Throughput is that of 32 threads on one client, in turns of half a second.

requests, httpx and the client that openapi-python-client generates are measured where `TOPCHEF_PEERS` names
the folder of a Python that has them (`peers/bin`); what is missing is left out, and said.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
CALLS = 3000
THREADS = 32
TURNS = 10
TURN = 0.5
"""Seconds of each turn of the threads."""

DOCUMENT = """\
openapi: 3.1.0
info: {title: Thing, version: "1"}
paths:
  /thing:
    get:
      operationId: get_thing
      tags: [things]
      responses:
        "200":
          description: A thing.
          content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}
components:
  schemas:
    Thing:
      type: object
      required: [id, name, ok]
      properties: {id: {type: integer}, name: {type: string}, ok: {type: boolean}}
"""

SERVER = """\
import socket, threading
BODY = b'{"id": 7, "name": "a small thing", "ok": true}'
HEAD = b"HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: %d\\r\\n\\r\\n"
ANSWER = HEAD % len(BODY) + BODY
listener = socket.create_server(("127.0.0.1", 0), backlog=128)
print(listener.getsockname()[1], flush=True)

def serve(connected):
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while connected.recv(65536):
        connected.sendall(ANSWER)

while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
"""

Send = Callable[[], object]


def bare(port: int) -> Send:
    """urllib3 alone, as one would use it: a pool, a timeout, and the body as JSON."""
    import urllib3

    timeout = urllib3.Timeout(connect=5, read=30)
    pool = urllib3.HTTPConnectionPool(
        "127.0.0.1", port, maxsize=THREADS, block=True, timeout=timeout
    )
    return lambda: json.loads(pool.request("GET", "/thing", retries=False).data)


def ours(port: int) -> Send:
    package, things = import_module("ours"), import_module("ours.endpoints.things")
    transport = package.Urllib3Transport(pool_size=THREADS, proxy=False)
    client = package.ApiClient(f"http://127.0.0.1:{port}", transport=transport)
    return lambda: client.send(things.get_thing())


def of_requests(port: int) -> Send:
    requests = import_module("requests")
    session = requests.Session()
    session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=THREADS))
    return lambda: session.get(f"http://127.0.0.1:{port}/thing").json()


def of_httpx(port: int) -> Send:
    httpx = import_module("httpx")
    client = httpx.Client(limits=httpx.Limits(max_connections=THREADS))
    return lambda: client.get(f"http://127.0.0.1:{port}/thing").json()


def of_openapi_python_client(port: int) -> Send:
    package, get_thing = import_module("theirs"), import_module("theirs.api.things.get_thing")
    client = package.Client(base_url=f"http://127.0.0.1:{port}")
    return lambda: get_thing.sync(client=client)


SUBJECTS: dict[str, Callable[[int], Send]] = {
    "topchef-codegen": ours,
    "requests": of_requests,
    "httpx": of_httpx,
    "openapi-python-client": of_openapi_python_client,
}


def measure(subject: Send, alone: Send) -> tuple[float, float, float]:
    """Microseconds of urllib3 and of the subject, and the ratio of their throughputs."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(CALLS + 200):
        for send, taken in zip((alone, subject), times, strict=True):
            began = time.perf_counter()
            send()
            if number >= 200:  # connections stand, and everything is loaded
                taken.append((time.perf_counter() - began) * 1e6)
    ratios = [throughput(subject) / throughput(alone) for _ in range(TURNS)]
    return median(times[0]), median(times[1]), median(ratios)


def throughput(send: Send) -> float:
    """Calls a second of threads that share a client."""
    end = time.perf_counter() + TURN

    def run() -> int:
        count = 0
        while time.perf_counter() < end:
            send()
            count += 1
        return count

    began = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        counts = [future.result() for future in [pool.submit(run) for _ in range(THREADS)]]
    return sum(counts) / (time.perf_counter() - began)


@contextmanager
def server() -> Generator[int, None, None]:
    process = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def program(name: str) -> str | None:
    """A program of the peers."""
    for folder in filter(None, os.environ.get("TOPCHEF_PEERS", "").split(os.pathsep)):
        if (Path(folder) / name).exists():
            return str(Path(folder) / name)
    return None


def generate(folder: Path) -> None:
    """Write the packages of the document that the two generators make."""
    spec = folder / "thing.yaml"
    spec.write_text(DOCUMENT)
    command = [
        sys.executable,
        "-m",
        "codegen",
        "generate",
        str(spec),
        "--out",
        str(folder / "ours"),
    ]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    theirs = program("openapi-python-client")
    if theirs is not None:
        out = ["--output-path", str(folder / "theirs"), "--meta", "none"]
        subprocess.run(
            [theirs, "generate", "--path", str(spec), *out], check=True, capture_output=True
        )


def row(name: str, folder: Path, port: int) -> str:
    """A line of the table, measured in a process of its own."""
    python = sys.executable if name == "topchef-codegen" else program("python")
    if python is None:
        return f"| {name} | not installed | | | |"
    done = subprocess.run(
        [python, str(Path(__file__)), name, str(port)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(folder)},
    )
    if done.returncode != 0:
        return f"| {name} | {done.stderr.strip().splitlines()[-1][:80]} | | | |"
    alone, taken, ratio = map(float, done.stdout.split())
    return f"| {name} | {alone:.0f} | {taken:.0f} | {taken / alone:.2f} | {ratio:.2f} |"


def main() -> None:
    if len(sys.argv) == 3:
        name, port = sys.argv[1], int(sys.argv[2])
        print(*measure(SUBJECTS[name](port), bare(port)))
        return
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores\n")
    print("| | urllib3 alone, us | us a call | of urllib3's time | of its throughput, 32 threads |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name, server() as port:
        generate(Path(name))
        for subject in SUBJECTS:
            print(row(subject, Path(name), port), flush=True)


if __name__ == "__main__":
    main()
