"""The smallest service there is: it adds one.

Register it and work for it:

    topchef serve --db topchef.db &
    python examples/add_one.py http://127.0.0.1:8080
"""

from __future__ import annotations

import sys

from topchef_sdk import ServiceListener
from topchef_sdk.api import JsonObject

PARAMETERS: JsonObject = {
    "type": "object",
    "properties": {"value": {"type": "integer"}},
    "required": ["value"],
}
RESULTS: JsonObject = PARAMETERS


class AddOne(ServiceListener):
    """Adds one to a value."""

    def run(self, parameters: JsonObject) -> JsonObject:
        """One job: a value in, the next one out."""
        return {"value": parameters["value"] + 1}


def main(url: str) -> None:
    """Register the service and do its jobs until Ctrl-C."""
    listener = AddOne.new_service(url, "Add one", "Adds one to a value.", PARAMETERS, RESULTS)
    print(f"service {listener.service_id}", flush=True)
    listener.work()


if __name__ == "__main__":
    main(sys.argv[1])
