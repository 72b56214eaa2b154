"""Every name of a document becomes a Python name, the same one each time."""

from __future__ import annotations

import keyword
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from codegen import names
from codegen.ir import Identifier
from codegen.names import CLASS_NAMES, FIELD_NAMES, FUNCTION_NAMES, Names

Namer = Callable[[str], str]

NAMERS = [
    names.class_name,
    names.field_name,
    names.argument_name,
    names.function_name,
    names.module_name,
    names.member_name,
    names.constant_name,
]

wire_names = st.one_of(
    st.text(),
    st.text(st.characters(categories=["L", "M", "N", "P", "S"])),
    st.text(st.sampled_from("aBC1_- /$日ßŉﬁİﬃͺ़"), max_size=12),
    st.sampled_from([*keyword.kwlist, *keyword.softkwlist, *CLASS_NAMES, *FUNCTION_NAMES]),
)


@pytest.mark.parametrize("namer", NAMERS)
@given(wire_names)
@example("")
@example("_")
@example("٣")
@example("ͺ")
@example("x" * 500)
@example("\U0001d400" * 500)
def test_any_name_becomes_a_python_name_that_is_not_too_long(namer: Namer, wire_name: str) -> None:
    name = namer(wire_name)
    assert Identifier(name) == name
    assert not name.startswith("_")
    assert len(f"{name}.py".encode()) <= 255
    assert namer(wire_name) == name


@given(wire_names, wire_names)
def test_a_private_name_is_like_no_other_name_of_its_module(owner: str, wire_name: str) -> None:
    name = names.private_name(owner, wire_name)
    assert Identifier(name) == name
    assert name.startswith("_")
    assert not name.startswith("__")


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("account_sid",), "_ACCOUNT_SID"),
        (("from_",), "_FROM"),
        (("uuid",), "_UUID"),
        (("größe",), "_GRÖSSE"),
        (("argument_日本",), "_ARGUMENT_日本"),
        (("list_jobs", "limit_2"), "_LIST_JOBS_LIMIT_2"),
        (("x" * 80, "y" * 60), "_" + "X" * 29 + "_" + "Y" * 29),
    ],
)
def test_private_names_are_what_a_reader_expects(parts: tuple[str, ...], expected: str) -> None:
    assert expected == names.private_name(*parts)


@given(st.integers())
def test_any_integer_becomes_the_name_of_a_member(value: int) -> None:
    name = names.member_name(value)
    assert Identifier(name) == name.upper()


@given(st.lists(wire_names), st.sampled_from(["", "_"]), st.sampled_from(NAMERS))
def test_no_name_is_taken_twice(found: list[str], gap: str, namer: Namer) -> None:
    scope = Names(gap=gap)
    taken = [scope.take(namer(wire_name)) for wire_name in found]
    assert len(set(taken)) == len(taken)


@given(st.lists(wire_names, unique=True), st.sampled_from(NAMERS))
def test_what_is_spelled_as_its_name_has_it_wherever_it_stands(
    found: list[str], namer: Namer
) -> None:
    scope = Names()
    scope.keep(found)
    taken = {wire_name: scope.take(namer(wire_name), wire_name) for wire_name in found}
    assert len(set(taken.values())) == len(found)
    assert all(taken[one] == one for one in found if namer(one) == one)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=", "EQUAL"),
        ("!=", "NOT_EQUAL"),
        (">=", "GREATER_THAN_OR_EQUAL"),
        ("*", "ASTERISK"),
        ("+", "PLUS"),
        ("°", "DEGREE"),
        ("..", "FULL_STOP_FULL_STOP"),
        (" ", "SPACE"),
        ("\x00", "U0000"),
        ("\t", "TAB"),
        ("-1", "MINUS_1"),
        ("+1", "PLUS_1"),
        ("1", "VALUE_1"),
        ("-created_at", "MINUS_CREATED_AT"),
        ("--verbose", "VERBOSE"),
        ("°C", "C"),
    ],
)
def test_members_without_letters_are_called_after_their_signs(value: str, expected: str) -> None:
    assert expected == names.member_name(value)


@given(wire_names)
def test_names_that_generated_code_needs_are_left_to_it(wire_name: str) -> None:
    assert names.class_name(wire_name) not in CLASS_NAMES
    assert names.field_name(wire_name) not in FIELD_NAMES
    assert names.argument_name(wire_name) not in FUNCTION_NAMES
    assert names.function_name(wire_name) not in FUNCTION_NAMES


