"""One law of one model or endpoint each, and all of them together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final
from unittest import SkipTest

from attrs import frozen
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable

from . import of_endpoints, of_models
from .law import Law
from .oracle import Description
from .subjects import Endpoint, Model, ModelEntry, description_of

_PART_OF_PROFILE: Final = 4
"""There are many cases, so each gets a part of the examples that a test by itself would have."""


class BrokenLawsError(AssertionError):
    """Some laws do not hold; the message says which, and each `errors` how it was found."""

    def __init__(self, errors: Mapping[str, Exception], checked: int) -> None:
        told = "\n\n".join(f"{name}: {_told(error)}" for name, error in errors.items())
        super().__init__(f"{len(errors)} of {checked} laws are broken\n\n{told}")
        self.errors: Mapping[str, Exception] = dict(errors)
        self.checked = checked

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.errors, self.checked)


class UncheckedError(SkipTest):
    """A law of what has no example, such as calls whose body's schema contradicts itself.

    Test runners say that such a test is skipped, and why.
    """


def _told(error: Exception) -> str:
    notes: list[str] = getattr(error, "__notes__", [])
    return "\n".join([f"{type(error).__name__}: {error}", *notes])


@frozen(eq=False)
class Case:
    """A law and what it is to hold for."""

    law: Law[Any]
    subject: Model | Endpoint

    def __str__(self) -> str:
        return f"{self.law.name}-{self.subject.name}"

    def check(self, *, max_examples: int | None = None) -> None:
        """Try to break the law; raises what a broken law raises, with the example in its notes.

        Without a number of examples, it is a quarter of what the profile of Hypothesis says. Raises
        `UncheckedError` where no example can be made.
        """
        wanted = max_examples or max(settings().max_examples // _PART_OF_PROFILE, 1)
        holds = self.law.holds(self.subject)

        @settings(
            max_examples=wanted,
            deadline=None,
            # One example is told, and no search made for what else would break the law.
            phases=[phase for phase in settings().phases if phase is not Phase.explain],
            report_multiple_bugs=False,
            # How long documents take to satisfy is theirs to say.
            suppress_health_check=[
                HealthCheck.too_slow,
                HealthCheck.data_too_large,
                HealthCheck.filter_too_much,
                HealthCheck.large_base_example,
            ],
        )
        @given(self.law.examples(self.subject))
        def law_holds(example: Any) -> None:
            holds(example)

        try:
            law_holds()
        except Unsatisfiable:
            what = (
                "no example can be made of it; does the document ask for what contradicts itself?"
            )
            raise UncheckedError(f"{self}: {what}") from None


@frozen(slots=False, eq=False)
class Subject:
    """A generated package, and the documents that it was generated from."""

    package: str
    models: Mapping[str, ModelEntry]
    endpoints: Mapping[str, str]
    """The beginnings of their strategies' names, by module and name."""
    documents: Callable[[], Mapping[str, Sequence[str]]] | None = None
    """Loads the texts of the documents, which may be large, the main one first."""

    @cached_property
    def description(self) -> Description | None:
        """What the documents say."""
        return None if self.documents is None else description_of(self.documents())

    def cases(self) -> list[Case]:
        """Every law of every model and endpoint."""
        return [*self._of_models(), *self._of_endpoints()]

    def _of_models(self) -> Iterator[Case]:
        for name, entry in self.models.items():
            model = Model(self.package, name, entry, self.description)
            for law in of_models.LAWS:
                if law.concerns(model):
                    yield Case(law, model)

    def _of_endpoints(self) -> Iterator[Case]:
        for name, strategy in self.endpoints.items():
            endpoint = Endpoint(self.package, name, strategy, self.description)
            for law in of_endpoints.LAWS:
                if law.concerns(endpoint):
                    yield Case(law, endpoint)

    def run(self, *, max_examples: int | None = None) -> int:
        """Check all laws and return how many hold, which those without an example do not.

        Raises `BrokenLawsError` with all that do not hold.
        """
        held = 0
        errors: dict[str, Exception] = {}
        for case in self.cases():
            try:
                case.check(max_examples=max_examples)
            except UncheckedError:
                continue
            except Exception as error:  # whatever it is, the other laws are checked as well
                errors[str(case)] = error
            else:
                held += 1
        if errors:
            raise BrokenLawsError(errors, held + len(errors))
        return held
