"""Is what a corpus says true of the running code? An independent measure, which shares no code with synth's checks.

    python benchmarks/groundedness.py OUT --root path/to/source [--root path/to/source/src]

Imports the real package and compares every symbol, declaration, relation and body of code that an accepted instruction
row states with the live objects. A row is wrong if one of its facts is; it is undecided if no fact of it can be seen
from outside, such as a name inside a module that cannot be imported here. The package is trusted: it is run.
"""

import argparse
import ast
import importlib
import inspect
import re
import sys
import textwrap
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pyarrow.parquet as pq

SPAN = re.compile(r"`([^`\n]+)`")
BLOCK = re.compile(r"^(`{3,})python\n(.*?)\n\1$", re.MULTILINE | re.DOTALL)
DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)+")
MANGLED = re.compile(r"^_[A-Za-z]\w*?(?=__)")
MISSING = object()
HIDDEN = object()
"""It exists, but cannot be reached from outside, such as a function inside a function."""


@dataclass
class Verdict:
    """The facts of one row: those that hold, and those that do not."""

    held: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, holds: bool | None, fact: str) -> None:
        """Record one fact; None means that it cannot be decided."""
        if holds is True:
            self.held += 1
        elif holds is False:
            self.wrong.append(fact)


@cache
def module_of(name: str) -> ModuleType | None:
    """The live module, or None where it does not exist or cannot be imported here."""
    if name.rpartition(".")[2] == "__main__":  # to import it is to run it
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return importlib.import_module(name)
    except BaseException:  # noqa: BLE001 - any code may run at import, and raise anything
        return None


@cache
def live(name: str) -> Any:
    """The object of a dotted name; MISSING where it is certain that there is none, None where nothing can be told."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        module = module_of(".".join(parts[:end]))
        if module is not None:
            if end == len(parts):
                return module
            if parts[end] in conditional(module):
                return None
            found = walk(module, parts[end:])
            return None if found is MISSING and is_unimportable(module, parts[end]) else found
    return None


def is_unimportable(module: ModuleType, name: str) -> bool:
    """Whether a package has a submodule of this name that could not be imported."""
    return any(
        (Path(path) / f"{name}.py").exists() or (Path(path) / name).is_dir() for path in getattr(module, "__path__", ())
    )


def walk(thing: Any, parts: list[str]) -> Any:
    for part in parts:
        following = attribute(thing, part)
        if following is MISSING:
            return HIDDEN if is_inside(thing, part) else MISSING
        if following is HIDDEN:
            return HIDDEN
        thing = following
    return thing


def attribute(thing: Any, name: str) -> Any:
    if isinstance(thing, type):
        private = f"_{thing.__name__.lstrip('_')}{name}" if name.startswith("__") and not name.endswith("__") else name
        for cls in thing.__mro__:
            if private in vars(cls):
                return vars(cls)[private]
        return HIDDEN if is_stored(thing, private) else MISSING
    try:
        return inspect.getattr_static(thing, name)
    except AttributeError:
        annotated = name in getattr(thing, "__annotations__", {})
        return HIDDEN if annotated else MISSING


def is_stored(cls: type, name: str) -> bool:
    """Whether a class annotates an attribute, has a slot for it, or a method of it sets or uses it."""
    fields = {*getattr(cls, "__dataclass_fields__", ()), *(item.name for item in getattr(cls, "__attrs_attrs__", ()))}
    if name in fields:
        return True
    for base in cls.__mro__:
        if name in vars(base).get("__annotations__", {}) or name in getattr(base, "__slots__", ()):
            return True
        if any(code and name in names(code) for code in map(code_of, vars(base).values())):
            return True
    return False


def is_inside(thing: Any, name: str) -> bool:
    """Whether a function defines a function, class or variable of this name in its body, at any depth."""
    code = code_of(thing)
    return code is not None and any(inner.co_name == name or name in names(inner) for inner in nested(code))


def function_of(thing: Any) -> FunctionType | None:
    """The function that a `def` made, below properties, class methods and the wrappers of decorators."""
    for _ in range(20):
        if isinstance(thing, type):
            return None
        if isinstance(thing, FunctionType):
            inner = getattr(thing, "__wrapped__", None) or inner_test(thing)
            if inner is None:
                # A wrapper that only took the name of what it wraps says nothing of it.
                module = sys.modules.get(thing.__module__)
                return thing if thing.__code__.co_filename == getattr(module, "__file__", None) else None
        elif isinstance(thing, classmethod | staticmethod):
            inner = thing.__func__
        elif isinstance(thing, property):
            inner = thing.fget
        else:
            names = ("__wrapped__", "orig_func", "func", "callback", "f", "_f")
            inner = next(
                (found for name in names if callable(found := inspect.getattr_static(thing, name, None))), None
            )
        if inner is None:
            return None
        thing = inner
    return None


def inner_test(thing: Any) -> Any:
    """The test that hypothesis runs."""
    return getattr(getattr(thing, "hypothesis", None), "inner_test", None)


def code_of(thing: Any) -> CodeType | None:
    function = function_of(thing)
    return function.__code__ if function else None


def nested(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from nested(constant)


def names(code: CodeType) -> set[str]:
    """Every name that a function uses, with those of the functions inside it."""
    return {
        name
        for inner in nested(code)
        for name in (*inner.co_names, *inner.co_varnames, *inner.co_cellvars, *inner.co_freevars, inner.co_name)
    }


@cache
def written(code: CodeType) -> frozenset[str]:
    """Every word of a function's source: defaults, annotations and decorators are not in its code object."""
    try:
        lines, _ = inspect.getsourcelines(code)
    except (OSError, TypeError):
        return frozenset()
    return frozenset(re.findall(r"\w+", "".join(lines)))


