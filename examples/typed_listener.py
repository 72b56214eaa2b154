"""A service whose jobs have types: what it takes and gives are classes, and so are its schemas.

topchef serve --db topchef.db &
python examples/typed_listener.py http://127.0.0.1:8080
"""

from __future__ import annotations

import random
import sys
from typing import TypedDict

from attrs import field, frozen, validators

from topchef_sdk import ErrorKind, ProcessingError, ServiceListener


@frozen
class Weighing:
    """Weigh a sample so many times."""

    sample: str
    times: int = field(default=3, validator=[validators.ge(1), validators.le(100)])


class Weight(TypedDict):
    """What the sample weighs."""

    grams: list[float]
    mean: float


class Balance(ServiceListener[Weighing, Weight]):
    """Weighs samples, or makes it look like that."""

    def setup(self) -> None:
        """Connect to the balance: once, before the first job."""
        self.balance = {"sugar": 12.5, "salt": 7.25}
        self.noise = random.Random(1)

    def run(self, parameters: Weighing) -> Weight:
        """One job; parameters that are no `Weighing` do not come this far."""
        if parameters.sample not in self.balance:
            # In its own words, for the client: `Job.wait` raises it as a JobFailedError.
            known = sorted(self.balance)
            raise ProcessingError("no such sample", {"known": known}, kind=ErrorKind.REJECTED)
        grams: list[float] = []
        for turn in range(parameters.times):
            if self.context.cancelled:
                raise ProcessingError("stopped between two weighings", retryable=True)
            grams.append(self.balance[parameters.sample] + round(self.noise.gauss(0, 0.01), 4))
            self.context.progress((turn + 1) / parameters.times, "weighing")
        return {"grams": grams, "mean": sum(grams) / len(grams)}


def main(url: str) -> int:
    """Register the service and do its jobs until Ctrl-C; returns the exit code."""
    listener = Balance.new_service(url, "Balance", "Weighs a sample.")
    print(f"service {listener.service_id}", flush=True)
    return listener.work()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
