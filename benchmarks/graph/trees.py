"""Which source trees are large? Real source distributions laid side by side, up to a number of lines."""

import ast
import hashlib
import random
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

DISTRIBUTIONS = (
    "click==8.5.1", "jinja2==3.1.6", "werkzeug==3.1.9", "networkx==3.6.1", "twisted==26.10.0", "nltk==3.10.4",
    "django==5.2.19", "sympy==1.14.0",
)  # fmt: skip
SEED = 4


def assemble(scratch: Path, lines: int) -> Path:
    """A tree of this many lines of Python at least, or the one made before; no two files in it are equal."""
    root = scratch / f"lines-{lines}"
    if root.exists():
        return root
    seen: set[bytes] = set()
    count = 0
    for file in real_files(scratch):
        text = file.read_bytes()
        digest = hashlib.sha256(text).digest()
        if digest not in seen and text.strip():
            seen.add(digest)
            target = root / file.relative_to(scratch / "unpacked")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text)
            count += text.count(b"\n")
        if count >= lines:
            return root
    raise SystemExit(f"the distributions hold {count:,} lines only; add one to graph.trees.DISTRIBUTIONS")


def real_files(scratch: Path) -> Iterator[Path]:
    """The Python files of one distribution after the other, each fetched when the ones before are used up."""
    for requirement in DISTRIBUTIONS:
        folder = scratch / "unpacked" / requirement.partition("=")[0]
        if not folder.exists():
            fetch(requirement, scratch / "sdist", folder)
        yield from sorted(folder.rglob("*.py"))


def fetch(requirement: str, archives: Path, folder: Path) -> Path:
    """Unpack a source distribution into a folder, and return the folder in it that holds its files."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-binary", ":all:"]
    target = archives / folder.name
    subprocess.run([*command, "-qq", "-d", str(target), requirement], check=True)
    with tarfile.open(next(target.glob("*.tar.gz"))) as archive:
        archive.extractall(folder, filter="data")
    return next(path for path in folder.iterdir() if path.is_dir())


def count_lines(root: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in root.rglob("*.py"))


def touch(root: Path, share: float) -> int:
    """Append a statement to a function in a random share of the files; returns how many there are."""
    choose = random.Random(SEED)
    files = sorted(root.rglob("*.py"))
    wanted = max(1, round(share * len(files)))
    touched = 0
    for path in choose.sample(files, len(files)):
        text = path.read_bytes()
        functions = list(plain_functions(text))
        if functions and touched < wanted:
            last = choose.choice(functions).body[-1]
            lines = text.split(b"\n")
            lines.insert(last.end_lineno or last.lineno, b" " * last.col_offset + b"touched_by_benchmark = 1")
            path.write_bytes(b"\n".join(lines))
            touched += 1
    return touched


def plain_functions(text: bytes) -> Iterator[ast.FunctionDef]:
    """Functions whose last statement has lines of its own, so that another can follow it."""
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError):
        return
    lines = text.split(b"\n")
    for node in nodes:
        if isinstance(node, ast.FunctionDef):
            last = node.body[-1]
            before = lines[last.lineno - 1][: last.col_offset]
            after = lines[(last.end_lineno or last.lineno) - 1][last.end_col_offset or 0 :]
            if not before.strip(b" ") and not after.strip():
                yield node
