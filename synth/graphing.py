"""From listed files to the graph: read, parse, link. What an earlier run did is taken over where nothing changed.

A file is read again when its bytes or the settings of reading changed, parsed again when its text changed, and linked
again with the files that it can say anything about (see `synth.graph.code.group_facts`) when one of those changed. All
three give the same rows as a run that begins from nothing.
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from synth import reading, store
from synth.collecting import collect
from synth.config import Config, SourceSettings
from synth.folder import RunFolder, Stage, fingerprint, to_parquet, write_atomically
from synth.graph.code import FACTS, FactGroup, assemble, group_facts
from synth.mapper import InProcess, give_back_memory
from synth.opening import choose_mapper, list_sources
from synth.progress import Progress, silent
from synth.steps import Run
from synth.store import read_table

FILES_PER_PART = 128
FILES_PER_LINK = 64  # small groups are linked together, up to so many files

Place = tuple[str, str]  # collection and path


class GraphStages(NamedTuple):
    """The stages that lead to the graph; `linked` has one part."""

    read: Stage
    parse: Stage
    linked: Stage


def graph(
    source: str | Path,
    out: str | Path,
    settings: SourceSettings | None = None,
    progress: Progress = silent,
    *,
    workers: int | None = None,
) -> tuple[pa.Table, pa.Table]:
    """Write the code graph of one source alone, as `nodes.parquet` and `edges.parquet`, and return both tables.

    What was read, parsed and linked stays in `out/.run`: a later call takes what has not changed from there.

    Raises:
        UserError: the source or the output folder is not usable.
    """
    config = Config(sources=settings or SourceSettings())
    folder = RunFolder(Path(out))
    with folder.locked(), TemporaryDirectory(prefix="synth-") as scratch:
        run = Run(folder, config, InProcess(), progress, Path(scratch))
        try:
            many = partial(collect, run, workers=workers, update=True)
            listed = list_sources([str(source)], config.sources, run.scratch, many)
            if isinstance(run.mapper, InProcess):
                run.mapper = choose_mapper(listed, workers, None)
            built, _ = build_graph(run, listed)
        finally:
            run.mapper.close()
        nodes, edges = built.linked.part("nodes", 0), built.linked.part("edges", 0)
        for path in (nodes, edges):
            write_atomically(folder.out / f"{path.parent.name}.parquet", path.read_bytes())
        folder.drop_stages_except(run.stages)
        return read_table(nodes), read_table(edges)


def build_graph(run: Run, listed: pa.Table) -> tuple[GraphStages, Any]:
    """Read, parse and link the files of a run; returns the stages and the fingerprint of the last one."""
    wanted = listed.filter(pc.equal(listed["skip_reason"], ""))
    columns = ["collection", "path", "sha256", "revision", "license"]
    settings = fingerprint(run.config.sources.identity())
    key: Any = fingerprint(run.config.sources.identity(), wanted.select(columns).to_pylist())
    read, key = run.stage("read", key, "documents", "skipped")
    parse, parse_key = run.stage("parse", key, "facts")
    before = [run.folder.earlier(stage, settings) for stage in (read, parse)]
    read_before, parse_before = before if all(before) else (None, None)
    parts_of = _parts_by_file(read_before)
    jobs = list(_read_jobs(run, wanted, read_before, parts_of))
    run.map(read, partial(reading.read, settings=run.config.sources), jobs)
    run.map(parse, reading.parse, [_parse_job(path, parse_before, parts_of) for path in read.parts("documents")])
    for stage in (read, parse):
        stage.finish({"settings": settings})
    bundled, _ = run.stage("bundle", parse_key, "nodes", "edges")
    linked, key = run.stage("link", parse_key, "nodes", "edges")
    with run.timed("link"):
        if not linked.has(0):
            _link(run, parse, bundled, linked)
    return GraphStages(read, parse, linked), key


def _parts_by_file(read: Stage | None) -> dict[Place, int]:
    """Which part of an earlier run's stages holds a file."""
    found: dict[Place, int] = {}
    for output in read.outputs if read is not None else ():
        for index, path in enumerate(read.parts(output) if read is not None else ()):
            table = read_table(path, columns=["collection", "path"])
            found.update(
                dict.fromkeys(zip(*(table[name].to_pylist() for name in table.column_names), strict=True), index)
            )
    return found


