"""Bodies in each media type: what is written, what is read, and what is refused."""

from __future__ import annotations

import os
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from attrs import define, evolve
from hypothesis import given
from hypothesis import strategies as st

from codegen.runtime.absence import with_defaults
from codegen.runtime.codec import server_codec
from codegen.runtime.constraints import Constraints
from codegen.runtime.contents import (
    Content,
    Format,
    as_bytes,
    as_form,
    as_json,
    as_multipart,
    as_text,
    content_in,
    content_of,
    optional_content_of,
)
from codegen.runtime.enums import OpenStrEnum
from codegen.runtime.errors import RequestError
from codegen.runtime.files import File
from codegen.runtime.json_types import JsonObject
from codegen.runtime.multipart import Part, boundary_of, read_parts, write_parts
from codegen.runtime.multipart_forms import PartTypes
from codegen.runtime.record import closed
from codegen.runtime.styles import QueryStyle
from codegen.runtime.uploads import whole
from codegen.runtime.violations import InvalidError

MULTIPART = "multipart/form-data"
FORM = "application/x-www-form-urlencoded"


class Kind(OpenStrEnum):
    """Kinds of pets."""

    CAT = "cat"
    DOG = "dog"


@define(kw_only=True)
class Address:
    """Where a pet lives."""

    street: str
    number: int | None = None


@define(kw_only=True)
class Pet:
    """A pet, whose properties are of all types that forms have."""

    name: str
    tags: list[str]
    age: int | None = None
    weight: float | None = None
    is_tame: bool | None = None
    born: date | None = None
    kind: Kind | None = None
    numbers: list[int] | None = None
    address: Address | None = None
    addresses: list[Address] | None = None


@define(kw_only=True)
class Upload:
    """Files among other things."""

    picture: File
    title: str
    others: list[File] | None = None
    stars: int | None = None
    address: Address | None = None
    addresses: list[Address] | None = None


def sent(described: Format[object], value: object, media_type: str) -> bytes:
    content = content_in(media_type, described, value)
    assert content is not None
    return whole(content.data) or b""


def there_and_back(described: Format[object], value: object, media_type: str) -> object:
    content = content_in(media_type, described, value)
    assert content is not None
    return described.read(whole(content.data) or b"", content.media_type, server_codec)


texts = st.text(st.characters(exclude_categories=["Cs"]))
addresses = st.builds(Address, street=texts, number=st.none() | st.integers())
pets = st.builds(
    Pet,
    name=texts,
    tags=st.lists(texts),
    age=st.none() | st.integers(),
    weight=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    is_tame=st.none() | st.booleans(),
    born=st.none() | st.dates(),
    kind=st.none() | st.sampled_from([Kind.CAT, Kind.DOG]),
    numbers=st.none() | st.lists(st.integers(), min_size=1),
    address=st.none() | addresses,
    addresses=st.none() | st.lists(addresses, min_size=1),
)
names = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cf", "Co", "Cn", "Zs"]))
safe_names = names.filter(lambda name: "%" not in name)
files = st.builds(
    File, data=st.binary(), name=safe_names, media_type=st.sampled_from(["image/png", "text/plain"])
)
uploads = st.builds(
    Upload,
    picture=files,
    title=texts,
    others=st.none() | st.lists(files, min_size=1),
    stars=st.none() | st.integers(),
    address=st.none() | addresses,
    addresses=st.none() | st.lists(addresses, min_size=1),
)


@given(pet=pets)
def test_a_form_is_read_as_it_was_written(pet: Pet) -> None:
    assert there_and_back(as_form(Pet), pet, FORM) == pet


@given(upload=uploads)
def test_parts_are_read_as_they_were_written(upload: Upload) -> None:
    assert there_and_back(as_multipart(Upload), upload, MULTIPART) == upload


@given(pet=pets)
def test_a_form_of_parts_needs_no_files(pet: Pet) -> None:
    assert there_and_back(as_multipart(Pet), pet, MULTIPART) == pet


