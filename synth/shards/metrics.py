"""Every number of a run, and the sums that must hold among them: what report, card and `metrics.json` are made of."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, computed_field, model_validator


class Record(BaseModel):
    """Base of all records: filled once, by the run, and never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Record):
    """One source that was read."""

    collection: str
    revision: str = ""
    license: str = Field("", description="SPDX id, or empty where none was recognised")
    n_files: int = Field(description="files found in it, used or skipped")


class Collections(Record):
    """What came of the collections that lists name."""

    found: int
    used: int
    set_aside: dict[str, str] = Field(default_factory=dict, description="why a collection is not used, by its name")


class Files(Record):
    """Files of all sources."""

    found: int
    used: int
    skipped: dict[str, int] = Field(default_factory=dict, description="number of files by reason")


class Documents(Record):
    """What was read from the files that are used."""

    n: int
    lines: int = 0
    bytes: int = 0
    languages: dict[str, int] = Field(default_factory=dict, description="number of documents by language")
    redactions: dict[str, int] = Field(default_factory=dict, description="number of credentials hidden, by kind")
    parse_errors: int = 0


class Graph(Record):
    """What the documents define, and how it hangs together."""

    nodes: dict[str, int] = Field(default_factory=dict, description="number by kind")
    edges: dict[str, dict[str, int]] = Field(default_factory=dict, description="number by kind and confidence")
    unresolved_calls: int = 0


class Coverage(Record):
    """How much of the graph the accepted samples use as evidence or claim: `(covered, total)` by kind."""

    nodes: dict[str, tuple[int, int]] = Field(default_factory=dict)
    edges: dict[str, tuple[int, int]] = Field(default_factory=dict)


class Tasks(Record):
    """What one recipe asked. A task that is answered has one answer or more, as its sampling says."""

    planned: int
    answered: int
    failed: int = 0
    left: int = Field(0, description="not asked yet, since a budget ended before")
    answers: int


class Samples(Record):
    """What came of one recipe's answers; tokens are those of accepted samples."""

    stage: str
    accepted: int
    rejected: int
    tokens: int = 0
    splits: dict[str, int] = Field(default_factory=dict, description="accepted samples by split")


class Diversity(Record):
    """How unlike each other the accepted rows of one recipe are; see `synth.diversity`."""

    rows: int = Field(description="rows of the sample that is measured")
    words: int
    distinct_1: float = Field(description="share of different words; with distinct_2 and 3 of pairs and triples")
    distinct_2: float
    distinct_3: float
    compression: float = Field(description="how many times smaller zlib makes the rows")
    self_bleu: float = Field(description="mean BLEU-4 of a row against the others; 1 where all say the same")


class Check(Record):
    """What one check found. `undecided` samples are those that it cannot judge: they are kept, and it says so."""

    name: str
    verifies: str = Field("", description="one sentence: what is true of a sample that passed")
    passed: int = 0
    failed: int = 0
    undecided: int = 0


class Tokens(Record):
    """Tokens of accepted samples."""

    counter: str = Field(
        description="how tokens are counted, as a phrase: `by the tokenizer ...` or `estimated as ...`"
    )
    cpt: int = 0
    sft: int = 0


class Engine(Record):
    """Who answered, and what it took."""

    name: str
    model: str | None = None
    prompt_tokens: int = 0
    cached_tokens: int = Field(0, description="those prompt tokens that the engine had in its cache")
    output_tokens: int = 0
    tokens_per_second: float = Field(0.0, description="output tokens of this run over the time it waited for them")
    cost: float | None = Field(None, description="of the answers in use; None where no prices are known")
    currency: str = "USD"


class Prompt(Record):
    """One prompt, and the number of accepted samples that it led to."""

    id: str
    version: str
    sha256: str
    rows: int


class Sum(Record):
    """One promise of the run: two ways of counting the same things, which must agree."""

    name: str
    left: int
    right: int
    holds: bool


