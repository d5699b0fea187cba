"""How much of what could be asked does a plan ask? Pairs and triples of entities, and links across documents.

What is planned is counted from the tasks; what is possible by formula, since of n entities there are n(n-1)/2 pairs and
n(n-1)(n-2)/6 triples, which nobody needs to list.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import comb
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from synth.store import Place, read_table

SUBSETS = {"entigraph.pair": "pairs", "docs.pair": "pairs", "entigraph.triple": "triples"}
SIZES = {"pairs": 2, "triples": 3}
LINKING = "entigraph.cross_document"


class Coverage(NamedTuple):
    """What a plan asks about the entities of one collection, of what could be asked."""

    collection: str
    what: str
    """`pairs` or `triples` of entities of one document, or `links` of an entity from one document to another."""
    planned: int
    """Different ones, however often each is asked about."""
    possible: int
    everywhere: int
    """Pairs or triples of all entities of the collection, whether a document speaks of them together or not."""


def coverage(parts: Sequence[Place], passages: pa.Table, links: pa.Table) -> list[Coverage]:
    """Compare a plan with what could be asked.

    Args:
        parts: Parquet files of tasks, as planned.
        passages: of the text graph.
        links: of the text graph.

    Returns:
        One row for each collection and each of pairs, triples and links of which something is planned.
    """
    planned = _planned(parts)
    found: list[Coverage] = []
    for collection in sorted({collection for collection, _ in planned}):
        mine = passages.filter(pc.equal(passages["collection"], collection)).select(["passage_id", "path"])
        said = links.select(["passage_id", "entity_id"]).join(mine, "passage_id", join_type="inner")
        said = said.group_by(["path", "entity_id"]).aggregate([])
        in_document, of_entity = _counts(said, "path"), _counts(said, "entity_id")
        for what, size in SIZES.items():
            if count := len(planned[collection, what]):
                possible = sum(comb(n, size) for n in in_document)
                found.append(Coverage(collection, what, count, possible, comb(len(of_entity), size)))
        if count := len(planned[collection, "links"]):
            possible = sum(n - 1 for n in of_entity)
            found.append(Coverage(collection, "links", count, possible, possible))
    return found


def describe(rows: Sequence[Coverage]) -> Iterator[str]:
    """Say it in lines for the terminal."""
    for row in rows:
        of_all = f", of {row.everywhere:,} of all ({_percent(row.planned, row.everywhere)})"
        what, more = ("links across documents", "") if row.what == "links" else (f"{row.what} in one document", of_all)
        share = _percent(row.planned, row.possible)
        yield f"covers     {row.collection}: {row.planned:,} of {row.possible:,} {what} ({share}){more}"


def _planned(parts: Sequence[Place]) -> Mapping[tuple[str, str], set[int]]:
    """Hashes of what tasks are about, by collection and what that is: a plan may have millions."""
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    columns = ["recipe", "collection", "source_path", "evidence", "facts"]
    wanted = pc.field("recipe").isin([*SUBSETS, LINKING])
    for part in parts:
        for task in read_table(part, columns=columns, filters=wanted).to_pylist():
            facts = dict(task["facts"])
            if task["recipe"] == LINKING:
                paths = frozenset(item["path"] for item in task["evidence"])
                found[task["collection"], "links"].add(hash((paths, facts["name"][0].lower())))
            else:
                what = SUBSETS[task["recipe"]]
                found[task["collection"], what].add(hash((task["source_path"], _names(facts))))
    return found


def _names(facts: Mapping[str, Sequence[str]]) -> frozenset[str]:
    return frozenset(name.lower() for name in facts.get("names[]") or [facts["one"][0], facts["other"][0]])


def _counts(said: pa.Table, column: str) -> list[int]:
    counted: list[Any] = said.group_by(column).aggregate([([], "count_all")])["count_all"].to_pylist()
    return counted


def _percent(part: int, whole: int) -> str:
    share = part / whole if whole else 0.0
    return f"{share:.0%}" if share >= 0.1 else f"{share:.2%}" if share >= 1e-4 or not part else "under 0.01%"
