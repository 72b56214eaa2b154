"""What is said of a model that the document does not describe."""

from __future__ import annotations

import pytest

from codegen.lower.standing import standing


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("/components/schemas/Job", "The schema `Job`."),
        ("/components/schemas/Job/properties/state", "`state` of `Job`."),
        (
            "/components/schemas/Job/properties/tags/items/oneOf/1",
            "An alternative of an item of `tags` of `Job`.",
        ),
        ("/components/schemas/Jobs/additionalProperties", "A value of `Jobs`."),
        ("/components/schemas/Jobs/patternProperties/^x", "A value of `Jobs`."),
        ("/components/schemas/Car/allOf/1", "`Car`."),
        ("/components/schemas/Car/allOf/1/properties/doors", "`doors` of `Car`."),
        ("/components/schemas/Car/$defs/Door", "`Door` of `Car`."),
        ("/components/schemas/a~1b/properties/c~0d", "`c~d` of `a/b`."),
        ("/components/responses/Found/content/application~1json/schema", "The answer `Found`."),
        ("/components/requestBodies/Job/content/text~1json/schema", "The body `Job`."),
        ("/components/parameters/Sort/schema", "The parameter `Sort`."),
        ("/components/headers/Rate/schema", "The header field `Rate`."),
        (
            "/paths/~1jobs~1{id}/patch/requestBody/content/application~1json/schema",
            "The body of `PATCH /jobs/{id}`.",
        ),
        (
            "/paths/~1jobs/get/responses/200/content/application~1json/schema/properties/next",
            "`next` of the answer 200 of `GET /jobs`.",
        ),
        (
            "/paths/~1jobs/get/responses/4XX/headers/Rate/schema",
            "The header field `Rate` of the answer 4XX of `GET /jobs`.",
        ),
        ("/paths/~1jobs/get/parameters/3/schema", "A parameter of `GET /jobs`."),
        ("/paths/~1jobs/parameters/0/schema", "A parameter of `/jobs`."),
        (
            "/paths/~1jobs/post/callbacks/onDone/{$request.body#~1url}/post/requestBody/content"
            "/application~1json/schema",
            "The body of the callback `onDone`.",
        ),
        (
            "/webhooks/done/post/requestBody/content/application~1json/schema",
            "The body of the webhook `done`.",
        ),
        (
            "/components/callbacks/onDone/{$url}/post/requestBody/content/application~1json/schema",
            "The body of the callback `onDone`.",
        ),
        (
            "/components/pathItems/jobs/post/requestBody/content/application~1json/schema",
            "The body of the path item `jobs`.",
        ),
        ("schemas/job.yaml#/Job", "`Job`."),
        ("schemas/job.yaml#/Job/properties/state", "`state` of `Job`."),
        ("schemas/job.yaml#", "The schema `job`."),
        ("schemas/job.yaml#/properties/state", "`state` of `job`."),
        ("schemas/job.yaml#/$defs/State", "The schema `State`."),
        ("schemas/job.yaml#/$defs/State/items", "An item of `State`."),
    ],
)
def test_it_says_where_the_model_stands(place: str, told: str) -> None:
    assert told == standing(place).reveal()
