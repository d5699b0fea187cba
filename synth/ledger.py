"""The journal of answers: what a teacher was paid for is never asked again.

One ledger in each run folder serves every engine and every round. A unit is one request; its id is a hash of all that
can change an answer, so a changed prompt, model or parameter asks anew exactly what it changes, and nothing else.

Shards are the truth: Parquet files that appear whole, by temporary file, fsync and rename, each with the answers of a
few seconds. All answers to one unit stand in one shard. The index is a scratch file that is made of them on start, in
bounded memory: SQLite keeps it on disk.
"""

import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from synth.folder import to_parquet, write_atomically
from synth.schema import RESPONSES, content_id

KEY_VERSION = 1
"""History of the unit's key. A new version makes every unit new, so that no answer is taken for another's.

1: engine settings that change an answer, messages, response schema, sampling, prompt id and hash.
"""
FLUSH_SECONDS = 2.0  # an answer is durable at most this long after it came, and the time of one write
ROWS_PER_SHARD = 4096
SMALL_SHARDS = 64  # so many shards of less than ROWS_PER_SHARD rows are merged on start

LEDGER = RESPONSES.append(pa.field("unit_id", pa.string()))


def unit_id(task: Mapping[str, Any], engine: Mapping[str, Any]) -> str:
    """The identity of a request.

    Args:
        task: a row of `synth.schema.TASKS`.
        engine: `EngineSettings.identity()` of who is asked.
    """
    asked = [(message["role"], message["content"]) for message in task["messages"]]
    parts = (engine, asked, task["response_schema"], task["sampling"], task["prompt_id"], task["prompt_sha256"])
    return content_id(str(KEY_VERSION), json.dumps(parts, sort_keys=True))


@dataclass(frozen=True)
class Spent:
    """What the answers of a ledger took, in tokens; cached tokens are part of the prompt tokens."""

    prompt: int = 0
    cached: int = 0
    output: int = 0

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(self.prompt + other.prompt, self.cached + other.cached, self.output + other.output)


