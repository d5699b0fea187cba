"""The code graph: what the source defines and how its parts depend on each other, read from syntax and never run.

`parse_documents` reads each file by itself; `link` brings the files of a collection together, group by
group: files of different groups say nothing about each other, so that groups are linked side by side, and again only
when one of their files changed. A language is one folder
beside `python`, registered in `LANGUAGES`.
"""

from synth.graph.code.build import LANGUAGES, parse_documents, text_digest
from synth.graph.code.facts import FACTS
from synth.graph.code.linking import FactGroup, assemble, group_facts, link, link_group
from synth.graph.code.python.modules import module_names

__all__ = [
    "FACTS",
    "LANGUAGES",
    "FactGroup",
    "assemble",
    "group_facts",
    "link",
    "link_group",
    "module_names",
    "parse_documents",
    "text_digest",
]
