"""What each stage of the generator costs on one document, in a process of its own.

`python -m benchmarks.stages DOCUMENT FOLDER` generates once, as the command does, and prints the CPU
seconds of its stages as JSON. A process for each run, for what one leaves behind is in the way of
the next; without collecting cycles, as the command runs.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from codegen.emit import emit
from codegen.load import load
from codegen.lower import lower
from codegen.write import write

T = TypeVar("T")

STAGES = ("load", "lower", "emit", "write")


def seconds_of_stages(spec: Path, out: Path) -> list[float]:
    """Generate an SDK, and return what the stages cost, in their order."""
    document, loading = _timed(partial(load, spec))
    api, lowering = _timed(partial(lower, document.tree, document.files))
    files, emitting = _timed(partial(emit, api))
    _, writing = _timed(partial(write, files, out))
    return [loading, lowering, emitting, writing]


def _timed(run: Callable[[], T]) -> tuple[T, float]:
    start = time.process_time()
    result = run()
    return result, time.process_time() - start


if __name__ == "__main__":
    gc.disable()
    print(json.dumps(seconds_of_stages(Path(sys.argv[1]), Path(sys.argv[2]))))
