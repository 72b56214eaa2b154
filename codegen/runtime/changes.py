"""What a PATCH has to say: only the fields in which two models differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from .codec import codec
from .constraints import is_absent
from .json_types import Json, JsonObject, is_object
from .record import Record, record_of
from .shapes import is_record
from .unset import UNSET
from .violations import Problem, invalid
from .writing import write

T = TypeVar("T")
Body = TypeVar("Body")


def changes(before: T, after: T, form: type[Body]) -> Body:
    """The body of a PATCH that makes one model of another, as `attrs.evolve` gave it.

        renamed = attrs.evolve(service, name="Spectrometer")
        client.send(services.update_service(service.id, changes(service, renamed, ServiceUpdate)))

    It says the properties whose values differ, each as a whole, and null for what is no longer
    there (RFC 7396, of which the inside of an object is left to the server). What both read as a
    default is no change.

    Raises:
        InvalidError: a property that differs is none of `form`, or breaks its schema, or was taken
            out where `form` cannot say null. All of them are listed.
    """
    problems: list[Problem] = []
    changed: JsonObject = dict(_changed(before, after, problems))
    target = record_of(form)
    for name, value in changed.items():
        problems.extend(_obstacles(name, value, target))
    if problems:
        raise invalid(problems)
    return codec.structure(changed, form)


def _changed(before: object, after: object, problems: list[Problem]) -> Iterator[tuple[str, Json]]:
    old, new = _properties(before), _properties(after)
    for name in dict.fromkeys([*old, *new]):
        if name not in new:
            yield name, None
        elif name not in old or old[name] != new[name]:
            yield name, write(new[name], (name,), problems)


def _properties(model: object) -> dict[str, Any]:
    """The values of a model's properties that are there or read as a default, by wire name."""
    if is_object(model):
        return model
    if not is_record(type(model)):
        raise invalid([((), "type", f"is no model but a {type(model).__name__}")])
    record = record_of(type(model))
    found = {
        known.wire: value
        for known in record.properties
        if not is_absent(value := getattr(model, known.name), known.default)
    }
    return found if record.others is None else {**getattr(model, record.others.name), **found}


def _obstacles(name: str, value: Json, target: Record) -> Iterator[Problem]:
    known = next((one for one in target.properties if one.wire == name), None)
    if known is None and target.others is None:
        yield (name,), "additionalProperties", f"cannot be changed by a {target.cls.__name__}"
    if value is None and known is not None and known.default is not UNSET:
        # There null reads as absent, which would leave the property as it is.
        yield (name,), "type", f"cannot be taken out by a {target.cls.__name__}"
