"""Teachers that answer with anything: what becomes of it between the engine and the judged samples?"""

import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from typing import Any, NamedTuple

import oracle
import pyarrow as pa
import pyarrow.parquet as pq
import scribe
from corpora import SHOP

from fuzzer.mutations import odd_value, spoil, spoil_json
from synth import rounds, stages
from synth.config import Config, ReasoningSettings, SourceSettings, TextSettings
from synth.engines.base import part, schema_fault, split_reasoning, storable
from synth.graph.code import link, parse_documents
from synth.graph.text import cut, find_mentions, merge
from synth.prose import TextFiles, TextTables
from synth.recipes import RECIPES
from synth.recipes.docs.entities import names_by_document
from synth.recipes.teacher import read_verdict
from synth.schema import FILES, RESPONSES, TASKS
from synth.sources import list_files, read_documents
from synth.tokens import token_counter

MANUAL = SHOP.parent / "manual"


class Asked(NamedTuple):
    """Tasks that a teacher is asked, and what judging its answers needs."""

    tasks: list[dict[str, Any]]
    entities: list[dict[str, Any]]
    inputs: stages.JudgeInputs
    passages: pa.Table
    documents: pa.Table
    config: Config


@cache
def asked() -> Asked:
    """The tasks of a small source of code and prose, planned once in a process."""
    config = Config.model_validate(
        {"engine": {"name": "openai", "model": "m"}, "recipes": {name: {"samples": 6} for name in RECIPES}}
    )
    listed = pa.concat_tables(
        [
            FILES.empty_table(),
            *(
                table
                for root in (SHOP, MANUAL)
                for table in list_files(str(root), SourceSettings(), Path(mkdtemp()), set())
            ),
        ]
    )
    documents, _ = read_documents(listed.filter(pa.compute.equal(listed["skip_reason"], "")), SourceSettings())
    nodes, edges = link([parse_documents(documents)])
    settings = TextSettings(extractor="spacy")
    passages, mentions = cut(documents, settings, token_counter(None))
    text = TextTables(passages, *merge(passages, [mentions], {}, settings))
    folder = Path(mkdtemp(prefix="fuzz-"))
    paths = {}
    for name, table in {"nodes": nodes, "edges": edges, "documents": documents, **text._asdict()}.items():
        paths[name] = folder / f"{name}.parquet"
        pq.write_table(table, paths[name])
    files = TextFiles(*((paths[name],) for name in text._fields))
    inputs = stages.JudgeInputs(paths["nodes"], paths["edges"], (paths["documents"],), None, config.checks, text=files)
    tasks = [row for table in stages.plan_tasks(nodes, edges, documents, text, config) for row in table.to_pylist()]
    sources = stages.open_sources(nodes, edges, documents, text, config)
    entities = [row for table in stages.plan_entities(sources, documents, config) for row in table.to_pylist()]
    return Asked(tasks, entities, inputs, passages, documents, config)


def begin(folders: Sequence[Path]) -> list[bytes]:
    """What a teacher that does its work well answers to these tasks."""
    known = asked()
    found = []
    for task in (*known.tasks, *known.entities):
        try:
            found.append(_good_answer(task).encode())
        except (IndexError, KeyError, ValueError):
            continue  # a question that the teachers of the tests do not know
    return found


def _good_answer(task: dict[str, Any]) -> str:
    said = [message["content"] for message in task["messages"]]
    if task["recipe"].startswith("ucd."):
        return oracle.answer_to(said[-1], 1)
    return scribe.answer_to(said[0], said[-1], 1)


def make(draw: Random, pool: Sequence[bytes]) -> bytes:
    """The number of a task, and an answer to some task, spoilt, or one that nobody would write."""
    number = draw.randrange(1 << 16).to_bytes(2, "big")
    data = draw.choice(pool)
    kind = draw.random()
    if kind < 0.45:
        return number + spoil_json(draw, data, pool)
    if kind < 0.9:
        return number + spoil(draw, data, pool)
    return number + str(odd_value(draw)).encode("utf-8", "replace")


def check(inputs: Sequence[bytes], folder: Path) -> None:
    """Take answers as engines hand them on, through every reader of them."""
    known = asked()
    for data in inputs:
        everyone = [*known.tasks, *known.entities]
        task = everyone[int.from_bytes(data[:2], "big") % len(everyone)]
        # Engines give text that can be stored; a task with a schema may meet an engine that does not enforce it.
        _, text = part(storable(data[2:].decode("utf-8", "replace")), task["response_schema"], _split)
        if task["response_schema"]:
            schema_fault(text, task["response_schema"])
        _follow(known, task, _response(task, text))
        read_verdict(text)


def _split(text: str) -> tuple[str, str]:
    return split_reasoning(text, ReasoningSettings())


def _response(task: dict[str, Any], text: str) -> pa.Table:
    row = {"task_id": task["task_id"], "sample_index": 0, "status": "ok", "text": text, "finish_reason": "stop"}
    row |= {"engine": "openai", "model": "m"}
    return pa.Table.from_pylist([row], RESPONSES)


def _follow(known: Asked, task: dict[str, Any], response: pa.Table) -> None:
    if task in known.entities:
        named = names_by_document([task], response.to_pylist())
        _write(find_mentions(known.passages, known.documents, named.names))
        return
    table = pa.Table.from_pylist([task], TASKS)
    if task["round"] == "answer":
        samples = stages.judge_samples(table, response, known.inputs)["samples"]
        _write(rounds.choose(samples, settings=known.config.teacher)["samples"])
        return
    posed = rounds.pose(table, response, known.inputs, known.config.teacher, task["round"])
    for name in ("tasks", "rejected"):
        _write(posed[name])
    answers = [_response(row, response["text"][0].as_py()) for row in posed["tasks"].to_pylist()[:2]]
    if answers and posed["tasks"]["round"][0].as_py() == "answer":
        _write(stages.judge_samples(posed["tasks"], pa.concat_tables(answers), known.inputs)["samples"])


def _write(table: pa.Table) -> None:
    table.validate(full=True)
    pq.write_table(table, io.BytesIO())
