"""Who sends an example is told by the example, for a change may break both directions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codegen.__main__ import main
from codegen.compare.changes import Change, Direction, Example, Kind, Place, Wire
from codegen.compare.findings import merged
from codegen.compare.reports.examples import proof
from codegen.values import evolve

DOCUMENT = """\
openapi: 3.1.0
info: {{title: Jobs, version: 1.0.0}}
paths:
  /jobs:
    post:
      operationId: add_job
      requestBody:
        required: true
        content: {{application/json: {{schema: {{type: object, properties: {{asked: {{type: {0}}}}}}}}}}}
      responses:
        '200':
          description: It is there.
          content: {{application/json: {{schema: {{type: object, properties: {{told: {{type: {0}}}}}}}}}}}
"""


def test_an_answer_proves_what_breaks_both_directions() -> None:
    sent = Change(
        kind=Kind.TYPE_CHANGED,
        place=Place(pointer="/a", file="new.yaml", line=None, is_old=False),
        subject="Job.size",
        what="is boolean, and was integer",
        direction=Direction.REQUEST,
        wire=Wire.BREAKING,
    )
    answer = Example(value={"size": False}, of="the body of the answer 200", is_answer=True)
    received = evolve(sent, direction=Direction.RESPONSE, example=answer)
    (whole,) = merged([sent, received])
    assert (Direction.BOTH, answer) == (whole.direction, whole.example)
    assert (
        "the body of the answer 200, which the new server may send and the old client refuses"
        == proof(answer)
    )


def test_each_example_is_sent_by_the_one_or_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for file, kind in (("old.yaml", "integer"), ("new.yaml", "boolean")):
        Path(file).write_text(DOCUMENT.format(kind))
    main(["diff", "old.yaml", "new.yaml", "--format", "json"])
    changes = json.loads(capsys.readouterr().out)["changes"]
    senders = {one["direction"]: one["example"]["sent_by"] for one in changes}
    assert {"request": "old client", "response": "new server"} == senders
