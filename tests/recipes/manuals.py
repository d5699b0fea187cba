"""Small documents with a text graph made by hand: what recipes need of one, whoever cuts and names."""

import re
from collections.abc import Callable, Mapping

from synth.graph.text.passages import passages_of
from synth.graph.text.view import Entity, Passage, TextGraph
from synth.graph.view import CodeGraph
from synth.recipes.base import Source

LANGUAGES = {"md": "markdown", "rst": "rst", "txt": "text"}


def make_manual(
    files: Mapping[str, str],
    names: Mapping[str, str],
    limit: int = 60,
    collection: str = "handbook",
    titles: Mapping[str, str] | None = None,
    split_of: Callable[[str], str] = lambda _: "train",
) -> Source:
    """A source of documents; tokens are words.

    Args:
        files: texts by path; their first line gives the title where `titles` does not.
        names: the kind of each entity by its name; passages that hold the name speak of it.
        limit: tokens of one passage.
        collection: what the documents are together.
        titles: by path.
        split_of: names the split of a document.
    """
    passages = {
        passage.passage_id: passage
        for path, text in files.items()
        for passage in _passages(path, text, (titles or {}).get(path), limit, collection)
    }
    found: dict[str, list[tuple[str, int]]] = {}
    for name in names:
        pattern = re.compile(rf"(?<!\w){re.escape(name)}s?(?!\w)", re.IGNORECASE if name.islower() else 0)
        for passage in passages.values():
            data = files[passage.path].encode()[passage.start_byte : passage.end_byte].decode()
            if count := len(pattern.findall(data)):
                found.setdefault(passage.passage_id, []).append((name, count))
    entities = {name: _entity(name, kind, collection, found, passages) for name, kind in sorted(names.items())}
    graph = TextGraph(passages, entities, found)
    return Source(collection, CodeGraph([], []), dict(files), 0, lambda text: len(text.split()), split_of, text=graph)


def _passages(path: str, text: str, title: str | None, limit: int, collection: str) -> list[Passage]:
    language = LANGUAGES[path.rpartition(".")[2]]
    title = text.split("\n", maxsplit=1)[0].strip("# ") if title is None else title
    found = passages_of(text, language, title, limit, lambda piece: len(piece.split()))
    return [
        Passage(
            passage_id=f"{path}:{number}",
            doc_id=path,
            collection=collection,
            path=path,
            title=title,
            headings=item.headings,
            language=language,
            start_line=text.count("\n", 0, item.start) + 1,
            end_line=text.count("\n", 0, item.end) + 1,
            start_byte=len(text[: item.start].encode()),
            end_byte=len(text[: item.end].encode()),
            n_tokens=item.n_tokens,
        )
        for number, item in enumerate(found)
    ]


def _entity(
    name: str,
    kind: str,
    collection: str,
    found: Mapping[str, list[tuple[str, int]]],
    passages: Mapping[str, Passage],
) -> Entity:
    there = [passages[passage_id] for passage_id, named in found.items() if name in dict(named)]
    return Entity(name, collection, name, kind, (), len(there), len({passage.path for passage in there}), "")


HANDBOOK = {
    "brewing.md": """# Brewing Coffee

Brewing Coffee is about the way from bean to cup. A French press is a pot with a plunger that keeps the grounds back.

## Grinding

The Baratza Encore grinds beans for a French press in forty seconds. Grind the beans coarsely for a French press, or the
plunger will stick. A burr grinder is a mill that crushes beans between two rough discs.

- Clean the Baratza Encore each week.
- Empty the hopper.

## Water

Water should have 93 degrees Celsius when the Hario Buono pours it over 30 grams of coffee. The Hario Buono is a kettle
with a thin spout. It pours slowly.

## Espresso

Espresso Milano is the oldest bar in this town. The `--ratio` option of `brewcalc` sets how much water comes on a gram
of coffee. `brewcalc` prints the weight of the water for a V60 dripper of size 02.

## Changelog

The French press chapter was written by Anna Berg in May 2020 for the Hario Buono.
""",
    "shop.rst": """Running the Shop
================

Opening
-------

Anna Berg opens the shop at seven and fills the Hario Buono before the first guest comes. Anna Berg owns the shop and
teaches how a French press is cleaned on the first Monday of each month.

.. note:: The key of the Hario Buono shelf hangs by the door.

Machines
--------

The Baratza Encore stands beside the till and is cleaned by Anna Berg on Sundays. A service contract is an agreement by
which a maker repairs a machine for a yearly fee. The service contract of the Baratza Encore ends in 2027.

Orders
------

The ``orders.csv`` file lists every French press that the shop sold in the year 2024. ``brewcalc`` reads ``orders.csv``
and writes the sum of all French press orders to the till.

Staff
-----

Boris Lind works on Tuesdays and repairs whatever the service contract leaves out.
""",
    "tea.txt": """Notes on Tea

   Green tea is poured at 70 degrees Celsius, far cooler than what a
   French press is filled with. A gaiwan is a bowl with a lid in which
   green tea is brewed in Sichuan.

   The Hario Buono can be set to any temperature between 60 and 100
   degrees, which is why Anna Berg keeps one for green tea.

   A bamboo scoop is a spoon that measures 3 grams of dry leaves.
""",
}
"""A small library: documents that share entities."""

NAMES = {
    "French press": "thing", "Baratza Encore": "thing", "Hario Buono": "thing", "burr grinder": "term",
    "Espresso Milano": "organization", "brewcalc": "code", "--ratio": "code", "V60 dripper": "thing",
    "Anna Berg": "person", "Boris Lind": "person", "service contract": "term", "orders.csv": "code", "gaiwan": "thing",
    "bamboo scoop": "term",
    "green tea": "term", "Sichuan": "place", "degrees Celsius": "term", "plunger": "term",
}  # fmt: skip
