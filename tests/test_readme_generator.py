"""The README's tour of the generator: what the commands say, and that what they write works."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
TOUR = README[README.index("## An SDK for another API") :]
(EXAMPLE,) = re.findall(r"```py\n(.*?)```", TOUR, flags=re.DOTALL)
ZOO = ROOT / "examples" / "zoo.yaml"

ZOO_IN_PROCESS = """
from attrs import evolve
from zoo import ErrorReply, Reply, Request, Response
from zoo.models import Bird, Cat, Problem
from zoo.server import dispatch


class Zoo:
    def list_animals(self, *, species, limit):
        assert (["cat", "bird"], 10) == (species, limit)
        animals = [Cat(kind="cat", name="Tom"), Bird(kind="bird", name="Tweety")]
        return Reply(animals, headers={"X-Total": "2"})

    def get_animal(self, id):
        raise ErrorReply(404, Problem(title="there is none"))

    def refuse(self, refusal):
        raise AssertionError(refusal)


class InProcess:
    def send(self, request: Request) -> Response:
        assert "Bearer ..." == request.headers["Authorization"]
        return dispatch(Zoo(), evolve(request, url=request.url.removeprefix("https://zoo.example/v1")))

    def close(self):
        pass

"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("zoo")
    commands = re.findall(r"\$ topchef-codegen (.*)\n(.*)\n", TOUR)
    assert 2 == len(commands)
    for arguments, said in commands:
        words = arguments.replace("examples/zoo.yaml", str(ZOO)).split()
        assert said == run(made, "-m", "codegen", *words).strip()
    return made


def run(folder: Path, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (0, "") == (done.returncode, done.stderr), done.stdout
    return done.stdout


def test_the_example_does_what_its_comments_say(folder: Path) -> None:
    example = EXAMPLE.replace('token="..."))', 'token="..."), transport=InProcess())')
    (folder / "tour.py").write_text(ZOO_IN_PROCESS + example + "print(total)\n", "utf-8")

    expected = "Tom 9\nTweety\n404 Problem(title='there is none')\n2\n"
    assert expected == run(folder, "tour.py")


def test_the_example_passes_mypy(folder: Path) -> None:
    (folder / "example.py").write_text(EXAMPLE, "utf-8")

    said = run(folder, "-m", "mypy", "--strict", "example.py")
    assert "Success: no issues found in 1 source file\n" == said


@pytest.mark.parametrize("path", re.findall(r"^\| `zoo/(\S+)` \|", TOUR, flags=re.MULTILINE))
def test_what_the_readme_lists_is_there(folder: Path, path: str) -> None:
    assert (folder / "zoo" / path).exists()
