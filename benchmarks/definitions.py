"""Is every definition found? Compares the code graph's definitions with those of universal-ctags.

    python benchmarks/definitions.py path/to/repo go [--show 20]

A definition is matched by file, name and line; where ctags gives another line of the same definition, such as that of
an annotation, by the nearest of the same name. Kinds that only one side has are named below with the reason, are
counted, and are left out of recall and precision.
"""

import argparse
import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from synth.graph.code import parse_documents
from synth.graph.code.facts import Definition, unpack
from synth.schema import DOCUMENTS, table_from_rows
from synth.sources.languages import is_test, language_of

NEAR = 12  # lines between what the two sides call the place of one definition
CTAGS = {
    "go": "Go", "java": "Java", "javascript": "JavaScript", "typescript": "TypeScript", "tsx": "TypeScript",
    "rust": "Rust", "c": "C", "cpp": "C++", "csharp": "C#", "ruby": "Ruby",
}  # fmt: skip
TOGETHER = {"c": ("c", "cpp"), "cpp": ("c", "cpp"), "typescript": ("typescript", "tsx"), "tsx": ("typescript", "tsx")}
"""Languages that are read as one."""

_C_KINDS = {
    "class": "class", "struct": "struct", "union": "union", "enum": "enum", "enumerator": "enum_member",
    "function": "function method constructor destructor operator test declaration", "macro": "macro",
    "member": "field", "namespace": "namespace", "typedef": "type_alias", "variable": "variable const",
}  # fmt: skip
KINDS: dict[str, dict[str, str]] = {
    "c": _C_KINDS,
    "cpp": _C_KINDS,
    "go": {
        "func": "function method", "const": "const", "type": "type", "var": "var", "struct": "struct",
        "interface": "interface", "member": "field", "anonMember": "field", "methodSpec": "method",
        "talias": "type_alias",
    },
    "java": {
        "annotation": "annotation", "class": "class record", "enumConstant": "enum_member", "field": "field",
        "enum": "enum", "interface": "interface", "method": "method constructor record",
    },
    "javascript": {
        "class": "class function", "method": "method getter setter constructor generator",
        "function": "function method generator test", "constant": "const function", "variable": "var let export",
        "generator": "generator method", "getter": "getter", "setter": "setter", "field": "field",
    },
    "typescript": {
        "class": "class abstract", "method": "method getter setter constructor generator abstract declaration",
        "function": "function declaration generator", "constant": "const function", "variable": "var let function",
        "interface": "interface", "enum": "enum", "enumerator": "enum_member", "alias": "type_alias type",
        "namespace": "namespace", "property": "property field method", "generator": "generator",
    },
    "rust": {
        "enum": "enum", "enumerator": "enum_member", "field": "field", "function": "function method",
        "interface": "trait", "macro": "macro", "method": "method", "module": "module", "struct": "struct union",
        "typedef": "type_alias", "variable": "static const",
    },
    "csharp": {
        "class": "class record", "enum": "enum", "enumerator": "enum_member", "event": "event",
        "field": "field const property", "interface": "interface", "property": "property", "struct": "struct record",
        "method": "method constructor destructor operator delegate extension",
    },
    "ruby": {
        "class": "class struct data", "module": "module", "method": "method it alias module_function function",
        "singletonMethod": "singleton_method", "constant": "constant", "accessor": "attribute", "alias": "alias",
    },
}  # fmt: skip
"""What ctags calls a kind, and what it may be here: the variety, else the kind."""

