"""The credentials that are generated go with the calls that take them."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest


class Carrier:
    """Keeps the last request, and answers that it was done."""

    def __init__(self, package: Any) -> None:
        self._package = package
        self.request: Any = None

    def send(self, request: Any) -> Any:
        self.request = request
        return self._package.Response(status=204)

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("given", "function", "url", "fields"),
    [
        ({"api_key": "k", "bearer_auth": "t"}, "get_default", "/default", {"X-Api-Key": "k"}),
        ({"bearer_auth": "t"}, "get_default", "/default", {"Authorization": "Bearer t"}),
        ({"api_key": "k", "bearer_auth": "t"}, "get_none", "/none", {}),
        ({"oauth": "t"}, "get_optional", "/optional", {"Authorization": "Bearer t"}),
        ({}, "get_optional", "/optional", {}),
        (
            {"api_key": "k", "query_key": "q&", "session": "s"},
            *("get_together", "/together?key=q%26", {"Cookie": "sid=s"}),
        ),
        (
            {"api_key": "k", "basic": ("a", "b")},
            *("get_together", "/together", {"X-Api-Key": "k", "Authorization": "Basic YTpi"}),
        ),
        ({"api_key": "k"}, "get_mutual", "/mutual", {}),
        ({"digest": "Digest x"}, "get_unknown", "/unknown", {"Authorization": "Digest x"}),
    ],
)
def test_a_call_goes_with_the_credentials_that_it_takes(
    golden: Path, given: dict[str, Any], function: str, url: str, fields: dict[str, str]
) -> None:
    package: Any = importlib.import_module("golden_cases.security")
    calls: Any = importlib.import_module("golden_cases.security.endpoints.default")
    carrier = Carrier(package)
    credentials = package.Credentials(**given)
    client = package.ApiClient("http://api.test", transport=carrier, credentials=credentials)
    client.send(getattr(calls, function)())
    sent = {
        name: text
        for name, text in carrier.request.headers.items()
        if name not in ("Accept", "User-Agent")
    }
    assert (f"http://api.test{url}", fields) == (carrier.request.url, sent)


def test_urls_of_servers_are_put_together(golden: Path) -> None:
    servers: Any = importlib.import_module("golden_cases.servers.servers")
    assert [
        "https://api.example.test/v1",
        "https://localhost:443/v2",
        "http://example.test:8080/v3",
        "https://files.example.test",
    ] == [
        servers.PRODUCTION,
        servers.your_own(version="v2"),
        servers.your_own(protocol="http", host_name="example.test", port="8080", version="v3"),
        servers.FILES,
    ]
