"""Which packages are measured, and how are their tests run? Source distributions, in an environment of their own."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from graph.source import Tree, read_tree
from graph.trees import fetch

LIMIT_S = 1800
PYTEST = ("-q", "-p", "no:cacheprovider", "-o", "addopts=", "-W", "ignore")


class Package(NamedTuple):
    """A source distribution that carries its tests."""

    name: str
    version: str
    group: str  # dev | held-out
    source: str  # the folder in it that holds the package
    top: tuple[str, ...]  # the packages in that folder
    pytest: tuple[str, ...]  # what to run; a path that begins with TREE/ is inside the package
    requires: tuple[str, ...] = ()


PACKAGES = (
    Package("attrs", "26.1.0", "dev", "src", ("attr", "attrs"), ("tests",), ("cloudpickle", "hypothesis", "pympler")),
    Package("click", "8.5.1", "dev", "src", ("click",), ("tests", "-k", "not stress")),
    Package("jinja2", "3.1.6", "dev", "src", ("jinja2",), ("tests",), ("markupsafe", "trio")),
    Package("lark", "1.3.1", "dev", ".", ("lark",), ("tests",), ("regex", "interegular", "atomicwrites")),
    Package("marshmallow", "4.4.0", "dev", "src", ("marshmallow",), ("tests",), ("simplejson",)),
    Package("networkx", "3.6.1", "dev", ".", ("networkx",),
            ("TREE/networkx/classes/tests", "TREE/networkx/utils/tests", "TREE/networkx/readwrite/tests")),
    Package("starlette", "1.10.0", "dev", ".", ("starlette",), ("tests",),
            ("starlette[full]", "httpx2", "trio", "blockbuster", "pytest-codspeed", "opentelemetry-sdk")),
    Package("werkzeug", "3.1.9", "dev", "src", ("werkzeug",), ("tests", "-k", "not serving"),
            ("markupsafe", "cryptography", "ephemeral-port-reserve", "pytest-timeout", "watchdog")),
    # Drawn at random from nineteen packages with at least 25 classes whose suites pass offline in two minutes.
    Package("cattrs", "26.2.1", "held-out", "src", ("cattr", "cattrs"), ("tests", "--hypothesis-profile=fast"),
            ("attrs", "hypothesis", "immutables", "msgspec", "orjson", "ujson", "pyyaml", "tomlkit", "cbor2", "msgpack",
             "pymongo")),
    Package("markdown-it-py", "4.3.0", "held-out", ".", ("markdown_it",), ("tests",),
            ("mdurl", "linkify-it-py", "pytest-regressions")),
    Package("mistune", "3.4.0", "held-out", "src", ("mistune",), ("tests",)),
    Package("pyparsing", "3.3.3", "held-out", ".", ("pyparsing",), ("tests",), ("railroad-diagrams", "jinja2")),
    Package("wtforms", "3.3.2", "held-out", "src", ("wtforms",), ("tests",), ("markupsafe", "email-validator")),
)  # fmt: skip


class Observed(NamedTuple):
    """A package's source without its tests, and what `graph.recorder` saw while they ran."""

    package: Package
    tree: Tree
    trace: dict[str, Any]


def observe(package: Package, scratch: Path) -> Observed:
    """Run a package's tests, or read what an earlier run in the same folder saw.

    Raises:
        subprocess.SubprocessError: the package cannot be had, or its tests cannot be run.
    """
    folder = scratch / package.name
    trace = folder / "trace.json"
    if not trace.exists():
        shutil.rmtree(folder, ignore_errors=True)
        unpack(package, folder)
        run_tests(package, folder, environment(package, scratch), trace)
    return Observed(package, read_tree(folder / "tree"), json.loads(trace.read_text()))


def unpack(package: Package, folder: Path) -> None:
    """Lay the package in `tree` and everything else of its distribution in `run`."""
    run = fetch(requirement(package), folder / "sdist", folder / "run")
    (folder / "tree").mkdir()
    for top in package.top:
        (run / package.source / top).rename(folder / "tree" / top)


def environment(package: Package, scratch: Path) -> Path:
    """The interpreter of an environment that has what the tests need."""
    python = scratch / "venv" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(scratch / "venv")], check=True)
    pip(str(python), "install", "pytest", requirement(package), *package.requires)
    return python


def run_tests(package: Package, folder: Path, python: Path, trace: Path) -> None:
    arguments = [item.replace("TREE/", f"{folder}/tree/") for item in package.pytest]
    paths = os.pathsep.join((str(folder / "tree"), str(Path(__file__).parent.parent)))
    recorder = str(Path(__file__).parent / "recorder.py")
    run = next(path for path in (folder / "run").iterdir() if path.is_dir())
    with (folder / "pytest.log").open("w") as log:
        subprocess.run(
            [str(python), recorder, str(folder / "tree"), str(trace), *PYTEST, *arguments], cwd=run,
            env={**os.environ, "PYTHONPATH": paths}, stdout=log, stderr=log, timeout=LIMIT_S, check=True,
        )  # fmt: skip


def requirement(package: Package) -> str:
    return f"{package.name}=={package.version}"


def pip(python: str, *arguments: str) -> None:
    subprocess.run([python, "-m", "pip", *arguments, "-qq", "--disable-pip-version-check"], check=True)