_C_LEFT_OUT = {
    "anonymous": "a type or namespace without a name",
    "guard": "the macro that says that a header was read",
    "inline": "an inline namespace, whose members belong to the one around it",
    "second": "the name that a `typedef` gives to the type it defines, which is one definition here",
    "static": "a static member outside of its class, which is the member here",
    "local": "a variable on an indented line, in a body",
    "misread": "a macro or an expression, taken for a name",
}
LEFT_OUT: dict[str, dict[str, str]] = {
    "c": _C_LEFT_OUT,
    "cpp": _C_LEFT_OUT,
    "go": {
        "package": "a clause in each file; a package is one node",
        "packageName": "a name that an import gives, no definition",
    },
    "java": {"package": "a clause in each file; a package is one node"},
    "javascript": {
        "anonymous": "a callback, which has no name",
        "import": "a name that an import gives, no definition",
        "local": "a variable in a function",
        "misread": "a word of the language or an expression, taken for a name",
        "key": "a key of an object literal that holds data",
        "second": "another name of a definition that is listed already",
    },
    "typescript": {
        "anonymous": "a callback, which has no name",
        "import": "a name that an import gives, no definition",
        "local": "a variable in a function",
        "misread": "a word of the language or an expression, taken for a name",
        "key": "a key of an object literal that holds data",
        "second": "another name of a definition that is listed already",
    },
    "rust": {
        "implementation": "an `impl` block, whose members belong to its type here",
        "elsewhere": "`mod name;`, which says that a file is read, as an import does here",
        "local": "a static or constant on an indented line, in a body",
        "misread": "a type after a lifetime, taken for a name",
    },
    "csharp": {
        "namespace": "a clause in each file; a namespace is one node",
        "typedef": "`using name = type;`, a name that an import gives",
        "misread": "a statement, a string or a parameter, taken for a definition",
    },
    "ruby": {
        "library": "a `require`, which is an import here",
        "describe": "a group of examples, which has its titles as a name here",
        "context": "a group of examples, which has its titles as a name here",
        "writer": "of an `attr_accessor`, which is one definition here",
    },
}
"""Kinds of ctags that are no definitions here, and why."""

_WORDS = frozenset({
    "any", "as", "async", "await", "catch", "const", "do", "else", "extends", "false", "for", "from", "function", "if",
    "import", "in", "infer", "instanceof", "is", "let", "new", "null", "of", "readonly", "return", "satisfies",
    "string", "super", "switch", "this", "throw", "true", "typeof", "undefined", "unknown", "var", "void", "while",
})  # fmt: skip
"""Words that ctags takes for names in scripts."""

_STATEMENT_WORDS = frozenset({"await", "new", "return", "var"})
"""Words before a name in C# that say that it is not defined there."""

_IMPORTED = re.compile(r"\s*(import\b|export\b.*\bfrom\b|(type )?[\w$]+( as [\w$]+)?,?$)")
_WRITTEN = {
    "constant": r"\bconst\s+([{\[][^=]*?)?(?<![\w$.])NAME(?![\w$])",
    "alias": r"\btype NAME(?![\w$])",
    "class": r"\bclass\b|\bfunction NAME\b|\bnew\b",
    "function": r"(?<![\w$.])NAME(?![\w$])",
}
"""How a line looks on which a script defines something of these kinds."""

LOCAL = "in a body"
_LOST = "ctags loses the rest of what it is in after syntax that it does not know"
_SCRIPT_EXTRA = {
    LOCAL: "ctags reads few of them",
    **dict.fromkeys(("test", "suite", "setup"), "a call of a test runner"),
    **dict.fromkeys(("default", "export"), "a value that only an export names"),
    **dict.fromkeys(
        ("method", "function", "property", "getter", "setter", "field", "constructor", "var", "const"), _LOST
    ),
    **dict.fromkeys(("declaration", "interface", "namespace", "abstract"), _LOST),
}
_C_EXTRA = {
    "declaration": "ctags leaves prototypes out",
    LOCAL: "ctags reads no bodies",
    "namespace": "a macro begins it",
    **dict.fromkeys(("constructor", "destructor", "operator"), "ctags takes `= default` for a prototype"),
}
EXTRA: dict[str, dict[str, str]] = {
    "c": _C_EXTRA,
    "cpp": _C_EXTRA,
    "go": {LOCAL: "ctags reads no bodies"},
    "java": {LOCAL: "ctags reads no bodies", "anonymous": "ctags gives them no name"},
    "javascript": _SCRIPT_EXTRA,
    "typescript": _SCRIPT_EXTRA,
    "rust": {
        LOCAL: "ctags reads few of them",
        "const": "ctags leaves constants out, but for those whose type has a lifetime",
        "function": _LOST,
        "macro": "ctags leaves macros in functions and after some patterns out",
    },
    "csharp": {
        LOCAL: "ctags reads no bodies",
        "indexer": "ctags leaves them out",
        "operator": "ctags takes conversions for fields",
        **dict.fromkeys(("delegate", "destructor"), "ctags reads few of them"),
        "namespace": "one that is not all that its file holds",
        **dict.fromkeys(("method", "extension", "property", "class", "constructor", "field", "const"), _LOST),
    },
    "ruby": {
        LOCAL: "ctags reads few of them",
        "field": "an instance variable where a method first sets it; ctags leaves them out",
        **dict.fromkeys(("it", "describe", "context", "let", "hook"), "a call of a test runner"),
        **dict.fromkeys(("attribute", "alias", "module_function"), "ctags reads those of one line alone"),
    },
}
"""Our varieties that ctags does not list, and why."""


