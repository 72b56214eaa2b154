"""The models of `codec.yaml` as pydantic has them, as a person would write them."""

from __future__ import annotations

from datetime import datetime
from enum import Enum, IntEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pydantic.alias_generators import to_camel


class JobStatus(Enum):
    REGISTERED = "REGISTERED"
    WORKING = "WORKING"
    COMPLETED = "COMPLETED"
    ERROR = "ERROR"


class State(Enum):
    OPEN = "open"
    CLOSED = "closed"


class Job(BaseModel):
    id: UUID
    status: JobStatus
    priority: int
    date_submitted: datetime
    note: str | None = None
    progress: float | None = None


class User(BaseModel):
    login: str
    id: int
    node_id: str
    html_url: str
    type: str
    site_admin: bool
    name: str | None = None


class Label(BaseModel):
    id: int
    name: str
    color: str
    default: bool
    description: str | None


class Milestone(BaseModel):
    id: int
    number: int
    title: str
    state: State
    created_at: datetime
    due_on: datetime | None


class Reactions(BaseModel):
    total_count: int
    laugh: int
    heart: int


class Issue(BaseModel):
    id: int
    node_id: str
    number: int
    title: str
    body: str | None = None
    user: User
    labels: list[Label]
    state: State
    state_reason: str | None = None
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
    score: float | None = None


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


class Camel(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)


class Sender(Camel):
    user_name: str = Field(pattern="^[a-z][a-z0-9-]*$", max_length=39)
    display_name: str
    email_address: str = Field(min_length=3)
    is_robot: bool = False


class PushPayload(Camel):
    payload_type: Literal["push"]
    ref_name: str
    commit_count: int = Field(ge=0)
    is_forced: bool | None = None


class ReviewPayload(Camel):
    payload_type: Literal["review"]
    review_state: ReviewState
    reviewer_name: str
    review_body: str | None = None


class DeployPayload(Camel):
    payload_type: Literal["deploy"]
    target_host: str
    started_at: datetime
    exit_code: int | None = None


class RepositorySubject(Camel):
    repository_name: str
    owner_name: str
    star_count: int | None = None


class TeamSubject(Camel):
    team_name: str
    member_count: int = Field(ge=0)


class Metadata(Camel):
    model_config = ConfigDict(alias_generator=to_camel, extra="allow")
    __pydantic_extra__: dict[str, str]  # pyright: ignore[reportIncompatibleVariableOverride]  # as pydantic asks

    source_name: str
    region_name: str | None = None


Payload = Annotated[
    PushPayload | ReviewPayload | DeployPayload, Field(discriminator="payload_type")
]


class Event(Camel):
    event_id: UUID
    event_kind: EventKind
    created_at: datetime
    sender: Sender
    payload: Payload
    subject: RepositorySubject | TeamSubject
    targets: list[Payload]
    metadata: Metadata
    retry_count: int = Field(default=0, ge=0, le=10)
    delivery_mode: DeliveryMode | None = None
    is_test: bool = False
    trace_parent: str | None = None
    summary_text: str | None = Field(default=None, min_length=1, max_length=200)
    sequence_number: int | None = Field(default=None, ge=1)
    tag_names: list[Annotated[str, Field(min_length=1)]] | None = Field(default=None, max_length=20)


ADAPTERS: dict[str, TypeAdapter[Any]] = {
    "jobs": TypeAdapter(list[Job]),
    "issues": TypeAdapter(list[Issue]),
    "events": TypeAdapter(list[Event]),
}
