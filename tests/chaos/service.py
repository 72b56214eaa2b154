"""The service of the harness: what it is told, and what it is to answer."""

from __future__ import annotations

from typing import Final

from topchef_sdk.api import JsonObject

NAME: Final = "Double"
DESCRIPTION: Final = "Doubles a number."

PARAMETERS: Final[JsonObject] = {
    "type": "object",
    "properties": {"number": {"type": "integer"}},
    "required": ["number"],
}
RESULTS: Final[JsonObject] = {
    "type": "object",
    "properties": {"value": {"type": "integer"}},
    "required": ["value"],
    "additionalProperties": False,
}


def results_for(number: int) -> JsonObject:
    """The results of the job with a number."""
    return {"value": number * 2}
