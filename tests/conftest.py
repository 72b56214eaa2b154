"""Options of the whole test suite: pytest wants them here, above all tests."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write the expected output of the generator's golden cases anew",
    )
    parser.addoption(
        "--topchef-url",
        metavar="URL",
        help="run tests/contract on this live TopChef server, of either generation; "
        "it registers services and posts jobs there",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "not_on(*generations, why): what these generations of server cannot do"
    )
