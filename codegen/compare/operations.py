"""Operations of both documents side by side: where they are, what they take, what they answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final

from ..ir import (
    Answer,
    Api,
    Content,
    ContentKind,
    Endpoint,
    Header,
    Location,
    Parameter,
    Scalar,
    ScalarKind,
    Type,
)
from ..runtime.media_types import nearest
from ..values import define, evolve
from . import matching
from .callers import NONE, Annotation, Part, Plain, fits, lost, sample, spelled
from .changes import Caller, Direction, Example, Kind, Wire
from .findings import Findings, Owner, Spot
from .locating import MediaType, Site, Status
from .proof import Root
from .schemas import Schemas
from .security import Alternatives, alternatives, renamed
from .wording import default, quoted
from .writing import is_written_alike, written

_REQUEST: Final = Direction.REQUEST
_RESPONSE: Final = Direction.RESPONSE
_NEITHER: Final = Direction.NEITHER

_ENDINGS: Final = ("sunset", "deprecation")
"""Header fields that announce an end (RFC 8594, RFC 9745)."""

_NOTHING: Final = Scalar(ScalarKind.STRING)


@define
class Operations:
    """Compares operations, and adds to the findings what differs."""

    findings: Findings
    schemas: Schemas

    def compare(self, old: Api, new: Api) -> None:
        """Compare all operations."""
        pairs = matching.endpoints(old.endpoints, new.endpoints)
        for one in pairs.removed:
            self._removed(one)
        for one in pairs.added:
            what = "the operation is new"
            self.findings.add(
                self._spot(one, one),
                Kind.OPERATION_ADDED,
                what,
                Wire.COMPATIBLE,
                direction=_REQUEST,
            )
        for before, after in pairs.both:
            self._operation(before, after)
        self._security(pairs.both)

    def _removed(self, one: Endpoint) -> None:
        spot = self._spot(one, one)
        self.findings.add(
            spot,
            Kind.OPERATION_REMOVED,
            "the operation is gone",
            Wire.BREAKING,
            is_old=True,
            direction=_REQUEST,
            example=Example(value=_request_line(one), of="the request"),
            caller=Caller(line=_call(one), why="the function is no longer there"),
        )

    def _operation(self, old: Endpoint, new: Endpoint) -> None:
        spot = self._spot(old, new)
        self._place(spot, old, new)
        self._deprecation(spot, old, new)
        self._parameters(spot, old, new)
        self._body(spot, old, new)
        self._answers(spot, old, new)

    def _spot(self, old: Endpoint, new: Endpoint) -> Spot:
        return Spot(
            direction=_REQUEST,
            old=self.findings.old.locator.operation(old),
            new=self.findings.new.locator.operation(new),
            subject=f"{new.method} {new.path.template.reveal()}",
            of="the request",
            root=Root(_NOTHING, _NOTHING),
        )

    # The operation itself.

    def _place(self, spot: Spot, old: Endpoint, new: Endpoint) -> None:
        if (old.method, matching.shape_of(old)) != (new.method, matching.shape_of(new)):
            self.findings.add(
                spot,
                Kind.OPERATION_MOVED,
                f"was {old.method} {old.path.template.reveal()}",
                Wire.BREAKING,
                example=Example(value=_request_line(old), of="the request"),
            )
        if old.tag != new.tag:
            self.findings.add(
                spot,
                Kind.OPERATION_REGROUPED,
                f"its module is {new.tag}, and was {old.tag}",
                Wire.SAME,
                keywords=("tags",),
                direction=_NEITHER,
                caller=Caller(line=_call(old), why=f"the function is in the module {new.tag}"),
            )
        if old.name != new.name:
            self.findings.add(
                spot,
                Kind.OPERATION_RENAMED,
                f"its function is {new.name}, and was {old.name}",
                Wire.SAME,
                keywords=("operationId",),
                direction=_NEITHER,
                caller=Caller(line=_call(old), why=f"write {new.tag}.{new.name}"),
            )

    def _deprecation(self, spot: Spot, old: Endpoint, new: Endpoint) -> None:
        if old.is_deprecated is not new.is_deprecated:
            kind = Kind.OPERATION_DEPRECATED if new.is_deprecated else Kind.OPERATION_REINSTATED
            what = "is deprecated" if new.is_deprecated else "is not deprecated any more"
            self.findings.add(
                spot, kind, what, Wire.SAME, keywords=("deprecated",), direction=_NEITHER
            )

    # Parameters.

    def _parameters(self, spot: Spot, old: Endpoint, new: Endpoint) -> None:
        pairs = matching.parameters(old, new)
        moved = matching.matched(pairs.removed, pairs.added, lambda one: one.wire_name)
        for before, after in moved.both:
            self._moved(self._at(spot, old, new, before, after), before, after)
        for one in moved.removed:
            inside = self._at(spot, old, new, one, one)
            self.findings.add(
                inside,
                Kind.PARAMETER_REMOVED,
                f"the {one.location.value} parameter {quoted(one.wire_name)} is gone",
                Wire.COMPATIBLE,
                is_old=True,
                caller=None
                if one.is_fixed
                else Caller(line=self._given(old, one), why="the argument is no longer there"),
                note="a server is not expected to refuse a parameter that it does not know",
            )
        for one in moved.added:
            self._added(self._at(spot, old, new, one, one), old, new, one)
        for before, after in pairs.both:
            self._parameter(self._at(spot, old, new, before, after), old, new, before, after)

    def _at(
        self, spot: Spot, old: Endpoint, new: Endpoint, before: Parameter, after: Parameter
    ) -> Spot:
        name = f"the {after.location.value} parameter {quoted(after.wire_name)}"
        return evolve(
            spot,
            old=self.findings.old.locator.parameter(old, before),
            new=self.findings.new.locator.parameter(new, after),
            of=f"{name} of {spot.subject}",
            root=Root(before.type, after.type),
        )

    def _moved(self, spot: Spot, before: Parameter, after: Parameter) -> None:
        is_refused = after.is_required
        self.findings.add(
            spot,
            Kind.PARAMETER_MOVED,
            f"the parameter {quoted(after.wire_name)} is in the {after.location.value}, "
            f"and was in the {before.location.value}",
            Wire.BREAKING if is_refused else Wire.UNDECIDED,
            keywords=("in",),
            example=Example(value={}, of=spot.of) if is_refused else None,
            note="" if is_refused else "nothing refuses it where it was, and nobody hears it there",
        )

    def _added(self, spot: Spot, old: Endpoint, new: Endpoint, one: Parameter) -> None:
        is_refused = one.is_required
        kind = "required" if is_refused else "optional"
        caller = None
        if is_refused and not one.is_fixed:
            caller = Caller(line=_call(old), why=f"the argument {one.name} is missing")
        self.findings.add(
            spot,
            Kind.PARAMETER_ADDED,
            f"the {kind} {one.location.value} parameter {quoted(one.wire_name)} is new",
            Wire.BREAKING if is_refused else Wire.COMPATIBLE,
            example=Example(value=_request_line(old), of="the request") if is_refused else None,
            caller=caller,
        )

    def _parameter(
        self, spot: Spot, old: Endpoint, new: Endpoint, before: Parameter, after: Parameter
    ) -> None:
        name = f"the {after.location.value} parameter {quoted(after.wire_name)}"
        if before.name != after.name and not before.is_fixed:
            self.findings.add(
                spot,
                Kind.PARAMETER_RENAMED,
                f"{name} is the argument {after.name}, and was {before.name}",
                Wire.SAME,
                keywords=("name",),
                direction=_NEITHER,
                caller=Caller(line=self._given(old, before), why=f"write {after.name}=..."),
            )
        if before.is_required is not after.is_required:
            self._required(spot, old, before, after, name)
        if not is_written_alike(before, after):
            was, now = written(before), written(after)
            self.findings.add(
                spot,
                Kind.PARAMETER_STYLE,
                f"{name} is written another way: {now}, and was {was}",
                Wire.BREAKING,
                keywords=("style",),
                example=Example(value=was, of=f"{name}, as the old client writes it"),
            )
        self._parameter_texts(spot, before, after, name)
        owner = Owner(self._argument(old, before, after))
        subject = f"{spot.subject}, {after.location.value} {quoted(after.wire_name)}"
        inside = evolve(spot, subject=subject).below("schema")
        self.schemas.whole(inside, before.type, after.type, owner)

    def _required(
        self, spot: Spot, old: Endpoint, before: Parameter, after: Parameter, name: str
    ) -> None:
        is_refused = after.is_required
        self.findings.add(
            spot,
            Kind.PARAMETER_REQUIRED if is_refused else Kind.PARAMETER_OPTIONAL,
            f"{name} is {'required' if is_refused else 'optional'} now",
            Wire.BREAKING if is_refused else Wire.COMPATIBLE,
            keywords=("required",),
            example=Example(value=_request_line(old), of=f"a request without {name}")
            if is_refused
            else None,
            caller=Caller(line=_call(old), why=f"the argument {before.name} is missing")
            if is_refused and not after.is_fixed
            else None,
        )

    def _parameter_texts(self, spot: Spot, before: Parameter, after: Parameter, name: str) -> None:
        if before.is_deprecated is not after.is_deprecated:
            is_now = after.is_deprecated
            self.findings.add(
                spot,
                Kind.PARAMETER_DEPRECATED if is_now else Kind.PARAMETER_REINSTATED,
                f"{name} is {'deprecated' if is_now else 'not deprecated any more'}",
                Wire.SAME,
                keywords=("deprecated",),
                direction=_NEITHER,
            )
        was = self.findings.old.locator.value(spot.old / "schema" / "default")
        now = self.findings.new.locator.value(spot.new / "schema" / "default")
        if was != now:
            self.findings.add(
                spot,
                Kind.DEFAULT_CHANGED,
                f"{name} is {default(now)} where it is left out, and was {default(was)}",
                Wire.SILENT,
                keywords=("schema", "default"),
                note="nothing fails: what is left out means something else",
            )

    def _argument(self, old: Endpoint, before: Parameter, after: Parameter) -> Caller | None:
        """The break of those who give an argument."""
        if before.is_fixed or after.is_fixed:
            return None
        callers = self.findings.callers
        was, now = callers.of_old(before.type), callers.of_new(after.type)
        now = now if after.is_required else now | {NONE}
        if fits(was, now):
            return None
        line = f"{old.tag}.{old.name}(..., {before.name}={sample(lost(was, now))})"
        return Caller(line=line, why=f"the argument is {spelled(now)} now")

    def _given(self, endpoint: Endpoint, one: Parameter) -> str:
        given = sample(self.findings.callers.of_old(one.type))
        return f"{endpoint.tag}.{endpoint.name}(..., {one.name}={given})"

    # Bodies.

    def _body(self, spot: Spot, old: Endpoint, new: Endpoint) -> None:
        of = f"the body of {spot.subject}"
        spot = evolve(spot, of=of, subject=f"{spot.subject}, body").below("requestBody")
        before, after = old.body, new.body
        if before is None or after is None:
            if before is not None:
                self.findings.add(
                    spot,
                    Kind.BODY_REMOVED,
                    "there is no body any more",
                    Wire.BREAKING,
                    is_old=True,
                    example=Example(value=before.contents[0].media_type.reveal(), of=spot.of),
                    caller=Caller(
                        line=_call(old, "body"), why="the argument body is no longer there"
                    ),
                )
            elif after is not None:
                self._body_added(spot, old, is_required=after.is_required)
            return
        if before.is_required is not after.is_required:
            is_refused = after.is_required
            self.findings.add(
                spot,
                Kind.BODY_REQUIRED if is_refused else Kind.BODY_OPTIONAL,
                f"the body is {'required' if is_refused else 'optional'} now",
                Wire.BREAKING if is_refused else Wire.COMPATIBLE,
                keywords=("required",),
                example=Example(value=None, of=f"nothing instead of {spot.of}")
                if is_refused
                else None,
                caller=Caller(line=_call(old), why="the argument body is missing")
                if is_refused
                else None,
            )
        callers = self.findings.callers
        was = _held(callers.of_old, before.contents)
        owner = Owner(_given_body(old, was, _held(callers.of_new, after.contents)))
        self._contents(spot, before.contents, after.contents, owner)
        self._media_types(spot, old, before.contents, after.contents)
        self.schemas.untold(spot, owner, before.contents[0].type, after.contents[0].type)

    def _body_added(self, spot: Spot, old: Endpoint, *, is_required: bool) -> None:
        self.findings.add(
            spot,
            Kind.BODY_ADDED,
            f"{'a required' if is_required else 'an optional'} body is new",
            Wire.BREAKING if is_required else Wire.COMPATIBLE,
            example=Example(value=None, of=f"nothing instead of {spot.of}")
            if is_required
            else None,
            caller=Caller(line=_call(old), why="the argument body is missing")
            if is_required
            else None,
        )

    def _media_types(
        self, spot: Spot, old: Endpoint, before: tuple[Content, ...], after: tuple[Content, ...]
    ) -> None:
        """Compare the media types that a body may be sent in."""
        pairs = matching.contents(before, after)
        for one in pairs.removed:
            name = one.media_type.reveal()
            if _is_among(name, pairs.added):
                continue
            caller = None
            if len(before) > 1:
                line = _call(old, f'body, content_type="{name}"')
                caller = Caller(line=line, why="it is not sent in this media type any more")
            self.findings.add(
                spot,
                Kind.MEDIA_TYPE_REMOVED,
                f"the media type {name} is not accepted any more",
                Wire.BREAKING,
                keywords=("content", name),
                is_old=True,
                example=Example(value=name, of=f"the media type of {spot.of}"),
                caller=caller,
            )
        for one in pairs.added:
            name = one.media_type.reveal()
            what = f"the media type {name} is accepted too"
            self.findings.add(
                spot, Kind.MEDIA_TYPE_ADDED, what, Wire.COMPATIBLE, keywords=("content", name)
            )

    def _contents(
        self, spot: Spot, before: tuple[Content, ...], after: tuple[Content, ...], owner: Owner
    ) -> None:
        """Compare what is in each media type that both know."""
        for one, other in matching.contents(before, after).both:
            inside = evolve(
                spot,
                old=spot.old / MediaType(one.media_type),
                new=spot.new / MediaType(other.media_type),
                root=Root(one.type, other.type)
                if spot.direction is _REQUEST
                else Root(other.type, one.type),
            )
            if one.encodings != other.encodings:
                self.findings.add(
                    inside,
                    Kind.ENCODING_CHANGED,
                    "properties of the form are written another way",
                    Wire.UNDECIDED,
                    keywords=("encoding",),
                )
            self.schemas.whole(inside.below("schema"), one.type, other.type, owner)

    # Answers.

    def _answers(self, spot: Spot, old: Endpoint, new: Endpoint) -> None:
        spot = evolve(spot, direction=_RESPONSE)
        callers = self.findings.callers
        was = _answered(callers.of_old, old)
        now = _answered(callers.of_new, new)
        owner = Owner(_read_answer(old, was, now))
        pairs = matching.answers(old, new)
        for one in pairs.removed:
            self._status_removed(self._answer_spot(spot, one, one), one)
        for one in pairs.added:
            self._status_added(spot, one, old, owner)
        for before, after in pairs.both:
            self._answer(spot, old, before, after, owner)
        caller = owner.tell()
        if caller is not None:
            what = f"the call returns {spelled(now)}, and returned {spelled(was)}"
            self.findings.add(spot, Kind.TYPE_CHANGED, what, Wire.SAME, caller=caller)

    def _answer_spot(self, spot: Spot, before: Answer, after: Answer) -> Spot:
        return evolve(
            spot,
            old=spot.old / Status(before.status),
            new=spot.new / Status(after.status),
            of=f"the answer {after.status} of {spot.subject}",
            subject=f"{spot.subject}, {after.status}",
        )

    def _status_removed(self, spot: Spot, one: Answer) -> None:
        what = f"the status {one.status} is not answered any more"
        self.findings.add(spot, Kind.STATUS_REMOVED, what, Wire.COMPATIBLE, is_old=True)

    def _status_added(self, spot: Spot, one: Answer, old: Endpoint, owner: Owner) -> None:
        heard = matching.heard_as(one, old)
        inside = self._answer_spot(spot, one, one)
        is_refused = heard is None and not one.is_error
        self.findings.add(
            inside,
            Kind.STATUS_ADDED,
            f"the status {one.status} is new",
            Wire.BREAKING if is_refused else Wire.COMPATIBLE,
            example=Example(value=one.status, of=f"the status of an answer of {spot.subject}")
            if is_refused
            else None,
            note="" if heard is None else f"old clients hear it as {heard.status}",
        )
        if heard is not None:
            self._answer(spot, old, heard, one, owner)

    def _answer(
        self, spot: Spot, old: Endpoint, before: Answer, after: Answer, owner: Owner
    ) -> None:
        inside = self._answer_spot(spot, before, after)
        self._headers(inside, old, before, after)
        if after.is_error:
            owner = Owner(self._error(before, after))
        if before.contents and not after.contents:
            self.findings.add(
                inside,
                Kind.BODY_REMOVED,
                f"the answer {after.status} has no body any more",
                Wire.BREAKING,
                is_old=True,
                example=Example(value=None, of=f"no body in {inside.of}"),
                caller=owner.tell(),
            )
        elif after.contents and not before.contents:
            what = f"the answer {after.status} has a body now"
            self.findings.add(inside, Kind.BODY_ADDED, what, Wire.COMPATIBLE, caller=owner.tell())
        else:
            self._offered(inside, before.contents, after.contents)
            body = evolve(inside, of=f"the body of {inside.of}")
            self._contents(body, before.contents, after.contents, owner)
        if after.is_error and before.contents and after.contents:
            self.schemas.untold(inside, owner, before.contents[0].type, after.contents[0].type)

    def _error(self, before: Answer, after: Answer) -> Caller | None:
        """The break of those who look at the model of an error."""
        callers = self.findings.callers
        was = _held(callers.of_old, before.contents)
        now = _held(callers.of_new, after.contents)
        if not was or not now or fits(now, was):
            return None
        line = f"if isinstance(error.error, {spelled(was)}): ..."
        return Caller(line=line, why=f"it is {spelled(now)} now")

    def _offered(self, spot: Spot, before: tuple[Content, ...], after: tuple[Content, ...]) -> None:
        """Compare the media types that an answer may come in; a client asks for what it knows."""
        pairs = matching.contents(before, after)
        has_common = bool(pairs.both) or any(
            _is_among(one.media_type.reveal(), before) for one in after
        )
        for one in pairs.added:
            name = one.media_type.reveal()
            self.findings.add(
                spot,
                Kind.MEDIA_TYPE_ADDED,
                f"the answer may come as {name}",
                Wire.COMPATIBLE if has_common else Wire.BREAKING,
                keywords=("content", name),
                example=None
                if has_common
                else Example(value=name, of=f"the media type of {spot.of}"),
            )
        for one in pairs.removed:
            name = one.media_type.reveal()
            self.findings.add(
                spot,
                Kind.MEDIA_TYPE_REMOVED,
                f"the answer does not come as {name} any more",
                Wire.COMPATIBLE,
                keywords=("content", name),
                is_old=True,
            )

    def _headers(self, spot: Spot, old: Endpoint, before: Answer, after: Answer) -> None:
        pairs = matching.headers(before, after)
        for one in pairs.removed:
            self._header_removed(spot, old, one)
        for one in pairs.added:
            name = one.wire_name.reveal()
            is_end = name.lower() in _ENDINGS
            self.findings.add(
                spot,
                Kind.SUNSET_ANNOUNCED if is_end else Kind.HEADER_ADDED,
                f"the header field {name} is new",
                Wire.SAME if is_end else Wire.COMPATIBLE,
                keywords=("headers", name),
                note="the server may say when this ends" if is_end else "",
            )
        for mine, theirs in pairs.both:
            if mine != theirs or not isinstance(mine.type, Scalar):  # most are as they were
                self._header(spot, old, mine, theirs)

    def _header_removed(self, spot: Spot, old: Endpoint, one: Header) -> None:
        is_missed = one.is_required
        name = one.wire_name.reveal()
        self.findings.add(
            spot,
            Kind.HEADER_REMOVED,
            f"the header field {name} is gone",
            Wire.BREAKING if is_missed else Wire.COMPATIBLE,
            keywords=("headers", name),
            is_old=True,
            example=Example(value={}, of=f"the header fields of {spot.of}") if is_missed else None,
            caller=Caller(
                line=f"{old.tag}.{one.name}.read(exchange.headers)",
                why="the constant is no longer there",
            ),
        )

    def _header(self, spot: Spot, old: Endpoint, before: Header, after: Header) -> None:
        name = after.wire_name.reveal()
        inside = evolve(
            spot,
            old=spot.old / "headers" / before.wire_name.reveal(),
            new=spot.new / "headers" / name,
            of=f"the header field {name} in {spot.of}",
            subject=f"{spot.subject}, {name}",
            root=Root(after.type, before.type),
        )
        if before.is_required is not after.is_required:
            is_missed = before.is_required
            self.findings.add(
                inside,
                Kind.HEADER_OPTIONAL if is_missed else Kind.HEADER_REQUIRED,
                f"the header field {name} is {'optional' if is_missed else 'required'} now",
                Wire.BREAKING if is_missed else Wire.COMPATIBLE,
                example=Example(value={}, of=f"the header fields of {spot.of}")
                if is_missed
                else None,
            )
        if before.name != after.name:
            self.findings.add(
                inside,
                Kind.PROPERTY_RENAMED,
                f"the header field {name} is {after.name} in Python, and was {before.name}",
                Wire.SAME,
                caller=Caller(
                    line=f"{old.tag}.{before.name}.read(exchange.headers)",
                    why=f"write {after.name}",
                ),
            )
        callers = self.findings.callers
        was, now = callers.of_old(before.type), callers.of_new(after.type)
        caller = None
        if not fits(now, was):
            line = (
                f"value: {spelled(was | {NONE})} = {old.tag}.{before.name}.read(exchange.headers)"
            )
            caller = Caller(line=line, why=f"it is {spelled(now | {NONE})} now")
        self.schemas.whole(inside.below("schema"), before.type, after.type, Owner(caller))

    # Security and servers.

    def _security(self, pairs: tuple[tuple[Endpoint, Endpoint], ...]) -> None:
        """Compare what operations ask for; what all of them ask for is told once."""
        found = [
            (before, after, _security_changes(self.findings, before, after))
            for before, after in pairs
        ]
        counts = Counter(change for *_, changes in found for change in changes)
        everywhere = {
            change for change, count in counts.items() if count == len(found) and count > 1
        }
        for before, after, changes in found:
            for kind, what, wire in changes:
                if (kind, what, wire) not in everywhere:
                    spot = self._spot(before, after)
                    self._ask(spot, before, kind, what, wire)
        for kind, what, wire in sorted(everywhere, key=lambda one: one[1]):
            root = Site("")
            spot = Spot(
                direction=_REQUEST,
                old=root,
                new=root,
                subject="all operations",
                of="the request",
                root=Root(_NOTHING, _NOTHING),
            )
            self._ask(spot, found[0][0], kind, what, wire)

    def _ask(self, spot: Spot, old: Endpoint, kind: Kind, what: str, wire: Wire) -> None:
        example = None
        if wire is Wire.BREAKING:
            example = Example(value=_request_line(old), of=f"a request of which {what}")
        self.findings.add(spot, kind, what, wire, keywords=("security",), example=example)


def _security_changes(
    findings: Findings, old: Endpoint, new: Endpoint
) -> list[tuple[Kind, str, Wire]]:
    before: Alternatives = alternatives(
        old, findings.old.api, renamed(findings.old.api, findings.new.api)
    )
    after: Alternatives = alternatives(new, findings.new.api, {})
    changes: list[tuple[Kind, str, Wire]] = []
    for one in before.sets:
        if any(other <= one for other in after.sets):
            continue
        if one:
            what = f"{before.told(one)} is not enough any more"
            changes.append((Kind.SECURITY_REMOVED, what, Wire.BREAKING))
        else:
            asked = " or ".join(after.told(other) for other in after.sets)
            changes.append((Kind.SECURITY_ADDED, f"{asked} is asked for now", Wire.BREAKING))
    if frozenset() in before.sets:
        return changes
    for other in after.sets:
        if other in before.sets:
            continue
        if other:
            what = f"{after.told(other)} is enough too"
            changes.append((Kind.SECURITY_ADDED, what, Wire.COMPATIBLE))
        else:
            what = "nothing has to be said of who calls"
            changes.append((Kind.SECURITY_REMOVED, what, Wire.COMPATIBLE))
    return changes


def _request_line(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {endpoint.path.template.reveal()}"


def _call(endpoint: Endpoint, arguments: str = "...") -> str:
    has_arguments = bool(endpoint.arguments) or endpoint.body is not None
    given = arguments if has_arguments else ""
    if arguments != "..." and any(one.location is Location.PATH for one in endpoint.arguments):
        given = f"..., {arguments}"
    return f"{endpoint.tag}.{endpoint.name}({given})"


def _content(annotation_of: Callable[[Type], Annotation], content: Content) -> Annotation:
    """The annotation of a content, as bodies and answers have it."""
    match content.kind:
        case ContentKind.TEXT:
            return frozenset({Plain("str")})
        case ContentKind.BINARY:
            return frozenset({Plain("bytes")})
        case _:
            return annotation_of(content.type)


def _held(annotation_of: Callable[[Type], Annotation], contents: Iterable[Content]) -> Annotation:
    """The annotation of several contents together."""
    parts = (part for one in contents for part in _content(annotation_of, one))
    return frozenset(parts)


def _answered(annotation_of: Callable[[Type], Annotation], endpoint: Endpoint) -> Annotation:
    """What a call returns: what the answers that succeed hold together."""
    succeeding = [one for one in endpoint.answers if not one.is_error]
    found: set[Part] = set()
    for one in succeeding or endpoint.answers:
        found |= _held(annotation_of, one.contents) or {NONE}
    return frozenset(found)


def _given_body(old: Endpoint, was: Annotation, now: Annotation) -> Caller | None:
    if fits(was, now):
        return None
    given = sample(lost(was, now))
    return Caller(line=_call(old, given), why=f"the body is {spelled(now)} now")


def _read_answer(old: Endpoint, was: Annotation, now: Annotation) -> Caller | None:
    if fits(now, was) or was == frozenset({NONE}):
        return None
    line = f"value: {spelled(was)} = client.send({_call(old)})"
    return Caller(line=line, why=f"it is {spelled(now)} now")


def _is_among(media_type: str, contents: Iterable[Content]) -> bool:
    """Whether a media type is one of some, or in the range of one."""
    return nearest([one.media_type.reveal() for one in contents], media_type) is not None
