"""Requests and answers held against their document, which is read here once more.

It shares nothing with what writes requests: paths are found by their templates, parameters taken
apart by what RFC 6570 says of their styles, and what they hold is judged by jsonschema. What a
style leaves open (objects in `deepObject`, forms) is judged by its names alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, unquote_to_bytes, urlsplit

from attrs import field, frozen

from ..http import Request, Response
from ..json_types import Json, is_object
from .oracle import Description, Place


@frozen
class _Operation:
    """What the document says of one kind of request."""

    place: Place
    parameters: tuple[Place, ...]
    in_path: Mapping[str, str]
    """The texts that stand for the parameters of the path, percent-encoded."""
    in_query: Mapping[str, str] = field(factory=dict[str, str])
    """The query that stands in the path of the document: names of fields and what they hold."""


def faults_of_request(description: Description, request: Request) -> list[str]:
    """In what ways a request is not what the document describes."""
    operation = _operation(description, request)
    if operation is None:
        return [f"the document has no {request.method} {request.url}"]
    return [*_parameter_faults(operation, request), *_body_faults(operation, request)]


def faults_of_answer(description: Description, request: Request, response: Response) -> list[str]:
    """In what ways an answer is not what the document describes."""
    operation = _operation(description, request)
    if operation is None:
        return [f"the document has no {request.method} {request.url}"]
    described = operation.place.child("responses").children()
    keys = (str(response.status), f"{response.status // 100}XX", "DEFAULT")
    by_key = {key.upper(): answer for key, answer in described.items()}
    answer = next((by_key[key] for key in keys if key in by_key), None)
    if answer is None:
        if response.status < 300 and not any(key[0] == "2" for key in by_key):
            return []  # where it describes no success, an answer without a body is taken for one
        return [f"the document describes no answer {response.status}"]
    media_type = response.headers.get("Content-Type", "")
    content = answer.child("content")
    # A null that a model reads as absent may come.
    return _content_faults(content, media_type, response.body, "writeOnly", may_be_null=True)


# Which operation a request is.


def _operation(description: Description, request: Request) -> _Operation | None:
    """The operation of a request; of several, the one that it fits, or else the most literal."""
    path = urlsplit(request.url).path
    found: list[_Operation] = []
    for template, item in description.root.child("paths").children().items():
        readings = list(_readings(template.partition("?")[0].partition("#")[0], path))
        operation = item.child(request.method.lower())
        if not is_object(operation.value):  # of another method, OpenAPI 3.2
            operation = item.child("additionalOperations").child(request.method)
        if not readings or not is_object(operation.value):
            continue
        parameters = {
            _key(one): one
            for holder in (item, operation)
            for one in _items(holder.child("parameters"))
            if not _is_ignored(one, template)
        }
        in_query = dict(parse_qsl(template.partition("?")[2], keep_blank_values=True))
        known = tuple(parameters.values())
        found.extend(
            _Operation(operation, known, texts, in_query)
            for texts in readings
            if not any(
                texts.get(str(one.get("name"))) == "" and not _may_be_empty(one) for one in known
            )
        )
    found.sort(key=lambda one: len(one.in_path))
    fitting = (one for one in found if not _misses(one, request))
    return next(fitting, found[0] if found else None)


def _key(parameter: Place) -> tuple[str, Json]:
    """What tells parameters apart: the names of header fields are the same in all letters."""
    name, place = str(parameter.get("name")), parameter.get("in")
    return (name.lower() if place == "header" else name), place


def _is_ignored(parameter: Place, template: str) -> bool:
    """Whether a parameter means nothing (OpenAPI 3.1, section 4.8.12.2)."""
    name = str(parameter.get("name"))
    if parameter.get("in") == "header":
        return name.lower() in ("accept", "authorization", "content-type")
    return parameter.get("in") == "path" and f"{{{name}}}" not in template


def _may_be_empty(parameter: Place) -> bool:
    """Whether a parameter of a path may have no text there: RFC 6570 writes no empty lists."""
    is_marked = parameter.get("style") in ("label", "matrix")
    return is_marked and _kind(parameter) not in _SCALARS


def _items(place: Place) -> list[Place]:
    return [place.child(index) for index in range(len(place.value or ()))]


def _misses(operation: _Operation, request: Request) -> bool:
    return bool([*_parameter_faults(operation, request), *_body_faults(operation, request)])


def _readings(template: str, path: str) -> Iterator[dict[str, str]]:
    """The texts for a template's parameters, if a path is one of it.

    Where several of them stand in one segment, what parts them may also be in their texts. A text
    is empty only beside others.
    """
    names = re.findall(r"\{([^{}]*)\}", template)
    pieces = re.split(r"\{[^{}]*\}", template)
    match = re.fullmatch("([^/]*)".join(map(_either_way, pieces)), path)
    segments = zip(template.split("/"), path.split("/"), strict=False)
    if match is None or any(described and not segment for described, segment in segments):
        return
    yield dict(zip(names, match.groups(), strict=True))
    if not all("/" in piece for piece in pieces[1:-1]):
        for texts in islice(_splits(pieces, path), _MOST_SPLITS):
            yield dict(zip(names, texts, strict=True))


_MOST_SPLITS: Final = 1000


def _splits(pieces: Sequence[str], path: str) -> Iterator[list[str]]:
    """The texts between some pieces of a path, in each way in which it has them."""
    match = re.match(_either_way(pieces[0]), path)
    if match is None:
        return
    left = path[match.end() :]
    if len(pieces) == 1:
        if left == "":
            yield []
        return
    for end in range(len(left.partition("/")[0]) + 1):
        for texts in _splits(pieces[1:], left[end:]):
            yield [left[:end], *texts]


def _either_way(text: str) -> str:
    """What finds a text of a template in a path, whether its characters are encoded or not."""
    pieces = re.split("(%[0-9A-Fa-f]{2})", text)
    return "".join(
        _same_triplet(piece) if place % 2 else "".join(map(_encoded_or_not, piece))
        for place, piece in enumerate(pieces)
    )


def _same_triplet(triplet: str) -> str:
    """What finds a character that the template has encoded (RFC 6570, section 3.1)."""
    character = unquote(triplet)
    is_plain = quote(character, safe="") == character  # and may be so here (RFC 3986, section 2.3)
    return f"(?:{re.escape(character)}|(?i:{triplet}))" if is_plain else f"(?i:{triplet})"


def _encoded_or_not(character: str) -> str:
    encoded = quote(character, safe="/")
    # The same twice would be tried twice, and so on for each character behind it.
    is_same = encoded == character
    return re.escape(character) if is_same else f"(?:{re.escape(character)}|(?i:{encoded}))"


# Parameters.


def _parameter_faults(operation: _Operation, request: Request) -> Iterator[str]:
    whole = [one for one in operation.parameters if one.get("in") == "querystring"]
    if whole:
        yield from _query_faults(whole[0], urlsplit(request.url).query)
    query = [] if whole else parse_qsl(urlsplit(request.url).query, keep_blank_values=True)
    known = [one for one in operation.parameters if one.get("in") == "query"]
    for name in sorted({name for name, _ in query}):
        is_known = name in operation.in_query
        if not is_known and not any(_may_be_called(one, name) for one in known):
            yield f"the document has no query parameter {name!r}"
    for one in operation.parameters:
        texts = _texts(one, operation, query, request)
        if texts:
            yield from _value_faults(one, texts)
        elif one.get("required") and _kind(one) in _SCALARS:  # what is empty writes nothing
            yield f"{one.get('in')} parameter {one.get('name')!r} is missing"


def _query_faults(parameter: Place, query: str) -> list[str]:
    """What is wrong with a query that is one parameter: JSON is judged, no form and no other text."""
    content = parameter.child("content")
    media_type = next(iter(content.value or {}), "")
    if query == "":
        return (
            ["the query is missing"] if parameter.get("required") and _is_json(media_type) else []
        )
    return _content_faults(content, media_type, unquote_to_bytes(query), "readOnly")


_SCALARS: Final = ("string", "integer", "number", "boolean")

_USUAL: Final = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
"""The styles of parameters that do not say theirs."""


def _kind(parameter: Place) -> Json:
    """The JSON type of a parameter, if it is only one."""
    return parameter.child("schema").get("type")


def _may_be_called(parameter: Place, name: str) -> bool:
    """Whether a field of a query may be one of a parameter, whose properties may be fields."""
    own = str(parameter.get("name"))
    return name == own or name.startswith(f"{own}[") or _kind(parameter) not in (*_SCALARS, "array")


def _texts(
    parameter: Place, operation: _Operation, query: list[tuple[str, str]], request: Request
) -> list[str]:
    """The texts of a parameter, decoded; several where it is exploded."""
    name = str(parameter.get("name"))
    match parameter.get("in"):
        case "path":
            if name in operation.in_path:
                return [unquote(operation.in_path[name])]
            named = {key for key, held in operation.in_query.items() if held == f"{{{name}}}"}
            return [text for key, text in query if key in named]
        case "query":
            return [text for key, text in query if key == name]
        case "querystring":
            return []
        case "header":
            field = request.headers.get(name)
            return [] if field is None else [field]
        case _:
            cookies = (one.partition("=") for one in request.headers.get("Cookie", "").split("; "))
            return [unquote(text) for key, _, text in cookies if key == name]


def _value_faults(parameter: Place, texts: list[str]) -> Iterator[str]:
    """What its schema holds against a parameter that is one value, in the usual style."""
    kind = _kind(parameter)
    if kind not in _SCALARS or len(texts) != 1:
        return
    if parameter.get("style") not in (None, _USUAL[parameter.get("in")]):
        return
    for fault in parameter.child("schema").schema().faults(_value(texts[0], kind)):
        yield f"{parameter.get('in')} parameter {parameter.get('name')!r}: {fault}"


def _value(text: str, kind: Json) -> Json:
    """What a text stands for, if it stands for a value of a type."""
    if kind == "string":
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


# Bodies.


def _body_faults(operation: _Operation, request: Request) -> list[str]:
    described = operation.place.child("requestBody")
    if described.value is None:
        return ["the document has no body"] if request.body else []
    if request.body is None:
        return ["the body is missing"] if described.get("required") else []
    media_type = request.headers.get("Content-Type", "")
    return _content_faults(
        described.child("content"),
        media_type,
        request.whole_body,
        "readOnly",
        may_be_null=operation.place.description.is_3_0,  # where `nullable` is not always heard
    )


def _content_faults(
    content: Place, media_type: str, body: bytes, hidden: str, *, may_be_null: bool = False
) -> list[str]:
    """What is wrong with a body; properties that go in the other direction only do not count."""
    if not content.value:
        return ["the document has no body"] if body else []
    if not body and not media_type:
        return []
    described = _described(content.children(), media_type)
    if described is None:
        return [f"{media_type or 'no media type'} is not one of {', '.join(content.value)}"]
    schema = described.child("schema")
    if not _is_json(media_type) or schema.value is None or schema.get("format") == "binary":
        return []
    try:
        value = json.loads(body)
    except ValueError:
        return ["the body is no JSON"]
    judge = schema.schema(hidden=hidden)
    faults = judge.faults(value)
    is_excused = may_be_null and bool(faults) and judge.is_valid_without_nulls(value)
    return [] if is_excused else faults


def _described(content: Mapping[str, Place], media_type: str) -> Place | None:
    """What is said of the media type or range that content is of."""
    essence = _essence(media_type)
    named = [(name, key, one) for key, one in content.items() for name in _names_in(key)]
    same = [(key, one) for name, key, one in named if name == essence]
    if same:
        return min(same, key=lambda pair: _unlike(pair[0], media_type))[1]
    for name, _, described in named:
        if re.fullmatch(re.escape(name).replace(r"\*", ".*"), essence):
            return described
    return next((one for name, _, one in named if _is_json(name) and _is_json(essence)), None)


def _unlike(key: str, media_type: str) -> tuple[int, int]:
    """How many parameters of a key a media type lacks, and how many it has, below zero."""
    wanted, said = _parameters(key), _parameters(media_type)
    return len(wanted - said), -len(wanted & said)


def _parameters(media_type: str) -> set[str]:
    return {re.sub(r'[\s"]', "", one).lower() for one in media_type.split(";")[1:]}


def _names_in(key: str) -> list[str]:
    """What a key of `content` names; people's names for formats, such as `gzip`, may be any."""
    return [name if "/" in (name := _essence(one)) else "*" for one in key.split(",")]


def _essence(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()


def _is_json(media_type: str) -> bool:
    essence = _essence(media_type)
    return essence in ("application/json", "text/json") or essence.endswith("+json")