CUT: dict[str, dict[str, str]] = {"ruby": {"alias": "?!="}}
"""What ctags sometimes cuts off the end of names, by kind."""


class Place(NamedTuple):
    """A definition."""

    path: str
    name: str
    line: int
    kind: str


def main() -> None:
    """Print recall and precision by kind, and the first differences."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("language", choices=sorted(CTAGS))
    parser.add_argument("--show", type=int, default=20, help="how many differences to print")
    arguments = parser.parse_args()
    languages = TOGETHER.get(arguments.language, (arguments.language,))
    paths = [
        path.relative_to(arguments.folder).as_posix()
        for path in sorted(arguments.folder.rglob("*"))
        if path.is_file() and language_of(path.name, b"") in languages
    ]
    ours = list(our_definitions(arguments.folder, paths))
    theirs = list(their_definitions(arguments.folder, paths, CTAGS[arguments.language]))
    cut = CUT.get(arguments.language, {})
    report(arguments.language, [_cut(item, cut) for item in ours], [_cut(item, cut) for item in theirs], arguments.show)


def _cut(item: Place, ends: dict[str, str]) -> Place:
    return item._replace(name=item.name.rstrip(ends[item.kind]) or item.name) if item.kind in ends else item


def our_definitions(folder: Path, paths: list[str]) -> Iterator[Place]:
    """The definitions of the code graph's facts."""
    rows = []
    for path in paths:
        text = (folder / path).read_bytes().decode("utf-8", "replace")
        rows.append(
            {"doc_id": path, "collection": "c", "path": path, "media": "code", "text": text,
             "language": language_of(path, b""), "is_test": is_test(path)}
        )  # fmt: skip
    for file in unpack(parse_documents(table_from_rows(rows, DOCUMENTS))):
        inside: list[bool] = []
        for item in file.definitions:
            above = file.definitions[item.parent] if item.parent >= 0 else None
            is_body = above is not None and (above.kind in {"function", "method"} or above.variety == "anonymous")
            inside.append(is_body or (above is not None and inside[item.parent]))
            name = _c_name(item) if file.language in {"c", "cpp"} else item.name.removeprefix("r#")
            yield Place(file.path, name, item.line, LOCAL if inside[-1] else item.variety or item.kind)


def _c_name(item: Definition) -> str:
    """A name without blanks; for a function that a macro makes, the macro."""
    macro = re.match(r"([A-Z][A-Z0-9_]*)\(", item.signature)
    return macro[1] if macro and item.kind != "class" else item.name.replace(" ", "")


def their_definitions(folder: Path, paths: list[str], language: str) -> Iterator[Place]:
    """The definitions of ctags, read as one language whatever the suffix says."""
    command = [
        "ctags", "--output-format=json", "--fields=+nK", "--sort=no", f"--language-force={language}",
        "-L", "-", "-f", "-",
    ]  # fmt: skip
    done = subprocess.run(
        command, input="\n".join(paths), cwd=folder, capture_output=True, text=True, errors="replace", check=True
    )
    before = ""
    spoken = _kinds_of(folder, language)
    for line in done.stdout.splitlines():
        tag = json.loads(line)
        if tag["_type"] == "tag" and spoken is not None:
            name = tag["name"].replace(" ", "") if language in {"C", "C++"} else tag["name"]
            name = name.rpartition(".")[2] if language == "C#" else name  # of what implements an interface openly
            yield Place(tag["path"], name, tag["line"], spoken(tag))
        elif tag["_type"] == "tag":
            is_writer = tag["kind"] == "accessor" and tag["name"] == f"{before}="
            before = tag["name"]
            yield Place(tag["path"], tag["name"], tag["line"], "writer" if is_writer else tag["kind"])


