"""The journal of answers: what a teacher was paid for is never asked again.

One ledger in each run folder serves every engine and every round. A unit is one request; its id is a hash of all that
can change an answer, so a changed prompt, model or parameter asks anew exactly what it changes, and nothing else.

Shards are the truth: Parquet files that appear whole, by temporary file, fsync and rename, each with the answers of a
few seconds, and named by their number of rows and a hash of their bytes. All answers to one unit stand together. The
index is a scratch file that is made of the shards on start, in bounded memory: SQLite keeps it on disk.

Until its shard is there, an answer stands in a log, to which it is appended the moment it comes: a writer that is
killed loses nothing that it was given, a machine that loses its power at most the seconds before a shard.

Any number of processes may write. Who opens the ledger while nobody else has it open puts it in order: it makes shards
of the logs that killed writers left, deletes what is half-written, and merges small shards.
"""

import fcntl
import hashlib
import json
import os
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from synth.errors import UserError
from synth.folder import to_parquet, write_atomically
from synth.schema import RESPONSES, content_id
from synth.store import Place, Remote, listed

KEY_VERSION = 1
"""History of the unit's key. A new version makes every unit new, so that no answer is taken for another's.

1: engine settings that change an answer, messages, response schema, sampling, prompt id and hash.
"""
ENGINE_PARTS = {"vllm", "openai"}  # sections of the engine settings that mean nothing to another engine
FLUSH_SECONDS = 2.0  # an answer is durable at most this long after it came, and the time of one write
ROWS_PER_SHARD = 4096
SMALL_SHARDS = 64  # so many shards of less than ROWS_PER_SHARD rows are merged on start
LOG = ".arrows"
UNITS_AT_ONCE = 1024  # whose answers are read together
CACHE_KB = 16_384  # of the index that is held in memory

LEDGER = RESPONSES.append(pa.field("unit_id", pa.string())).append(pa.field("written", pa.int64()))  # ns since 1970
_INDEXED = ["unit_id", "sample_index", "status", "prompt_tokens", "cached_tokens", "output_tokens", "written"]


def unit_id(task: Mapping[str, Any], engine: Mapping[str, Any]) -> str:
    """The identity of a request.

    Args:
        task: a row of `synth.schema.TASKS`.
        engine: `EngineSettings.identity()` of who is asked.
    """
    others = ENGINE_PARTS - {engine["name"]} if engine["name"] != "auto" else set()
    settings = {name: value for name, value in engine.items() if name not in others}
    asked = [(message["role"], message["content"]) for message in task["messages"]]
    sampling = {name: _as_stored(name, value) for name, value in task["sampling"].items()}
    parts = (settings, asked, task["response_schema"], sampling, task["prompt_id"], task["prompt_sha256"])
    return content_id(str(KEY_VERSION), json.dumps(parts, sort_keys=True))


def _as_stored(name: str, value: float | None) -> float | None:
    """A sampling parameter, the same before and after a table holds it, with fewer digits than it was given."""
    return round(float(value), 5) if name in {"temperature", "top_p"} and value is not None else value


@dataclass(frozen=True)
class Spent:
    """What the answers of a ledger took, in tokens; cached tokens are part of the prompt tokens."""

    prompt: int = 0
    cached: int = 0
    output: int = 0

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(self.prompt + other.prompt, self.cached + other.cached, self.output + other.output)

    def __sub__(self, other: "Spent") -> "Spent":
        return Spent(self.prompt - other.prompt, self.cached - other.cached, self.output - other.output)


