"""The models of `codec.yaml` as msgspec Structs, as a person would write them."""

from __future__ import annotations

from datetime import datetime
from enum import Enum, IntEnum
from typing import Annotated, Any
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.json import Decoder, Encoder


class JobStatus(Enum):
    REGISTERED = "REGISTERED"
    WORKING = "WORKING"
    COMPLETED = "COMPLETED"
    ERROR = "ERROR"


class State(Enum):
    OPEN = "open"
    CLOSED = "closed"


class Job(Struct, kw_only=True):
    id: UUID
    status: JobStatus
    priority: int
    date_submitted: datetime
    note: str | UnsetType = UNSET
    progress: float | UnsetType | None = UNSET


class User(Struct, kw_only=True):
    login: str
    id: int
    node_id: str
    html_url: str
    type: str
    site_admin: bool
    name: str | UnsetType | None = UNSET


class Label(Struct, kw_only=True):
    id: int
    name: str
    color: str
    default: bool
    description: str | None


class Milestone(Struct, kw_only=True):
    id: int
    number: int
    title: str
    state: State
    created_at: datetime
    due_on: datetime | None


class Reactions(Struct, kw_only=True):
    total_count: int
    laugh: int
    heart: int


class Issue(Struct, kw_only=True):
    id: int
    node_id: str
    number: int
    title: str
    body: str | UnsetType | None = UNSET
    user: User
    labels: list[Label]
    state: State
    state_reason: str | UnsetType | None = UNSET
    locked: bool
    assignees: list[User]
    milestone: Milestone | None
    comments: int
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    author_association: str
    reactions: Reactions
    html_url: str
    draft: bool
    score: float | UnsetType = UNSET


class EventKind(Enum):
    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"


class ReviewState(Enum):
    APPROVED = "approved"
    REJECTED = "rejected"
    COMMENTED = "commented"


class DeliveryMode(IntEnum):
    ONE = 1
    TWO = 2
    THREE = 3


class Sender(Struct, kw_only=True, rename="camel"):
    user_name: Annotated[str, Meta(pattern="^[a-z][a-z0-9-]*$", max_length=39)]
    display_name: str
    email_address: Annotated[str, Meta(min_length=3)]
    is_robot: bool = False


class PushPayload(Struct, kw_only=True, rename="camel", tag_field="payloadType", tag="push"):
    ref_name: str
    commit_count: Annotated[int, Meta(ge=0)]
    is_forced: bool | UnsetType = UNSET


class ReviewPayload(Struct, kw_only=True, rename="camel", tag_field="payloadType", tag="review"):
    review_state: ReviewState
    reviewer_name: str
    review_body: str | UnsetType | None = UNSET


class DeployPayload(Struct, kw_only=True, rename="camel", tag_field="payloadType", tag="deploy"):
    target_host: str
    started_at: datetime
    exit_code: int | UnsetType = UNSET


Payload = PushPayload | ReviewPayload | DeployPayload

Name = Annotated[str, Meta(min_length=1)]


class Event(Struct, kw_only=True, rename="camel"):
    """msgspec has no unions without tags and keeps no other properties: those are dictionaries."""

    event_id: UUID
    event_kind: EventKind
    created_at: datetime
    sender: Sender
    payload: Payload
    subject: dict[str, Any]
    targets: list[Payload]
    metadata: dict[str, str]
    retry_count: Annotated[int, Meta(ge=0, le=10)] = 0
    delivery_mode: DeliveryMode | UnsetType = UNSET
    is_test: bool = False
    trace_parent: str | UnsetType | None = UNSET
    summary_text: Annotated[str, Meta(min_length=1, max_length=200)] | UnsetType = UNSET
    sequence_number: Annotated[int, Meta(ge=1)] | UnsetType = UNSET
    tag_names: Annotated[list[Name], Meta(max_length=20)] | UnsetType = UNSET


DECODERS: dict[str, Decoder[Any]] = {
    "jobs": Decoder(list[Job]),
    "issues": Decoder(list[Issue]),
    "events": Decoder(list[Event]),
}

ENCODER = Encoder()
