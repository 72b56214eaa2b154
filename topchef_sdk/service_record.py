"""What a service's record means, and what a service may be asked: for clients of any kind."""

from __future__ import annotations

from .api import JsonObject, is_object
from .api.models import Service, ServiceUpdate
from .contract import Contract, InvalidSchemaError
from .errors import ValidationError
from .one_line import one_line
from .validator import raise_if_any


def takes_jobs(details: Service) -> bool:
    """Whether it says that it takes jobs; on 1.0, whether it checks in."""
    if details.is_service_available is None:
        return not details.has_timed_out
    return details.is_service_available


def promise_of(details: Service) -> Contract:
    """What the parameters of its jobs must satisfy; raises `ValidationError` for no schema."""
    try:
        return Contract(details.job_registration_schema)
    except InvalidSchemaError as error:
        message = f"the service's job_registration_schema is invalid: {error}"
        raise ValidationError(message, [str(error)]) from None


def check_object(parameters: JsonObject) -> None:
    """Raise `ValidationError` for parameters that are no JSON object at all."""
    if not is_object(parameters):
        raise ValidationError(f"$: {one_line(repr(parameters))} is not of type 'object'")


def check_parameters(parameters: JsonObject, promise: Contract) -> None:
    """Raise `ValidationError` for parameters that break the promise."""
    raise_if_any(promise.violations(parameters))


def update_of(
    *,
    name: str | None,
    description: str | None,
    is_available: bool | None,
    timeout: int | None,
) -> ServiceUpdate:
    """A change of what is given; raises `ValidationError` for a timeout below 1 second."""
    try:
        return ServiceUpdate(
            name=name, description=description, is_available=is_available, timeout=timeout
        )
    except ValueError as error:
        raise ValidationError(str(error), [str(error)]) from None
