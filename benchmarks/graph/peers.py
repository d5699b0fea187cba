"""What do other analysers say is called? Each is run from an environment of its own, as its documentation says.

The environment is any that has `pycg`, `pyan3`, `jedi`, `pyright` and `jarviscg` installed; those that it lacks are
left out. Tools that make a call graph name callers and callees; editors' tools are asked at every call site where the
called name is defined.
"""

import json
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from graph.editors import Answer, ask_jedi, ask_pyright
from graph.source import Tree

Edge = tuple[str, str]


class Analyse(Protocol):
    """Finds the calls of a tree."""

    def __call__(self, tree: Tree, programs: Path, limit: float) -> Iterable[Edge]:
        """Run the tool from a folder of programs, for so many seconds at most."""


class PeerFailed(Exception):
    """A tool ended with an error or ran out of time."""


def run_pycg(tree: Tree, programs: Path, limit: float) -> Iterable[Edge]:
    """PyCG, with every file of the tree as an entry point."""
    return _adjacency([str(programs / "python"), "-m", "pycg", "--package", str(tree.root)], tree, limit)


def run_jarvis(tree: Tree, programs: Path, limit: float) -> Iterable[Edge]:
    """JARVIS in the fork that is packaged, over the whole tree."""
    return _adjacency([str(programs / "jarviscg"), "--package", str(tree.root)], tree, limit)


def run_pyan(tree: Tree, programs: Path, limit: float) -> Iterable[Edge]:
    """Pyan's uses; the scopes of its comprehensions are not functions."""
    files = [str(tree.root / path) for path in tree.paths]
    script = Path(__file__).parent / "pyan_edges.py"
    output = _output([str(programs / "python"), str(script), str(tree.root), *files], tree.root, limit)
    yield from ((caller, callee) for caller, callee in json.loads(output))


def run_jedi(tree: Tree, programs: Path, limit: float) -> Iterable[Edge]:
    """Jedi, asked for what each call site's name is inferred to be."""
    script = Path(__file__).parent / "jedi_places.py"
    return _placed(tree, ask_jedi(tree, [str(programs / "python"), str(script)], limit))


def run_pyright(tree: Tree, programs: Path, limit: float) -> Iterable[Edge]:
    """Pyright's language server, asked to go to the definition of each call site's name."""
    return _placed(tree, ask_pyright(tree, [str(programs / "pyright-langserver"), "--stdio"], limit))


PEERS: dict[str, Analyse] = {
    "pycg": run_pycg, "jarvis": run_jarvis, "pyan3": run_pyan, "jedi": run_jedi, "pyright": run_pyright,
}  # fmt: skip


def _adjacency(command: list[str], tree: Tree, limit: float) -> Iterable[Edge]:
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        _output([*command, *(str(tree.root / path) for path in tree.paths), "-o", out.name], tree.root, limit)
        found = json.loads(Path(out.name).read_text() or "{}")
    classes = {item.name for item in tree.definitions if item.kind == "class"}
    for caller, callees in found.items():
        # They name the constructor where a class is called; the class itself is where its body is run.
        yield from ((caller, callee) for callee in callees if callee not in classes)


def _output(command: list[str], folder: Path, limit: float) -> str:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        raise PeerFailed(f"no result in {limit:.0f} s") from None
    if done.returncode:
        raise PeerFailed((done.stderr.strip().splitlines() or ["no message"])[-1])
    return done.stdout


def _placed(tree: Tree, answers: Iterable[Answer]) -> Iterable[Edge]:
    """Turn places into the definitions whose `def` or `class` is there."""
    names = tree.by_place()
    for site, path, line, name in answers:
        if (path, line, name) in names:
            yield site.caller, names[path, line, name]