@given(text=texts)
def test_text_is_read_as_it_was_written(text: str) -> None:
    assert there_and_back(as_text(), text, "text/csv") == text


@given(data=st.binary())
def test_bytes_are_read_as_they_were_written(data: bytes) -> None:
    assert there_and_back(as_bytes, data, "image/png") == data


def test_a_form_writes_text_and_what_is_no_text_as_json() -> None:
    pet = Pet(
        name="Tom & Jerry",
        tags=["a", "b c"],
        is_tame=True,
        born=date(2020, 1, 2),
        kind=Kind.CAT,
        address=Address(street="s", number=1),
    )
    expected = (
        b"name=Tom%20%26%20Jerry&tags=a&tags=b%20c&is_tame=true&born=2020-01-02&kind=cat"
        b"&address=%7B%22street%22%3A%22s%22%2C%22number%22%3A1%7D"
    )
    assert sent(as_form(Pet), pet, FORM) == expected


@with_defaults
@define(kw_only=True)
class Search:
    """What is looked for, of how much the server decides."""

    text: str
    limit: int = 20


@pytest.mark.parametrize(
    ("described", "media_type"), [(as_form(Search), FORM), (as_multipart(Search), MULTIPART)]
)
def test_a_default_that_nobody_gave_is_not_sent(described: Format[Search], media_type: str) -> None:
    assert b"limit" not in sent(described, Search(text="a"), media_type)
    assert b"limit" in sent(described, Search(text="a", limit=20), media_type)
    assert there_and_back(described, Search(text="a"), media_type) == Search(text="a")


def test_a_form_writes_a_property_in_the_style_that_is_asked_for() -> None:
    pet = Pet(name="a b", tags=["x", "y,z"], numbers=[1, 2], address=Address(street="s", number=1))
    described = as_form(
        Pet, {"name": "json", "tags": "form", "numbers": "pipeDelimited", "address": "deepObject"}
    )
    expected = (
        b"name=%22a%20b%22&tags=x,y%2Cz&numbers=1%7C2&address%5Bstreet%5D=s&address%5Bnumber%5D=1"
    )
    assert sent(described, pet, FORM) == expected
    assert there_and_back(described, pet, FORM) == pet


@closed
@define(kw_only=True)
class Drawing:
    """Objects whose properties are fields beside those of the drawing, and of no other name."""

    name: str
    at: Address | None = None
    labels: dict[str, int] | None = None
    tags: list[str] | None = None
    deep: Address | None = None


STYLES: dict[str, QueryStyle] = {
    "at": "form*",
    "labels": "form*",
    "tags": "pipeDelimited",
    "deep": "deepObject",
}
taken = {"name", "at", "labels", "tags", "deep", "street", "number"}
free_names = safe_names.filter(lambda name: name not in taken and "[" not in name)
drawings = st.builds(
    Drawing,
    name=texts,
    at=st.none() | addresses,
    labels=st.none() | st.dictionaries(free_names, st.integers(), min_size=1),
    tags=st.none() | st.lists(texts.filter(lambda text: "|" not in text), min_size=1),
    deep=st.none() | addresses,
)


@given(drawing=drawings)
def test_a_form_is_read_in_the_styles_that_it_was_written_in(drawing: Drawing) -> None:
    assert there_and_back(as_form(Drawing, STYLES), drawing, FORM) == drawing


@given(drawing=drawings)
def test_parts_are_read_in_the_styles_that_they_were_written_in(drawing: Drawing) -> None:
    assert there_and_back(as_multipart(Drawing, styles=STYLES), drawing, MULTIPART) == drawing


def test_what_no_object_of_a_form_has_is_no_property_of_it() -> None:
    described = as_form(Drawing, {"at": "form*"})
    with pytest.raises(InvalidError) as raised:
        described.read(b"name=a&street=b&house=c", FORM, server_codec)
    assert {violation.path for violation in raised.value.violations} == {"$.house"}


