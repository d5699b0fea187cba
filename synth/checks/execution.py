"""Does generated Python run? It takes its place in a copy of the source, which a sandbox runs; off by default.

The rules:

- Code that defines the function or method which the question is about stands in for it. Where that is a test, or the
  question came from a test, the test is run; else the module is imported.
- Other code (`programming`, `method`, `question`) becomes a module beside the source's file and is imported; where it
  defines tests, these are run. In the answer to a `question` code counts as a program only if it imports something.
- The same is first done with the source as it is. Where that fails, for want of a package, a file or the network,
  nothing can be said of the answer: not checked.
- Code beside the source that lacks what would be around it (a fixture; a name that the source knows; in a `question`
  any name, or the function round a `return`) is a fragment: not checked.
- All else that does not end well is a failure: an error, a test that fails, is skipped or is never reached, a crash,
  more time or memory than `checks.execution_seconds` and `checks.execution_memory_mb` grant.
"""

import ast
import json
import re
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from synth.checks.base import Context, Verdict, failed, not_checked, passed, turns
from synth.checks.code import PYTHON, pieces
from synth.checks.code_parses import parse
from synth.checks.splice import find_definition, splice
from synth.config import CheckSettings
from synth.errors import UserError
from synth.graph.view import CodeGraph, Node
from synth.languages import LANGUAGES
from synth.sandbox import WORK, Outcome, run_sandboxed, sandbox_fault
from synth.schema import content_id

NAME = "execution"
VERIFIES = (
    "Its Python runs in a sandbox: put into the source it can be imported, and the test it has to satisfy passes."
)
IMPLEMENTS = {"from_test", "from_caller"}
"""Kinds whose answer has to define the first piece of evidence."""
PROGRAMS = {"programming", "method", "question"}
MODULE = "synth_answer"
MAX_DETAIL = 300
ASK_SECONDS = 60
_ASK = "import json, sys; print(json.dumps([sys.executable, sys.prefix, sys.base_prefix, sys.exec_prefix]))"
_IMPORT = "import importlib, sys; importlib.import_module(sys.argv[1]); print('imported')"
_COMMANDS = {
    "import": ("-c", _IMPORT),
    "pytest": ("-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-o", "addopts=", "--no-header", "--tb=short"),
    "unittest": ("-m", "unittest"),
}
_WELL = {"import": r"^imported$", "pytest": r"^(?:\d+ \w+, )*\d+ passed", "unittest": r"^OK$"}
_TELLING = re.compile(r"^((?:FAILED|ERROR) .* - .*)|^(?:E +)?(fixture '.*|[\w.]*(?:Error|Exception)\b.*)", re.MULTILINE)
_CHANCE = re.compile(r"(?<=\b0x)[0-9a-f]+|(?<= in )[\d.]+s.*")  # addresses and times differ from run to run
_MISSING_NAME = re.compile(r"NameError: name '(\w+)' is not defined")
_OUTSIDE = re.compile(r"SyntaxError: '\w+' outside")
_baselines: dict[str, str] = {}


@dataclass(frozen=True)
class Python:
    """An interpreter, and the folders in which it and its packages are."""

    executable: str
    folders: tuple[Path, ...]


@dataclass(frozen=True)
class Trial:
    """What is run: `how` is `import`, `pytest` or `unittest`, `what` the module or the test's address."""

    files: Mapping[str, str]
    roots: tuple[str, ...]
    how: str
    what: str


@dataclass(frozen=True)
class Plan:
    """What is run of the source as it is, then with the generated code; and how the code got there."""

    before: Trial
    after: Trial
    is_beside: bool
    has_long_strings: bool = False


class Undecided(Exception):
    """Why a sample cannot be judged."""


def fault(settings: CheckSettings) -> str:
    """Why generated code cannot be run with these settings and how to mend it, in one line; empty where it can."""
    try:
        if why := sandbox_fault():
            return why
        outcome = _run(settings, ("-c", "print('imported')"), {})
    except UserError as error:
        return str(error)
    name = settings.execution_python or sys.executable
    why = _fault(outcome, "import", settings)
    return f"{name} does not run in the sandbox ({why}); name another checks.execution_python" if why else ""


