"""Laws that hold for every model and endpoint of a generated package, whatever its values.

A `Subject` is such a package with its document. Its cases are laws of one model or endpoint each;
`run` checks all of them. What judges is not what is judged: JSON by jsonschema, and requests by a
reading of the document of its own (`requests`).

    of_models     reading and writing, refusing, copying, agreement with the document
    of_endpoints  requests and answers
    oracle        what the document says, by jsonschema
    near_misses   JSON that is not quite valid
    requests      requests held against the document
"""

from __future__ import annotations

from .cases import BrokenLawsError, Case, Subject, UncheckedError
from .subjects import ModelEntry

__all__ = ["BrokenLawsError", "Case", "ModelEntry", "Subject", "UncheckedError"]
