"""`If-Match` as it is read: what matches, and that nothing else does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topchef_sdk.server.entity_tags import entity_tag, if_match_of

MATCHING = [
    None,
    "*",
    " * ",
    '"3"',
    ' "3"\t',
    '"2", "3"',
    '"2","3","4"',
    ', ,"3",',
    '"a,b" , "3"',
    'W/"2", "3"',
    '"", "3"',
    '"\xff", "3"',
]

OTHERS = [
    "",
    "3",
    "'3'",
    '"4"',
    '"03"',
    '" 3"',
    'W/"3"',
    'w/"3"',
    '"2, 3"',
    '"2", W/"3"',
    '"3',
    '3"',
    '"3" "4"',
    '"2" "3"',
    '"3"; "3"',
    '"3", *',
    '*, "3"',
    '"3", x',
    'x, "3"',
    "**",
    '"*"',
    '"topchef-probe"',
    '\u2028"3"',
    '\n"3"',
]


@pytest.mark.parametrize("text", MATCHING, ids=repr)
def test_a_version_that_is_named_may_be_changed(text: str | None) -> None:
    assert if_match_of(text).holds_for(3)


@pytest.mark.parametrize("text", OTHERS, ids=repr)
def test_nothing_else_may_be_changed(text: str) -> None:
    assert not if_match_of(text).holds_for(3)


def test_a_field_of_any_length_is_read() -> None:
    blanks = " \t" * 100_000

    assert if_match_of(f'"1",{blanks},{blanks}"3"{blanks}').holds_for(3)
    assert not if_match_of(f'"3",{blanks}x').holds_for(3)
    assert not if_match_of('"3"' + ',W/"' * 99_999).holds_for(3)


TAGS = st.text(st.characters(codec="latin-1", min_codepoint=0x21, exclude_characters='"\x7f'))
FIELDS = st.lists(st.builds('{}"{}"'.format, st.sampled_from(["", "W/"]), TAGS), max_size=5)


@given(tags=FIELDS, version=st.integers(min_value=1))
def test_a_list_matches_exactly_what_stands_in_it(tags: list[str], version: int) -> None:
    condition = if_match_of(" , ".join(tags))

    assert (entity_tag(version) in tags) == condition.holds_for(version)
    with_it = if_match_of(", ".join([*tags, entity_tag(version)]))
    assert with_it.holds_for(version)
    assert not if_match_of(", ".join([*tags, "W/" + entity_tag(2**70)])).holds_for(2**70)


@given(text=st.text() | st.text(st.sampled_from('W/"*, 13\t;x')))
def test_any_field_is_read(text: str) -> None:
    if if_match_of(text).holds_for(3):
        assert text.strip(" \t") == "*" or '"3"' in text