def declared(text: str) -> list[tuple[str, str, bool]] | None:
    """Name, kind and whether there is a default, of each parameter in a declaration."""
    try:
        function = ast.parse(f"{text}: ...").body[0]
    except (SyntaxError, ValueError):
        return None
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    args = function.args
    plain = [*args.posonlyargs, *args.args]
    first_default = len(plain) - len(args.defaults)
    found = [
        (
            item.arg,
            "POSITIONAL_ONLY" if index < len(args.posonlyargs) else "POSITIONAL_OR_KEYWORD",
            index >= first_default,
        )
        for index, item in enumerate(plain)
    ]
    if args.vararg:
        found.append((args.vararg.arg, "VAR_POSITIONAL", False))
    pairs = zip(args.kwonlyargs, args.kw_defaults, strict=True)
    found += [(item.arg, "KEYWORD_ONLY", default is not None) for item, default in pairs]
    if args.kwarg:
        found.append((args.kwarg.arg, "VAR_KEYWORD", False))
    return found


def actual(thing: Any) -> list[tuple[str, str, bool]] | None:
    """The same of a live function, as written in its `def`: decorators are looked through."""
    function = function_of(thing)
    if function is None:
        return None
    try:
        signature = inspect.signature(function, follow_wrapped=False)
    except (TypeError, ValueError):
        return None
    return [
        (MANGLED.sub("", item.name), item.kind.name, item.default is not inspect.Parameter.empty)
        for item in signature.parameters.values()
    ]


class Corpus:
    """The rows of a corpus and the names behind its node ids."""

    def __init__(self, out: Path) -> None:
        self.out = out

    def rows(self) -> Iterator[dict[str, Any]]:
        for path in sorted((self.out / "sft").glob("*.parquet")):
            for batch in pq.ParquetFile(path).iter_batches():
                yield from batch.to_pylist()

    @cached_property
    def nodes(self) -> dict[str, dict[str, Any]]:
        columns = ["node_id", "qualified_name", "kind", "path"]
        return {
            row["node_id"]: row for row in pq.read_table(self.out / "graph/nodes.parquet", columns=columns).to_pylist()
        }

    @cached_property
    def roots(self) -> set[str]:
        return {
            row["qualified_name"].split(".")[0] for row in self.nodes.values() if row["kind"] in {"package", "module"}
        }

    def name(self, node_id: str) -> str:
        return self.nodes[node_id]["qualified_name"]


def judge(row: dict[str, Any], corpus: Corpus) -> Verdict:
    """Compare every fact of one row with the live objects."""
    verdict = Verdict()
    texts = [message["content"] for message in row["messages"]] + [row["reasoning"]]
    prose = "\n".join(BLOCK.sub("", text) for text in texts)
    spans = set(SPAN.findall(prose))
    made_up = set(row["fabricated"] or ())
    dotted = {span for span in spans if DOTTED.fullmatch(span) and span.split(".")[0] in corpus.roots}
    dotted = {span for span in dotted if not span.endswith(".py")}
    for span in sorted(dotted - made_up):
        if span.rpartition(".")[2] not in made_up:
            verdict.add(exists(span), f"{span} does not exist")
    for span in sorted(spans):
        if match := re.match(r"(?:async )?def (\w+)\(", span):
            owners = {name for name in (*dotted, *map(corpus.name, ids(row))) if name.split(".")[-1] == match[1]}
            verdict.add(fits(span, owners), f"{span} is not the declaration of {sorted(owners)}")
    for claim in row["claims"] or ():
        one, two = corpus.name(claim["subject"]), corpus.name(claim["object"])
        holds = related(one, claim["relation"], two)
        if holds is not None:
            verdict.add(holds == claim["holds"], f"{one} {claim['relation']} {two} is {not claim['holds']}")
    for name in made_up:
        owner, _, last = name.rpartition(".")
        if owner and isinstance(found := live(owner), type):
            verdict.add(inspect.getattr_static(found, last, MISSING) is MISSING, f"{name} does exist")
    if row["recipe"] == "ucd.utilization":
        verdict.add(is_source(row, corpus), "the code is not that of the source")
    return verdict


