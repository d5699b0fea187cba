"""Is another run at work in this folder? A lock that ends with its process, on a disk or in an object store.

On a disk the system holds the lock. An object store has none, so the run leaves a note there and renews it; a note that
is not renewed for a while is that of a run that died.
"""

import fcntl
import json
import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from synth.errors import UserError
from synth.store import Place, Remote

RENEW_SECONDS = 15.0
EXPIRE_SECONDS = 60.0
"""A note that is older was left by a run that died."""


@dataclass(frozen=True)
class Note:
    """Who is at work, as the object store has it."""

    owner: str
    host: str
    process: int
    renewed: float
    """Seconds since 1970."""


@contextmanager
def held(out: Place, run: Place) -> Iterator[None]:
    """Hold OUT for this process; the lock ends with the process, however that ends.

    Args:
        out: the output folder.
        run: the run folder in it.

    Raises:
        UserError: OUT holds other things, cannot be written, or another run is at work in it.
    """
    if out.exists() and not out.is_dir():
        raise UserError(f"--out {out} is a file; give a folder")
    if out.is_dir() and not run.is_dir() and any(True for _ in out.iterdir()):
        raise UserError(f"--out {out} holds files that synth did not write; give a new or empty folder")
    if isinstance(run, Remote):
        with _noted(out, run / "lock"):
            yield
    else:
        with _locked(out, run):
            yield


@contextmanager
def _locked(out: Place, run: Path) -> Iterator[None]:
    try:
        run.mkdir(parents=True, exist_ok=True)
        stream = (run / "lock").open("w")
    except OSError as error:
        raise UserError(f"--out {out} cannot be written: {error.strerror}; choose another folder") from None
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError(f"another run is at work in {out}; wait for it or choose another --out") from None
        yield


@contextmanager
def _noted(out: Place, note: Remote) -> Iterator[None]:
    mine = Note(uuid.uuid4().hex, socket.gethostname(), os.getpid(), time.time())
    other = _read(note)
    if other and time.time() - other.renewed < EXPIRE_SECONDS and not _is_dead(other):
        raise UserError(
            f"another run is at work in {out}, process {other.process} on {other.host}; wait for it, or "
            f"{EXPIRE_SECONDS:.0f} seconds if it died"
        )
    _write(note, mine)
    if (_read(note) or mine).owner != mine.owner:  # two runs that started at once: the last note counts
        raise UserError(f"another run has just started in {out}; wait for it or choose another --out")
    ended = threading.Event()
    thread = threading.Thread(target=_renew, args=(note, mine, ended), name="lock", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        note.unlink(missing_ok=True)


def _renew(note: Remote, mine: Note, ended: threading.Event) -> None:
    while not ended.wait(RENEW_SECONDS):
        with suppress(OSError):  # a store that is away for a while: the next write of the run itself will tell
            _write(note, mine)


def _is_dead(other: Note) -> bool:
    """Whether the note is of a process of this machine that has ended."""
    if other.host != socket.gethostname():
        return False
    try:
        os.kill(other.process, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _write(note: Remote, mine: Note) -> None:
    note.write_bytes(json.dumps(asdict(replace(mine, renewed=time.time()))).encode())


def _read(note: Remote) -> Note | None:
    try:
        return Note(**json.loads(note.read_bytes()))
    except FileNotFoundError:
        return None
