"""Documents in the words of their own version, whatever words they were written in.

Nearly all are, so all of a document is looked over once, quickly, before anything is done to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..tree import Json
from .dynamic_references import DYNAMIC, made_plain
from .notes import Notes
from .other_versions import Rules, is_foreign, reworded, rules_of

_EXAMPLES = frozenset({"example", "examples"})

_NAMED = """
    $defs callbacks content definitions dependentSchemas encoding headers links parameters pathItems
    paths patternProperties properties requestBodies responses schemas securitySchemes webhooks
"""
_MAPS = frozenset(_NAMED.split())
"""What may hold something else than an example under the name `example`."""


def in_own_words(
    tree: Json, files: Mapping[str, Json], notes: Notes, *, is_3_0: bool
) -> tuple[Json, Mapping[str, Json]]:
    """Return a document and its files with all schemas in the words of the document's version."""
    rules = rules_of(is_3_0=is_3_0)
    is_dynamic, is_of_another = _looked_over((tree, *files.values()), rules)
    if is_dynamic:
        tree, files = made_plain(tree, files, notes)
    if is_of_another:
        tree, files = reworded(tree, files, rules, notes)
    return tree, files


def _looked_over(trees: Iterable[Json], rules: Rules) -> tuple[bool, bool]:
    """Whether there are dynamic references, and whether something looks like another version's.

    Examples say nothing and may be large, so they are left out.
    """
    is_dynamic = is_of_another = False
    ahead: list[tuple[Json, bool]] = [
        (one, False) for one in {id(one): one for one in trees}.values()
    ]
    while ahead:
        value, is_map = ahead.pop()
        if isinstance(value, dict):
            is_dynamic = is_dynamic or not DYNAMIC.isdisjoint(value)
            is_of_another = is_of_another or is_foreign(value, rules)
            for key, one in value.items():
                if isinstance(one, (dict, list)) and (is_map or key not in _EXAMPLES):
                    ahead.append((one, key in _MAPS))
        elif isinstance(value, list):
            ahead.extend((one, False) for one in value if isinstance(one, (dict, list)))
    return is_dynamic, is_of_another
