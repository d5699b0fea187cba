"""The benchmarks of the call graph see what really calls what, and tell a right answer from a wrong one."""

import json
import subprocess
import sys
from pathlib import Path

import call_graph
import pytest
from graph.observed import DIRECT, Truth
from graph.packages import Observed, Package
from graph.source import read_tree

BENCHMARKS = Path(call_graph.__file__).parent
ZOO = """
from functools import lru_cache

class Animal:
    def __init__(self, name):
        self.name = name

    @property
    def title(self):
        return clean(self.name)

    def speak(self):
        return self.noise()

    def noise(self):
        return ""

    def __len__(self):
        return 1

class Dog(Animal):
    def __init__(self, name):
        super().__init__(name)

    def noise(self):
        return "wuff"

    def legs(self):
        yield from self.pair()
        yield from self.pair()

    def pair(self):
        yield 1

@lru_cache
def clean(text):
    return text.strip()

def unused(text):
    return clean(text)

def walk(action):
    dog = Dog("rex ")
    if len(dog) > 5:
        unused("no")
    action(dog)
    steps = dog.legs()
    next(steps)
    trot(steps)
    parade(dog.legs())
    return dog.speak(), dog.title, sum(step for step in dog.legs())

def trot(steps):
    return list(steps)

def parade(steps):
    for _ in steps:
        Dog("tim").legs()

def bark(dog):
    return sorted([dog], key=lambda item: item.noise())
"""
SUITE = "from zoo import bark, walk\n\ndef test_walk():\n    assert walk(bark) == ('wuff', 'rex', 2)\n"


@pytest.fixture(scope="module")
def truth(tmp_path_factory):
    """What was seen while the tests of a small package ran."""
    if sys.version_info[:2] != (3, 11):
        pytest.skip("the recorder knows the instructions of CPython 3.11 only")
    root = tmp_path_factory.mktemp("zoo")
    (root / "tree" / "zoo").mkdir(parents=True)
    (root / "tree" / "zoo" / "__init__.py").write_text(ZOO)
    (root / "test_zoo.py").write_text(SUITE)
    recorder, trace = BENCHMARKS / "graph" / "recorder.py", root / "trace.json"
    command = [sys.executable, str(recorder), str(root / "tree"), str(trace), "-q", str(root / "test_zoo.py")]
    paths = f"{root / 'tree'}:{BENCHMARKS}"
    subprocess.run(command, cwd=root, check=True, capture_output=True, env={"PYTHONPATH": paths, "PATH": ""})
    seen = json.loads(trace.read_text())
    assert seen["status"] == 0
    return Truth(Observed(Package("zoo", "1", "dev", ".", ("zoo",), ()), read_tree(root / "tree"), seen))


@pytest.mark.parametrize(
    ("caller", "callee", "how"),
    [
        ("walk", "Dog.__init__", "constructor"),
        ("walk", "Animal.speak", "direct"),
        ("walk", "Animal.title", "property"),
        ("walk", "Animal.__len__", "protocol"),
        ("walk", "bark", "value"),
        ("parade", "Dog.legs", "deferred"),
        ("Dog.legs", "Dog.pair", "direct"),
        ("Dog.__init__", "Animal.__init__", "super"),
        ("Animal.speak", "Dog.noise", "direct"),
        ("Animal.title", "clean", "direct"),
        ("bark", "Dog.noise", "direct"),
    ],
)
def test_a_call_is_seen_with_how_it_came_about(truth, caller, callee, how):
    assert how in truth.calls[f"zoo.{caller}", f"zoo.{callee}"]


def test_nothing_else_is_seen(truth):
    """A generator that goes on is not called again: `trot` calls nothing."""
    assert truth.calls["zoo.walk", "zoo.Dog.legs"] == {"deferred", "direct"}
    assert len(truth.calls) == 15


def test_a_base_method_stands_for_its_override_and_a_class_for_its_constructor(truth):
    edges = [("zoo.Animal.speak", "zoo.Animal.noise"), ("zoo.walk", "zoo.Dog")]
    missing = truth.missing(edges, *DIRECT)
    assert ("zoo.Animal.speak", "zoo.Dog.noise") not in missing
    assert ("zoo.walk", "zoo.Dog.__init__") not in missing
    assert ("zoo.walk", "zoo.Animal.speak") in missing


def test_a_call_is_refuted_only_where_all_of_the_caller_was_run(truth):
    edges = [("zoo.Animal.speak", "zoo.clean"), ("zoo.walk", "zoo.unused"), ("zoo.unused", "zoo.clean")]
    tally = truth.tally([*edges, ("zoo.Animal.title", "zoo.clean")])
    assert (tally.true, tally.false) == (1, 1)


def test_a_tally_reads_edges_that_come_one_by_one(truth):
    edges = [("zoo.Animal.title", "zoo.clean"), ("zoo.walk", "zoo.Dog")]
    assert truth.tally(iter(edges)) == truth.tally(edges)
    assert truth.tally(edges).found["direct"][0] == 1


def test_a_generator_that_is_only_made_refutes_nothing(truth):
    assert not truth.is_refuted(("zoo.bark", frozenset({"zoo.Dog.legs"})))
    assert truth.is_refuted(("zoo.bark", frozenset({"zoo.Animal.speak"})))


@pytest.fixture
def case(tmp_path):
    (tmp_path / "snippets" / "mro" / "one").mkdir(parents=True)
    folder = tmp_path / "snippets" / "mro" / "one"
    (folder / "main.py").write_text(
        "class A:\n    def __init__(self): pass\n\nclass B(A):\n    x = len('')\n\nclass C: pass\n\n"
        "def f(): return lambda: f()\n\nB(); C(); f()()\n"
    )
    expected = {
        "main": ["main.A.__init__", "main.f", "main.f.<lambda1>", "<builtin>.len"],
        "main.f.<lambda1>": ["main.f"],
    }
    (folder / "callgraph.json").write_text(json.dumps(expected))
    return call_graph.read_case(tmp_path / "snippets", "mro/one")


def test_a_class_is_its_inherited_constructor_and_what_leaves_the_program_does_not_count(case):
    found = [("main", "main.B"), ("main", "main.C"), ("main", "main"), ("main.B", "main.f"), ("main", "os.getcwd")]
    assert call_graph.settle(found, case.tree, case.classes) == {("main", "main.A.__init__"), ("main", "main.f")}
    assert len(case.expected) == 4


def test_what_a_class_body_calls_is_called_by_what_holds_the_class(case):
    callers = {(site.line, site.caller) for site in case.tree.sites}
    assert {(5, "main"), (9, "main.f.<lambda1>"), (11, "main")} == callers


def test_the_score_counts_what_is_right_made_up_and_missing(case):
    edges = [("main", "main.f"), ("main.f", "main.f")]
    [score], failed = call_graph.measure(lambda _: edges, [case], is_told=False)
    assert (score, failed) == (call_graph.Score(right=1, extra=1, missing=3), 0)


def test_every_program_is_in_one_half(tmp_path):
    for number in range(7):
        (tmp_path / "one" / f"case{number}").mkdir(parents=True)
        (tmp_path / "one" / f"case{number}" / "callgraph.json").write_text("{}")
    halves = [set(call_graph.names_of(tmp_path, half)) for half in ("dev", "held-out")]
    assert sorted(map(len, halves)) == [3, 4]
    assert len(halves[0] | halves[1]) == 7
