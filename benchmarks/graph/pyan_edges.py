"""Run by the interpreter that has pyan3: prints the uses that it finds as a JSON list of caller and callee.

python pyan_edges.py ROOT FILE ...
"""

import json
import re
import sys

from pyan.analyzer import CallGraphVisitor  # type: ignore[import-not-found, unused-ignore]

COMPREHENSION = re.compile(r"\.(listcomp|setcomp|dictcomp|genexpr)\.\d+")


def name_of(node: object) -> str:
    """A node's dotted name; what comprehensions do is done by the function that they are in."""
    name = COMPREHENSION.sub("", node.get_name())  # type: ignore[attr-defined]
    return re.sub(r"\.lambda\.(\d+)", lambda match: f".<lambda{int(match[1]) + 1}>", name)


def main() -> None:
    root, *files = sys.argv[1:]
    graph = CallGraphVisitor(files, root=root)
    edges = {(name_of(one), name_of(two)) for one, others in graph.uses_edges.items() for two in others if two.defined}
    print(json.dumps(sorted(edges)))


if __name__ == "__main__":
    main()
