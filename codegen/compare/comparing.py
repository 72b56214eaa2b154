"""Two documents to a `Comparison`: the stages of it, in order."""

from __future__ import annotations

from typing import TypeAlias

from ..ir import Api, Callback, Endpoint, Model
from ..load import Document
from . import matching
from .callbacks import Callbacks
from .callers import Callers
from .changes import Comparison, Direction
from .findings import Findings, Side, merged
from .models import Models
from .operations import Operations
from .proof import Budget, Prover
from .schemas import Schemas
from .security import compare_schemes
from .servers import compare_servers
from .subschema import Subschemas
from .unchanged import Unchanged
from .versions import versions


def compare(
    old: tuple[Document, Api],
    new: tuple[Document, Api],
    *,
    is_searching: bool = True,
    proves_all: bool = False,
) -> Comparison:
    """Compare what the generator understands of two documents.

    Raises:
        DisagreementError: the decision about a change and the search for its proof do not agree,
            which is a bug of this program.
    """
    before = Side.of(*old, is_old=True)
    after = Side.of(*new, is_old=False)
    # Who asks for proof of everything waits for it.
    budget = Budget(None) if proves_all else Budget()
    findings = Findings(
        before,
        after,
        Callers(before.models, after.models, _renamed(before, after)),
        provers={
            direction: Prover(*models, is_searching, proves_all, budget)
            for direction, models in (
                (Direction.REQUEST, (before.models, after.models)),
                (Direction.RESPONSE, (after.models, before.models)),
            )
        },
        subschemas={
            Direction.REQUEST: Subschemas(before.models, after.models),
            Direction.RESPONSE: Subschemas(after.models, before.models),
        },
    )
    # Where everything is to be proven, what is the same is as good a place for a bug as any.
    unchanged = None if proves_all else Unchanged.of(before.models, after.models)
    schemas = Schemas(findings, unchanged)
    Operations.of(findings, schemas).compare(before.api, after.api)
    Callbacks(findings, schemas).compare(before.api, after.api)
    compare_schemes(findings)
    compare_servers(findings)
    Models(findings, schemas).compare()
    return Comparison(
        title=after.api.title.reveal(),
        old_file=str(before.document.sources.path),
        new_file=str(after.document.sources.path),
        versions=versions(before.api.version.reveal(), after.api.version.reveal()),
        changes=merged(
            change
            for side in (before, after)
            for change in side.locator.with_lines(findings.changes)
        ),
    )


def _renamed(old: Side, new: Side) -> matching.Names:
    def is_component(model: Model) -> bool:
        return any(side.locator.component(model) is not None for side in (old, new))

    found = matching.Renamings(old.models, new.models, is_component)
    found.learn_of_components()
    for before, after in matching.endpoints(old.api.endpoints, new.api.endpoints).both:
        for mine, theirs in matching.parameters(before, after).both:
            found.learn([mine.type], [theirs.type])
        _learn_of_contents(found, before, after)
    for was, now in matching.callbacks(old.api.callbacks, new.api.callbacks).both:
        _learn_of_contents(found, was, now)
    return found.found


_Call: TypeAlias = Endpoint | Callback


def _learn_of_contents(found: matching.Renamings, before: _Call, after: _Call) -> None:
    """Learn new names from what the bodies and answers of a call hold."""
    held = [(was.contents, now.contents) for was, now in matching.answers(before, after).both]
    if before.body is not None and after.body is not None:
        held.insert(0, (before.body.contents, after.body.contents))
    for was, now in held:
        for one, other in matching.contents(was, now).both:
            found.learn([one.type], [other.type])
