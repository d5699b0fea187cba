"""Counts the rows of a run's tables into its metrics: what was found, kept, turned down and covered."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from synth import __version__
from synth.checks import CHECKS
from synth.checks.problems import SHAPE
from synth.config import Config, EngineSettings
from synth.diversity import Reservoir, measure, text_of
from synth.meter import Meter
from synth.prompts import load_prompt
from synth.shards import metrics as m
from synth.store import Place, read_table
from synth.tokens import describe_counter

MAX_REASON = 120  # characters of an engine's message by which failures are counted


class SampleTally:
    """Counts judged samples as they stream by, and marks the nodes and edges that accepted ones cover."""

    def __init__(self) -> None:
        self.accepted: Counter[str] = Counter()
        self.rejected: Counter[str] = Counter()
        self.problems: Counter[str] = Counter()
        self.tokens: Counter[str] = Counter()
        self.splits: dict[str, Counter[str]] = defaultdict(Counter)
        self.reasons: dict[str, Counter[str]] = defaultdict(Counter)
        self.prompts: Counter[tuple[str, str]] = Counter()
        self.stages: dict[str, str] = {}
        self.checks: dict[str, Counter[str]] = defaultdict(Counter)
        self.nodes: set[str] = set()
        self.edges: set[tuple[str, str, str]] = set()
        self.reservoirs: dict[str, Reservoir] = defaultdict(Reservoir)

    def add(self, sample: Mapping[str, Any], split: str) -> None:
        """Count one sample; `split` is `rejected` for one that was turned down."""
        recipe = sample["recipe"]
        self.stages[recipe] = sample["stage"]
        for check in sample["checks"]:
            undecided = check["passed"] and (check["detail"] or "").startswith("not checked")
            outcome = "undecided" if undecided else "passed" if check["passed"] else "failed"
            self.checks[check["name"]][outcome] += 1
        if split == "rejected":
            self.rejected[recipe] += 1
            # A problem has no trace yet: it was turned down before anybody answered it.
            is_unanswered = sample["stage"] == "sft" and sample["reasoning"] is None
            self.problems[recipe] += is_unanswered or any(check["name"] == SHAPE for check in sample["checks"])
            for check in sample["checks"]:
                if not check["passed"]:
                    self.reasons[check["name"]][recipe] += 1
            return
        self.accepted[recipe] += 1
        self.tokens[recipe] += sample["n_tokens"]
        self.splits[recipe][split] += 1
        self.prompts[sample["prompt_id"], sample["prompt_sha256"]] += 1
        self.reservoirs[recipe].add(sample["id"], text_of(sample))
        self.nodes.update(item["id"] for item in sample["evidence"])
        for claim in sample["claims"]:
            self.nodes.update((claim["subject"], claim["object"]))
            if claim["holds"]:
                self.edges.add((claim["subject"], claim["object"], claim["relation"]))

    def samples(self) -> dict[str, m.Samples]:
        """The counts by recipe."""
        return {
            recipe: m.Samples(
                stage=self.stages[recipe],
                accepted=self.accepted[recipe],
                rejected=self.rejected[recipe],
                tokens=self.tokens[recipe],
                splits=dict(sorted(self.splits[recipe].items())),
            )
            for recipe in sorted(self.stages)
        }


def count_diversity(tally: SampleTally) -> dict[str, m.Diversity]:
    """How unlike each other the accepted rows of each recipe are."""
    found = {}
    for recipe, reservoir in sorted(tally.reservoirs.items()):
        rows, words, (one, two, three), compression, self_bleu = measure(reservoir.texts())
        found[recipe] = m.Diversity(
            rows=rows, words=words, distinct_1=one, distinct_2=two, distinct_3=three,
            compression=compression, self_bleu=self_bleu,
        )  # fmt: skip
    return found


def count_files(listed: pa.Table, late_skips: Iterable[pa.Table], documents: pa.Table) -> m.Files:
    """Count the files found, used and skipped; a file is skipped when listed or when read."""
    skipped = Counter(reason for reason in listed["skip_reason"].to_pylist() if reason)
    for table in late_skips:
        skipped.update(table["skip_reason"].to_pylist())
    return m.Files(found=listed.num_rows, used=documents.num_rows, skipped=dict(sorted(skipped.items())))


def count_collections(listed: pa.Table, set_aside: Mapping[str, str] | None) -> m.Collections | None:
    """Count the collections of lists; one is used if any of its files goes on to be read."""
    if set_aside is None:
        return None
    read = listed.filter(pa.compute.equal(listed["skip_reason"], ""))
    found = {*listed["collection"].unique().to_pylist(), *set_aside}
    used = len(read["collection"].unique())
    return m.Collections(found=len(found), used=used, set_aside=dict(sorted(set_aside.items())))


def count_sources(listed: pa.Table) -> tuple[m.Source, ...]:
    """One record a collection."""
    rows = Counter(
        zip(*(listed[name].to_pylist() for name in ("collection", "revision", "license")), strict=True)
    )  # fmt: skip
    return tuple(
        m.Source(collection=collection, revision=revision or "", license=license_ or "", n_files=count)
        for (collection, revision, license_), count in sorted(rows.items(), key=lambda item: tuple(map(str, item[0])))
    )


def count_documents(documents: pa.Table, parse_errors: int) -> m.Documents:
    """Count documents, their lines and the credentials that were hidden in them."""
    kinds = Counter(item["kind"] for found in documents["redactions"].to_pylist() for item in found or ())
    return m.Documents(
        n=documents.num_rows,
        lines=sum(text.count("\n") + 1 for text in documents["text"].to_pylist()),
        bytes=sum(documents["n_bytes"].to_pylist()),
        languages=dict(sorted(Counter(documents["language"].to_pylist()).items())),
        redactions=dict(sorted(kinds.items())),
        parse_errors=parse_errors,
    )


def count_graph(nodes: pa.Table, edges: pa.Table) -> m.Graph:
    """Count nodes by kind and edges by kind and confidence."""
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    unresolved = 0
    columns = (edges[name].to_pylist() for name in ("kind", "confidence", "dst"))
    for kind, confidence, dst in zip(*columns, strict=True):
        if dst is None:
            unresolved += kind == "calls"
        else:
            by_kind[kind][confidence] += 1
    return m.Graph(
        nodes=dict(sorted(Counter(nodes["kind"].to_pylist()).items())),
        edges={kind: dict(sorted(counts.items())) for kind, counts in sorted(by_kind.items())},
        unresolved_calls=unresolved,
    )


def count_coverage(nodes: pa.Table, edges: pa.Table, tally: SampleTally) -> m.Coverage:
    """How many nodes and certain edges the accepted samples speak of, by kind."""
    node_totals, node_hits = Counter[str](), Counter[str]()
    outside = set()
    for node_id, kind in zip(nodes["node_id"].to_pylist(), nodes["kind"].to_pylist(), strict=True):
        if kind == "external":
            outside.add(node_id)
            continue
        node_totals[kind] += 1
        node_hits[kind] += node_id in tally.nodes
    edge_totals, edge_hits = Counter[str](), Counter[str]()
    columns = (edges[name].to_pylist() for name in ("src", "dst", "kind", "confidence"))
    for src, dst, kind, confidence in zip(*columns, strict=True):
        if dst is not None and dst not in outside and confidence != "ambiguous":
            edge_totals[kind] += 1
            edge_hits[kind] += (src, dst, kind) in tally.edges
    return m.Coverage(
        nodes={kind: (node_hits[kind], total) for kind, total in sorted(node_totals.items())},
        edges={kind: (edge_hits[kind], total) for kind, total in sorted(edge_totals.items())},
    )


class TaskTally:
    """Counts the tasks of each round and what came of them, and what the engines spent on answers that are used.

    Args:
        settings: of the engine that answers.
        meter: of the teacher, where one was asked.
    """

    def __init__(self, settings: EngineSettings, meter: Meter | None) -> None:
        self.settings = settings
        self.meter = meter
        self.rounds: dict[str, dict[str, m.Tasks]] = {}
        self.spent: Counter[str] = Counter()
        self.failures: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, round_: str, tasks: Iterable[Place], responses: Iterable[pa.Table]) -> None:
        """Count one round: its tasks in these parts, and the answers to them."""
        recipe_of: dict[str, str] = {}
        for part in tasks:
            table = read_table(part, columns=["task_id", "recipe", "round"]).to_pylist()
            recipe_of |= {row["task_id"]: row["recipe"] for row in table if row["round"] == round_}
        planned = Counter(recipe_of.values())
        answered: dict[str, set[str]] = defaultdict(set)
        asked: dict[str, set[str]] = defaultdict(set)
        answers: Counter[str] = Counter()
        for table in responses:
            for row in table.drop_columns(["text", "reasoning"]).to_pylist():
                recipe = recipe_of[row["task_id"]]
                asked[recipe].add(row["task_id"])
                self.spent.update({key: row[key] or 0 for key in ("prompt_tokens", "cached_tokens", "output_tokens")})
                if row["status"] == "ok":
                    answered[recipe].add(row["task_id"])
                    answers[recipe] += 1
                else:
                    self.failures[_alike(row["error"])][recipe] += 1
        self.rounds[round_] = {
            recipe: m.Tasks(
                planned=planned[recipe],
                answered=len(answered[recipe]),
                failed=len(asked[recipe] - answered[recipe]),
                left=planned[recipe] - len(asked[recipe]),
                answers=answers[recipe],
            )
            for recipe in sorted(planned)
        }

    def engine(self) -> m.Engine:
        """Who answered, and what it took."""
        prices = self.settings.prices
        priced = prices.prompt or prices.output
        cost = prices.cost(*(self.spent[name] for name in ("prompt_tokens", "cached_tokens", "output_tokens")))
        return m.Engine(
            name=self.settings.name,
            model=self.settings.model if self.settings.name != "template" else None,
            **self.spent,
            tokens_per_second=round(self.meter.rate, 1) if self.meter else 0.0,
            cost=round(cost, 6) if priced else None,
            currency=prices.currency,
        )


def _alike(error: str | None) -> str:
    """What failures of one kind have in common: the beginning of the message, whatever its numbers."""
    return re.sub(r"\d+", "N", " ".join((error or "no reason given").split()))[:MAX_REASON].strip()


def combine(
    config: Config,
    *,
    sources: tuple[m.Source, ...],
    collections: m.Collections | None = None,
    files: m.Files,
    documents: m.Documents,
    graph: m.Graph,
    coverage: m.Coverage,
    tasks: TaskTally,
    tally: SampleTally,
    rows: dict[str, dict[str, int]],
    timings: dict[str, float],
) -> m.Metrics:
    """Put the counts of all tables together."""
    tokens = Counter[str]()
    for recipe, count in tally.tokens.items():
        tokens[tally.stages[recipe]] += count
    return m.Metrics(
        synth_version=__version__,
        seed=config.seed,
        sources=sources,
        collections=collections,
        files=files,
        documents=documents,
        graph=graph,
        coverage=coverage,
        tasks=tasks.rounds["answer"],
        rounds={name: counts for name, counts in tasks.rounds.items() if name != "answer"},
        problems_rejected=dict(sorted(tally.problems.items())),
        samples=tally.samples(),
        failures={reason: dict(sorted(counts.items())) for reason, counts in sorted(tasks.failures.items())},
        rejected={reason: dict(sorted(counts.items())) for reason, counts in sorted(tally.reasons.items())},
        diversity=count_diversity(tally),
        checks=tuple(
            m.Check(name=name, verifies=CHECKS.get(name, ""), **tally.checks[name]) for name in sorted(tally.checks)
        ),
        tokens=m.Tokens(counter=describe_counter(config.tokenizer), cpt=tokens["cpt"], sft=tokens["sft"]),
        engine=tasks.engine(),
        prompts=tuple(
            m.Prompt(id=prompt_id, version=str(load_prompt(prompt_id).version), sha256=sha256, rows=count)
            for (prompt_id, sha256), count in sorted(tally.prompts.items())
        ),
        validation=config.shards.validation,
        rows=rows,
        timings=timings,
    )
