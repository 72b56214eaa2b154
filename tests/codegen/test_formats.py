"""Texts of formats that nothing checks: made as they say, and accepted whatever they are."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from importlib import import_module
from ipaddress import ip_address, ip_interface, ip_network
from pathlib import Path
from string import printable
from types import ModuleType
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit
from uuid import UUID

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from jsonschema import Draft202012Validator

from codegen.runtime.strategies.formatted import Formatted, bounded, register_format
from codegen.runtime.strategies.formatted import texts_in_format as texts_in
from codegen.runtime.strategies.texts import strings
from codegen.runtime.strategies.well_known import WELL_KNOWN

from ..thoroughness import examples
from .conftest import CASES, generate

PACKAGE = "with_formats"


@pytest.fixture(scope="module")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    root = tmp_path_factory.mktemp("formats")
    for file in generate(CASES / "formats"):
        place = root / PACKAGE / file.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(file.content)
    sys.path.insert(0, str(root))
    import_module(f"{PACKAGE}.strategies")
    yield import_module(PACKAGE)
    sys.path.remove(str(root))


@pytest.fixture
def registered(sdk: Any) -> Iterator[dict[str, SearchStrategy[str]]]:
    """What is registered in the package, which is forgotten afterwards."""
    formats = import_module(f"{sdk.__name__}._runtime.strategies.formatted")
    yield formats._registered
    formats._registered.clear()


def many_of(strategy: SearchStrategy[Any], count: int = 60) -> list[Any]:
    """What a test would see of a strategy; no health check fails."""
    made: list[Any] = []

    @settings(max_examples=count, database=None, phases=[Phase.generate])
    @given(strategy)
    def collect(value: Any) -> None:
        made.append(value)

    collect()
    return made


def smallest(strategy: SearchStrategy[str], condition: Callable[[str], bool]) -> str:
    """What a test shows at last that fails wherever a text meets a condition."""
    met: list[str] = []

    @settings(max_examples=400, database=None, phases=[Phase.generate, Phase.shrink])
    @given(strategy)
    def check(text: str) -> None:
        if condition(text):
            met.append(text)
            raise AssertionError

    with pytest.raises(AssertionError):
        check()
    return met[-1]


def formatted(
    name: str, least: int | None = None, most: int | None = None, pattern: str | None = None
) -> SearchStrategy[str]:
    """Texts of a format, within limits."""
    limits = Formatted(format=name, min_length=least, max_length=most, pattern=pattern)
    return texts_in(limits, strings(min_length=least or 0, max_length=most, pattern=pattern))


# What others say of texts.

CHECKER: Final = Draft202012Validator.FORMAT_CHECKER


def is_url(text: str) -> bool:
    return urlsplit(text).scheme in ("http", "https") and bool(urlsplit(text).hostname)


def is_uuid(version: int) -> Callable[[str], bool]:
    return lambda text: str(UUID(text)) == text and UUID(text).version == version


def is_decimal(text: str) -> bool:
    return Decimal(text).is_finite()


def is_within(low: int, high: int) -> Callable[[str], bool]:
    return lambda text: low <= int(text) <= high


def has(pattern: str) -> Callable[[str], bool]:
    return lambda text: re.fullmatch(pattern, text) is not None


def parses(parse: Callable[[str], object]) -> Callable[[str], bool]:
    def is_parsed(text: str) -> bool:
        try:
            parse(text)
        except ValueError:
            return False
        return True

    return is_parsed


JUDGES: Final[Mapping[str, Callable[[str], bool]]] = {
    "base64": has("(?:[A-Za-z0-9+/]{4})*"),
    "base64url": has("[A-Za-z0-9_-]*"),
    "char": lambda text: len(text) == 1,
    "cidr": parses(ip_network),
    "color": has("#[0-9a-f]{6}"),
    "date-time-local": lambda text: datetime.fromisoformat(text).tzinfo is None,
    "decimal": is_decimal,
    "double": is_decimal,
    "float": is_decimal,
    "http-date": lambda text: parsedate_to_datetime(text).tzinfo is not None and len(text) == 29,
    "int32": is_within(-(2**31), 2**31 - 1),
    "int64": is_within(-(2**63), 2**63 - 1),
    "ipv4interface": parses(ip_interface),
    "ipv4network": lambda text: ip_network(text).version == 4,
    "ipv6interface": lambda text: ip_interface(text).version == 6,
    "ipv6network": lambda text: ip_network(text).version == 6,
    "ipvanyaddress": parses(ip_address),
    "ipvanyinterface": parses(ip_interface),
    "ipvanynetwork": parses(ip_network),
    # RFC 3987, section 3.1: each has its URI.
    "iri": lambda text: CHECKER.conforms(quote(text, safe=printable), "uri"),
    "iri-reference": lambda text: CHECKER.conforms(quote(text, safe=printable), "uri-reference"),
    "iso-date-time": lambda text: CHECKER.conforms(text, "date-time"),
    "iso-time": lambda text: CHECKER.conforms(text, "time"),
    "json-pointer-uri-fragment": lambda text: (
        text.startswith("#") and CHECKER.conforms(unquote(text[1:]), "json-pointer")
    ),
    "time-local": lambda text: CHECKER.conforms(f"{text}Z", "time"),
    "uint32": is_within(0, 2**32 - 1),
    "uint64": is_within(0, 2**64 - 1),
    "ulid": has("[0-7][0-9A-HJKMNP-TV-Z]{25}"),
    "url": lambda text: is_url(text) and CHECKER.conforms(text, "uri"),
    "uuid1": is_uuid(1),
    "uuid3": is_uuid(3),
    "uuid4": is_uuid(4),
    "uuid5": is_uuid(5),
}
"""Who judges what jsonschema has no opinion of."""


def is_of(name: str, text: str) -> bool:
    judge = JUDGES.get(name)
    return CHECKER.conforms(text, name) if judge is None else judge(text)


NAMES: Final = sorted(WELL_KNOWN)


def test_somebody_judges_every_format() -> None:
    unjudged = set(NAMES) - JUDGES.keys() - CHECKER.checkers.keys()
    # Older releases of jsonschema know of no checker for IRIs.
    assert unjudged <= {"iri"}


@pytest.mark.parametrize("name", NAMES)
def test_all_texts_of_a_format_are_of_it(name: str) -> None:
    made = many_of(formatted(name), examples(60))
    assert [] == [text for text in made if not is_of(name, text)]
    assert len(set(made)) > len(made) // 4


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("least", "most"), [(1, 30), (None, 2083), (20, None), (12, 12), (600, 700)]
)
def test_texts_of_a_format_are_as_long_as_they_have_to_be(
    name: str, least: int | None, most: int | None
) -> None:
    made = many_of(formatted(name, least, most), examples(15))
    assert all((least or 0) <= len(text) <= (most or 10_000) for text in made)
    if most == 2083:
        assert all(is_of(name, text) for text in made)


@pytest.mark.parametrize("name", ["email", "uri", "hostname", "time", "ipv4", "json-pointer"])
def test_the_usual_limits_leave_no_text_that_is_not_of_its_format(name: str) -> None:
    for least, most in [(1, 255), (None, 40), (20, 60)]:
        if least == 20 and name in ("ipv4", "time"):
            continue
        made = many_of(formatted(name, least, most), examples(40))
        assert [] == [text for text in made if not is_of(name, text)]


def test_texts_are_as_short_and_as_long_as_they_may_be() -> None:
    made = {len(text) for text in many_of(formatted("email", 6, 20), 100)}
    assert {6, 20} <= made
    made = {len(text) for text in many_of(formatted("uri", 1, 2083), 60)}
    assert 2083 in made
    made = {len(text) for text in many_of(formatted("uri", 600, 700), 10)}
    assert made == {600}


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("email", r"@example\.com$"),
        ("email", r"^[^@]+@[^@]+$"),
        ("email", r"^[a-z]+@.*\.org$"),
        ("uri", r"^https://example\.com/"),
        ("uri", "^https?://"),
        ("uri", r"^https://api\.example\.com/v1/users/[0-9]+$"),
        ("hostname", r"\.example\.com$"),
        ("hostname", "^[a-z0-9.-]+$"),
        ("ipv4", r"^10\."),
        ("time", "Z$"),
        ("duration", "^PT[0-9]+M$"),
    ],
)
def test_texts_of_a_format_match_a_pattern_besides(name: str, pattern: str) -> None:
    made = many_of(formatted(name, None, 100, pattern), examples(50))
    assert all(re.search(pattern, text) for text in made)
    of_it = [text for text in made if is_of(name, text)]
    assert len(of_it) > 0.9 * len(made)


@pytest.mark.parametrize(
    ("name", "limits"),
    [
        ("email", (None, None, "^[0-9]+$")),
        ("email", (None, 3, None)),
        ("email", (400, None, None)),
        ("uri", (None, None, "^urn:[a-z]{9}$")),
        ("uri", (3, 4, "^[A-Z]+$")),
        ("uri", (None, None, "^é+$")),
        ("ipv4", (30, 40, None)),
        ("unheard-of", (3, 5, "^a*$")),
    ],
)
def test_where_no_text_of_a_format_is_found_limits_are_kept_all_the_same(
    name: str, limits: tuple[int | None, int | None, str | None]
) -> None:
    least, most, pattern = limits
    for text in many_of(formatted(name, *limits), 40):
        assert (least or 0) <= len(text) <= (most or 10_000)
        assert pattern is None or re.search(pattern, text)


def test_what_limits_allow_no_text_of_has_none_in_a_format() -> None:
    assert formatted("email", 5, 4).is_empty


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("email", "a@a.de"),
        ("uri", "http://a.de/"),
        ("ipv4", "0.0.0.0"),
        ("ipv6", "::"),
        ("time", "00:00:00Z"),
        ("duration", "P1D"),
        ("json-pointer", ""),
        ("uri-reference", "/0"),
    ],
)
def test_texts_shrink_to_the_smallest_of_their_format(name: str, expected: str) -> None:
    assert expected == smallest(formatted(name), lambda _: True)


def test_texts_shrink_within_their_limits() -> None:
    assert "a@a.de" == smallest(formatted("email", None, 50), lambda _: True)
    assert 9 == len(smallest(formatted("email", 9, 50), lambda _: True))
    assert "http://a.de/" == smallest(formatted("uri", 1, 2083), lambda _: True)
    assert "00:00:00Z" == smallest(formatted("time"), lambda text: text < "20")
    made = smallest(formatted("uri", None, 99, "^https://b[.]net/"), lambda text: "x" in text)
    assert "https://b.net/x" == made


@pytest.mark.parametrize("name", ["email", "uri", "time"])
def test_the_same_texts_are_made_again(name: str) -> None:
    def made() -> list[str]:
        found: list[str] = []

        @settings(max_examples=30, database=None, derandomize=True)
        @given(formatted(name, 1, 100))
        def collect(text: str) -> None:
            found.append(text)

        collect()
        return found

    assert made() == made()


def test_integers_are_within_what_their_format_says() -> None:
    assert (0, 255) == (
        bounded(Formatted(format="uint8")).minimum,
        bounded(Formatted(format="uint8")).maximum,
    )
    assert 5 == bounded(Formatted(format="uint8", minimum=5)).minimum
    plain = Formatted(format="int64")
    assert plain is bounded(plain)


# In packages.


def is_account(account: Any, *, get: Callable[[Any, str], Any]) -> bool:
    """Whether all formats of an account are those of its document."""
    said = [
        ("email", get(account, "email")),
        *(("email", one) for one in get(account, "others") or ()),
        ("uri", get(account, "site")),
        ("uri", get(account, "page")),
        ("ipv6", get(account, "from")),
        ("duration", get(account, "lasts")),
    ]
    return all(is_of(name, text) for name, text in said if isinstance(text, str))


def of_model(account: Any, name: str) -> Any:
    return getattr(account, "from_" if name == "from" else name)


def of_json(account: Any, name: str) -> Any:
    return account.get(name)


def test_models_have_texts_of_their_formats(sdk: Any) -> None:
    made = many_of(sdk.strategies.accounts(), examples(60))
    assert all(is_account(account, get=of_model) for account in made)
    assert all(
        is_of("hostname", host) for one in made for host in one.additional_properties.values()
    )
    ports = [account.port for account in made if account.port is not None]
    assert ports
    assert all(0 <= port < 2**16 for port in ports)


def test_a_field_that_is_given_is_as_it_is_given(sdk: Any) -> None:
    made = many_of(sdk.strategies.accounts(email=st.just("nobody")), 5)
    assert {"nobody"} == {account.email for account in made}


def test_aliases_have_texts_of_their_formats(sdk: Any) -> None:
    hosts = many_of(sdk.strategies.hosts(), 20)
    assert all(one.main is None or is_of("ipv4", one.main) for one in hosts)


def test_a_few_texts_of_servers_are_of_no_format(sdk: Any) -> None:
    accounts = sdk.strategies.accounts_wire()

    def is_sloppy(account: Any) -> bool:
        return not is_of("email", account["email"])

    assert sum(map(is_sloppy, many_of(accounts, 400))) < 100
    patient = settings(max_examples=10_000, database=None, phases=[Phase.generate])
    sdk.codec.structure(find(accounts, is_sloppy, settings=patient), sdk.models.Account)


def test_texts_of_answers_that_are_described_are_of_their_formats(sdk: Any) -> None:
    make = import_module(f"{sdk.__name__}._runtime.strategies")
    made = many_of(make.strict_wire(sdk.models.Account), 60)
    assert all(is_account(account, get=of_json) for account in made)


def test_no_text_is_told_to_be_invalid_for_a_format_that_only_describes(sdk: Any) -> None:
    made = many_of(sdk.strategies.accounts_invalid(), 100)
    told = {(one.keyword, one.path) for one in made}
    assert {"$.moment"} >= {path for keyword, path in told if keyword == "format"}
    assert "nobody" == sdk.models.Account(email="nobody").email


def test_calls_have_texts_of_their_formats_at_every_place(sdk: Any) -> None:
    made = [call.request for call in many_of(sdk.strategies.invite_calls(), examples(60))]
    for request in made:
        path, _, query = request.url.partition("?")
        assert is_of("ipv4", path.rpartition("/")[2])
        for name, _, value in (part.partition("=") for part in query.split("&") if part):
            assert is_of({"email": "email", "hosts": "hostname"}[name], unquote(value))
            assert name != "email" or len(unquote(value)) <= 40
        headers = {name.lower(): value for name, value in request.headers.items()}
        if "x-site" in headers:
            assert is_of("uri", headers["x-site"])
        if "cookie" in headers:
            assert is_of("time", unquote(headers["cookie"].partition("=")[2]))
        assert all(is_of("email", one) for one in json_of(request.body))
    assert any("?" in request.url for request in made)


def json_of(body: bytes) -> Any:
    return import_module("json").loads(body)


def test_a_format_of_the_users_own_is_made_as_it_is_registered(
    sdk: Any, registered: Mapping[str, object]
) -> None:
    made = sdk.strategies.accounts()
    assert not any(is_phone(one) for account in many_of(made, 20) for one in phones(account))
    sdk.strategies.register_format("phone", st.from_regex(r"\+[0-9]{9}", fullmatch=True))
    assert {"phone"} == registered.keys()
    found = [one for account in many_of(made) for one in phones(account)]
    assert found
    assert all(map(is_phone, found))


def phones(account: Any) -> list[str]:
    lines: dict[str, list[str]] = account.lines or {}
    return [one for many in lines.values() for one in many]


def is_phone(text: str) -> bool:
    return re.fullmatch(r"\+[0-9]{9}", text) is not None


def test_a_well_known_format_is_replaced(sdk: Any, registered: Mapping[str, object]) -> None:
    assert not registered
    sdk.strategies.register_format("email", st.sampled_from(["me@example.com", "x" * 50]))
    emails = {account.email for account in many_of(sdk.strategies.accounts())}
    assert {"me@example.com", "x" * 50} == emails
    urls = [call.request.url for call in many_of(sdk.strategies.invite_calls())]
    in_query = {url.partition("email=")[2].partition("&")[0] for url in urls if "email=" in url}
    assert "me%40example.com" in in_query
    assert "x" * 50 not in in_query  # for 40 characters are the most there


def test_what_is_no_strategy_is_no_format(sdk: Any) -> None:
    nothing: Any = "me@example.com"
    with pytest.raises(TypeError, match="texts of 'email' have to be a strategy, not 'me@"):
        sdk.strategies.register_format("email", nothing)


@pytest.mark.parametrize("name", ["date-time", "date", "uuid", "byte", "binary"])
def test_a_format_with_a_type_of_its_own_is_not_registered(name: str) -> None:
    with pytest.raises(ValueError, match=f"'{name}' has a type of its own; give the fields"):
        register_format(name, st.text())


def test_formats_of_one_package_are_not_those_of_another(
    sdk: Any, registered: Mapping[str, object]
) -> None:
    sdk.strategies.register_format("email", st.just("me@example.com"))
    assert {"email"} == registered.keys()
    assert {"me@example.com"} != set(many_of(formatted("email")))


def test_threads_may_register_formats_while_others_make_texts(
    sdk: Any, registered: Mapping[str, object]
) -> None:
    def register(number: int) -> None:
        sdk.strategies.register_format(f"own-{number}", st.just(str(number)))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(register, range(200)))
    assert 200 == len(registered)


def ran(script: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=False
    )
    assert "" == done.stderr
    return done.stdout


def test_registering_a_format_loads_no_model(sdk: Any) -> None:
    script = (
        "import sys; from hypothesis import strategies as st\n"
        f"from {PACKAGE} import strategies\n"
        "strategies.register_format('phone', st.just('1'))\n"
        f"print([one for one in sys.modules if one.startswith('{PACKAGE}.models.')])"
    )
    assert "[]\n" == ran(script, folder_of(sdk))


def test_models_that_are_made_by_their_type_have_texts_of_their_formats(sdk: Any) -> None:
    script = (
        "from hypothesis import HealthCheck, given, settings, strategies as st\n"
        f"from {PACKAGE}._runtime.registration import register\n"
        f"register('{PACKAGE}.models')\n"
        f"from {PACKAGE}.models import Account\n"
        "slow = [HealthCheck.too_slow]\n"
        "@settings(max_examples=10, database=None, suppress_health_check=slow)\n"
        "@given(st.from_type(Account))\n"
        "def show(account): print(account.email)\n"
        "show()"
    )
    emails = ran(script, folder_of(sdk)).splitlines()
    assert len(emails) >= 10
    assert [] == [email for email in emails if not is_of("email", email)]


def folder_of(sdk: ModuleType) -> Path:
    return Path(str(sdk.__file__)).parents[1]
