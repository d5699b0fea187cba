"""What is done, what is left, what did it cost? Takes sources through the stages to a corpus, and goes on after a kill.

Each stage's folder is named by a fingerprint of all that fixes its rows: the settings that it reads and the fingerprint
of the stage before. So a rerun finds what is done, and an update redoes only the stages that its change reaches.
"""

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from synth import __version__, stages, tally
from synth.checks import Duplicates
from synth.config import Config, SourceSettings, load_config
from synth.errors import UserError
from synth.folder import RunFolder, Stage, fingerprint, to_parquet
from synth.graph.code import link
from synth.mapper import InProcess, Job, Mapper, RayData, StageFunction
from synth.prompts import resource
from synth.schema import DOCUMENTS, EDGES, FILES, NODES, SAMPLES
from synth.shards import (
    Metrics,
    assign_split,
    check_sums,
    choose_examples,
    commit_release,
    open_staging,
    show_example,
    verify_release,
    write_pages,
    write_release,
)
from synth.sources import list_files

FILES_PER_PART = 128
LARGE_SOURCE_BYTES = (
    10_000_000  # about 300,000 lines: from here on a second worker saves more than the start of Ray costs
)
Progress = Callable[[str, int, int], None]
"""Told the stage, how many of its parts are done, and how many there are."""


def silent(stage: str, done: int, total: int) -> None:
    """The progress of those who do not look."""