def _read_jobs(
    run: Run, wanted: pa.Table, before: Stage | None, parts_of: dict[Place, int]
) -> Iterator[tuple[store.Place, ...]]:
    """The files of each part, and the parts of an earlier run that hold some of them.

    What is to be read is written outside OUT, since it says where on this machine the bytes are.
    """
    for index, start in enumerate(range(0, wanted.num_rows, FILES_PER_PART)):
        table = wanted.slice(start, FILES_PER_PART)
        path = run.shared / f"files-{index:05d}.parquet"
        write_atomically(path, to_parquet(table))
        earlier = _earlier_parts(table, parts_of)
        outputs = [before.part(output, part) for part in earlier for output in before.outputs] if before else []
        yield path, *outputs


def _parse_job(documents: store.Place, before: Stage | None, parts_of: dict[Place, int]) -> tuple[store.Place, ...]:
    earlier = _earlier_parts(read_table(documents, columns=["collection", "path"]), parts_of)
    return documents, *([before.part("facts", part) for part in earlier] if before else [])


def _earlier_parts(files: pa.Table, parts_of: dict[Place, int]) -> list[int]:
    places = zip(files["collection"].to_pylist(), files["path"].to_pylist(), strict=True)
    return sorted({parts_of[place] for place in places if place in parts_of})


def _link(run: Run, parse: Stage, bundled: Stage, linked: Stage) -> None:
    """Link each bundle of groups by itself, and put their tables together."""
    before = run.folder.earlier(bundled, "")
    known = {digest: part for part, digest in enumerate(before.summary()["digests"])} if before else {}
    facts = pa.concat_tables([FACTS.empty_table(), *parse.tables("facts")])
    jobs: list[tuple[store.Place, ...]] = []
    digests = []
    for index, bundle in enumerate(_bundles(group_facts(facts))):
        digests.append(fingerprint([group.digest for group in bundle]))
        path = run.shared / f"facts-{index:05d}.parquet"
        jobs.append((path,))
        if before is not None and digests[-1] in known and not bundled.has(index):
            parts = {output: before.part(output, known[digests[-1]]) for output in bundled.outputs}
            bundled.commit(index, {output: part.read_bytes() for output, part in parts.items()})
        elif not bundled.has(index):
            rows = sorted({row for group in bundle for row in group.rows})
            write_atomically(path, to_parquet(facts.take(pa.array(rows, pa.int64()))))
    del facts
    give_back_memory()
    run.map(bundled, reading.link_facts, jobs)
    bundled.finish({"settings": "", "digests": digests})
    tables = ((read_table(bundled.part("nodes", n)), read_table(bundled.part("edges", n))) for n in range(len(jobs)))
    nodes, edges = assemble(tables)
    linked.commit(0, {"nodes": to_parquet(nodes), "edges": to_parquet(edges)})


def _bundles(groups: list[FactGroup]) -> list[list[FactGroup]]:
    """Large groups alone, small ones together; what takes longest begins first, so that no worker ends long after."""
    found: list[list[FactGroup]] = []
    sizes: dict[int, int] = defaultdict(int)
    open_bundle = -1
    for group in groups:
        if len(group.rows) >= FILES_PER_LINK:
            found.append([group])
        elif open_bundle >= 0 and sizes[open_bundle] + len(group.rows) <= FILES_PER_LINK:
            found[open_bundle].append(group)
            sizes[open_bundle] += len(group.rows)
        else:
            found.append([group])
            open_bundle = len(found) - 1
            sizes[open_bundle] = len(group.rows)
    return sorted(found, key=lambda bundle: -sum(len(group.rows) for group in bundle))
