"""Which questions show what a model has learned of a corpus, and which show that it did not guess?

Probes come in fours, or in threes and pairs where a corpus has no four that fit. A group asks for one relation, and its
probes share their options: each option is right in one of them, so that a model that only likes some option better than
others is right in one of four, whatever it likes. As many groups are controls: the same, of names that were made up,
which nothing but chance can answer.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from synth.errors import UserError
from synth.evaluate.facts import CALLABLE, EDGE_COLUMNS, EDGE_KINDS, NODE_COLUMNS, Fact, graph_facts
from synth.evaluate.groups import Group, by_relation, groups_of, made_up, phrases, take_turns
from synth.evaluate.invented import words_of
from synth.evaluate.sentences import sentence_facts
from synth.evaluate.trained import TrainedRows, index_rows, read_train_rows
from synth.schema import content_id

Kind = Literal["cloze", "choice"]


class Probe(BaseModel):
    """One question with options, of which one is right. A line of a probe file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    kind: Kind = Field("cloze", description="cloze: a text to be continued; choice: a question to be answered")
    relation: str = ""
    prompt: str = Field(min_length=1)
    options: tuple[str, ...] = Field(min_length=2, description="what may follow the prompt, its leading space included")
    answer: int = Field(ge=0, description="index of the right option")
    fact: str = Field("", description="probes of one fact are drawn together when intervals are computed")
    path: str = ""
    start_line: int = 0
    end_line: int = 0
    control: bool = Field(False, description="about something made up, which was never trained")
    asked_in: bool = Field(False, description="prompt and answer stand so in a training row")

    @model_validator(mode="after")
    def _has_answer(self) -> "Probe":
        if self.answer >= len(self.options):
            raise ValueError(f"answer {self.answer} is not an index of {len(self.options)} options")
        return self


def make_probes(corpus: Path, n: int, seed: int) -> list[Probe]:
    """Make up to `n` probes of facts that a corpus trains, and as many controls.

    A fact counts as trained where one training row names both its subject and its answer. About half of the probes are
    statements to be continued, the others questions. Relations take turns, so that none crowds out the others.

    Args:
        corpus: folder of a corpus; one without `graph/` gives no probes.
        n: facts that were trained; fewer where the corpus has no more that can be asked.
        seed: chooses other facts, other options and other made-up names.

    Returns:
        Trained ones first; the same list for the same corpus, number and seed.
    """
    nodes_path, edges_path = corpus / "graph" / "nodes.parquet", corpus / "graph" / "edges.parquet"
    if not n or not nodes_path.exists() or not edges_path.exists():
        return []
    nodes = pq.read_table(nodes_path, columns=list(NODE_COLUMNS)).to_pylist()
    edges = pq.read_table(edges_path, columns=list(EDGE_COLUMNS), filters=[("kind", "in", EDGE_KINDS)])
    rows = read_train_rows(corpus)
    facts = graph_facts(nodes, edges.to_pylist())
    facts += sentence_facts(rows, [node["name"] for node in nodes if node["kind"] == "entity"])
    relations = by_relation(facts, seed)
    trained = index_rows(rows, (phrase for each in relations.values() for fact in each for phrase in phrases(fact)))
    groups = take_turns({name: groups_of(each, trained) for name, each in relations.items()}, n)
    taken = {node["name"] for node in nodes} | {name for fact in facts for name in (fact.subject, fact.answer)}
    pool = words_of([node["name"] for node in nodes if node["kind"] in (*CALLABLE, "class", "entity")])
    controls = [made_up(group, pool, taken, f"{seed}/{number}") for number, group in enumerate(groups)]
    return [*_ask_all(groups, seed, trained), *_ask_all(controls, seed, None)]


def _ask_all(groups: Iterable[Group], seed: int, trained: TrainedRows | None) -> Iterator[Probe]:
    """Probes of groups; a control group is asked in the same way as the group that it is made of."""
    for number, group in enumerate(groups):
        kind: Kind = "cloze" if int(content_id("kind", str(seed), str(number)), 16) % 2 else "choice"
        key = f"{seed}/{number}/{'control' if trained is None else 'trained'}"
        yield from _asked(group, kind, key, trained)


def _asked(group: Group, kind: Kind, key: str, trained: TrainedRows | None) -> Iterator[Probe]:
    options = sorted((fact.answer for fact in group), key=lambda answer: content_id(key, answer))
    for fact in group:
        prompt = _prompt(fact, kind)
        shown = tuple(f" `{option}`" if fact.quoted else f" {option}" for option in options)
        answer = options.index(fact.answer)
        yield Probe(
            id=content_id(prompt, *shown), kind=kind, relation=fact.relation, prompt=prompt, options=shown,
            answer=answer, fact=content_id(fact.relation, fact.subject, fact.answer),
            path="" if trained is None else fact.path,
            start_line=0 if trained is None else fact.start_line,
            end_line=0 if trained is None else fact.end_line, control=trained is None,
            asked_in=trained is not None and _stands_in(trained, prompt + shown[answer], fact),
        )  # fmt: skip


def _prompt(fact: Fact, kind: Kind) -> str:
    if kind == "cloze":
        return fact.statement.replace("{subject}", fact.subject)
    return f"Question: {fact.question.replace('{subject}', fact.subject)}\nAnswer:"


def _stands_in(trained: TrainedRows, wording: str, fact: Fact) -> bool:
    wording = " ".join(wording.split())
    return any(wording in text for text in trained.saying(*phrases(fact)))


def write_probes(probes: Iterable[Probe], path: Path) -> None:
    """Write a probe file, which `read_probes` reads: a JSON object a line."""
    path.write_text("".join(f"{probe.model_dump_json()}\n" for probe in probes), encoding="utf-8", newline="\n")


def read_probes(path: Path) -> list[Probe]:
    """Read a probe file; `prompt`, `options` and `answer` are enough for a probe.

    Raises:
        UserError: there is no such file, it is empty, or a line of it is no probe.
    """
    if not path.is_file():
        raise UserError(f"no probe file {path}; give a JSONL file with prompt, options and answer on each line")
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    probes = [_parse(line, f"{path}, line {number}") for number, line in enumerate(lines, 1) if line.strip()]
    if not probes:
        raise UserError(f"{path} has no probes; give a JSON object with prompt, options and answer on each line")
    return probes


def _parse(line: str, place: str) -> Probe:
    try:
        found = json.loads(line)
        return Probe.model_validate({"id": content_id(line), **found} if isinstance(found, dict) else found)
    except ValidationError as error:
        first = error.errors()[0]
        reason = f"{'.'.join(map(str, first['loc'])) or 'probe'}: {first['msg']}"
    except ValueError:
        reason = "not a JSON object"
    raise UserError(f"{place}: {reason}; a probe has prompt, options and answer (an index of options)")
