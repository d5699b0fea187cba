"""Which files of many collections are kept? Copies go, and collections of one name are told apart."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from synth.errors import UserError
from synth.schema import FILES
from synth.sources.candidates import is_marker
from synth.sources.forks import find_copies
from synth.sources.lists import Entry
from synth.steps import Run

DIGEST_BYTES = 16  # of a hash: enough to tell apart all files that there are


class Names:
    """Gives collections their names: of several that are called the same, all but the first get a number."""

    def __init__(self) -> None:
        self._owners: dict[str, int] = {}

    def of(self, name: str, number: int, owner: int) -> str:
        """The name of a collection.

        Args:
            name: what it is called.
            number: of its entry, counted from 0.
            owner: of the name: its entry, or what several entries that may go on with one collection have in common.
        """
        for candidate in (name, f"{name}-{number + 1}"):
            if self._owners.setdefault(candidate, owner) == owner:
                return candidate
        return self.of(f"{name}-{number + 1}", number, owner)


def settle(run: Run, listed: Iterable[pa.Table], broken: pa.Table, entries: Sequence[Entry]) -> pa.Table:
    """Find what is there twice, name the collections, and note in the run which are set aside.

    Args:
        run: the run; its scratch folder holds signatures for a while.
        listed: tables with the schema `synth.collecting.LISTED`, in the order of the entries.
        broken: rows of `synth.collecting.BROKEN`.
        entries: all entries, by number.

    Returns:
        All files, with the schema `synth.schema.FILES`.

    Raises:
        UserError: no collection is left.
    """
    names = Names()
    tables = [FILES.empty_table()]
    seen: set[bytes] = set()
    places: set[tuple[str, str]] = set()
    signed: list[tuple[int, int]] = []  # the row among all, and the number of its collection
    numbers: dict[str, int] = {}
    n_rows = 0
    signatures = run.scratch / "signatures"
    with signatures.open("wb") as stream:
        for table in listed:
            rows = table.to_pylist()
            for row in rows:
                is_table = entries[row["entry"]].is_table
                row["collection"] = names.of(row["collection"], row["entry"], -1 if is_table else row["entry"])
                _refuse_twice(row, seen, places if is_table else None)
                if not row["skip_reason"] and row["signature"]:
                    stream.write(row["signature"])
                    signed.append((n_rows, numbers.setdefault(row["collection"], len(numbers))))
                n_rows += 1
            tables.append(pa.Table.from_pylist(rows, FILES))
    found = pa.concat_tables(tables)
    del tables
    if (threshold := run.config.sources.near_duplicate_threshold) is not None:
        copies = find_copies(signatures, [number for _, number in signed], threshold)
        found = _without(found, {signed[c.file][0]: (signed[c.original][0], c.similarity) for c in copies})
    signatures.unlink()
    run.set_aside = _set_aside(found, broken, names)
    if not pc.any(pc.equal(found["skip_reason"], "")).as_py():
        first = next(iter(run.set_aside.items()), ("", "it has no files"))
        raise UserError(f"none of {len(entries):,} sources can be used; the first, {first[0]}: {first[1]}")
    return found


def _refuse_twice(row: dict[str, Any], seen: set[bytes], places: set[tuple[str, str]] | None) -> None:
    """Skip a file whose bytes are there already, or whose name another table has already given in its collection."""
    if row["skip_reason"]:
        return
    raw = bytes.fromhex(row["sha256"])[:DIGEST_BYTES]
    where = (row["collection"], row["path"])
    twice = places is not None and where in places
    if twice or (raw in seen and not is_marker(row["path"])):
        row |= {"skip_reason": "duplicate", "skip_detail": "its path is there twice" if twice else "", "locator": ""}
    seen.add(raw)
    if places is not None:
        places.add(where)


def _without(found: pa.Table, copies: dict[int, tuple[int, float]]) -> pa.Table:
    """The same files, with near-copies skipped."""
    if not copies:
        return found
    columns = {name: found[name].to_pylist() for name in ("skip_reason", "skip_detail", "locator")}
    originals = found.select(["collection", "path"])
    for row, (original, similarity) in copies.items():
        collection, path = (column[original].as_py() for column in originals.columns)
        columns["skip_reason"][row] = "near_duplicate"
        columns["skip_detail"][row] = f"{similarity:.2f} as {collection}/{path}"
        columns["locator"][row] = ""
    for name, values in columns.items():
        found = found.set_column(FILES.get_field_index(name), name, pa.array(values, pa.string()))
    return found


def _set_aside(found: pa.Table, broken: pa.Table, names: Names) -> dict[str, str]:
    """Why collections are not used: they could not be read, or none of their files is wanted."""
    reasons: dict[str, str] = {}
    for row in broken.to_pylist():
        reasons[names.of(row["shown"], row["entry"], row["entry"])] = row["reason"]
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for collection, reason in zip(found["collection"].to_pylist(), found["skip_reason"].to_pylist(), strict=True):
        counts[collection][reason] += 1
    for collection, reason_counts in counts.items():
        if not reason_counts[""]:
            reasons[collection] = "no file is used: " + ", ".join(
                f"{count} skipped as {reason}" for reason, count in sorted(reason_counts.items()) if count
            )
    return reasons