def _kinds_of(folder: Path, language: str) -> Callable[[dict[str, Any]], str] | None:
    """What the tags of a language are, where ctags's own kinds do not tell."""
    if language in {"JavaScript", "TypeScript"}:
        return _script_kinds(folder, is_plain=language == "JavaScript")
    if language in {"Rust", "C#"}:
        return _line_kinds(folder, _rust_kind if language == "Rust" else _sharp_kind)
    return _header_kinds(folder) if language in {"C", "C++"} else None


def _line_kinds(folder: Path, kind_on: Callable[[str, str, str], str]) -> Callable[[dict[str, Any]], str]:
    """What tags are, told by the line that each stands on."""
    lines: dict[str, list[str]] = {}

    def kind_of(tag: dict[str, Any]) -> str:
        path = tag["path"]
        if path not in lines:
            lines[path] = (folder / path).read_bytes().decode("utf-8", "replace").split("\n")
        return kind_on(tag["name"], tag["kind"], lines[path][tag["line"] - 1])

    return kind_of


def _rust_kind(name: str, kind: str, line: str) -> str:
    if kind == "module" and re.search(rf"\bmod\s+{re.escape(name)}\s*;", line):
        return "elsewhere"
    if kind != "variable":
        return kind
    if not re.search(rf"(?<!')\b(const|static)\s+(mut\s+)?{re.escape(name)}\b", line):
        return "misread"
    return "local" if line[:1].isspace() else kind


def _sharp_kind(name: str, kind: str, line: str) -> str:
    if kind not in {"field", "property", "method", "class"}:
        return kind
    before, _, after = line.partition(name)
    words = before.split()
    is_written = bool(words) and words[-1] not in _STATEMENT_WORDS and not re.search(r'["=;]|\bwhere\b|[.(]$', before)
    return kind if is_written and re.match(r"\s*([;=,({<:]|//|$)", after) else "misread"


def _header_kinds(folder: Path) -> Callable[[dict[str, Any]], str]:
    """What the tags of C and C++ are, told by the lines that they stand on."""
    lines: dict[str, list[str]] = {}

    def kind_of(tag: dict[str, Any]) -> str:
        path, number, name, kind = tag["path"], tag["line"], re.escape(tag["name"]), str(tag["kind"])
        if path not in lines:
            lines[path] = (folder / path).read_bytes().decode("utf-8", "replace").split("\n")
        line = lines[path][number - 1]
        patterns = {
            "anonymous": name.startswith("__anon"),
            "guard": kind == "macro" and re.fullmatch(rf"\s*#\s*ifndef\s+{name}\s*", lines[path][max(0, number - 2)]),
            "inline": kind == "namespace" and re.search(rf"\binline\s+namespace\s+{name}\b", line),
            "second": kind == "typedef" and re.search(rf"\}}.*\b{name}\b", line),
            "static": kind in {"member", "variable"} and re.search(rf"::{name}\b", line),
            "local": kind == "variable" and line[:1].isspace(),
            "misread": kind == "function" and re.search(rf"\)\s*(const\s*)?{name}\s*\(", line),
        }
        return next((word for word, found in patterns.items() if found), kind)

    return kind_of


def _script_kinds(folder: Path, *, is_plain: bool) -> Callable[[dict[str, Any]], str]:
    """What the tags of scripts are, told by the lines that they stand on."""
    lines: dict[str, list[str]] = {}
    seen: set[tuple[str, int, str]] = set()

    def kind_of(tag: dict[str, Any]) -> str:
        path, number, name, kind = tag["path"], tag["line"], tag["name"], tag["kind"]
        if path not in lines:
            lines[path] = (folder / path).read_bytes().decode("utf-8", "replace").split("\n")
        line = lines[path][number - 1]
        place = (path, number, name)
        is_second = place in seen or re.search(rf"[.\w\]]+\s*[=:]\s*(async )?function\*? {re.escape(name)}\b", line)
        seen.add(place)
        if is_plain and kind == "property" and "function" not in line:
            return "key"
        return _script_kind(name, kind, line, is_second=bool(is_second))

    return kind_of