class LedgerWriter:
    """Writes answers down; one for each process that asks. Safe to use from several threads.

    Raises:
        OSError: from `add` or on leaving: the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._rows: list[dict[str, Any]] = []
        self._lock = threading.Lock()
        self._writing = threading.Lock()  # shards are written one after another, outside the other lock
        self._closed = threading.Event()
        self._error: OSError | None = None
        self._number = 0
        self._timer = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> "LedgerWriter":
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._closed.set()
        self._timer.join()
        self._flush()
        if self._error and kind is None:
            raise self._error

    def add(self, unit: str, rows: Iterable[dict[str, Any]]) -> None:
        """Take the answers to one unit; they are durable within `FLUSH_SECONDS` and a write."""
        with self._lock:
            if self._error:
                raise self._error
            self._rows += ({**row, "unit_id": unit} for row in rows)
            is_full = len(self._rows) >= ROWS_PER_SHARD
        if is_full:
            self._flush()

    def _tick(self) -> None:
        while not self._closed.wait(FLUSH_SECONDS):
            try:
                self._flush()
            except OSError as error:  # raised where the next answer comes in: a thread has nobody to tell
                with self._lock:
                    self._error = error

    def _flush(self) -> None:
        with self._writing:
            with self._lock:
                rows, self._rows = self._rows, []
                self._number += 1
            if rows:
                write_shard(self._folder, self._number, rows)


def write_shard(folder: Path, number: int, rows: Sequence[dict[str, Any]]) -> Path:
    """Commit one shard; names are unique over processes and machines, and sort by time."""
    table = pa.Table.from_pylist(list(rows), LEDGER)
    name = f"{time.time_ns():020d}-{os.getpid()}-{number}-{os.urandom(3).hex()}.parquet"
    write_atomically(folder / name, to_parquet(table.replace_schema_metadata({"rows": str(table.num_rows)})))
    return folder / name


class Ledger:
    """Reads what has been answered."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.spent = Spent()
        self.dropped: list[str] = []
        """Files that were left half-written or do not hold what they say; they count as never answered."""
        self._shards: list[Path] = []
        # An empty name is a temporary file on disk, deleted when it is closed.
        self._index = sqlite3.connect("", isolation_level=None)
        self._index.execute(
            "CREATE TABLE units (id TEXT PRIMARY KEY, ok INT, shard INT, first INT, n INT) WITHOUT ROWID"
        )
        for orphan in folder.glob(".*.tmp"):
            orphan.unlink()
            self.dropped.append(orphan.name)
        self._merge()
        self.refresh()

    def refresh(self) -> None:
        """Take in the shards that were written since."""
        known = set(self._shards)
        for path in sorted(self.folder.glob("*.parquet")):
            if path not in known:
                self._add(path)

    def settled(self, units: Sequence[str], *, retry_failed: bool = False) -> set[str]:
        """Those of the units that need not be asked: answered ones, and failed ones unless they are to be retried."""
        wanted = "ok = 1" if retry_failed else "1"
        return {unit for unit in units if self._find(unit, wanted)}

    def rows(self, units: Sequence[str]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """The answers to units, in the order given; a unit that is not there is left out."""
        for unit in units:
            found = self._find(unit)
            if found:
                _, shard, first, n = found
                rows = _read(self._shards[shard]).slice(first, n).drop_columns(["unit_id"]).to_pylist()
                yield unit, rows

    def close(self) -> None:
        """Delete the index."""
        self._index.close()
        _read.cache_clear()

    def _find(self, unit: str, condition: str = "1") -> tuple[int, int, int, int] | None:
        query = f"SELECT ok, shard, first, n FROM units WHERE id = ? AND {condition}"  # noqa: S608 - two constants
        row: tuple[int, int, int, int] | None = self._index.execute(query, (unit,)).fetchone()
        return row

    def _add(self, path: Path) -> None:
        try:
            parquet = pq.ParquetFile(path)
            stated = (parquet.schema_arrow.metadata or {}).get(b"rows")
            if stated is None or int(stated) != parquet.metadata.num_rows:
                raise pa.ArrowInvalid("its number of rows is not as stated")
            found = list(_units(parquet))
        except (pa.ArrowException, OSError) as error:
            self.dropped.append(f"{path.name}: {error}")
            return
        shard = len(self._shards)
        self._shards.append(path)
        self._index.execute("BEGIN")
        for unit, is_ok, first, n, spent in found:
            # An answer is never replaced by a later failure.
            done = self._index.execute(
                "INSERT INTO units VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET ok = excluded.ok, "
                "shard = excluded.shard, first = excluded.first, n = excluded.n WHERE units.ok = 0",
                (unit, is_ok, shard, first, n),
            )
            if done.rowcount:
                self.spent += spent
        self._index.execute("COMMIT")

    def _merge(self) -> None:
        """Write many small shards as few large ones; killed in between, units stand in both, which harms nothing."""
        small = [path for path in sorted(self.folder.glob("*.parquet")) if _n_rows(path) < ROWS_PER_SHARD]
        if len(small) < SMALL_SHARDS:
            return
        group: list[Path] = []
        rows = 0
        for path in small:
            group.append(path)
            rows += _n_rows(path)
            if rows >= ROWS_PER_SHARD:
                self._write_as_one(group)
                group, rows = [], 0
        if len(group) > 1:
            self._write_as_one(group)

    def _write_as_one(self, group: list[Path]) -> None:
        table = pa.concat_tables([pq.read_table(path) for path in group])
        write_atomically(
            self.folder / f"{group[0].stem}-{os.urandom(3).hex()}.parquet",
            to_parquet(table.replace_schema_metadata({"rows": str(table.num_rows)})),
        )
        for path in group:
            path.unlink()


def _n_rows(path: Path) -> int:
    try:
        rows: int = pq.read_metadata(path).num_rows
    except (pa.ArrowException, OSError):
        return ROWS_PER_SHARD  # a damaged one is left as it is
    return rows


def _units(parquet: pq.ParquetFile) -> Iterator[tuple[str, bool, int, int, Spent]]:
    """Each unit of a shard: its id, whether it was answered, where its rows are, and what they took."""
    columns = ["unit_id", "status", "prompt_tokens", "cached_tokens", "output_tokens"]
    current, is_ok, first, row = "", True, 0, 0
    spent = Spent()
    for batch in parquet.iter_batches(columns=columns):
        for unit, status, *tokens in zip(*(batch[name].to_pylist() for name in columns), strict=True):
            if unit != current:
                if row:
                    yield current, is_ok, first, row - first, spent
                current, is_ok, first, spent = unit, True, row, Spent()
            is_ok = is_ok and status == "ok"
            spent += Spent(*(count or 0 for count in tokens))
            row += 1
    if row:
        yield current, is_ok, first, row - first, spent


@lru_cache(maxsize=8)
def _read(path: Path) -> pa.Table:
    return pq.read_table(path)
