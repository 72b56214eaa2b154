"""Which jobs of a service are a listener's own, where several share them without asking."""

from __future__ import annotations

import re
from uuid import UUID

from attrs import frozen

_FORM = re.compile(r"([1-9][0-9]{0,5})/([1-9][0-9]{0,5})")


@frozen
class Shard:
    """The `number`-th of `count` parts, from 1 on."""

    number: int
    count: int

    @staticmethod
    def read(text: str) -> Shard:
        """The shard that a text such as "2/3" names; raises `ValueError`."""
        found = _FORM.fullmatch(text)
        shard = Shard(*map(int, found.groups())) if found else None
        if shard is None or shard.number > shard.count:
            raise ValueError(f"shard {text!r} is not of the form K/N with K from 1 to N")
        return shard

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    def has(self, job_id: UUID) -> bool:
        """Whether a job is in this part: its id modulo `count` says so, for all listeners alike."""
        return job_id.int % self.count == self.number - 1


ALL = Shard(1, 1)
"""Every job."""
