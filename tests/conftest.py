"""Options of the whole test suite: pytest wants them here, above all tests."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from tests.thoroughness import register_profiles

register_profiles()


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
    # A shell without job control ignores SIGINT for what it starts in the background, and programs
    # that tests start and interrupt would inherit that.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line(
        "markers", "not_on(*generations, why): what these generations of server cannot do"
    )


@pytest.fixture(scope="session", autouse=True)
def _journals_of_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Journals of listeners go to a folder of the tests, also those of programs that tests run."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield
