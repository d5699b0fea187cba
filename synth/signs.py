"""What shows from outside of a run folder? Whether a run is at work, how many rows it has made, how many bytes."""

import json
import os
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pyarrow as pa

from synth.errors import UserError
from synth.lock import EXPIRE_SECONDS, Note
from synth.record import Record
from synth.store import Place, Remote, listed, n_rows

SAMPLED_PARTS = 32  # of one table, whose rows are read; the others are taken to hold as many each
READERS = 8  # of footers at once, for the sake of object stores


@contextmanager
def readable(out: Place) -> Iterator[None]:
    """Say in one line that OUT cannot be read, where something in the block finds that out.

    Raises:
        UserError: it cannot.
    """
    try:
        yield
    except OSError as error:
        reason = " ".join(str(error.strerror or error).split())[:200]
        raise UserError(f"{out} cannot be read: {reason}; check the address, and what grants access to it") from None


def is_alive(run: Place, record: Record | None) -> bool | None:
    """Whether a run holds the lock of a run folder; None where that cannot be seen from here.

    The lock itself is not tried: a run that begins at that moment would be refused.
    """
    if isinstance(run, Remote):
        return _is_renewed(run / "lock")
    if _is_locked_here(run / "lock"):
        return True
    return False if record is not None and record.host == socket.gethostname() else None


def rows_by_table(stage: Place) -> dict[str, int]:
    """Rows of the parts of a stage, by table; where there are many parts, about so many."""
    try:
        tables = sorted(path for path in stage.iterdir() if path.is_dir())
    except OSError:
        return {}
    return {table.name: _count_rows(listed(table, "part-*.parquet")) for table in tables}


def disk_use(out: Place) -> dict[str, int]:
    """Bytes in OUT: of what readers see, of a teacher's answers, and of the rest of the run folder."""
    found = {"results": 0, "answers": 0, "run": 0}
    for name, n_bytes in _sizes(out):
        kind = "results" if not name.startswith(".run/") else "answers" if name.startswith(".run/answers/") else "run"
        found[kind] += n_bytes
    return found


def _is_renewed(lock: Remote) -> bool:
    try:
        return time.time() - Note(**json.loads(lock.read_bytes())).renewed < EXPIRE_SECONDS
    except (OSError, ValueError, TypeError):  # none, or one that another version wrote
        return False


def _is_locked_here(lock: Path) -> bool:
    """Whether the system's list of locks has one of this file.

    Some file systems (overlays, Btrfs) state another device there than `stat` does, so the inode decides.
    """
    try:
        inode = lock.stat().st_ino
        locks = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    except OSError:
        return False
    fields = (line.split() for line in locks)
    return any("FLOCK" in words and any(word.endswith(f":{inode}") for word in words) for words in fields)


def _count_rows(parts: list[Place]) -> int:
    step = -(-len(parts) // SAMPLED_PARTS) or 1
    with ThreadPoolExecutor(READERS) as readers:
        counts = [count for count in readers.map(_rows_of, parts[::step]) if count is not None]
    return round(sum(counts) / len(counts) * len(parts)) if counts else 0


def _rows_of(part: Place) -> int | None:
    try:
        return n_rows(part)
    except (OSError, pa.ArrowException):  # gone since it was listed, or damaged
        return None


def _sizes(out: Place) -> Iterator[tuple[str, int]]:
    if isinstance(out, Remote):
        yield from ((str(path)[len(str(out)) + 1 :], size) for path, size in out.files())
        return
    for folder, _, names in os.walk(out):
        for name in names:
            with suppress(FileNotFoundError):  # a run at work renames and deletes
                path = Path(folder, name)
                yield path.relative_to(out).as_posix(), path.lstat().st_size
