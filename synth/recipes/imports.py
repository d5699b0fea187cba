"""Which import statements does a piece of a file need? Those at its top that bind a name which the piece uses."""

import ast
import re
from functools import lru_cache

from synth.languages import LANGUAGES, syntax
from synth.recipes.base import Source

_WORD = re.compile(r"\w+")
_LEAF = re.compile(r"(\w+)(?!\w|\s*(?:\.|::|/))")
_NEVER_BOUND = {
    "import",
    "from",
    "use",
    "as",
    "static",
    "type",
    "const",
    "let",
    "var",
    "require",
    "pub",
    "crate",
    "self",
}
MOST = 24  # where an import does not say what it brings, a file with more of them shows none


def imports_for(source: Source, path: str, code: str, language: str) -> str:
    """The import statements at the top of a file that `code` needs, as written.

    A Python file that CPython cannot parse gives none. Where a language's imports do not name what they bring into
    scope, all of a file's are needed.
    """
    if language == "python":
        return _of_python(source.texts[path], code)
    if ("imports", path) not in source.memo:
        source.memo["imports", path] = syntax.imports(source.texts[path], language)
    found: list[str] = source.memo["imports", path]
    if not LANGUAGES[language].binds:
        return "\n".join(found) if len(found) <= MOST else ""
    used = set(_WORD.findall(code))
    return "\n".join(kept for statement in found if (kept := _narrow(statement, used)))


def _narrow(statement: str, used: set[str]) -> str:
    """A statement, or an empty string if nothing of it is used; each line in the brackets of Go is looked at alone."""
    block = re.fullmatch(r"import\s*\((.*)\)", statement, re.DOTALL)
    if block is None:
        return statement if _is_used(statement, used) else ""
    kept = [line.strip() for line in block[1].split("\n") if '"' in line and _is_used(line, used)]
    return "import (\n" + "".join(f"\t{line}\n" for line in kept) + ")" if kept else ""


def _is_used(statement: str, used: set[str]) -> bool:
    """Whether a name that a statement binds is used; one that binds all names of a place is taken to be."""
    if re.search(r"\*\s*[;}]?\s*$|\bimport\s+_\s", statement):
        return "*" in statement
    return not used.isdisjoint(set(_LEAF.findall(statement)) - _NEVER_BOUND)


def _of_python(text: str, code: str) -> str:
    used = set(_WORD.findall(code))
    lines = text.split("\n")
    found = []
    for statement in _statements(text):
        kept = [name for name in statement.names if (name.asname or name.name.split(".")[0]) in used]
        if len(kept) == len(statement.names):
            found.append("\n".join(lines[statement.lineno - 1 : statement.end_lineno]))
        elif kept:
            found.append(ast.unparse(_narrowed(statement, kept)))
    return "\n".join(found)


@lru_cache(maxsize=256)
def _statements(text: str) -> list[ast.Import | ast.ImportFrom]:
    """The import statements at the top level of a Python file, without those of `__future__`."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found = [item for item in body if isinstance(item, ast.Import | ast.ImportFrom)]
    return [item for item in found if getattr(item, "module", None) != "__future__"]


def _narrowed(statement: ast.Import | ast.ImportFrom, names: list[ast.alias]) -> ast.stmt:
    if isinstance(statement, ast.ImportFrom):
        return ast.ImportFrom(statement.module, names, statement.level)
    return ast.Import(names)