def test_parts_in_a_style_are_not_encoded_and_have_no_media_type() -> None:
    drawing = Drawing(name="a", at=Address(street="b c"), deep=Address(street="d&e"))
    described = as_multipart(Drawing, {"deep": "application/json"}, STYLES)
    content = content_in(MULTIPART, described, drawing)
    assert content is not None
    assert read_parts(whole(content.data) or b"", content.media_type) == [
        Part(name="name", data=b"a"),
        Part(name="street", data=b"b c"),
        Part(name="deep[street]", data=b"d&e"),
    ]


def test_a_comma_that_would_part_an_item_is_refused() -> None:
    described = as_multipart(Drawing, styles={"tags": "form"})
    with pytest.raises(RequestError, match="tags cannot hold a comma in its items"):
        content_in(MULTIPART, described, Drawing(name="a", tags=["b,c"]))


def test_a_file_is_a_part_as_it_is_whatever_its_style() -> None:
    upload = Upload(picture=File(b"1", "a,b", "image/png"), title="t", others=[File(b"2")])
    described = as_multipart(Upload, styles={"picture": "form", "others": "form*"})
    read = there_and_back(described, upload, MULTIPART)
    assert read == evolve(upload, others=[File(b"2", media_type="application/octet-stream")])


def test_a_form_reads_plus_as_a_space() -> None:
    read = as_form(JsonObject).read(b"a+b=c+d&e=%2B", FORM, server_codec)
    assert read == {"a b": "c d", "e": "+"}


def test_a_form_says_everything_that_is_wrong() -> None:
    with pytest.raises(InvalidError) as raised:
        as_form(Pet).read(b"age=old&kind=bird", FORM, server_codec)
    paths = {violation.path for violation in raised.value.violations}
    assert paths == {"$.name", "$.age", "$.kind"}


def test_parts_have_the_media_types_that_are_asked_for() -> None:
    upload = Upload(
        picture=File(BytesIO(b"\x89PNG"), "cat.png"),
        title="A cat",
        address=Address(street="s"),
    )
    content = content_in(
        MULTIPART, as_multipart(Upload, {"picture": "image/png", "title": "text/plain"}), upload
    )
    assert content is not None
    assert read_parts(whole(content.data) or b"", content.media_type) == [
        Part(name="picture", data=b"\x89PNG", media_type="image/png", file_name="cat.png"),
        Part(name="title", data=b"A cat", media_type="text/plain"),
        Part(name="address", data=b'{"street":"s"}', media_type="application/json"),
    ]


@pytest.mark.parametrize(
    ("described", "name", "expected"),
    [
        ("image/png", "cat.jpg", "image/png"),
        (("image/png", "image/jpeg"), "cat.jpg", "image/jpeg"),
        (("image/png", "image/jpeg"), "cat.pdf", "image/png"),
        (("image/png", "image/jpeg"), "cat", "image/png"),
        ("image/*", "cat.JPG", "image/jpeg"),
        ("image/*", "cat.pdf", "application/octet-stream"),
        (("image/*", "application/pdf"), "cat.pdf", "application/pdf"),
        ("text/*", "cats.csv.gz", "application/octet-stream"),
    ],
)
def test_a_file_has_that_of_several_media_types_which_its_name_stands_for(
    described: PartTypes, name: str, expected: str
) -> None:
    written = as_multipart(JsonObject, {"a": described})
    content = content_in(MULTIPART, written, {"a": File(b"1", name)})
    assert content is not None
    [part] = read_parts(whole(content.data) or b"", content.media_type)
    assert expected == part.media_type


def test_a_file_is_called_as_it_is_on_the_disk(tmp_path: Path) -> None:
    (tmp_path / "cat.png").write_bytes(b"1")
    with (tmp_path / "cat.png").open("rb") as file:
        assert "cat.png" == File(file).name
        assert "dog.png" == File(file, "dog.png").name
    read, write = os.pipe()
    with os.fdopen(read, "rb") as pipe, os.fdopen(write, "wb"):
        assert "file" == File(pipe).name
    assert ["file", "file"] == [File(b"").name, File(BytesIO()).name]


