"""The three answers to whether each value of one type is a value of another."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Relation(Enum):
    """Whether all values of one type are values of another."""

    YES = "each value is one"
    NO = "some value is none"
    UNKNOWN = "this cannot be decided"


YES, NO, UNKNOWN = Relation.YES, Relation.NO, Relation.UNKNOWN


def all_of(relations: Iterable[Relation]) -> Relation:
    """What holds where all have to: one NO is enough for NO, whatever else is not known."""
    found = YES
    for relation in relations:
        if relation is NO:
            return NO
        if relation is UNKNOWN:
            found = UNKNOWN
    return found


def unless(is_certain: bool, relation: Relation) -> Relation:
    """The relation, whose NO is worth no more than UNKNOWN where it is not certain."""
    return UNKNOWN if relation is NO and not is_certain else relation


def yes_if(is_so: bool, otherwise: Relation) -> Relation:
    """YES where something holds, or else another answer."""
    return YES if is_so else otherwise