def _script_kind(name: str, kind: str, line: str, *, is_second: bool) -> str:
    word = re.escape(name)
    if name.startswith("AnonymousFunction"):
        return "anonymous"
    if name in _WORDS or not re.match(r"[#$\w'\"\[]", name) or line.lstrip().startswith(("//", "*", "/*")):
        return "misread"
    if "require(" in line or _IMPORTED.match(line):
        return "import"
    if kind in {"constant", "variable"} and line[:1].isspace():
        return "local"
    if kind in {"property", "field"} and re.search(rf"{word}['\"]?\s*(:.*,|:.*\{{|,)\s*$|[{{,]\s*{word}\b", line):
        return "key"
    pattern = _WRITTEN.get(kind)
    if pattern is not None and not re.search(pattern.replace("NAME", word), line):
        return "misread"
    return "second" if is_second else kind


def report(language: str, ours: list[Place], theirs: list[Place], show: int) -> None:
    """Match the two and print what is found, missed and extra."""
    left_out, kinds = LEFT_OUT.get(language, {}), KINDS.get(language, {})
    pairs, missed, extra = match(ours, [item for item in theirs if item.kind not in left_out])
    total = Counter(item.kind for item in theirs if item.kind not in left_out)
    found = Counter(other.kind for _, other in pairs)
    print(f"ctags: {sum(total.values())} definitions, {sum(found.values())} found: recall {_share(found, total)}")
    for kind in sorted(total):
        wrong = [mine for mine, other in pairs if other.kind == kind and mine.kind not in kinds.get(kind, "").split()]
        print(f"  {kind:16}{found[kind]:7}/{total[kind]:<7}{found[kind] / total[kind]:.4f}  {_spoken(wrong)}")
    for kind, reason in left_out.items():
        print(f"  {kind:16}{sum(item.kind == kind for item in theirs):7} left out: {reason}")
    known = EXTRA.get(language, {})
    more = Counter(item.kind for item in extra)
    counted = len(pairs) + sum(count for kind, count in more.items() if kind not in known)
    print(f"ours: {len(ours)} definitions; precision {len(pairs) / max(1, counted):.4f}; not in ctags:")
    for kind, count in more.most_common():
        print(f"  {kind:16}{count:7} {known.get(kind, '')}")
    for title, places in (("missed", missed), ("extra", [item for item in extra if item.kind not in known])):
        for item in places[:show]:
            print(f"{title}: {item.path}:{item.line} {item.kind} {item.name}")


def match(ours: list[Place], theirs: list[Place]) -> tuple[list[tuple[Place, Place]], list[Place], list[Place]]:
    """Pairs of the same definition, and what is left on either side."""
    open_places: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for item in ours:
        open_places[item.path, item.name].append(item)
    pairs, later, missed = [], [], []
    for other in theirs:
        same = [item for item in open_places[other.path, other.name] if item.line == other.line]
        if same:
            open_places[other.path, other.name].remove(same[0])
            pairs.append((same[0], other))
        else:
            later.append(other)
    for other in later:
        near = [item for item in open_places[other.path, other.name] if abs(item.line - other.line) <= NEAR]
        if near:
            best = min(near, key=lambda item: abs(item.line - other.line))
            open_places[other.path, other.name].remove(best)
            pairs.append((best, other))
        else:
            missed.append(other)
    return pairs, missed, [item for places in open_places.values() for item in places]


def _share(found: Counter[str], total: Counter[str]) -> str:
    return f"{sum(found.values()) / max(1, sum(total.values())):.4f}"


def _spoken(wrong: list[Place]) -> str:
    return f"of another kind here: {dict(Counter(item.kind for item in wrong))}" if wrong else ""


if __name__ == "__main__":
    sys.exit(main())