def test_a_file_that_is_open_as_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    with (tmp_path / "a.txt").open() as file:
        wrong: Any = file
        with pytest.raises(RequestError, match="open as text; open it with mode 'rb'"):
            content_in(MULTIPART, as_multipart(JsonObject), {"a": File(wrong)})
        with pytest.raises(RequestError, match="open as text; open it with mode 'rb'"):
            content_in("image/png", as_bytes, file)


@pytest.mark.parametrize("text", ['a"b', "a\r\nX-Evil: 1", 'a"; name="b', "\r\n\r\n--", "a\nb"])
def test_nothing_of_a_name_breaks_out_of_its_header_field(text: str) -> None:
    body, media_type = write_parts([Part(name=text, data=b"x", file_name=text)], MULTIPART)
    assert read_parts(body, media_type) == [Part(name=text, data=b"x", file_name=text)]
    head = body.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert len(head) == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Evil\r\nX": "1"},
        {"X": "1\r\nX-Evil: 1"},
        {"X": "\0"},
        {"": "1"},
        {"content-type": "text/plain"},
        {"Content-Disposition": "form-data"},
    ],
)
def test_a_file_has_no_header_fields_that_break_out_or_contradict(headers: dict[str, str]) -> None:
    with pytest.raises(RequestError, match="header field"):
        content_in(MULTIPART, as_multipart(JsonObject), {"a": File(b"", headers=headers)})


@pytest.mark.parametrize("data", [b"1", BytesIO(b"1")])
def test_a_file_takes_header_fields_along(data: bytes | BytesIO) -> None:
    file = File(data, "a", "image/png", {"X-Sum": "5", "Content-ID": "<a@b>"})
    read = there_and_back(as_multipart(JsonObject), {"a": file}, MULTIPART)
    assert read == {"a": evolve(file, data=b"1")}


@pytest.mark.parametrize("media_type", ["a/b\r\nX: 1", "*/*", "", "text", "text/plain\n"])
def test_a_file_of_no_media_type_is_refused(media_type: str) -> None:
    file = File(b"", "a", media_type)
    if media_type == "":
        assert b"application/octet-stream" in sent(as_multipart(JsonObject), {"a": file}, MULTIPART)
        return
    with pytest.raises(RequestError, match="media type"):
        content_in(MULTIPART, as_multipart(JsonObject), {"a": file})


@given(data=st.binary())
def test_no_data_contains_its_boundary(data: bytes) -> None:
    first, media_type = write_parts([Part(name="a", data=data)], MULTIPART)
    nested, nested_type = write_parts([Part(name="a", data=first)], MULTIPART)
    assert nested_type != media_type
    assert read_parts(nested, nested_type) == [Part(name="a", data=first)]


def test_a_boundary_is_one_that_no_part_contains() -> None:
    assert boundary_of([b"x", b"-first-"], ["first", "second"]) == "second"


def test_equal_bodies_have_equal_bytes() -> None:
    upload = Upload(picture=File(b"1", "a"), title="t")
    described = as_multipart(Upload)
    assert content_in(MULTIPART, described, upload) == content_in(MULTIPART, described, upload)


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"", "multipart/form-data; boundary=x"),
        (b"--x\r\n\r\n", "multipart/form-data; boundary=x"),
        (b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--", "multipart/x; boundary=x"),
        (b"--x--", "multipart/form-data"),
    ],
)
def test_what_is_no_multipart_body_is_refused(body: bytes, media_type: str) -> None:
    with pytest.raises(InvalidError):
        as_multipart(JsonObject).read(body, media_type, server_codec)


@given(body=st.binary(), media_type=texts)
def test_any_bytes_are_parts_or_refused(body: bytes, media_type: str) -> None:
    for kind in ("multipart/form-data; boundary=x", f"multipart/form-data; boundary={media_type}"):
        try:
            as_multipart(Upload).read(b"--x\r\n" + body + b"\r\n--x--", kind, server_codec)
        except InvalidError:
            continue