def ids(row: dict[str, Any]) -> list[str]:
    return [item["id"] for item in row["evidence"]]


def exists(name: str) -> bool | None:
    found = live(name)
    return None if found is None else found is not MISSING


def fits(text: str, owners: set[str]) -> bool | None:
    """Whether a declaration is that of one of the symbols; None where one of them hides its own."""
    wanted = declared(text)
    found = [actual(live(name)) for name in owners]
    if wanted is None or not found:
        return None
    return True if wanted in found else None if None in found else False


def related(one: str, relation: str, two: str) -> bool | None:
    """Whether the live objects stand in a relation; None where that cannot be seen from outside."""
    subject, target = live(one), live(two)
    if relation == "overrides":
        one_class, two_class = live(one.rpartition(".")[0]), live(two.rpartition(".")[0])
        if not isinstance(one_class, type) or not isinstance(two_class, type):
            return None
        last = one.rpartition(".")[2]
        return issubclass(one_class, two_class) and last in vars(one_class) and last in vars(two_class)
    if relation == "inherits":
        if not isinstance(subject, type) or not isinstance(target, type):
            return None
        return target in getattr(subject, "__orig_bases__", ()) or target in subject.__bases__
    if relation in {"calls", "instantiates", "tests", "references"}:
        code = code_of(subject)
        if code is None or target is None:
            return None
        used = names(code) | written(code)
        last = two.rpartition(".")[2]
        aliases = aliases_of(function_of(subject), target)
        indirect = last.startswith("__")  # calling a class or an object runs such a method
        return True if last in used or not aliases.isdisjoint(used) else None if indirect else False
    if relation == "contains" and isinstance(subject, ModuleType | type):
        return target is not MISSING if target is not None else None
    return None


def aliases_of(function: FunctionType | None, target: Any) -> set[str]:
    """Names by which a function's module knows an object."""
    if function is None or any(target is item for item in (None, MISSING, HIDDEN)):
        return set()
    return {name for name, value in function.__globals__.items() if value is target}


@cache
def conditional(module: ModuleType) -> frozenset[str]:
    """Names that a module binds under a condition only, such as on one platform or for type checkers."""
    try:
        body = ast.parse(inspect.getsource(module)).body
    except (OSError, TypeError, SyntaxError):
        return frozenset()
    guarded = [item for item in body if isinstance(item, ast.If | ast.Try)]
    return frozenset(name for statement in guarded for item in ast.walk(statement) for name in bound(item))


def bound(item: ast.AST) -> list[str]:
    match item:
        case ast.Name(id=name, ctx=ast.Store()) | ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.alias(name=name, asname=other):
            return [other or name.split(".")[0]]
    return []


def is_source(row: dict[str, Any], corpus: Corpus) -> bool | None:
    """Whether the answer's code is what `inspect` finds for the live object."""
    block = BLOCK.search(row["messages"][1]["content"])
    function = code_of(live(corpus.name(ids(row)[0])))
    if block is None or function is None:
        return None
    try:
        lines, _ = inspect.getsourcelines(function)
    except (OSError, TypeError):
        return None
    real = textwrap.dedent("".join(lines)).rstrip()
    return real == block[2] or block[2].endswith(real) or ast_of(real) == ast_of(block[2])


def ast_of(code: str) -> str | None:
    """The tree of a function without its decorators, which `inspect` may or may not count as part of it."""
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError):
        return None
    for item in body:
        if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            item.decorator_list = []
    return ast.dump(ast.Module(body, []))


def measure(out: Path) -> tuple[Counter[str], list[str]]:
    """Count rows that are true, wrong and undecided, by recipe and in all, and describe the wrong ones."""
    corpus = Corpus(out)
    counts: Counter[str] = Counter()
    faults = []
    for row in corpus.rows():
        verdict = judge(row, corpus)
        outcome = "wrong" if verdict.wrong else "true" if verdict.held else "undecided"
        counts[outcome] += 1
        counts[f"{row['recipe']} {outcome}"] += 1
        counts["facts"] += verdict.held + len(verdict.wrong)
        faults += [f"{row['id'][:8]} {row['recipe']}/{row['kind']}: {fact}" for fact in verdict.wrong]
    return counts, faults


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--root", type=Path, action="append", default=[], help="folder to import the package from")
    options = parser.parse_args()
    sys.argv[1:] = []  # not meant for the modules that are imported
    sys.path[:0] = [str(path.resolve()) for path in options.root]
    counts, faults = measure(options.out)
    for fault in faults[:50]:
        print(fault)
    for name, count in sorted(counts.items()):
        print(f"{name:32} {count:>8,}")
    print(f"true of those decided: {counts['true'] / max(1, counts['true'] + counts['wrong']):.3%}")


if __name__ == "__main__":
    main()
