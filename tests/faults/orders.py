"""What goes to a client's process and comes back from it: values, which pickle."""

from __future__ import annotations

from attrs import field, frozen

from tests.faults.catalogue import Verb
from tests.faults.plans import Drama, Name, Patience

MAX_RESPONSE_BYTES = 16 * 1024 * 1024
"""What the clients of all cells read of an answer at most."""

ATTEMPTS = 3
"""How often the clients of all cells try."""

SECRET = "s3cr3t-t0ken"
"""The bearer token that goes with every request, and may appear nowhere else."""

CROWD = 32
"""How many threads or tasks share a client where they do."""


@frozen(kw_only=True)
class Order:
    """What a client is to do."""

    url: str
    verb: Verb
    patience: Patience
    calls: int = 1
    gate: int | None = None
    """A port that accepts a connection once the second call may go out."""
    names: tuple[Name, ...] = ()
    """What the host name leads to, try by try; the last stays."""
    environment: dict[str, str] = field(factory=dict[str, str])
    drama: Drama = Drama.NONE
    calls_each: int = 4
    """How many calls each one of a crowd makes."""
    body_bytes: int = 0
    probes: bool = True
    """Whether another call, of an honest server, tells if the client is still well."""


@frozen(kw_only=True)
class Told:
    """An error, as far as a value can say it."""

    name: str
    ancestors: tuple[str, ...]
    """The names of its classes, with their modules."""
    message: str
    shows_secret: bool = False
    """Whether the error, what it holds, or what caused it says the secret when it is printed."""
    attempts: int | None = None
    status: int | None = None
    maybe_processed: bool | None = None
    retry_after: float | None = None
    pickles: bool = True
    """Whether a copy by pickle says the same."""


@frozen(kw_only=True)
class Ending:
    """How one call ended."""

    seconds: float
    echo: int = 1
    """What `id` an honest answer has."""
    value: int | None = None
    attempts: int = 1
    error: Told | None = None


@frozen(kw_only=True)
class Observation:
    """What came of an order."""

    endings: tuple[Ending, ...]
    probe: Ending | None
    growth_bytes: int
    """By how much the process grew at most, while it had the client."""
    leaked_files: tuple[str, ...]
    leaked_threads: int
    shows_secret: bool
    """Whether the client's representation or anything that was logged says the secret."""
