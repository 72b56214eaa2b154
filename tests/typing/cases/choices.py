"""Unions and enumerations, which `match` goes through to the end."""

from __future__ import annotations

from typing import assert_never, assert_type

from pets import UnknownVariant
from pets.models import Cat, Dog, Id, Key, Mood, Pet

from topchef_sdk import JobStatus


def every_variant(pet: Pet) -> str:
    match pet:
        case Cat(lives=lives):
            assert_type(lives, int)
            return pet.kind
        case Dog():
            assert_type(pet.tricks, list[str])
            return pet.kind
        case UnknownVariant(tag):
            return tag
        case _:
            assert_never(pet)


def a_variant_that_nobody_names(pet: Pet) -> str:
    match pet:
        case Cat() | Dog():
            return pet.kind
        case _:
            # error: mypy[arg-type] pyright[reportArgumentType]
            assert_never(pet)


def every_type(key: Key) -> int:
    match key:
        case str():
            return len(key)
        case int():
            return key
        case Id():
            return key.id
        case _:
            assert_never(key)


def every_status(status: JobStatus) -> bool:
    match status:
        case JobStatus.REGISTERED | JobStatus.WORKING:
            return False
        case JobStatus.COMPLETED:
            return True
        case JobStatus.ERROR:
            return True
        case _:
            assert_never(status)


def a_status_is_forgotten(status: JobStatus) -> bool:
    match status:
        case JobStatus.REGISTERED | JobStatus.WORKING:
            return False
        case JobStatus.COMPLETED:
            return True
        case _:
            # error: mypy[arg-type] pyright[reportArgumentType]
            assert_never(status)


def wrong_uses(pet: Pet, status: JobStatus) -> None:
    # error: mypy[union-attr, union-attr] pyright[reportAttributeAccessIssue, reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]
    _ = pet.lives
    # error: mypy[arg-type] pyright[reportArgumentType]
    Cat(kind="Cat", lives="nine")
    # error: mypy[arg-type] pyright[reportArgumentType]
    Cat(kind="Cat", lives=9, mood="happy")
    # error: mypy[attr-defined] pyright[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]
    _ = JobStatus.DONE
    # error: mypy[misc] pyright[reportAttributeAccessIssue, reportAttributeAccessIssue]
    Mood.HAPPY = Mood.HUNGRY
    assert_type(status.is_unknown, bool)
