"""How fast models are read and written, beside others: JSON text to models and back.

`python -m benchmarks.codec` prints tables in Markdown. All run in one process on the same payloads,
in turn, round after round; the median of the rounds counts, in CPU time, so that what else the
machine does counts little. Ratios are of a peer's time to ours: 4.0 means that we are four times as
fast. `--first-use` measures the first use of a package of 300 models instead, in fresh processes.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.codec_first_use import print_first_use
from benchmarks.codec_payloads import COUNT, payloads
from benchmarks.codec_peers import Peer, all_peers
from benchmarks.process import machine

REPEATS = 5
"""How often each runs in a round, so that what the one before left in caches counts little."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="the speed of reading and writing models")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--first-use", action="store_true", help="measure that, and nothing else")
    options = parser.parse_args(arguments)
    print(machine())
    if options.first_use:
        print_first_use(options.rounds)
        return
    with TemporaryDirectory() as folder:
        peers = list(all_peers(Path(folder)))
        print(", ".join(f"{peer.name} {peer.version}" for peer in peers))
        bodies = payloads()
        values = {peer.name: _read_all(peer, bodies) for peer in peers}
        _require_the_same_json(bodies, peers[0], values[peers[0].name])
        decode = _in_turn(
            {
                (peer.name, name): _bound(peer.decoders[name], body)
                for name, body in bodies.items()
                for peer in peers
            },
            options.rounds,
        )
        encode = _in_turn(
            {
                (peer.name, name): _bound(peer.encoders[name], values[peer.name][name])
                for name in bodies
                for peer in peers
            },
            options.rounds,
        )
    _print_table("decode", decode, bodies)
    _print_table("encode", encode, bodies)


def _read_all(peer: Peer, bodies: Mapping[str, bytes]) -> dict[str, Any]:
    values = {name: peer.decoders[name](body) for name, body in bodies.items()}
    for name, value in values.items():
        if len(value) != COUNT:
            raise RuntimeError(f"{peer.name} reads {len(value)} {name} of {COUNT}")
        if len(json.loads(peer.encoders[name](value))) != COUNT:
            raise RuntimeError(f"{peer.name} does not write all {name}")
    return values


def _require_the_same_json(
    bodies: Mapping[str, bytes], ours: Peer, values: Mapping[str, Any]
) -> None:
    """What we measure of ours is right: what was read is written again."""
    for name, body in bodies.items():
        # One moment has several spellings.
        written = ours.encoders[name](values[name]).replace(b"+00:00", b"Z")
        if json.loads(written) != json.loads(body):
            raise RuntimeError(f"{name} are not written as they were read")


def _bound(function: Callable[[Any], object], value: Any) -> Callable[[], object]:
    return lambda: function(value)


def _in_turn(
    functions: Mapping[tuple[str, str], Callable[[], object]], rounds: int
) -> dict[tuple[str, str], float]:
    """The median time of each function, in microseconds an object."""
    seconds: dict[tuple[str, str], list[float]] = {key: [] for key in functions}
    for _ in range(rounds):
        for key, function in functions.items():
            gc.collect()
            before = time.process_time()
            for _ in range(REPEATS):
                function()
            seconds[key].append(time.process_time() - before)
    per_object = 1e6 / COUNT / REPEATS
    return {key: statistics.median(all_) * per_object for key, all_ in seconds.items()}


def _print_table(
    title: str, times: Mapping[tuple[str, str], float], payload_names: Iterable[str]
) -> None:
    names = list(payload_names)
    peers = list(dict.fromkeys(peer for peer, _ in times))
    print(f"\n{title}: microseconds an object (its ratio to ours)\n")
    print(f"| | {' | '.join(names)} |")
    print(f"|---|{'---|' * len(names)}")
    for peer in peers:
        cells = [
            f"{times[peer, name]:.2f} ({times[peer, name] / times[peers[0], name]:.2f})"
            for name in names
        ]
        print(f"| {peer} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
