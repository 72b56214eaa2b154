"""First use of models by many threads at once: a process of its own, since it crashed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

RACE = """
import sys
import threading
from attrs import make_class, field
from codegen.runtime.codec import codec

sys.setswitchinterval(1e-6)
for number in range(150):
    form = make_class(f"Leaf{number}", {"x": field(type=int)})
    for level in range(6):
        form = make_class(f"Model{number}x{level}", {"inner": field(type=form), "y": field(type=int)})
    body = b'{"x": 1}'
    for level in range(6):
        body = b'{"inner": ' + body + b', "y": 2}'
    start = threading.Barrier(4)

    def decode():
        start.wait()
        assert codec.decode(body, form).y == 2

    threads = [threading.Thread(target=decode) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
print("done")
"""


def test_threads_may_read_a_model_for_the_first_time_together() -> None:
    done = subprocess.run(
        [sys.executable, "-c", RACE],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=ROOT,
    )

    assert (0, "done\n", "") == (done.returncode, done.stdout, done.stderr)
