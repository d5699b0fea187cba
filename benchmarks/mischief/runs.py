"""A run that something happens to: a child process, which is waited for and compared with an undisturbed one."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from corpora import SHOP, rows

from synth.shards import Metrics, verify_release
from synth.store import Place, Remote, files_below, get, place

MANUAL = SHOP.parent / "manual"
HERE = Path(__file__).parent.parent
LIMIT = 600  # seconds of one command
# Small parts, so that there are many moments at which something may happen.
LAUNCH = """
import sys
from synth import graphing, stages
stages.TASKS_PER_PART, graphing.FILES_PER_PART = 32, 2
if sys.argv[1]:
    import importlib
    from synth import reading
    reading.parse = getattr(importlib.import_module("mischief.poison"), sys.argv[1])
sys.argv = ["synth", *sys.argv[2:]]
from synth.cli import main
main()
"""


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    said: str
    seconds: float


class Outcome(NamedTuple):
    """One bad day."""

    is_same: bool
    """Rows equal the undisturbed run, sums hold, the release verifies."""
    commands: int
    """That it took: 1 where the run got over it by itself."""
    recovery: float
    """Seconds from the fault to the end of the last command, less what an undisturbed run had left to do."""
    twice: int
    """Requests that a teacher answered more than once, beyond those in flight at the fault."""
    note: str


def corpus_command(
    out: str | Place, *arguments: str, patch: str = "", sources: Sequence[Path] = (SHOP, MANUAL)
) -> list[str]:
    """A command line that makes the small corpus."""
    return [sys.executable, "-c", LAUNCH, patch, "corpus", *map(str, sources), "--out", str(out), *arguments]


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """That of a child: it finds the modules of the tests and of this benchmark."""
    paths = os.pathsep.join(map(str, (HERE, HERE.parent / "tests", HERE.parent)))
    return {**os.environ, "PYTHONPATH": paths, "OPENAI_API_KEY": "none", "OMP_NUM_THREADS": "1", **(more or {})}


def started(command: Sequence[str], more: Mapping[str, str] | None = None, **options: Any) -> subprocess.Popen[str]:
    """Start a command."""
    streams: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, env=environment(more), **streams, **options)


def ended(process: subprocess.Popen[str], since: float) -> Ended:
    """Wait for the end of a command."""
    try:
        _, said = process.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        _, said = process.communicate()
        said = f"did not end within {LIMIT} seconds\n{said}"
    return Ended(process.returncode, said.strip(), time.monotonic() - since)


def run(command: Sequence[str], more: Mapping[str, str] | None = None, **options: Any) -> Ended:
    """Run a command to its end."""
    return ended(started(command, more, **options), time.monotonic())


def until_done(command: Sequence[str], more: Mapping[str, str] | None = None, tries: int = 20) -> list[Ended]:
    """Run the same command again until it succeeds."""
    found = [run(command, more)]
    while found[-1].code and len(found) < tries:
        found.append(run(command, more))
    return found


def made(out: str | Place) -> dict[str, list[dict[str, Any]]]:
    """The rows of a corpus wherever it lies; empty where it does not verify or a sum does not hold."""
    where = place(str(out)) if not isinstance(out, Path) else out
    if not (where / "README.md").exists() or verify_release(where):
        return {}
    with tempfile.TemporaryDirectory(prefix="synth-bad-") as folder:
        here = _downloaded(where, Path(folder)) if isinstance(where, Remote) else where
        metrics = Metrics.model_validate_json((here / "metrics.json").read_bytes())
        return rows(here) if all(item.holds for item in metrics.sums) else {}


def _downloaded(where: Remote, folder: Path) -> Path:
    for name in files_below(where):
        if not name.startswith(".run/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            get(where / name, folder / name)
    return folder


def is_one_line(said: str) -> bool:
    """Whether a failed command said one line, and no stack trace."""
    return "Traceback" not in said and any(line.startswith("error: ") for line in said.splitlines())
