"""The run folder: what resume needs. A stage is a folder of Parquet parts, named by a hash of all that fixes its rows.

`OUT/.run/<stage>-<fingerprint>/<output>/part-00000.parquet`. A part appears whole, by rename; a part that is there is
never made again. So the files themselves are the journal of what is done.
"""

import errno
import hashlib
import json
import os
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from synth.lock import held
from synth.mishaps import told
from synth.store import Place, Remote, listed, modified, read_table, remove_tree

BEGUN = "begun"  # beside the stages: a note for each part that is being made, with how often that was begun


def fingerprint(*parts: Any) -> str:
    """A short hash of JSON values, the same on every machine."""
    return hashlib.blake2b(json.dumps(parts, sort_keys=True).encode(), digest_size=8).hexdigest()


def write_atomically(path: Place, data: bytes, *, is_durable: bool = True) -> None:
    """Write a file so that it is either absent or whole, also after a crash.

    Args:
        path: of the file.
        data: all of it.
        is_durable: wait until it is on the disk; else it outlives this process, but maybe not the machine.
    """
    if isinstance(path, Remote):
        path.write_bytes(data)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    # Of this call alone: a worker whose node counts as lost may still be writing the same part.
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        with temporary.open("wb") as stream:
            stream.write(data)
            stream.flush()
            if is_durable:
                os.fsync(stream.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)  # a full disk is not made fuller
    if is_durable:
        _sync_folder(path.parent)


def _sync_folder(path: Path) -> None:
    """Make the names in a folder durable too."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some network file systems cannot
            raise
    finally:
        os.close(descriptor)


def to_parquet(table: pa.Table) -> bytes:
    """Encode a table as the bytes of a Parquet file."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    data: bytes = sink.getvalue().to_pybytes()
    return data


@dataclass(frozen=True)
class Stage:
    """One stage's folder; `outputs` names the tables that each part of it writes."""

    path: Place
    outputs: tuple[str, ...]

    def part(self, output: str, index: int) -> Place:
        """Where part `index` of an output is or will be."""
        return self.path / output / f"part-{index:05d}.parquet"

    def has(self, index: int) -> bool:
        """Whether a part is complete."""
        return all(self.part(output, index).exists() for output in self.outputs)

    def commit(self, index: int, tables: Mapping[str, bytes]) -> None:
        """Make one part visible; its outputs come in order, so the last one completes it."""
        for output in self.outputs:
            write_atomically(self.part(output, index), tables[output])

    @contextmanager
    def begun(self, index: int) -> Iterator[int]:
        """Note that a part is being made; yields how many processes have died at it before.

        The note goes however the block ends; only the death of the process leaves it.
        """
        note = self.path.parent / BEGUN / f"{self.path.name}-{index:05d}"
        deaths = int(note.read_text() or 0) if note.exists() else 0
        write_atomically(note, str(deaths + 1).encode(), is_durable=False)
        try:
            yield deaths
        finally:
            note.unlink(missing_ok=True)

    def parts(self, output: str) -> list[Place]:
        """The files of an output, in order."""
        return listed(self.path / output, "part-*.parquet")

    def tables(self, output: str) -> Iterator[pa.Table]:
        """The tables of an output, in order, one at a time."""
        for path in self.parts(output):
            yield read_table(path)

    def table(self, output: str, schema: pa.Schema) -> pa.Table:
        """An output as one table; empty where it has no part."""
        return pa.concat_tables([schema.empty_table(), *self.tables(output)])

    @property
    def is_finished(self) -> bool:
        """Whether `finish` was called."""
        return (self.path / "done.json").exists()

    def finish(self, summary: Mapping[str, Any] | None = None) -> None:
        """Record that all parts are there, with numbers worth keeping."""
        write_atomically(self.path / "done.json", json.dumps(summary or {}, sort_keys=True).encode())

    def summary(self) -> dict[str, Any]:
        """The numbers given to `finish`."""
        data: dict[str, Any] = json.loads((self.path / "done.json").read_text())
        return data


class RunFolder:
    """`OUT/.run`: the stages of the run, its identity and its lock."""

    def __init__(self, out: Place) -> None:
        self.out = out
        self.path = out / ".run"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for this process; the lock ends with the process, however that ends.

        Raises:
            UserError: OUT holds other things, cannot be written, or another run is at work in it; or, from the block,
                what `synth.mishaps` can explain.
        """
        with told(), held(self.out, self.path):
            yield

    @property
    def answers(self) -> Place:
        """The ledger's folder; it outlives every stage, since its answers were paid for."""
        return self.path / "answers"

    def stage(self, name: str, print_: str, *outputs: str) -> Stage:
        """The folder of a stage whose rows the fingerprint fixes."""
        return Stage(self.path / f"{name}-{print_}", outputs)

    def earlier(self, stage: Stage, settings: str) -> Stage | None:
        """A finished stage of the same name from before a change, if it was made with the same settings."""
        name = stage.path.name.rpartition("-")[0]
        found = [Stage(path, stage.outputs) for path in self.path.glob(f"{name}-*") if path != stage.path]
        found = [other for other in found if other.is_finished and other.summary().get("settings") == settings]
        return max(found, key=lambda other: modified(other.path / "done.json"), default=None)

    def identity(self) -> dict[str, Any] | None:
        """What the run was started with, or None in a new folder."""
        path = self.path / "run.json"
        if not path.exists():
            return None
        data: dict[str, Any] = json.loads(path.read_text())
        return data

    def set_identity(self, identity: Mapping[str, Any]) -> None:
        """Record what the run was started with."""
        write_atomically(self.path / "run.json", json.dumps(identity, sort_keys=True, indent=1).encode())

    def drop_stages_except(self, stages: list[Stage]) -> None:
        """Delete stage folders that an update has left behind."""
        kept = {self.answers.name, *(stage.path.name for stage in stages)}
        for path in self.path.iterdir():
            if path.is_dir() and path.name not in kept:
                remove_tree(path)