class _Log:
    """A file of record batches, in Arrow's stream format; what was written survives the end of the process."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / f"{time.time_ns():020d}-{os.getpid()}-{os.urandom(3).hex()}{LOG}"
        self.is_torn = False
        """Whether a write has failed, so that nothing after it could be read."""
        self._file = self.path.open("wb", buffering=0)
        self._stream = pa.ipc.new_stream(self._file, LEDGER)

    def append(self, batch: pa.RecordBatch) -> None:
        try:
            self._stream.write_batch(batch)
        except OSError:
            self.is_torn = True
            raise

    def delete(self) -> None:
        self._file.close()
        self.path.unlink(missing_ok=True)


def _read_log(path: Path) -> pa.Table:
    """The batches of a log up to where it was torn."""
    batches: list[pa.RecordBatch] = []
    with path.open("rb") as file, suppress(pa.ArrowInvalid, EOFError, OSError):  # as a killed writer leaves its end
        for batch in pa.ipc.open_stream(file):
            batches.append(batch)
    return pa.Table.from_batches(batches, LEDGER)


class LedgerWriter:
    """Writes answers down; one for each process that asks. Safe to use from several threads.

    An answer that cannot be written is held and tried again, with the next ones and at the end.

    Raises:
        OSError: from `add` or on leaving: the folder cannot be written.
    """

    def __init__(self, folder: Place) -> None:
        self._folder = folder
        self._batches: list[pa.RecordBatch] = []
        self._n_rows = 0
        self._lock = threading.Lock()
        self._writing = threading.Lock()  # shards are written one after another, outside the other lock
        self._closed = threading.Event()
        self._error: Exception | None = None
        self._number = 0
        self._logs: list[_Log] = []
        """Those that hold answers which are in no shard yet; the last one is appended to."""
        self._timer = threading.Thread(target=self._tick, name="ledger", daemon=True)

    def __enter__(self) -> "LedgerWriter":
        self._presence = _open_lock(self._folder)
        _try_lock(self._presence, fcntl.LOCK_SH)
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._closed.set()
        self._timer.join()
        with self._presence:
            self._flush()

    def add(self, unit: str, rows: Iterable[dict[str, Any]]) -> None:
        """Take the answers to one unit: from here on they outlive this process, and seconds later the machine."""
        batch = pa.RecordBatch.from_pylist([{**row, "unit_id": unit} for row in rows], LEDGER)
        with self._lock:
            self._batches.append(batch)
            self._n_rows += batch.num_rows
            is_full = self._n_rows >= ROWS_PER_SHARD
            if not self._logs or self._logs[-1].is_torn:
                self._logs.append(_Log(_here(self._folder)))
            self._logs[-1].append(batch)
            if self._error:
                raise self._error
        if is_full:
            self._flush()

    def _tick(self) -> None:
        while not self._closed.wait(FLUSH_SECONDS):
            try:
                self._flush()
            except Exception as error:  # noqa: BLE001 - raised where the next answer comes in: a thread has nobody to tell
                with self._lock:
                    self._error = error

    def _flush(self) -> None:
        with self._writing:
            with self._lock:
                batches, self._batches, self._n_rows = self._batches, [], 0
                logs, self._logs = self._logs, []
            if not batches:
                return
            self._number += 1
            try:
                _commit(self._folder, self._number, pa.Table.from_batches(batches), time.time_ns())
            except BaseException:
                with self._lock:
                    self._batches = batches + self._batches
                    self._logs = logs + self._logs
                    self._n_rows = sum(batch.num_rows for batch in self._batches)
                raise
            for log in logs:
                log.delete()
            with self._lock:
                self._error = None


def write_shard(folder: Place, number: int, rows: Sequence[dict[str, Any]]) -> Place:
    """Commit rows with their `unit_id`, those of a unit together, as one shard."""
    return _commit(folder, number, pa.Table.from_pylist(list(rows), LEDGER), time.time_ns())


def _commit(folder: Place, number: int, table: pa.Table, written: int | None = None) -> Place:
    """Write a shard; its name is unique over processes and machines, and says what it must hold."""
    if written is not None:
        column = pa.repeat(pa.scalar(written, pa.int64()), table.num_rows)
        table = table.set_column(table.schema.get_field_index("written"), "written", column)
    data = to_parquet(table)
    path = folder / f"{time.time_ns():020d}-{os.getpid()}-{number}-{table.num_rows}-{_digest(data)}.parquet"
    write_atomically(path, data)
    return path


class Ledger:
    """Reads what has been answered; use it in one thread.

    Where a unit was answered twice, its first answer counts; where it failed twice, its last failure; an answer counts
    before any failure. So what is read does not depend on the order in which shards are found or merged.
    """

    def __init__(self, folder: Place) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.spent = Spent()
        self.dropped: list[str] = []
        """Files that were left half-written or do not hold what they say; they count as never answered."""
        self._seen: set[str] = set()
        self._shards: list[Place] = []
        self._index = _open_index()
        self._presence = _open_lock(folder)
        if _try_lock(self._presence, fcntl.LOCK_EX | fcntl.LOCK_NB):
            self._recover()
            self._merge()
        _try_lock(self._presence, fcntl.LOCK_SH)
        self.refresh()

    def refresh(self) -> None:
        """Take in the shards that were written since."""
        for path in listed(self.folder, "*.parquet"):
            if path.name not in self._seen:
                self._seen.add(path.name)
                self._take_in(path)
        sums = self._index.execute("SELECT total(prompt), total(cached), total(output) FROM units").fetchone()
        self.spent = Spent(*map(int, sums))

    def settled(self, units: Sequence[str], *, retry_failed: bool = False) -> set[str]:
        """Those of the units that need not be asked: answered ones, and failed ones unless they are to be retried."""
        query = f"SELECT 1 FROM units WHERE id = ? AND ok >= {int(retry_failed)}"  # noqa: S608 - a number
        return {unit for unit in units if self._index.execute(query, (unit,)).fetchone()}

    def spent_on(self, units: Sequence[str]) -> Spent:
        """What the answers to units took."""
        query = "SELECT prompt, cached, output FROM units WHERE id = ?"
        rows = (self._index.execute(query, (unit,)).fetchone() for unit in units)
        return sum((Spent(*row) for row in rows if row), Spent())

    @property
    def n_units(self) -> int:
        """How many units are settled."""
        count: int = self._index.execute("SELECT count(*) FROM units").fetchone()[0]
        return count

    def rows(self, units: Sequence[str]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """The answers to units, in the order given; a unit that is not there is left out.

        Raises:
            UserError: a shard has changed since the ledger was opened.
        """
        for start in range(0, len(units), UNITS_AT_ONCE):
            some = units[start : start + UNITS_AT_ONCE]
            found = self._read(some)
            yield from ((unit, found[unit]) for unit in some if unit in found)

    def close(self) -> None:
        """Delete the index."""
        self._index.close()
        self._presence.close()

    def _read(self, units: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
        query = "SELECT shard, first, n, id FROM units WHERE id = ?"
        places = sorted(place for unit in set(units) for place in self._index.execute(query, (unit,)))
        found = {}
        for shard, group in groupby(places, key=lambda place: place[0]):
            here = list(group)
            try:
                table = _read_shard(self._shards[shard])
            except _Damaged as error:
                raise UserError(f"{error} since it was opened; run the same command again") from None
            rows = iter(table.take([row for _, first, n, _ in here for row in range(first, first + n)]).to_pylist())
            for _, _, n, unit in here:
                found[unit] = [_response(next(rows)) for _ in range(n)]
        return found

    def _take_in(self, path: Place) -> None:
        try:
            table = _read_shard(path, _INDEXED)
        except _Damaged as error:
            self.dropped.append(str(error))
            return
        shard = len(self._shards)
        self._shards.append(path)
        self._index.execute("BEGIN")
        self._index.executemany(
            "INSERT INTO units VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET ok = excluded.ok, "
            "shard = excluded.shard, first = excluded.first, n = excluded.n, written = excluded.written, "
            "prompt = excluded.prompt, cached = excluded.cached, output = excluded.output "
            "WHERE excluded.ok > ok OR (excluded.ok = ok AND (excluded.written < written) = ok)",
            ((unit, is_ok, shard, *rest) for unit, is_ok, *rest in _units(table)),
        )
        self._index.execute("COMMIT")

    def _recover(self) -> None:
        """Make shards of the logs of killed writers; killed in between, units stand in both, which harms nothing."""
        for number, log in enumerate(sorted(_here(self.folder).glob(f"*{LOG}"))):
            table = _read_log(log)
            if table.num_rows:
                _commit(self.folder, number, table, log.stat().st_mtime_ns)
            log.unlink()
        for orphan in sorted(_here(self.folder).glob(".*.tmp")):
            orphan.unlink()
            self.dropped.append(f"{orphan.name} was left half-written")

    def _merge(self) -> None:
        """Write many small shards as few large ones; killed in between, units stand in both, which harms nothing."""
        small = [path for path in listed(self.folder, "*.parquet") if _n_rows(path) < ROWS_PER_SHARD]
        if len(small) < SMALL_SHARDS:
            return
        merged: list[Place] = []
        tables: list[pa.Table] = []
        for path in small:
            try:
                tables.append(_read_shard(path))
            except _Damaged:  # left as it is, and reported when it is taken in
                continue
            merged.append(path)
            if sum(table.num_rows for table in tables) >= ROWS_PER_SHARD or path == small[-1]:
                _commit(self.folder, len(merged), pa.concat_tables(tables))
                for old in merged:
                    old.unlink()
                merged, tables = [], []


class _Damaged(Exception):
    """A shard does not hold what it says."""


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=8).hexdigest()


def _read_shard(path: Place, columns: list[str] | None = None) -> pa.Table:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise _Damaged(f"{path.name} was removed") from None
    if _digest(data) != path.stem.rpartition("-")[2]:
        raise _Damaged(f"{path.name} was damaged")
    table = pq.ParquetFile(pa.BufferReader(data)).read(columns)
    if table.num_rows != _n_rows(path):
        raise _Damaged(f"{path.name} was written with another number of rows than it states")
    # A shard of an older version may lack columns.
    return pa.concat_tables([LEDGER.empty_table(), table], promote_options="default").select(columns or LEDGER.names)


def _n_rows(path: Place) -> int:
    """The rows that the name of a shard states; 0 where it is not the name of one."""
    rows = path.stem.rpartition("-")[0].rpartition("-")[2]
    return int(rows) if rows.isdecimal() else 0


def _units(table: pa.Table) -> Iterator[tuple[str, bool, int, int, int, int, int, int]]:
    """Each unit of a shard: id, whether it was answered, first row, number of rows, when written, tokens of 3 kinds."""
    columns = [table[name].to_pylist() for name in _INDEXED]
    units, samples, states, *tokens, written = columns
    starts = [
        row
        for row in range(len(units))
        if not row or units[row] != units[row - 1] or samples[row] <= samples[row - 1]  # the same unit once more
    ]
    for first, end in zip(starts, [*starts[1:], len(units)], strict=True):
        is_ok = all(state == "ok" for state in states[first:end])
        sums = (sum(count or 0 for count in column[first:end]) for column in tokens)
        yield units[first], is_ok, first, end - first, written[first] or 0, *sums


def _response(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in RESPONSES.names}


def _open_index() -> sqlite3.Connection:
    index = sqlite3.connect("", isolation_level=None)  # a temporary file on disk, deleted when it is closed
    for setting in ("temp_store = FILE", f"cache_size = -{CACHE_KB}", "journal_mode = OFF", "synchronous = OFF"):
        index.execute(f"PRAGMA {setting}")
    index.execute(
        "CREATE TABLE units (id TEXT PRIMARY KEY, ok INT, shard INT, first INT, n INT, written INT, prompt INT, "
        "cached INT, output INT) WITHOUT ROWID"
    )
    return index


def _open_lock(folder: Place) -> IO[str]:
    return (_here(folder) / ".lock").open("w")


def _here(folder: Place) -> Path:
    """Where this machine keeps the logs and the lock of a ledger: in its folder, of one in an object store beside it.

    Objects cannot be appended to. So what a killed writer leaves is recovered where it ran; where its machine is lost,
    so are the answers of the last seconds.
    """
    if isinstance(folder, Remote):
        name = content_id(folder.uri, folder.query)[:16]
        folder = Path(tempfile.gettempdir()) / f"synth-{os.getuid()}" / name
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _try_lock(stream: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(stream, kind)
    except OSError:  # somebody else is there, or the file system knows no locks: then nothing is put in order
        return False
    return True
