"""Is every relation that the sample states an edge of the graph, and every one that it denies none?"""

from collections.abc import Mapping
from typing import Any

from synth.checks.base import Context, Verdict, failed, not_checked, passed

NAME = "relation"
VERIFIES = "Every relation between two symbols that it states is an edge of the code graph; one that it denies is none."


def check(sample: Mapping[str, Any], context: Context) -> Verdict:
    """Judge one sample by the claims that its recipe recorded."""
    claims = sample["claims"] or ()
    for item in claims:
        is_edge = (item["subject"], item["relation"], item["object"]) in context.relations
        if is_edge != item["holds"]:
            ends = " ".join(_name(context, item[end]) for end in ("subject", "object"))
            return failed(NAME, f"{item['relation']} {ends}: {'denied' if is_edge else 'stated'}, which is wrong")
    return passed(NAME) if claims else not_checked(NAME, "it states no relation")


def _name(context: Context, node_id: str) -> str:
    node = context.graph.nodes.get(node_id)
    return node.qualified_name if node else node_id
