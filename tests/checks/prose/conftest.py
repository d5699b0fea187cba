"""Two small documents, the text graph of what they speak of, and samples about them."""

from typing import Any

import pytest

from checks.conftest import GRAPH
from synth.checks import Context
from synth.config import CheckSettings
from synth.graph.text.view import Entity, Passage, TextGraph

PATH, OTHER, FOREIGN = "docs/beacon.md", "docs/tide.md", "docs/leuchtturm.md"
TITLE = "Beacon Keeper's Handbook"
TEXT = """\
# Beacon Keeper's Handbook

## Origin

The Beacon Control Protocol (BCP) was drafted by Maren Holtz and Tobias van Dyck in March 2004 at the Northern Coast
Authority. Its first public release, version 2.3.1, followed on 2006-09-14. Holtz called it "a lamp that anyone may
trim", and the phrase stayed in use among keepers.

## Rotation

A keeper turns the lens every 12 hours; the motor draws 1,500 watts and needs three minutes to reach its speed. The
service `beacond` reads `/etc/beacon.conf` and listens on port 8472. If the lens is not turned within 36 hours, the
`watch_timer` raises an alarm and the Harbour Office in Port Ellery is told by radio. About 40 % of alarms are false.

## Oil and light

- The tank holds two hundred and fifty litres of oil.
- Oil older than six months clouds the glass and has to be drained before winter.
- Keepers of the Free Light Society pay half of the price.

The document store keeps each page for ten years. An author signs the page before the next keeper reads it.
"""
TIDE = """\
# Tide Tables

High water at Port Ellery is computed from the moon's distance. The tables are printed each January by the Hydrographic
Bureau, and 4 errata have been issued since 2011. A reader looks up the day, adds the correction for the pier and
subtracts one hour in summer. Boats that draw more than 5 metres must wait for the flood.
"""
GERMAN = """\
# Handbuch des Leuchtturms

Der Wärter dreht die Linse alle zwölf Stunden, und der Motor braucht drei Minuten, bis er seine Geschwindigkeit erreicht
hat. Wenn das Öl älter als sechs Monate ist, wird das Glas trüb, und der Tank muss vor dem Winter geleert werden. Der
Dienst liest seine Einstellungen beim Start und meldet jeden Fehler dem Hafenamt, das ihn in ein Buch einträgt.
"""
DOCUMENTS = {("c", PATH): TEXT, ("c", OTHER): TIDE, ("c", FOREIGN): GERMAN}


def _passage(path: str, title: str, headings: tuple[str, ...] = ()) -> Passage:
    text = DOCUMENTS["c", path]
    return Passage(
        passage_id=f"p-{path}", doc_id=f"d-{path}", collection="c", path=path, title=title, headings=headings,
        language="markdown", start_line=1, end_line=text.count("\n") + 1, start_byte=0, end_byte=len(text.encode()),
        n_tokens=200,
    )  # fmt: skip


def _entity(name: str, *aliases: str) -> Entity:
    return Entity(f"e-{name}", "c", name, "thing", aliases, 1, 1, "")


def text_graph() -> TextGraph:
    passages = [
        _passage(PATH, TITLE, ("Rotation",)),
        _passage(OTHER, "Tide Tables"),
        _passage(FOREIGN, "Handbuch des Leuchtturms"),
    ]
    entities = [
        _entity("Beacon Control Protocol", "BCP", "Lamp Line Protocol"),
        _entity("Northern Coast Authority", "NCA"),
        _entity("beacond"),
        _entity("Hydrographic Bureau"),
    ]
    links = {
        f"p-{PATH}": [(entity.entity_id, 1) for entity in entities[:3]],
        f"p-{OTHER}": [(entities[3].entity_id, 1)],
    }
    return TextGraph({item.passage_id: item for item in passages}, {item.entity_id: item for item in entities}, links)


def make_context(documents: dict[tuple[str, str], str] | None = None, **settings: Any) -> Context:
    return Context.build(
        GRAPH,
        CheckSettings(**settings),
        lambda text: len(text.split()),
        documents=DOCUMENTS if documents is None else documents,
        prose={"c": text_graph()},
    )


@pytest.fixture
def context() -> Context:
    return make_context()


def about(text: str, path: str = PATH, **other: Any) -> dict[str, Any]:
    """A text of a teacher that rests on a whole document."""
    lines = DOCUMENTS["c", path].count("\n") + 1
    return {
        "stage": "cpt",
        "recipe": "entigraph.pair",
        "kind": "pair",
        "engine": "vllm",
        "collection": "c",
        "text": text,
        "messages": None,
        "reasoning": None,
        "evidence": [{"id": f"p-{path}", "path": path, "start_line": 1, "end_line": lines}],
        "claims": [],
        "fabricated": [],
        "reference": "",
        "rubric": [],
        "finish_reason": "stop",
        **other,
    }


def asked(question: str = "", answer: str = "", reasoning: str = "", path: str = PATH, **other: Any) -> dict[str, Any]:
    """A question and an answer of a teacher that rest on a whole document; texts that are not given are sound ones."""
    messages = [
        {"role": "user", "content": question or f"How often is the lens turned, by the *{TITLE}*?"},
        {"role": "assistant", "content": answer or "The keeper turns the lens every 12 hours."},
    ]
    reasoning = reasoning or "The keeper has to turn the lens, and that is every 12 hours."
    sample = about("", path, stage="sft", recipe="docs.qa", kind="question", messages=messages, reasoning=reasoning)
    return {**sample, "text": None, **other}