@given(body=st.binary())
def test_any_bytes_are_a_form_or_refused(body: bytes) -> None:
    for form in (Pet, JsonObject):
        described: Format[Any] = as_form(form, {"tags": "deepObject"})
        try:
            described.read(body, FORM, server_codec)
        except InvalidError:
            continue


def test_a_body_of_another_media_type_than_its_value_is_refused() -> None:
    formats: dict[str, Format[object]] = {"application/json": as_json(Address), "image/*": as_bytes}
    with pytest.raises(RequestError, match="cannot be sent as application/json"):
        content_of(b"bytes", "application/json", formats)
    with pytest.raises(RequestError, match="cannot be sent as image/png"):
        content_of(Address(street="s"), "image/png", formats)
    with pytest.raises(RequestError, match="but as application/json, image/"):
        content_of(b"bytes", "text/plain", formats)
    with pytest.raises(RequestError, match="no media type to send"):
        content_of(b"bytes", "image/*", formats)
    assert content_of(b"bytes", "image/gif", formats) == Content(b"bytes", "image/gif")


def test_a_body_that_may_be_left_out_is_left_out() -> None:
    assert optional_content_of(None, "text/plain", {"text/plain": as_text()}) is None


def test_text_is_written_in_the_charset_of_its_media_type() -> None:
    assert sent(as_text(), "é", "text/plain; charset=latin-1") == b"\xe9"
    with pytest.raises(RequestError, match="cannot be written as"):
        content_in("text/plain; charset=ascii", as_text(), "é")


def test_constraints_hold_for_text() -> None:
    with pytest.raises(RequestError, match="is longer than 2 characters"):
        content_in("text/plain", as_text(Constraints(max_length=2)), "abc")


@define(kw_only=True)
class Stored:
    id: int


@define(kw_only=True)
class Choices:
    either: File | Stored
    several: File | list[File] | None = None
    mixed: list[File | str] | None = None
    text: File | str | int | None = None


def bytes_called(data: bytes) -> File:
    """A file as it comes back."""
    return File(data, media_type="application/octet-stream")


@pytest.mark.parametrize(
    "choices",
    [
        Choices(either=bytes_called(b"\xff")),
        Choices(either=Stored(id=1), several=bytes_called(b"\xff"), text="t"),
        Choices(either=Stored(id=1), several=[bytes_called(b"1"), bytes_called(b"2")]),
        Choices(either=File(b"{}", "a.json", "application/json"), text=5),
        Choices(either=Stored(id=1), mixed=[bytes_called(b"1"), "a"]),
    ],
)
def test_a_file_among_other_alternatives_is_a_part_of_its_own(choices: Choices) -> None:
    assert choices == there_and_back(as_multipart(Choices), choices, MULTIPART)


def test_a_file_in_json_is_told_the_media_type_that_has_room_for_it() -> None:
    formats = {
        "application/json": as_json(Choices),
        FORM: as_form(Choices),
        MULTIPART: as_multipart(Choices),
    }
    choices = Choices(either=File(b"1"))
    expected = "a File cannot be written as JSON; files go with content_type='multipart/form-data'"
    for media_type in ("application/json", FORM):
        with pytest.raises(RequestError, match=expected):
            content_of(choices, media_type, formats)
    with pytest.raises(RequestError, match=r"cannot be written as JSON$"):
        content_of(choices, "application/json", {"application/json": as_json(Choices)})


def test_parts_that_the_caller_writes_need_their_boundary() -> None:
    formats = {"multipart/related": as_bytes}
    said = "multipart/related; boundary=x"
    assert said == content_of(b"--x--", said, formats).media_type
    with pytest.raises(
        RequestError, match=r"say the boundary .*'multipart/related; boundary=\.\.\.'"
    ):
        content_of(b"--x--", "multipart/related", formats)
