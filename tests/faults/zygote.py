"""A process without threads that forks a fresh one for each order: `python -m tests.faults.zygote`.

A process of its own for each cell is what makes its memory, its descriptors and its threads
those of one client and nothing else; a fork of one that has loaded everything is quick.
"""

from __future__ import annotations

import gc
import os
import pickle
import select
import signal
import socket
import sys
from pathlib import Path

from tests.faults.orders import Order
from tests.faults.play import carried_out, warm_up

_LONGEST = 1 << 20
"""Bytes of a message at most."""


def main(kind: str, descriptor: int, folder: Path) -> None:
    """Take orders from a socket until it ends; what comes of one goes into a file of its number."""
    orders = socket.socket(fileno=descriptor)
    warm_up(kind)
    gc.collect()
    gc.freeze()
    running: dict[int, int] = {}
    while True:
        if select.select([orders], [], [], 0.02 if running else None)[0]:
            message = orders.recv(_LONGEST)
            if not message:
                break
            number, order = pickle.loads(message)
            if order is None:
                _kill(number, running)
            else:
                running[_forked(kind, order, folder / str(number))] = number
        _reap(running, orders)
    for process in running:
        os.kill(process, signal.SIGKILL)


def _forked(kind: str, order: Order, file: Path) -> int:
    process = os.fork()
    if process:
        return process
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        file.write_bytes(pickle.dumps(carried_out(kind, order)))
    except BaseException as error:  # whatever it is, the laboratory wants to know
        file.write_bytes(pickle.dumps(f"the laboratory failed: {error!r}"))
    finally:
        os._exit(0)


def _kill(number: int, running: dict[int, int]) -> None:
    for process, its in running.items():
        if its == number:
            os.kill(process, signal.SIGKILL)


def _reap(running: dict[int, int], orders: socket.socket) -> None:
    while running:
        process, status = os.waitpid(-1, os.WNOHANG)
        if not process:
            return
        death = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
        orders.send(pickle.dumps((running.pop(process), death)))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
