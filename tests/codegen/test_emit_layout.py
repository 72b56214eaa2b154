"""Where models live, and when they are loaded."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from codegen.emit import emit
from codegen.emit.homes import homes_of
from codegen.ir import (
    Alias,
    Answer,
    Api,
    Content,
    ContentKind,
    Endpoint,
    Enumeration,
    Field,
    Identifier,
    ListOf,
    Member,
    MemberOf,
    Model,
    Named,
    Presence,
    Record,
    Scalar,
    ScalarKind,
    Tag,
    Text,
)
from codegen.ir import (
    Path as UrlPath,
)
from codegen.uses import uses_of


def name(text: str) -> Identifier:
    return Identifier(text)


def record(label: str, *refers_to: str) -> Record:
    fields = tuple(
        Field(
            name=name(f"to_{other.lower()}"),
            wire_name=Text(f"to_{other.lower()}"),
            type=ListOf(Named(name(other))),
            presence=Presence.OPTIONAL,
        )
        for other in refers_to
    )
    return Record(name=name(label), wire_name=Text(label), fields=fields)


def endpoint(label: str, answer: str) -> Endpoint:
    content = Content(
        kind=ContentKind.JSON, media_type=Text("application/json"), type=Named(name(answer))
    )
    return Endpoint(
        name=name(label),
        tag=name("things"),
        method="GET",
        path=UrlPath(segments=((Text(label),),), template=Text(f"/{label}")),
        parameters=(),
        body=None,
        answers=(Answer(status=200, contents=(content,)),),
    )


def api(models: Sequence[Model], *endpoints: Endpoint) -> Api:
    return Api(
        title=Text("Things"),
        version=Text("1"),
        doc=None,
        models=tuple(models),
        tags=(Tag(name=name("things"), wire_name=Text("things")),),
        endpoints=endpoints,
    )


def homes(of: Api) -> dict[str, list[str]]:
    return {home.name: [model.name for model in home.models] for home in homes_of(of, uses_of(of))}


def test_a_model_that_only_one_other_uses_lives_with_it() -> None:
    models = [record("Leaf"), record("Branch", "Leaf"), record("Tree", "Branch")]
    assert homes(api(models)) == {"tree": ["Tree", "Leaf", "Branch"]}


def test_a_model_of_two_others_has_its_own_module() -> None:
    models = [record("A", "Shared"), record("B", "Shared"), record("Shared")]
    assert homes(api(models)) == {"a": ["A"], "b": ["B"], "shared": ["Shared"]}


def test_a_model_that_an_endpoint_uses_has_its_own_module() -> None:
    models = [record("A", "B"), record("B")]
    assert homes(api(models, endpoint("get_b", "B"))) == {"a": ["A"], "b": ["B"]}


def test_a_model_that_refers_to_itself_is_not_used_by_another() -> None:
    assert homes(api([record("A", "A"), record("B", "B", "A")])) == {"b": ["B", "A"]}


def test_models_that_refer_only_to_each_other_live_together() -> None:
    assert homes(api([record("B", "A"), record("A", "B")])) == {"a": ["A", "B"]}


def test_a_model_lives_with_the_only_one_that_is_no_part_of_it() -> None:
    models = [record("B", "A"), record("A", "B"), record("C", "B")]
    assert homes(api(models)) == {"b": ["B", "A"], "c": ["C"]}


@pytest.mark.parametrize(
    ("labels", "modules"),
    [
        (["HTTPError", "HttpError"], ["http_error", "http_error_2"]),
        (["Class", "Con"], ["class_", "con_"]),
        (["V1Job", "JobOfDay2"], ["v1_job", "job_of_day2"]),
    ],
)
def test_modules_have_legal_names_that_differ_in_more_than_case(
    labels: list[str], modules: list[str]
) -> None:
    assert list(homes(api([record(label) for label in labels]))) == modules


def test_a_call_loads_only_the_models_that_it_needs(tmp_path: Path) -> None:
    models = [record("Answer", "Part", "Shared"), record("Part"), record("Shared")]
    others = [record(f"Other{number}", "Shared") for number in range(5)]
    generate(api([*models, *others], endpoint("get_answer", "Answer")), tmp_path)
    code = (
        "import sys, typing, sdk; from sdk.endpoints import things; things.get_answer(); "
        "from sdk import models; typing.get_type_hints(models.Answer); "
        "print(*sorted(name for name in sys.modules if name.startswith('sdk.models.')))"
    )
    assert run(code, tmp_path) == "sdk.models.answer sdk.models.shared"


def test_the_root_loads_nothing_but_the_hooks(tmp_path: Path) -> None:
    generate(api([record("A")]), tmp_path)
    code = "import sys, sdk; print(*sorted(name for name in sys.modules if name.startswith('sdk')))"
    assert run(code, tmp_path) == "sdk sdk._runtime sdk._runtime.lazy"


def test_names_are_listed_and_unknown_ones_are_attribute_errors(tmp_path: Path) -> None:
    generate(api([record("B"), record("A", "B")]), tmp_path)
    code = (
        "from sdk import models; from sdk.models import *; import sdk, pickle; "
        "print(models.__all__, set(models.__all__) <= set(dir(models)), A is models.A, "
        "hasattr(models, 'C'), sdk.models is models, sdk.endpoints.things.__name__, "
        "pickle.loads(pickle.dumps(A())) == A())"
    )
    assert run(code, tmp_path) == "['A', 'B'] True True False True sdk.endpoints.things True"


def test_a_default_member_is_there_when_the_class_is_made(tmp_path: Path) -> None:
    colour = Enumeration(
        name=name("Colour"),
        wire_name=Text("Colour"),
        members=(Member(name=name("RED"), value=Text("red")),),
    )
    field = Field(
        name=name("colour"),
        wire_name=Text("colour"),
        type=Named(name("Colour")),
        presence=Presence.OPTIONAL,
        default=MemberOf(name("Colour"), name("RED")),
    )
    own = Record(name=name("A"), wire_name=Text("A"), fields=(field,))
    other = Record(name=name("B"), wire_name=Text("B"), fields=(field,))
    cases: list[list[Model]] = [[own, colour], [own, other, colour]]
    for models in cases:
        generate(api(models), tmp_path)
        code = "from sdk import models; print(models.A().colour is models.Colour.RED)"
        assert run(code, tmp_path) == "True"


def test_a_field_may_have_the_name_of_the_package(tmp_path: Path) -> None:
    field = Field(
        name=name("models"),
        wire_name=Text("models"),
        type=ListOf(Named(name("B"))),
        presence=Presence.OPTIONAL,
    )
    a = Record(name=name("A"), wire_name=Text("A"), fields=(field, *record("A", "B").fields))
    generate(api([a, record("B"), record("C", "B")]), tmp_path)
    code = "from sdk import models; import typing; print(*typing.get_type_hints(models.A).values())"
    both = "list[sdk.models.b.B] | None"
    assert run(code, tmp_path) == f"{both} {both}"


def test_an_alias_that_no_model_stands_in_is_plain(tmp_path: Path) -> None:
    ids = Alias(name=name("Ids"), wire_name=Text("Ids"), type=ListOf(Scalar(ScalarKind.UUID)))
    generate(api([ids]), tmp_path)
    assert run("from sdk.models import Ids; print(Ids)", tmp_path) == "list[uuid.UUID]"


def generate(of: Api, folder: Path) -> None:
    for file in emit(of):
        place = folder / "sdk" / file.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(file.content)


def run(code: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-B", "-c", code],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout.strip()