def check(sample: Mapping[str, Any], context: Context, texts: Mapping[str, str]) -> Verdict:
    """Judge one sample.

    Args:
        sample: columns of `synth.schema.SAMPLES`, without `checks`.
        context: what is known of its source.
        texts: of all files of its collection that were read, by path.

    Raises:
        UserError: the sandbox or the interpreter fails, although `fault` found nothing.
    """
    try:
        plan = _plan(sample, context, texts)
        if plan is None:
            return failed(NAME, "its answer does not define what was asked for")
        if why := _baseline(plan.before, context.settings):
            raise Undecided(f"the source itself does not pass: {why}")
        if plan.after != plan.before and (why := _try(plan.after, context.settings)):
            if doubt := _doubt(why, plan, sample["kind"], context):
                raise Undecided(f"{doubt}: {why}")
            return failed(NAME, why)
    except Undecided as error:
        return not_checked(NAME, str(error))
    return passed(NAME)


def _plan(sample: Mapping[str, Any], context: Context, texts: Mapping[str, str]) -> Plan | None:
    """What to run, or None where the answer lacks the definition that it was asked for."""
    kind = sample["kind"]
    if sample["stage"] != "sft" or kind not in IMPLEMENTS | PROGRAMS:
        raise Undecided("it is not asked for code that runs")
    nodes = [context.graph.nodes[item["id"]] for item in sample["evidence"] if item["id"] in context.graph.nodes]
    if nodes and nodes[0].language != PYTHON:
        raise Undecided(f"{LANGUAGES[nodes[0].language].title} is not run")
    code = _code(sample)
    if len(nodes) <= (kind == "from_test") or nodes[0].path not in texts:
        raise Undecided("it is not about Python of the source")
    target = nodes[0]
    new = find_definition(code, target.name)
    if new is None:
        return None if kind in IMPLEMENTS else _beside(code, target, kind, context, texts)
    files = {**texts, target.path: splice(texts[target.path], target, context.graph, new)}
    is_test = target.is_test and target.name.startswith("test")
    test = nodes[1] if kind == "from_test" else target if is_test else None
    return Plan(
        _trial(texts, test, target, context),
        _trial(files, test, target, context),
        is_beside=False,
        has_long_strings=new.has_long_strings and target.kind == "method",
    )


def _code(sample: Mapping[str, Any]) -> str:
    """All Python of the answer; one block may build on another."""
    code = "\n\n\n".join(piece.code for piece in pieces(turns(sample)["answer"]) if piece.language == PYTHON)
    if not code.strip():
        raise Undecided("its answer holds no Python")
    if parse(code) is None:
        raise Undecided("its code does not parse")
    return code


def _trial(files: Mapping[str, str], test: Node | None, target: Node, context: Context) -> Trial:
    """Run a test, or without one import the module of the target."""
    graph, roots = context.graph, _roots(context.graph, target.collection)
    if test is None:
        return Trial(files, roots, "import", _module(target, graph).qualified_name)
    if _has_pytest(context.settings):
        return Trial(files, roots, "pytest", _address(test, graph))
    if re.search(r"^\s*(?:import|from) unittest\b", files.get(test.path, ""), re.MULTILINE):
        return Trial(files, roots, "unittest", test.qualified_name)
    raise Undecided(f"{_python(context.settings).executable} has no pytest")


def _beside(code: str, near: Node, kind: str, context: Context, texts: Mapping[str, str]) -> Plan:
    """Make the code a module of its own, in the folder of the file that it is about."""
    tree = ast.parse(code)
    if kind == "question" and not any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(tree)):
        raise Undecided("its code is no program of its own")
    module, roots = _module(near, context.graph).qualified_name, _roots(context.graph, near.collection)
    path = PurePosixPath(near.path)
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    name = f"test_{MODULE}" if _holds_tests(tree) else MODULE
    place = str(path.with_name(f"{name}.py"))
    if place in texts:
        raise Undecided(f"the source has a file {place} itself")
    if _holds_tests(tree) and not _has_pytest(context.settings):
        raise Undecided(f"{_python(context.settings).executable} has no pytest")
    how, what = ("pytest", place) if _holds_tests(tree) else ("import", f"{package}.{name}".lstrip("."))
    before = Trial(texts, roots, "import", module)
    return Plan(before, Trial({**texts, place: code}, roots, how, what), is_beside=True)


def _holds_tests(tree: ast.Module) -> bool:
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)]
    return any(name.startswith(("test_", "Test")) for name in names)


def _module(node: Node, graph: CodeGraph) -> Node:
    """The module that a definition is in."""
    while node.kind != "module" and (owner := graph.parent(node.node_id)):
        node = owner
    return node


def _address(test: Node, graph: CodeGraph) -> str:
    """What pytest calls a test: its path, its classes and its name."""
    names, node = [test.name], test
    while (owner := graph.parent(node.node_id)) and owner.kind == "class":
        names, node = [owner.name, *names], owner
    return "::".join([test.path, *names])