class Metrics(Record):
    """The numbers of one run.

    Only `timings` and the engine's tokens and costs may differ between two runs of the same source, configuration and
    seed; the card uses neither.
    """

    synth_version: str
    seed: int
    sources: tuple[Source, ...]
    collections: Collections | None = Field(None, description="of lists; None where sources were named one by one")
    files: Files
    documents: Documents
    graph: Graph = Graph()
    coverage: Coverage = Coverage()
    tasks: dict[str, Tasks] = Field(default_factory=dict, description="by recipe")
    rounds: dict[str, dict[str, Tasks]] = Field(
        default_factory=dict, description="a teacher's other rounds, problem and verdict, by recipe"
    )
    problems_rejected: dict[str, int] = Field(
        default_factory=dict, description="problems of a teacher that were turned down before being asked, by recipe"
    )
    samples: dict[str, Samples] = Field(default_factory=dict, description="by recipe")
    failures: dict[str, dict[str, int]] = Field(
        default_factory=dict, description="answers of an engine that failed, by reason and recipe; of all rounds"
    )
    rejected: dict[str, dict[str, int]] = Field(
        default_factory=dict, description="by reason and recipe; a sample that failed two checks counts for both"
    )
    diversity: dict[str, Diversity] = Field(default_factory=dict, description="by recipe")
    checks: tuple[Check, ...] = ()
    tokens: Tokens
    engine: Engine
    prompts: tuple[Prompt, ...] = ()
    validation: float = Field(0.0, description="share of source files that is held out")
    rows: dict[str, dict[str, int]] = Field(description="rows written by folder and split, as `write_release` says")
    timings: dict[str, float] = Field(default_factory=dict, description="seconds by stage")

    @model_validator(mode="before")
    @classmethod
    def _drop_sums(cls, data: Any) -> Any:
        """Let `metrics.json` be read back; sums are counted anew, never believed."""
        return {key: value for key, value in data.items() if key != "sums"} if isinstance(data, dict) else data

    @computed_field(description="what must add up, and whether it does")  # type: ignore[prop-decorator]
    @property
    def sums(self) -> tuple[Sum, ...]:
        """The promises of a run: nothing is lost or made up in silence."""
        return tuple(Sum(name=name, left=a, right=b, holds=a == b) for name, a, b in _sums(self))


def round_title(name: str) -> str:
    """What a teacher's round is about, in the plural: `problems`, `verdicts`, `entities`, `problems 2`."""
    word = name.rstrip("0123456789")
    return " ".join(filter(None, (word if word.endswith("s") else f"{word}s", name[len(word) :])))


def check_sums(metrics: Metrics) -> list[str]:
    """Name the sums that do not hold, one line each; empty when nothing was lost."""
    return [f"{item.name}: {item.left} is not {item.right}" for item in metrics.sums if not item.holds]


def _sums(metrics: Metrics) -> Iterator[tuple[str, int, int]]:
    files, tasks, samples, rows = metrics.files, metrics.tasks, metrics.samples, metrics.rows
    if (collections := metrics.collections) is not None:
        yield "collections found = used + set aside", collections.found, collections.used + len(collections.set_aside)
    yield "files found = used + skipped", files.found, files.used + sum(files.skipped.values())
    yield "files found = files of the sources", files.found, sum(source.n_files for source in metrics.sources)
    yield "files used = documents", files.used, metrics.documents.n
    for recipe in sorted(tasks.keys() | samples.keys()):
        task = tasks.get(recipe, Tasks(planned=0, answered=0, answers=0))
        sample = samples.get(recipe, Samples(stage="", accepted=0, rejected=0))
        yield (
            f"{recipe}: tasks planned = {_ends(task)}",
            task.planned,
            task.answered + task.failed + task.left,
        )
        problems = metrics.problems_rejected.get(recipe, 0)
        judged = "answers and problems turned down" if problems else "answers"
        yield f"{recipe}: {judged} = accepted + rejected", task.answers + problems, sample.accepted + sample.rejected
        yield f"{recipe}: accepted = train + validation", sample.accepted, sum(sample.splits.values())
    for name, recipes in metrics.rounds.items():
        for recipe, task in recipes.items():
            done = task.answered + task.failed + task.left
            yield f"{recipe}, {round_title(name)}: tasks planned = {_ends(task)}", task.planned, done
    for stage in ("cpt", "sft"):
        accepted = sum(sample.accepted for sample in samples.values() if sample.stage == stage)
        tokens = sum(sample.tokens for sample in samples.values() if sample.stage == stage)
        yield f"{stage}: samples accepted = rows written", accepted, sum(rows.get(stage, {}).values())
        yield f"{stage}: tokens of its recipes = tokens", tokens, getattr(metrics.tokens, stage)
    rejected = sum(sample.rejected for sample in samples.values())
    yield "samples rejected = rows written", rejected, sum(rows.get("rejected", {}).values())


def _ends(task: Tasks) -> str:
    return "answered + failed + left" if task.left else "answered + failed"
