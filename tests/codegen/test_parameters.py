"""What a parameter is written as reads as the same value, and as nothing that it is not."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from codegen.load import load
from codegen.lower import lower
from codegen.runtime.constraints import Constraints
from codegen.runtime.errors import RequestError
from codegen.runtime.parameters import checked, query_fields, text_of, value_of
from codegen.runtime.violations import InvalidError


@pytest.mark.parametrize(
    ("value", "text", "form"),
    [
        (True, "true", bool),
        (5, "5", int),
        (1.5, "1.5", float),
        (1.0, "1", float),
        (-1e15, "-1000000000000000", float),
        (1e300, "1e+300", float),
        (1e-7, "1e-07", float),
        (b"\x00", "AA==", bytes),
    ],
)
def test_a_value_reads_as_it_was_written(value: Any, text: str, form: Any) -> None:
    read: object = value_of(text, form)
    assert (text, value, form) == (text_of(value), read, type(read))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_a_number_that_is_not_finite_is_not_written(value: float) -> None:
    with pytest.raises(RequestError, match=r"is not a number that JSON knows"):
        text_of(value)


@pytest.mark.parametrize("form", [int, float])
@pytest.mark.parametrize(
    "text", ["", "nan", "inf", "-Infinity", "1_000", " 5", "5 ", "٣", "0x10", "true", "1e", "--1"]
)
def test_what_python_would_take_for_a_number_is_none(text: str, form: Any) -> None:
    with pytest.raises(InvalidError):
        value_of(text, form)


def test_a_number_with_too_many_digits_is_none() -> None:
    for form, text in ((int, "1" * 5000), (float, "1e999")):
        with pytest.raises(InvalidError):
            value_of(text, form)


@pytest.mark.parametrize("text", ["True", "1", "yes", ""])
def test_only_true_and_false_are_booleans(text: str) -> None:
    with pytest.raises(InvalidError):
        value_of(text, bool)


def test_what_is_left_out_breaks_no_schema() -> None:
    constraints = Constraints(schema='{"anyOf":[{"enum":["big"]},{"type":"integer","minimum":7}]}')
    assert () == query_fields(("kind", checked("kind", None, constraints)))
    assert (("kind", "7"),) == query_fields(("kind", checked("kind", 7, constraints)))
    with pytest.raises(RequestError, match="kind does not fit 'anyOf'"):
        checked("kind", 6, constraints)


CASES = Path(__file__).parent / "cases"


class Generated:
    """A generated package: its endpoints, its server, and a client that is wired to that."""

    def __init__(self, name: str) -> None:
        self.package: Any = importlib.import_module(f"golden_cases.{name}")
        self.calls: Any = importlib.import_module(f"golden_cases.{name}.endpoints.default")
        self.server: Any = importlib.import_module(f"golden_cases.{name}.server")
        self.urls: list[str] = []
        self.seen: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []

    def send(self, request: Any) -> Any:
        self.urls.append(request.url)
        return self.server.dispatch(self, request)

    def close(self) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        """The handler of an endpoint, or of what is refused: keeps what it is given."""

        def handle(*values: Any, **named: Any) -> Any:
            given = {key: value for key, value in named.items() if value is not None}
            self.seen.append((name, values, given))
            return self.package.Reply(None, 204)

        return handle

    def arrives(self, function: str, *values: Any, **named: Any) -> bool:
        """Whether a call reaches its handler with equal values."""
        client = self.package.ApiClient("http://api.test", transport=self)
        client.send(getattr(self.calls, function)(*values, **named))
        return self.seen[-1] == (function, values, named)


@pytest.fixture
def styles(golden: Path) -> Generated:
    return Generated("parameters_styles")


def test_every_style_of_a_path_arrives_as_it_was_sent(styles: Generated) -> None:
    point = importlib.import_module("golden_cases.parameters_styles.models").Point(x=1, y=-2)
    assert styles.arrives("in_paths", "a,b", ["x,y", "z/;."], point, [1, 2])
    assert styles.arrives("in_paths_with_marks", ".a", ["x,y", "z"], point, ["1;", "=2,3"], point)
    assert [
        "http://api.test/simple/a%2Cb/x%2Cy,z%2F%3B./x=1,y=-2/1,2.json",
        "http://api.test/label/..a/.x%2Cy.z/matrix/;matrix=x,1,y,-2/;matrices=1%3B;matrices=%3D2%2C3"
        "/%7B%22x%22%3A1%2C%22y%22%3A-2%7D",
    ] == styles.urls


def test_every_style_of_a_query_arrives_as_it_was_sent(styles: Generated) -> None:
    point = importlib.import_module("golden_cases.parameters_styles.models").Point(x=1, y=-2)
    sent: Mapping[str, Any] = {
        "usual": ["a", "b"],
        "joined": ["a,", "b"],
        "one_joined": "a,b",
        "spaced": ["a", "b"],
        "piped": ["a", "b "],
        "deep": point,
        "reserved": "a/b?c&d",
        "reserved_joined": ["a,b", "/c"],
        "json": point,
        "any_json": {"a": [1, None]},
        "text": '{"a"',
        "empty": "",
        "any": "x",
    }
    assert styles.arrives("in_queries", **sent)
    assert styles.arrives("in_queries", **sent, usual_map={"a&": "b=", "c": ""})
    # A map of fields leaves to an object those that are named as its properties.
    assert styles.arrives("in_queries", usual_object=point)
    assert styles.arrives("in_queries", usual_object=point, usual_map={"a": "b"})


def test_every_style_of_headers_and_cookies_arrives_as_it_was_sent(styles: Generated) -> None:
    point = importlib.import_module("golden_cases.parameters_styles.models").Point(x=1, y=-2)
    assert styles.arrives(
        "in_fields",
        x_names=["a", "b"],
        session=UUID(int=5),
        x_point=point,
        x_json=point,
        names=["a;", "b,"],
        joined=["a,b;", "c"],
    )


def test_what_is_odd_about_parameters_is_noted() -> None:
    api = lower(load(CASES / "parameters_odd" / "openapi.yaml").tree)
    searched = "/paths/~1searched?q={words}&limit={limit}&order={order}&page=1/get"
    assert [
        (
            True,
            "/paths/~1undescribed~1{name}~1{other}/get",
            "the path parameter 'name' is not described; it is a string",
        ),
        (
            True,
            "/paths/~1undescribed~1{name}~1{other}/get",
            "the path parameter 'other' is not described; it is a string",
        ),
        (
            True,
            "/paths/~1optional~1{name}/get/parameters/5",
            "this parameter is described twice in the same words",
        ),
        (
            True,
            "/paths/~1optional~1{name}/get/parameters/6",
            "a parameter without a name is left out",
        ),
        (
            True,
            "/paths/~1optional~1{name}/get/parameters/12",
            "the header field 'x-trace' is described again, which is what counts",
        ),
        (
            False,
            "/paths/~1optional~1{name}/get/parameters/8",
            "OpenAPI ignores header parameters called 'accept'; the media types of answers say it",
        ),
        (
            False,
            "/paths/~1optional~1{name}/get/parameters/9",
            "OpenAPI ignores header parameters called 'content-type'; the media types of the body say it",
        ),
        (
            False,
            "/paths/~1optional~1{name}/get/parameters/10",
            "OpenAPI ignores header parameters called 'authorization'; a security scheme says it",
        ),
        (
            True,
            "/paths/~1optional~1{name}/get/parameters/1",
            "the path has no place for this parameter",
        ),
        (
            False,
            "/paths/~1optional~1{name}/get/parameters/0",
            "a path parameter is always required",
        ),
        (
            True,
            "/paths/~1optional~1{name}/get/parameters/2",
            "nothing says what this parameter holds; it is a string",
        ),
        (
            False,
            "/paths/~1fixed?action=run&dry/post",
            "'action' in the path is sent as a query field",
        ),
        (False, "/paths/~1fixed?action=run&dry/post", "'dry' in the path is sent as a query field"),
        (
            True,
            f"{searched}/parameters/0",
            "this stands in the query of the path; say `in: query`",
        ),
        (True, searched, "the query parameter 'order' is not described; it is a string"),
        (False, searched, "'page' in the path is sent as a query field"),
        (
            False,
            "/paths/~1elsewhere/get/parameters/0/style",
            "no standard has simple in query parameters; they are sent as with form",
        ),
        (
            False,
            "/paths/~1elsewhere/get/parameters/1/style",
            "no standard has form in header parameters; they are sent as with simple",
        ),
        (
            False,
            "/paths/~1elsewhere/get/parameters/2/style",
            "no standard has deepObject for a single value; it is sent as with form",
        ),
        (
            False,
            "/paths/~1elsewhere/get/parameters/3",
            "no standard explodes pipeDelimited; the values are sent as with form",
        ),
        (
            False,
            "/paths/~1elsewhere/get/parameters/4",
            "no standard has deepObject for arrays; sent as name[0]=…",
        ),
        (
            False,
            "/paths/~1elsewhere/get/parameters/5",
            "no style nests values; arrays and objects in it are JSON",
        ),
    ] == [(note.is_warning, note.pointer, note.what) for note in api.notes]