@lru_cache(maxsize=16)
def _roots(graph: CodeGraph, collection: str) -> tuple[str, ...]:
    """The folders of a collection from which its modules have their names, such as `src`."""
    roots = set()
    for node in graph.nodes.values():
        if node.kind == "module" and node.collection == collection and node.language == "python":
            path = PurePosixPath(node.path).with_suffix("")
            parts = path.parent.parts if path.name == "__init__" else path.parts
            name = tuple(node.qualified_name.split("."))
            if parts[len(parts) - len(name) :] == name:
                roots.add("/".join(parts[: len(parts) - len(name)]))
    return tuple(sorted(roots))


def _baseline(trial: Trial, settings: CheckSettings) -> str:
    """Why a trial of the source as it is fails; the same trial is run once."""
    limits = (str(settings.execution_python), str(settings.execution_seconds), str(settings.execution_memory_mb))
    texts = (part for item in sorted(trial.files.items()) for part in item)
    key = content_id(*limits, trial.how, trial.what, *trial.roots, *texts)
    if key not in _baselines:
        _baselines[key] = _try(trial, settings)
    return _baselines[key]


def _try(trial: Trial, settings: CheckSettings) -> str:
    """Why a trial fails, or an empty string."""
    path = ":".join(f"{WORK}/{root}".rstrip("/") for root in trial.roots)
    return _fault(_run(settings, (*_COMMANDS[trial.how], trial.what), trial.files, path), trial.how, settings)


def _run(settings: CheckSettings, arguments: Sequence[str], files: Mapping[str, str], path: str = "") -> Outcome:
    python = _python(settings)
    return run_sandboxed(
        [python.executable, *arguments],
        files,
        seconds=settings.execution_seconds,
        memory_mb=settings.execution_memory_mb,
        readable=python.folders,
        environment={"PYTHONPATH": path, "PYTHONSAFEPATH": "1", "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "200"},
    )


def _fault(outcome: Outcome, how: str, settings: CheckSettings) -> str:
    """What is wrong with how a program ended, or an empty string."""
    if outcome.timed_out:
        return f"it took longer than {settings.execution_seconds:g} s"
    if outcome.out_of_memory:
        return f"it took more than {settings.execution_memory_mb} MB of memory"
    if outcome.exit_code < 0:
        return f"it was ended by {signal.Signals(-outcome.exit_code).name}"
    said = f"{outcome.stdout}\n{outcome.stderr}"
    if outcome.exit_code == 0 and re.search(_WELL[how], said, re.MULTILINE):
        return ""
    telling = ["".join(match) for match in _TELLING.findall(said)]
    lines = telling or said.split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), f"exit code {outcome.exit_code}")
    return _CHANCE.sub("...", last.replace(f"{WORK}/", ""))[:MAX_DETAIL]


def _doubt(why: str, plan: Plan, kind: str, context: Context) -> str:
    """Why a failure need not be the answer's fault, or an empty string."""
    if plan.has_long_strings:
        return "indenting it may have changed a string of several lines"
    if not plan.is_beside:
        return ""
    name = _MISSING_NAME.search(why)
    is_known = name is not None and name[1] in context.words
    is_fragment = is_known or "fixture '" in why or (kind == "question" and bool(name or _OUTSIDE.search(why)))
    return "it is a fragment" if is_fragment else ""


@cache
def _has_pytest(settings: CheckSettings) -> bool:
    return _run(settings, ("-c", "import pytest"), {}).exit_code == 0


@cache
def _python(settings: CheckSettings) -> Python:
    """The interpreter that the settings name, as it says itself where it is.

    Raises:
        UserError: it is none, or showing its folders would show the home folder.
    """
    name = str((settings.execution_python or Path(sys.executable)).absolute())
    try:
        done = subprocess.run(  # noqa: S603 - the user's own interpreter
            [name, "-I", "-c", _ASK], capture_output=True, text=True, timeout=ASK_SECONDS, check=True,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        executable, *prefixes = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise UserError(f"checks.execution_python: {name} is no Python interpreter: {error}; name one") from None
    folders = {path for prefix in prefixes for path in (Path(prefix), Path(prefix).resolve())}
    if wide := [path for path in folders if Path.home().is_relative_to(path)]:
        raise UserError(
            f"checks.execution_python: {name} has its packages in {wide[0]}, so that generated code could read the "
            "home folder; name the interpreter of a virtual environment in a folder of its own"
        )
    return Python(executable, tuple(sorted(folders)))
