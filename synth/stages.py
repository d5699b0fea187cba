"""The stages: plain functions from one batch of rows to the next. They know nothing of where they run."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from synth.checks import Benchmark, Context, Verdict, duplicates, execution, judge, load_benchmark
from synth.config import CheckSettings, Config, EngineSettings, SourceSettings
from synth.engines import open_engine
from synth.graph.code import FACTS, link, parse_documents, text_digest
from synth.graph.view import CodeGraph
from synth.recipes.base import Source
from synth.recipes.excerpts import Excerpts
from synth.recipes.plan import plan
from synth.recipes.teacher import ANSWER, first_round, split_recall
from synth.schema import DOCUMENTS, FILES, RESPONSES, SAMPLES, TASKS, content_id
from synth.shards import assign_split
from synth.sources import read_documents
from synth.tokens import token_counter

Tables = Mapping[str, pa.Table]
TASKS_PER_PART = 512

SKIPPED = pa.schema([field for field in FILES if field.name != "locator"])
"""Files that were skipped, without where on this machine they lay."""

JUDGED = SAMPLES.append(pa.field("exact_hash", pa.binary())).append(pa.field("signature", pa.binary()))
"""Samples with what the search for duplicates needs of them."""


def read(files: pa.Table, *earlier: pa.Table, settings: SourceSettings) -> Tables:
    """Read a batch of files into documents and skipped files.

    Args:
        files: to read, with the schema `synth.schema.FILES`.
        earlier: tables of documents and of skipped files that were read with the same settings; what they hold of the
            same bytes is taken from there.
        settings: of reading.
    """
    names = ("collection", "path", "sha256", "revision", "license")
    kept: dict[str, pa.Table] = {}
    for output, schema in (("documents", DOCUMENTS), ("skipped", SKIPPED)):
        tables = [table for table in earlier if table.schema.equals(schema)]
        kept[output] = _matching(pa.concat_tables([schema.empty_table(), *tables]), files, names)
    done = {row for table in kept.values() for row in _rows(table, names)}
    wanted = [row not in done for row in _rows(files, names)]
    documents, skipped = read_documents(files.filter(pa.array(wanted, pa.bool_())), settings)
    read = {"documents": documents, "skipped": skipped.drop_columns(["locator"])}
    return {output: _in_order(pa.concat_tables([kept[output], table]), files) for output, table in read.items()}


def parse(documents: pa.Table, *earlier: pa.Table) -> Tables:
    """Parse a batch of documents into the facts that linking needs.

    Args:
        documents: to parse.
        earlier: facts of documents that were parsed before; what they hold of the same texts is taken from there.
    """
    names = ("collection", "path", "language", "is_test", "digest")
    digests = pa.array([text_digest(text) for text in documents["text"].to_pylist()], pa.string())
    told = documents.append_column("digest", digests)
    kept = _matching(pa.concat_tables([FACTS.empty_table(), *earlier]), told, names)
    done = set(_rows(kept, names))
    wanted = pa.array([row not in done for row in _rows(told, names)], pa.bool_())
    return {"facts": _in_order(pa.concat_tables([kept, parse_documents(documents.filter(wanted))]), documents)}


def link_facts(facts: pa.Table) -> Tables:
    """Link the facts of whole groups into nodes and edges."""
    nodes, edges = link([facts])
    return {"nodes": nodes, "edges": edges}


def _rows(table: pa.Table, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    return zip(*(table[name].to_pylist() for name in names), strict=True)


def _matching(table: pa.Table, wanted: pa.Table, names: Sequence[str]) -> pa.Table:
    """The rows of a table that agree with a wanted one in these columns."""
    rows = set(_rows(wanted, names))
    return table.filter(pa.array([row in rows for row in _rows(table, names)], pa.bool_()))


def _in_order(table: pa.Table, files: pa.Table) -> pa.Table:
    """The rows of a table in the order of the files that they are about."""
    places = ("collection", "path")
    position = {place: number for number, place in enumerate(_rows(files, places))}
    order = [position[place] for place in _rows(table, places)]
    return table.take(pa.array(sorted(range(len(order)), key=order.__getitem__), pa.int64()))


def plan_tasks(nodes: pa.Table, edges: pa.Table, documents: pa.Table, config: Config) -> Iterator[pa.Table]:
    """Plan the tasks over whole collections, in parts of `TASKS_PER_PART` rows."""
    about = {
        (row["collection"], row["path"]): row
        for row in documents.select(["collection", "path", "revision", "license"]).to_pylist()
    }
    sources = {
        collection: _source(collection, nodes, edges, documents, config)
        for collection in sorted(set(documents["collection"].to_pylist()))
    }
    tasks = plan(list(sources.values()), config.recipes, about)
    if config.engine.name != "template":
        tasks = _ask_teacher(tasks, sources, config)
    rows: list[dict[str, Any]] = []
    for task in tasks:
        rows.append(task)
        if len(rows) == TASKS_PER_PART:
            yield pa.Table.from_pylist(rows, TASKS)
            rows = []
    if rows:
        yield pa.Table.from_pylist(rows, TASKS)


def _ask_teacher(
    tasks: Iterator[dict[str, Any]], sources: Mapping[str, Source], config: Config
) -> Iterator[dict[str, Any]]:
    excerpts = {name: Excerpts(source, config.teacher.context_tokens) for name, source in sources.items()}
    for task in tasks:
        name = task["collection"]
        yield first_round(task, excerpts[name], sources[name].graph, config.teacher)


def _source(collection: str, nodes: pa.Table, edges: pa.Table, documents: pa.Table, config: Config) -> Source:
    mine = documents.filter(pa.compute.equal(documents["collection"], collection))
    texts = dict(zip(mine["path"].to_pylist(), mine["text"].to_pylist(), strict=True))
    return Source(
        collection=collection,
        graph=CodeGraph.from_tables(
            nodes.filter(pa.compute.equal(nodes["collection"], collection)),
            edges.filter(pa.compute.equal(edges["collection"], collection)),
        ),
        texts=texts,
        seed=config.seed,
        count_tokens=token_counter(config.tokenizer),
        split_of=lambda path: assign_split(collection, path, config.seed, config.shards.validation),
    )


def generate(tasks: pa.Table, settings: EngineSettings) -> Tables:
    """Have a batch of tasks answered."""
    answers = open_engine(settings).answer(tasks.to_pylist())
    return {"responses": pa.Table.from_pylist([row for rows in answers for row in rows], RESPONSES)}


@dataclass(frozen=True)
class JudgeInputs:
    """What judging needs beside the batch: small enough to travel to any worker."""

    nodes: Path
    edges: Path
    documents: tuple[Path, ...]
    """Where the source's texts are; read only to execute code."""
    tokenizer: str | None
    settings: CheckSettings
    traces: str = "written"
    """As `teacher.traces`."""


