"""Constraints of values that no model holds: parameters, and bodies that are lists or scalars."""

from __future__ import annotations

import pytest

from codegen.runtime.call import Call, json_body, json_content, optional_json_content
from codegen.runtime.codec import lenient_codec
from codegen.runtime.constraints import Constraints
from codegen.runtime.errors import DecodeError, RequestError, Violation
from codegen.runtime.http import Response
from codegen.runtime.parameters import checked

FEW = Constraints(max_items=2, items=Constraints(minimum=0))


def test_a_parameter_outside_its_constraints_is_not_sent() -> None:
    assert 3 == checked("limit", 3, Constraints(maximum=3))
    with pytest.raises(RequestError, match="limit is greater than 3"):
        checked("limit", 4, Constraints(maximum=3))


def test_an_absent_parameter_has_no_constraints() -> None:
    assert checked("limit", None, Constraints(maximum=3)) is None


def test_a_body_outside_its_constraints_is_not_sent() -> None:
    assert b"[1,2]" == json_content([1, 2], FEW).data
    assert optional_json_content(None, FEW) is None
    with pytest.raises(RequestError) as caught:
        json_content([1, 2, -3], FEW)

    assert ["maxItems", "minimum"] == [one.keyword for one in caught.value.violations]


def test_an_answer_outside_its_constraints_is_none_unless_read_leniently() -> None:
    call = Call("GET", "/", answers={200: json_body(list[int], FEW)})
    response = Response(status=200, body=b"[1, -2]")
    with pytest.raises(DecodeError) as caught:
        call.decode(response)

    expected = Violation(path="$[1]", keyword="minimum", message="is less than 0")
    assert (expected,) == caught.value.violations
    assert [1, -2] == call.decode(response, codec=lenient_codec)
    assert [1, 2] == call.decode(Response(status=200, body=b"[1, 2]"))
