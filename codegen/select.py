"""A part of an API: some of its endpoints, and what these need.

Only this module knows how endpoints are asked for. Names are decided before, for the whole
document, so what is in two parts is called the same in both.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from fnmatch import fnmatchcase

from .errors import OptionError, nearest
from .ir import Api, Callback, Endpoint, Identifier, Note
from .places import file_and_pointer
from .structure import ADDITIONAL, METHODS
from .tree import tokens
from .uses import named_in, reached, received_by, sent_by
from .values import evolve, frozen

_WILD = frozenset("*?[")


@frozen
class Selection:
    """Which endpoints to keep: those that any of the names means."""

    tags: tuple[str, ...] = ()
    """Tags as the document writes them, or as their modules are called; `*` and `?` are wild."""
    only: tuple[str, ...] = ()
    """Ids of operations, names of their functions, or such as `GET /jobs/*`."""

    @property
    def is_everything(self) -> bool:
        """Whether nothing was asked for, which means everything."""
        return not self.tags and not self.only


def select(api: Api, selection: Selection) -> Api:
    """Return the part of an API that a selection means, with the models that it needs.

    Raises:
        OptionError: a name means nothing.
    """
    if selection.is_everything:
        return api
    chosen = _tagged(api, selection.tags) | _asked_for(api, selection.only)
    endpoints = tuple(each for each in api.endpoints if each.name in chosen)
    models = {model.name: model for model in api.models}
    types = (type_ for each in endpoints for side in (sent_by, received_by) for type_ in side(each))
    needed = reached(types, models)
    tags = {each.tag for each in endpoints}
    schemes = {one.scheme for each in endpoints for together in each.security for one in together}
    return evolve(
        api,
        models=tuple(model for model in api.models if model.name in needed),
        tags=tuple(tag for tag in api.tags if tag.name in tags),
        endpoints=endpoints,
        callbacks=tuple(one for one in api.callbacks if _models_of(one) <= needed),
        security_schemes=tuple(each for each in api.security_schemes if each.name in schemes),
        notes=_notes(api.notes, endpoints),
    )


def _models_of(one: Callback) -> set[Identifier]:
    """The models that a call of the API names itself."""
    types = (type_ for side in (sent_by, received_by) for type_ in side(one))
    return {name for type_ in types for name in named_in(type_)}


def _tagged(api: Api, wanted: Iterable[str]) -> set[Identifier]:
    known = {name: tag.name for tag in api.tags for name in (tag.name, tag.wire_name.reveal())}
    modules: set[Identifier] = set()
    for pattern in wanted:
        found = {known[name] for name in known if _matches(pattern, name)}
        if not found:
            raise OptionError("--tags", f"there is no tag {pattern!r}{nearest(pattern, known)}")
        modules |= found
    return {each.name for each in api.endpoints if each.tag in modules}


def _asked_for(api: Api, wanted: Iterable[str]) -> set[Identifier]:
    known = {name: each.name for each in api.endpoints for name in _names_of(each)}
    chosen: set[Identifier] = set()
    for pattern in wanted:
        spelled = _spelled(pattern)
        found = {known[name] for name in known if _matches(spelled, name)}
        if not found:
            what = f"there is no operation {pattern!r}{nearest(spelled, known)}"
            raise OptionError("--only", what)
        chosen |= found
    return chosen


def _names_of(endpoint: Endpoint) -> list[str]:
    """What an endpoint may be asked for by."""
    names = [endpoint.name, f"{endpoint.method.upper()} {endpoint.path.template.reveal()}"]
    return names if endpoint.operation_id is None else [*names, endpoint.operation_id.reveal()]


def _spelled(pattern: str) -> str:
    """The pattern with its method in capitals, and one space after it."""
    method, _, path = pattern.strip().partition(" ")
    return f"{method.upper()} {path.strip()}" if path else pattern


def _matches(pattern: str, name: str) -> bool:
    # A name is itself first: `/pets/[id]` is a path too.
    return pattern == name or (not _WILD.isdisjoint(pattern) and fnmatchcase(name, pattern))


def _notes(notes: Iterable[Note], endpoints: Collection[Endpoint]) -> tuple[Note, ...]:
    """The notes but for those on operations that are not there."""
    kept = {(each.path.template.reveal(), each.method) for each in endpoints}
    paths = {path for path, _ in kept}

    def is_kept(note: Note) -> bool:
        _, pointer = file_and_pointer(note.pointer)
        match tokens(pointer):
            case ["paths", path, method, *_] if method in METHODS:
                return (path.partition("#")[0], method.upper()) in kept
            case ["paths", path, str(key), method, *_] if key == ADDITIONAL:
                return (path.partition("#")[0], method) in kept
            case ["paths", path, *_]:
                return path.partition("#")[0] in paths
            case _:
                return True

    return tuple(note for note in notes if is_kept(note))
