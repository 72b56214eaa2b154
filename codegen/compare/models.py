"""Classes of both SDKs: what a program can import, and components that no operation holds."""

from __future__ import annotations

from functools import cached_property

from ..ir import Alias, Enumeration, Model, Named
from ..values import define, evolve
from .callers import variable
from .changes import Caller, Direction, Kind, Wire
from .findings import Findings, Owner, Side, Spot
from .locating import Site
from .proof import Root
from .schemas import Schemas
from .sunsets import compare_sunset
from .wording import told


@define
class Models:
    """Compares which classes there are, and adds to the findings what differs."""

    findings: Findings
    schemas: Schemas

    def compare(self) -> None:
        """Compare all models that operations did not lead to, and the names of all."""
        renamed = self.findings.callers.renamed
        for model in self.findings.old.api.models:
            if model.name in renamed:
                self._renamed(model, self.findings.new.models[renamed[model.name]])
            elif model.name in self.findings.new.models:
                self._sunset(model, self.findings.new.models[model.name])
                self._class_gone(model, self.findings.new.models[model.name])
                self._unused(model, self.findings.new.models[model.name])
            elif _component(self.findings.old, model) is not None:
                self._removed(model)
        known = {*self.findings.old.models, *renamed.values()}
        for model in self.findings.new.api.models:
            if model.name not in known and _component(self.findings.new, model) is not None:
                spot = self._spot(model, model, Direction.NEITHER)
                self.findings.add(spot, Kind.SCHEMA_ADDED, "the schema is new", Wire.SAME)

    def _sunset(self, old: Model, new: Model) -> None:
        if self._names_sunsets and _component(self.findings.old, old) is not None:
            compare_sunset(self.findings, self._spot(old, new, Direction.NEITHER))

    @cached_property
    def _names_sunsets(self) -> bool:
        """Whether any end is announced at all, which is seldom so."""
        sides = (self.findings.old, self.findings.new)
        return any(b"x-sunset" in side.document.sources.content for side in sides)

    def _class_gone(self, old: Model, new: Model) -> None:
        """Tell of a class that is only another name for a type now."""
        if isinstance(old, Alias) or not isinstance(new, Alias):
            return
        line = f"models.{old.name}(...)"
        if isinstance(old, Enumeration):
            line = f"models.{old.name}.{old.members[0].name}"
        self.findings.add(
            self._spot(old, new, Direction.NEITHER),
            Kind.SCHEMA_CHANGED,
            "is no class any more, but a name for a type",
            Wire.SAME,
            caller=Caller(line=line, why=f"it is {told(new.type)} now"),
        )

    def _unused(self, old: Model, new: Model) -> None:
        """Compare a component that no operation holds: who uses it is not known."""
        if self.schemas.has_compared(old.name) or _component(self.findings.old, old) is None:
            return
        for direction in (Direction.REQUEST, Direction.RESPONSE):
            spot = evolve(self._spot(old, new, direction), is_taken=True)
            self.schemas.whole(spot, Named(old.name), Named(new.name), Owner(None))

    def _removed(self, model: Model) -> None:
        self.findings.add(
            self._spot(model, model, Direction.NEITHER),
            Kind.SCHEMA_REMOVED,
            "the schema is gone",
            Wire.SAME,
            is_old=True,
            caller=Caller(line=f"models.{model.name}", why="the class is no longer there"),
        )

    def _renamed(self, old: Model, new: Model) -> None:
        line, why = f"models.{old.name}", f"write models.{new.name}"
        if old.name in self.findings.new.models:
            line = f"value: {line} = {variable(old.name)}"
            why = f"{why}, for models.{old.name} is another one now"
        self.findings.add(
            self._spot(old, new, Direction.NEITHER),
            Kind.SCHEMA_RENAMED,
            f"the class is {new.name}, and was {old.name}",
            Wire.SAME,
            caller=Caller(line=line, why=why),
        )

    def _spot(self, old: Model, new: Model, direction: Direction) -> Spot:
        types = (Named(old.name), Named(new.name))
        sent, accepted = types if direction is not Direction.RESPONSE else types[::-1]
        return Spot(
            direction=direction,
            old=_component(self.findings.old, old) or Site("/components/schemas"),
            new=_component(self.findings.new, new) or Site("/components/schemas"),
            subject=str(new.name),
            of=f"a {new.name}",
            root=Root(sent, accepted),
        )


def _component(side: Side, model: Model) -> Site | None:
    return side.locator.component(model)
