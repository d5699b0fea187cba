"""The stages from the graph to judged samples: plain functions from one batch of rows to the next.

They know nothing of where they run. Those that lead to the graph are in `synth.reading`, so that who wants no more than
the graph does not load recipes, engines and checks.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pyarrow as pa

from synth.budget import asks_teacher, limited, split, take_stock
from synth.checks import Benchmark, Context, Verdict, duplicates, execution, judge, load_benchmark
from synth.config import CheckSettings, Config, EngineSettings
from synth.engines import open_engine
from synth.graph.view import CodeGraph
from synth.mapper import Tables
from synth.prose import NO_TEXT, TextFiles, TextTables
from synth.recipes import RECIPES
from synth.recipes.base import Source
from synth.recipes.docs.entities import entity_tasks
from synth.recipes.excerpts import Excerpts
from synth.recipes.plan import plan
from synth.recipes.teacher import ANSWER, first_round, split_recall
from synth.schema import RESPONSES, SAMPLES, TASKS, content_id
from synth.shards import assign_split
from synth.store import Place, read_table
from synth.tokens import token_counter

TASKS_PER_PART = 512

JUDGED = SAMPLES.append(pa.field("exact_hash", pa.binary())).append(pa.field("signature", pa.binary()))
"""Samples with what the search for duplicates needs of them."""


def plan_tasks(
    nodes: pa.Table, edges: pa.Table, documents: pa.Table, text: TextTables, config: Config
) -> Iterator[pa.Table]:
    """Plan the tasks over whole collections, in parts of `TASKS_PER_PART` rows."""
    sources = open_sources(nodes, edges, documents, text, config)
    recipes = config.recipes
    if config.tokens is not None:
        stock = take_stock(list(sources.values()), config, config.tokens)
        recipes = limited(recipes, split(config, stock))
    tasks = plan(list(sources.values()), recipes, origins(documents), config)
    if asks_teacher(config):
        tasks = _ask_teacher(tasks, sources, config)
    while rows := list(itertools.islice(tasks, TASKS_PER_PART)):
        yield pa.Table.from_pylist(rows, TASKS)


def _ask_teacher(
    tasks: Iterator[dict[str, Any]], sources: Mapping[str, Source], config: Config
) -> Iterator[dict[str, Any]]:
    excerpts = {name: Excerpts(source, config.teacher.context_tokens) for name, source in sources.items()}
    for task in tasks:
        name, ask = task["collection"], RECIPES[task["recipe"]].ask
        if ask is not None:
            yield ask(task, sources[name], config.teacher)
        else:
            yield first_round(task, excerpts[name], sources[name].graph, config.teacher)


def plan_entities(sources: Mapping[str, Source], documents: pa.Table, config: Config) -> Iterator[pa.Table]:
    """Plan the requests for the entities of every window, in parts of `TASKS_PER_PART` rows."""
    about = origins(documents)
    tasks = (task for source in sources.values() for task in entity_tasks(source, about, config.teacher))
    while rows := list(itertools.islice(tasks, TASKS_PER_PART)):
        yield pa.Table.from_pylist(rows, TASKS)


def origins(documents: pa.Table) -> dict[tuple[str, str], dict[str, str]]:
    """The revision and the licence of each document, by collection and path."""
    columns = ["collection", "path", "revision", "license"]
    return {(row["collection"], row["path"]): row for row in documents.select(columns).to_pylist()}


def open_sources(
    nodes: pa.Table, edges: pa.Table, documents: pa.Table, text: TextTables, config: Config
) -> dict[str, Source]:
    """Every collection as recipes see it."""
    return {
        collection: _source(collection, nodes, edges, documents, text, config)
        for collection in sorted(set(documents["collection"].to_pylist()))
    }


def _source(
    collection: str, nodes: pa.Table, edges: pa.Table, documents: pa.Table, text: TextTables, config: Config
) -> Source:
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
        text=text.of(collection),
    )


def generate(tasks: pa.Table, settings: EngineSettings) -> Tables:
    """Have a batch of tasks answered."""
    answers = open_engine(settings).answer(tasks.to_pylist())
    return {"responses": pa.Table.from_pylist([row for rows in answers for row in rows], RESPONSES)}


@dataclass(frozen=True)
class JudgeInputs:
    """What judging needs beside the batch: small enough to travel to any worker."""

    nodes: Place
    edges: Place
    documents: tuple[Place, ...]
    """Where the source's texts are; read only to execute code and for samples about prose."""
    tokenizer: str | None
    settings: CheckSettings
    traces: str = "written"
    """As `teacher.traces`."""
    text: TextFiles | None = None
    """Where the text graph is; None where no recipe reads prose."""


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
        for row in read_table(part, columns=["collection", "path", "text"]).to_pylist():
            texts[row["collection"]][row["path"]] = row["text"]
    return texts


@cache
def context_of(inputs: JudgeInputs) -> Context:
    """The graph and its vocabulary, built once in each process."""
    settings, text = inputs.settings, inputs.text
    tables = text.read() if text else NO_TEXT
    texts = _texts(inputs) if text else {}
    return Context.build(
        graph=CodeGraph.from_tables(read_table(inputs.nodes), read_table(inputs.edges)),
        settings=settings,
        count_tokens=token_counter(inputs.tokenizer),
        benchmark=load_benchmark(settings.benchmark, settings.benchmark_ngram) if settings.benchmark else Benchmark(),
        documents={(collection, path): text for collection, held in texts.items() for path, text in held.items()},
        prose={collection: tables.of(collection) for collection in set(tables.passages["collection"].to_pylist())},
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
