"""The text graph: which entities do the documents speak of, and where?

`cut` reads each document by itself: passages, and what each mentions. `find_mentions` looks for the names that a
teacher gave instead. `merge` brings the mentions of all documents together to entities, and `graph_rows` makes nodes
and edges of them. A way of writing documents is one module of `layout`.
"""

from synth.graph.text.cutting import cut
from synth.graph.text.merge import merge
from synth.graph.text.rows import graph_rows
from synth.graph.text.search import find_mentions
from synth.graph.text.sentences import sentences
from synth.graph.text.tables import ENTITIES, ENTITY_KINDS, LINKS, MENTIONS, PASSAGES

__all__ = [
    "ENTITIES",
    "ENTITY_KINDS",
    "LINKS",
    "MENTIONS",
    "PASSAGES",
    "cut",
    "find_mentions",
    "graph_rows",
    "merge",
    "sentences",
]
