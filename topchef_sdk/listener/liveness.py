"""Whether the process that works with a journal is alive."""

from __future__ import annotations

import os
import platform
import sys

from .journal import Owner


def is_alive(owner: Owner) -> bool | None:
    """Whether a process of this machine has the owner's id; None where nobody can tell.

    That is a hint, not a proof: systems give the ids of dead processes to others. The proof is
    the journal's lock, which whoever opens it takes.
    """
    if owner.host != platform.node() or sys.platform == "win32":
        return None  # where os.kill(pid, 0) does not ask, but ends
    try:
        os.kill(owner.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # of another user
    return True