@dataclass
class Run:
    """One run: where it writes, what it was asked, how it maps, and what has been done so far."""

    folder: RunFolder
    config: Config
    mapper: Mapper
    progress: Progress
    stages: list[Stage] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Record the seconds that a stage took."""
        started = time.monotonic()
        yield
        self.timings[name] = round(time.monotonic() - started, 3)

    def stage(self, name: str, key: Any, *outputs: str) -> tuple[Stage, str]:
        """The stage's folder, named by a hash of `key` and of the code's version, and that hash."""
        print_ = fingerprint(name, __version__, key)
        stage = self.folder.stage(name, print_, *outputs)
        self.stages.append(stage)
        return stage, print_

    def map(self, stage: Stage, function: StageFunction, inputs: Sequence[tuple[Path, ...]]) -> None:
        """Make the parts of a stage that are not there yet; each is on disk as soon as it is finished."""
        name = stage.path.name.partition("-")[0]
        with self.timed(name):
            jobs = [Job(index, paths) for index, paths in enumerate(inputs) if not stage.has(index)]
            done = len(inputs) - len(jobs)
            self.progress(name, done, len(inputs))
            for index, tables in self.mapper.map(function, jobs):
                stage.commit(index, tables)
                done += 1
                self.progress(name, done, len(inputs))


def corpus(
    sources: Sequence[str | Path],
    out: str | Path,
    config: Config | None = None,
    *,
    workers: int | None = None,
    address: str | None = None,
    update: bool = False,
    progress: Progress = silent,
) -> Metrics:
    """Make a corpus of sources, or go on with one that was interrupted.

    Args:
        sources: folders, git checkouts or URLs, archives, or Parquet or JSONL files of documents.
        out: the output folder.
        config: settings, from `synth.config.load_config`; None means the bundled `pipelines/code.yaml`.
        workers: with Ray Data on this many workers; 0 in this process; None chooses by the size of the source.
        address: of a Ray cluster that shares `out` and the sources with this machine.
        update: take changed sources or settings into an `out` that was made with others.
        progress: called as parts of stages are finished.

    Returns:
        The numbers of the run, as in `metrics.json`.

    Raises:
        UserError: an input, a setting or the output folder is not usable; the message says how to mend it.
        RuntimeError: a sum that must hold does not (a fault of this program, never of the input).
    """
    config = config or load_config(resource("pipelines") / "code.yaml")
    folder = RunFolder(Path(out))
    with folder.locked(), TemporaryDirectory(prefix="synth-") as scratch:
        listed = list_sources([str(source) for source in sources], config.sources, Path(scratch))
        _identify(folder, listed, config, update)
        mapper = choose_mapper(listed, workers, address)
        run = Run(folder, config, mapper, progress)
        try:
            return _run_stages(run, listed, Path(scratch))
        finally:
            mapper.close()


def graph(
    source: str | Path, out: str | Path, settings: SourceSettings | None = None, progress: Progress = silent
) -> tuple[pa.Table, pa.Table]:
    """Write the code graph of one source alone, as `nodes.parquet` and `edges.parquet`, and return both tables.

    Raises:
        UserError: the source or the output folder is not usable.
    """
    settings = settings or SourceSettings()
    with TemporaryDirectory(prefix="synth-") as scratch:
        listed = list_sources([str(source)], settings, Path(scratch))
        wanted = listed.filter(pa.compute.equal(listed["skip_reason"], ""))
        facts = []
        for start in range(0, wanted.num_rows, FILES_PER_PART):
            documents = stages.read(wanted.slice(start, FILES_PER_PART), settings)["documents"]
            facts.append(stages.parse(documents)["facts"])
            progress("graph", start, wanted.num_rows)
        nodes, edges = link(facts)
    folder = Path(out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        pq.write_table(nodes, folder / "nodes.parquet", compression="zstd")
        pq.write_table(edges, folder / "edges.parquet", compression="zstd")
    except OSError as error:
        raise UserError(f"--out {folder} cannot be written: {error.strerror}; choose another folder") from None
    return nodes, edges


def list_sources(sources: Sequence[str], settings: SourceSettings, scratch: Path) -> pa.Table:
    """List the files of all sources; duplicates are found across them, and collections of one name told apart.

    Raises:
        UserError: there is no source, or one cannot be used.
    """
    if not sources:
        raise UserError("no source given; name a folder, a git URL, an archive or a file of documents")
    tables: list[pa.Table] = []
    seen: set[bytes] = set()
    taken: set[str] = set()
    for number, source in enumerate(sources):
        work = scratch / str(number)
        work.mkdir()
        mine = pa.concat_tables([FILES.empty_table(), *list_files(source, settings, work, seen)])
        names = sorted(set(mine["collection"].to_pylist()))
        new = {name: name if name not in taken else f"{name}-{number + 1}" for name in names}
        taken.update(new.values())
        column = pa.array([new[name] for name in mine["collection"].to_pylist()], pa.string())
        tables.append(mine.set_column(mine.schema.get_field_index("collection"), "collection", column))
    return pa.concat_tables(tables)


def choose_mapper(listed: pa.Table, workers: int | None, address: str | None) -> Mapper:
    """Map in this process, or with Ray Data where asked or where the source is large."""
    if workers is None and address is None:
        wanted = listed.filter(pa.compute.equal(listed["skip_reason"], ""))
        workers = None if (pa.compute.sum(wanted["n_bytes"]).as_py() or 0) >= LARGE_SOURCE_BYTES else 0
    return InProcess() if workers == 0 and address is None else RayData(workers or None, address)


def _identify(folder: RunFolder, listed: pa.Table, config: Config, update: bool) -> None:
    """Refuse to mix a changed source or configuration into what is there, unless that is asked for."""
    columns = (listed[name].to_pylist() for name in ("collection", "path", "sha256", "skip_reason"))
    files = {f"{row[0]}/{row[1]}": f"{row[2]}{row[3]}" for row in zip(*columns, strict=True)}
    now = {"synth": __version__, "settings": _flat(config.model_dump(mode="json", by_alias=True)), "files": files}
    before = folder.identity()
    if before is not None and before != now and not update:
        raise UserError(
            f"{folder.out} was made with {_difference(before, now)}; "
            "add --update to redo what that changes, or choose another --out"
        )
    folder.set_identity(now)


def _flat(value: Any, key: str = "") -> dict[str, Any]:
    if not isinstance(value, dict):
        return {key: value}
    return {name: item for part in value for name, item in _flat(value[part], f"{key}.{part}".strip(".")).items()}


def _difference(before: dict[str, Any], now: dict[str, Any]) -> str:
    old, new = before["settings"], now["settings"]
    changes = [
        f"{key}={old.get(key)!r} (now {new.get(key)!r})" for key in sorted(old | new) if old.get(key) != new.get(key)
    ]
    old, new = before["files"], now["files"]
    changed = sorted(path for path in old | new if old.get(path) != new.get(path))
    if changed:
        named = ", ".join(changed[:3]) + (", ..." if len(changed) > 3 else "")
        changes.append(f"{len(changed)} other or changed source file(s) ({named})".replace("\n", " "))
    if before["synth"] != now["synth"]:
        changes.append(f"synth {before['synth']} (now {now['synth']})")
    return "; ".join(changes)


def _run_stages(run: Run, listed: pa.Table, scratch: Path) -> Metrics:
    config = run.config
    wanted = listed.filter(pa.compute.equal(listed["skip_reason"], ""))
    columns = ["collection", "path", "sha256", "revision", "license"]
    key: Any = fingerprint(config.sources.model_dump(mode="json"), wanted.select(columns).to_pylist())

    # What is to be read is written outside OUT, since it says where on this machine the bytes are.
    read, key = run.stage("read", key, "documents", "skipped")
    file_parts = []
    for index, start in enumerate(range(0, wanted.num_rows, FILES_PER_PART)):
        file_parts.append((scratch / f"files-{index:05d}.parquet",))
        pq.write_table(wanted.slice(start, FILES_PER_PART), file_parts[-1][0])
    run.map(read, partial(stages.read, settings=config.sources), file_parts)

    parse, key = run.stage("parse", key, "facts")
    run.map(parse, stages.parse, [(path,) for path in read.parts("documents")])

    linked, key = run.stage("link", key, "nodes", "edges")
    with run.timed("link"):
        if not linked.has(0):
            nodes, edges = link(parse.tables("facts"))
            linked.commit(0, {"nodes": to_parquet(nodes), "edges": to_parquet(edges)})
    if not pq.read_metadata(linked.part("nodes", 0)).num_rows:
        raise UserError("the source holds no code that can be read: " + _reasons(listed, read))

    plan, key = run.stage(
        "plan",
        [key, config.recipes.model_dump(mode="json"), config.seed, config.tokenizer, config.shards.validation,
         _prompts_hash()],
        "tasks",
    )  # fmt: skip
    with run.timed("plan"):
        if not plan.is_finished:
            shutil.rmtree(plan.path, ignore_errors=True)  # parts of a plan that was cut short may end anywhere
            tables = linked.table("nodes", NODES), linked.table("edges", EDGES), read.table("documents", DOCUMENTS)
            for index, table in enumerate(stages.plan_tasks(*tables, config)):
                plan.commit(index, {"tasks": to_parquet(table)})
                run.progress("plan", index + 1, 0)
            del tables
            plan.finish()

    answers, key = run.stage("generate", [key, config.engine.model_dump(mode="json")], "responses")
    tasks = plan.parts("tasks")
    run.map(answers, partial(stages.generate, settings=config.engine), [(path,) for path in tasks])

    judged, key = run.stage("judge", [key, config.checks.model_dump(mode="json"), _benchmark_hash(config)], "samples")
    inputs = stages.JudgeInputs(linked.part("nodes", 0), linked.part("edges", 0), config.tokenizer, config.checks)
    pairs = list(zip(tasks, answers.parts("responses"), strict=True))
    run.map(judged, partial(stages.judge_samples, inputs=inputs), pairs)

    run.mapper.close()  # what is left needs memory more than workers
    return _publish(run, listed, read, parse, linked, plan, answers, judged, key)


def _reasons(listed: pa.Table, read: Stage) -> str:
    counts = tally.count_files(listed, read.tables("skipped"), DOCUMENTS.empty_table()).skipped
    return ", ".join(f"{n} skipped as {reason}" for reason, n in counts.items()) or "it has no files"


def _prompts_hash() -> str:
    folder = resource("prompts")
    return fingerprint([[path.name, path.read_text(encoding="utf-8")] for path in sorted(folder.rglob("*.md"))])


def _benchmark_hash(config: Config) -> str:
    path = config.checks.benchmark
    try:
        return fingerprint(path.read_bytes().hex()) if path else ""
    except OSError as error:
        raise UserError(
            f"checks.benchmark: cannot read {path}: {error.strerror}; give a JSONL or Parquet file"
        ) from None


def _publish(
    run: Run, listed: pa.Table, read: Stage, parse: Stage, linked: Stage, plan: Stage, answers: Stage, judged: Stage,
    key: str,
) -> Metrics:  # fmt: skip
    config, out = run.config, run.folder.out
    select, key = run.stage("select", [key, config.seed, config.shards.model_dump(mode="json")], "accepted", "rejected")
    if select.is_finished and select.summary()["out"] == str(out.name) and not verify_release(out):
        return Metrics.model_validate_json((out / "metrics.json").read_text(encoding="utf-8"))
    counts = tally.SampleTally()
    with run.timed("select"):
        shutil.rmtree(select.path, ignore_errors=True)
        total = len(judged.parts("samples"))
        for index, tables in enumerate(_select(judged, config, counts)):
            select.commit(index, tables)
            run.progress("select", index + 1, total)
    with run.timed("publish"):
        run.progress("publish", 0, 1)
        staging = open_staging(out)
        rows = write_release(
            staging, select.tables("accepted"), select.tables("rejected"), rows_per_shard=config.shards.rows_per_shard
        )
        (staging / "graph").mkdir()
        for name in ("nodes", "edges"):
            shutil.copyfile(linked.part(name, 0), staging / "graph" / f"{name}.parquet")
        documents = read.table("documents", DOCUMENTS)
        nodes, edges = linked.table("nodes", NODES), linked.table("edges", EDGES)
        tasks, engine = tally.count_tasks(plan.tables("tasks"), answers.tables("responses"))
        parse_errors = sum(len(lines) for table in parse.tables("facts") for lines in table["error_lines"].to_pylist())
        metrics = tally.combine(
            config,
            sources=tally.count_sources(listed),
            files=tally.count_files(listed, read.tables("skipped"), documents),
            documents=tally.count_documents(documents, parse_errors),
            graph=tally.count_graph(nodes, edges),
            coverage=tally.count_coverage(nodes, edges, counts),
            tasks=tasks,
            engine=engine,
            tally=counts,
            rows=rows,
            timings=run.timings,
        )
        if broken := check_sums(metrics):
            raise RuntimeError("rows were lost or made up, so nothing is published: " + "; ".join(broken))
        examples = choose_examples(select.tables("accepted"))
        paths = sorted({span["path"] for row in examples for span in row["evidence"]})
        shown = documents.filter(pa.compute.is_in(documents["path"], pa.array(paths, pa.string())))
        texts = {
            (row["collection"], row["path"]): row["text"]
            for row in shown.select(["collection", "path", "text"]).to_pylist()
        }
        read_text = lambda collection, path: texts.get((collection, path))  # noqa: E731
        write_pages(staging, metrics, [show_example(row, read_text) for row in examples])
        commit_release(staging, out)
        select.finish({"out": out.name})
        run.folder.drop_stages_except(run.stages)
        run.progress("publish", 1, 1)
    return metrics


def _select(judged: Stage, config: Config, counts: tally.SampleTally) -> Iterator[dict[str, bytes]]:
    """Find duplicates over the whole corpus in the order of the plan, so that the first of its kind always stays."""
    duplicates = Duplicates(config.checks.near_duplicate_threshold)
    for table in judged.tables("samples"):
        kept: dict[str, list[dict[str, Any]]] = {"accepted": [], "rejected": []}
        for row in table.to_pylist():
            exact_hash, signature = row.pop("exact_hash"), row.pop("signature")
            if all(check["passed"] for check in row["checks"]):
                row["checks"] += [
                    stages.vars_of(verdict) for verdict in duplicates.add(row["id"], exact_hash, signature)
                ]
            accepted = all(check["passed"] for check in row["checks"])
            row["split"] = (
                assign_split(row["collection"], row["source_path"], config.seed, config.shards.validation)
                if accepted
                else "rejected"
            )
            counts.add(row, row["split"])
            kept["accepted" if accepted else "rejected"].append(row)
        yield {name: to_parquet(pa.Table.from_pylist(rows, SAMPLES)) for name, rows in kept.items()}