def judge_samples(tasks: pa.Table, responses: pa.Table, inputs: JudgeInputs) -> Tables:
    """Compose samples from tasks and their answers, run the checks on each, and hash each for the duplicate search."""
    context = context_of(inputs)
    by_id = {task["task_id"]: task for task in tasks.to_pylist()}
    samples = []
    for response in responses.to_pylist():
        if response["status"] == "ok":
            task = by_id[response["task_id"]]
            if task["prompt_id"] == ANSWER and inputs.traces == "written":
                reasoning, text = split_recall(response["text"])
                response |= {"reasoning": reasoning, "text": text}
            sample = compose(task, response)
            verdicts = judge(sample, context)
            if inputs.settings.execution and all(verdict.passed for verdict in verdicts):
                verdicts.append(execution.check(sample, context, _texts(inputs)[sample["collection"]]))
            samples.append(judged_row(sample, verdicts, context))
    return {"samples": pa.Table.from_pylist(samples, JUDGED)}


def judged_row(sample: dict[str, Any], verdicts: list[Verdict], context: Context) -> dict[str, Any]:
    """A sample with its verdicts and what later stages need of it; a row of `JUDGED`."""
    return {
        **sample,
        "n_tokens": context.count_tokens(_content(sample)),
        "checks": [vars_of(verdict) for verdict in verdicts],
        "exact_hash": duplicates.exact_hash(sample),
        "signature": duplicates.signature(sample),
    }


def vars_of(verdict: Verdict) -> dict[str, Any]:
    """A verdict as a row of the `checks` column."""
    return {"name": verdict.name, "score": verdict.score, "passed": verdict.passed, "detail": verdict.detail}


@cache
def _texts(inputs: JudgeInputs) -> dict[str, dict[str, str]]:
    """The texts of every collection by path, read once in each process."""
    texts: dict[str, dict[str, str]] = defaultdict(dict)
    for part in inputs.documents:
        for row in pq.read_table(part, columns=["collection", "path", "text"]).to_pylist():
            texts[row["collection"]][row["path"]] = row["text"]
    return texts


@cache
def context_of(inputs: JudgeInputs) -> Context:
    """The graph and its vocabulary, built once in each process."""
    settings = inputs.settings
    return Context.build(
        graph=CodeGraph.from_tables(pq.read_table(inputs.nodes), pq.read_table(inputs.edges)),
        settings=settings,
        count_tokens=token_counter(inputs.tokenizer),
        benchmark=load_benchmark(settings.benchmark, settings.benchmark_ngram) if settings.benchmark else Benchmark(),
    )


def compose(task: Mapping[str, Any], response: Mapping[str, Any]) -> dict[str, Any]:
    """One sample from a task and an answer to it; columns as in `synth.schema.SAMPLES`, checks still to come."""
    is_text = task["stage"] == "cpt"
    copied = (
        "recipe", "stage", "kind", "evidence", "claims", "fabricated", "difficulty", "reference", "rubric", "prompt_id",
        "prompt_sha256", "task_id", "collection", "source_path", "revision", "license",
    )  # fmt: skip
    conversation = [
        {"role": "user", "content": task["question"]},
        {"role": "assistant", "content": response["text"]},
    ]
    return {
        **{name: task[name] for name in copied},
        "id": content_id(task["task_id"], str(response["sample_index"]), response["text"], response["reasoning"] or ""),
        "text": response["text"] if is_text else None,
        "messages": None if is_text else conversation,
        "reasoning": None if is_text else response["reasoning"],
        "finish_reason": response["finish_reason"],
        "engine": response["engine"],
        "model": response["model"],
        "sample_index": response["sample_index"],
        "seed": task["sampling"]["seed"],
    }


def _content(sample: Mapping[str, Any]) -> str:
    if sample["stage"] == "cpt":
        return str(sample["text"])
    return "\n".join([*(message["content"] for message in sample["messages"]), sample["reasoning"] or ""])
