"""From judged samples to the release that readers see: duplicates out, sums checked, everything shown at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from synth import stages, tally
from synth.checks import Duplicates
from synth.config import Config
from synth.folder import Stage, to_parquet
from synth.meter import Meter
from synth.prose import TextStages
from synth.schema import DOCUMENTS, EDGES, NODES, SAMPLES
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
from synth.store import Place, remove_tree

if TYPE_CHECKING:
    from synth.steps import Run


@dataclass(frozen=True)
class Asked:
    """One round: its name, the parts with its tasks, and the stage with the answers."""

    round: str
    tasks: Sequence[Place]
    responses: Stage


@dataclass(frozen=True)
class Made:
    """What the stages of a run have made so far."""

    listed: pa.Table
    read: Stage
    parse: Stage
    linked: Stage
    plan: Stage
    text: TextStages | None = None
    key: Any = None
    """Fixes the rows of all stages so far."""
    judged: Sequence[tuple[Stage, str]] = ()
    """Stages, and those outputs of them, that hold judged samples."""
    asked: Sequence[Asked] = ()
    meter: Meter | None = None
    """Of the teacher, where one was asked."""

    def with_(
        self, key: Any, judged: Sequence[tuple[Stage, str]], asked: Sequence[Asked], meter: Meter | None = None
    ) -> "Made":
        """The same with what the rounds have made."""
        return replace(self, key=key, judged=judged, asked=asked, meter=meter)


def publish(run: "Run", made: Made) -> Metrics:
    """Write the release of a run and show it, or find it whole as the same run left it.

    Raises:
        RuntimeError: a sum that must hold does not; nothing is shown then.
    """
    config, out = run.config, run.folder.out
    select, _ = run.stage("select", [made.key, config.seed, config.shards.identity()], "accepted", "rejected")
    if select.is_finished and select.summary()["out"] == str(out.name) and not verify_release(out):
        return Metrics.model_validate_json((out / "metrics.json").read_text(encoding="utf-8"))
    counts = tally.SampleTally()
    with run.timed("select"):
        remove_tree(select.path)
        total = sum(len(stage.parts(output)) for stage, output in made.judged)
        for index, tables in enumerate(_select(made, config, counts)):
            select.commit(index, tables)
            run.progress("select", index + 1, total)
    with run.timed("publish"):
        run.progress("publish", 0, 1)
        staging = open_staging(out, run.scratch)
        rows = write_release(
            staging, select.tables("accepted"), select.tables("rejected"), rows_per_shard=config.shards.rows_per_shard
        )
        (staging / "graph").mkdir()
        nodes, edges = (_graph(made, name, schema) for name, schema in (("nodes", NODES), ("edges", EDGES)))
        for name, table in (("nodes", nodes), ("edges", edges)):
            pq.write_table(table, staging / "graph" / f"{name}.parquet", compression="zstd")
        documents = made.read.table("documents", DOCUMENTS)
        tasks = tally.TaskTally(config.engine, made.meter)
        for asked in made.asked:
            tasks.add(asked.round, asked.tasks, asked.responses.tables("responses"))
        parse_errors = sum(
            len(lines) for table in made.parse.tables("facts") for lines in table["error_lines"].to_pylist()
        )
        metrics = tally.combine(
            config,
            sources=tally.count_sources(made.listed),
            collections=tally.count_collections(made.listed, run.set_aside),
            files=tally.count_files(made.listed, made.read.tables("skipped"), documents),
            documents=tally.count_documents(documents, parse_errors),
            graph=tally.count_graph(nodes, edges),
            coverage=tally.count_coverage(nodes, edges, counts),
            tasks=tasks,
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


def _graph(made: Made, name: str, schema: pa.Schema) -> pa.Table:
    """The nodes or the edges of code, then those of prose."""
    text = made.text.merged.tables(name) if made.text else ()
    return pa.concat_tables([made.linked.table(name, schema), *text])


def _select(made: Made, config: Config, counts: tally.SampleTally) -> Iterator[dict[str, bytes]]:
    """Find duplicates over the whole corpus in the order of the plan, so that the first of its kind always stays."""
    duplicates = Duplicates(config.checks.near_duplicate_threshold)
    for table in (table for stage, output in made.judged for table in stage.tables(output)):
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