@pytest.mark.parametrize(
    ("wire_name", "expected"),
    [
        ("job", ("Job", "job", "JOB")),
        ("jobId", ("JobId", "job_id", "JOB_ID")),
        ("job-id", ("JobId", "job_id", "JOB_ID")),
        ("JobID", ("JobID", "job_id", "JOB_ID")),
        ("HTTPServerURL", ("HTTPServerURL", "http_server_url", "HTTP_SERVER_URL")),
        ("v2Job", ("V2Job", "v2_job", "V2_JOB")),
        ("2fa", ("Model2fa", "field_2fa", "VALUE_2FA")),
        ("IN_PROGRESS", ("InProgress", "in_progress", "IN_PROGRESS")),
        ("class", ("Class", "class_", "CLASS")),
        ("None", ("NoneModel", "none", "NONE")),
        ("$ref", ("Ref", "ref", "REF")),
        ("", ("Model", "field_", "EMPTY")),
        ("list", ("List", "list_", "LIST")),
        ("Größe", ("Größe", "größe", "GRÖSSE")),
        ("日本", ("Model日本", "field_日本", "VALUE_日本")),
    ],
)
def test_names_are_what_a_reader_expects(wire_name: str, expected: tuple[str, str, str]) -> None:
    actual = (
        names.class_name(wire_name),
        names.field_name(wire_name),
        names.member_name(wire_name),
    )
    assert expected == actual


@pytest.mark.parametrize(
    ("wire_name", "expected"),
    [
        (
            "api.v2010.account.incoming_phone_number.incoming_phone_number_mobile",
            "ApiV2010AccountIncomingPhoneNumberIncomingPhoneNumberMobile",
        ),
        (
            "GoogleCloudPolicysimulatorV1alphaCreateOrgPolicyViolationsPreviewOperationMetadata",
            "GoogleCloudPolicysimulatorV1alphaViolationsPreviewOperationMetadata",
        ),
        ("x" * 50 + "_" + "y" * 50, "X" + "x" * 38 + "Y" + "y" * 38),
        ("x" * 100, "X" + "x" * 38),
    ],
)
def test_names_that_are_too_long_lose_the_words_in_their_middle(
    wire_name: str, expected: str
) -> None:
    assert expected == names.class_name(wire_name)


@given(wire_names)
@example("Straße")
@example("ΟΔΟΣ ς")
@example("\u0345ß")
def test_names_of_modules_do_not_differ_in_case_alone(wire_name: str) -> None:
    assert names.module_name(wire_name).casefold() == names.module_name(wire_name)


def test_no_module_of_a_tag_hides_what_its_package_imports() -> None:
    assert "annotations_" == names.module_name("Annotations")


@pytest.mark.parametrize("wire_name", ["CON", "nul", "Com1", "LPT\u00b9", "con.", "_aux_"])
def test_no_module_is_called_as_windows_calls_a_device(wire_name: str) -> None:
    name = names.module_name(wire_name)
    assert name.endswith("_")
    assert Identifier(name) == name


@pytest.mark.parametrize("name", ["class", "1", "", "a b", "a-b", "ﬁ", "a\n", "None"])
def test_what_is_no_python_name_is_no_identifier(name: str) -> None:
    with pytest.raises(ValueError, match=r"is no Python name"):
        Identifier(name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Createdat", "createdAt"),
        ("Created At", "created_at"),
        ("Page[Item]", "Page_Item_"),
        ("Everything", "Everything-Input"),
        ("Order By", "list_items_order_by"),
    ],
)
def test_titles_that_say_no_more_than_a_name_are_known(text: str, name: str) -> None:
    assert names.is_part_of(text, name)


@pytest.mark.parametrize(
    ("text", "name"),
    [("Location", "loc"), ("Eat", "createdAt"), ("Name of it", "name"), ("N", "name")],
)
def test_titles_that_say_more_than_a_name_are_known(text: str, name: str) -> None:
    assert not names.is_part_of(text, name)


@pytest.mark.parametrize(
    ("wire_name", "expected"),
    [
        ("OAuth2PasswordBearer", "oauth2_password_bearer"),
        ("Floating IPs", "floating_ips"),
        ("userIDsAndURLs", "user_ids_and_urls"),
        ("ReservedIPv6Actions", "reserved_ipv6_actions"),
        ("APIv2Client", "api_v2_client"),
        ("IsAClassOfXs", "is_a_class_of_xs"),
        ("HTTPSaveAs", "http_save_as"),
        ("Point2D", "point2d"),
        ("A2PProfile", "a2p_profile"),
        ("V2API", "v2_api"),
        ("Md5Hash", "md5_hash"),
    ],
)
def test_words_with_capitals_of_their_own_are_known(wire_name: str, expected: str) -> None:
    assert expected == names.field_name(wire_name)
    assert "my_oauth_token" == names.field_name("myOAuthToken")
    assert "MyOAuthToken" == names.class_name("myOAuthToken")
    assert "x_oauth" == names.field_name("x_oAuth")
    assert "foo_auth" == names.field_name("fooAuth")
