"""The code graph: what the source defines and how its parts depend on each other, read from syntax and never run.

`parse_documents` reads each file by itself; `link` brings the files of a collection together. A language is one folder
beside `python`, registered in `LANGUAGES`.
"""

from synth.graph.code.build import LANGUAGES, link, parse_documents
from synth.graph.code.facts import FACTS
from synth.graph.code.python.modules import module_names

__all__ = ["FACTS", "LANGUAGES", "link", "module_names", "parse_documents"]
