"""`SdkError`: what all errors of an SDK descend from.

It has a module of its own so that reading JSON does not load what errors of calls know (`errors`).
"""

from __future__ import annotations


class SdkError(Exception):
    """Everything that this SDK raises on purpose."""
