"""The command line: the only package that knows click and rich.

group        `topchef` itself, and wrong usage in one line
endings      exit codes, and errors in one line
showing      tables, JSON and log lines that cannot command a terminal
interrupts   Ctrl-C and SIGTERM of commands that hold nothing
asking       services, submit, jobs
serving      serve, demo
listening    listen, with `named` for MODULE:NAME, `watching` and `contact` for its status line
keeping      listen --status and --flush: what the journal keeps
"""

from __future__ import annotations

from . import asking, listening, serving  # their import adds their commands
from .group import topchef

__all__ = ["asking", "listening", "serving", "topchef"]
