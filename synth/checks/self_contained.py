"""Does the sample name its subject, so that it can be understood without the source in view?"""

from collections.abc import Mapping
from typing import Any

from synth.checks.base import Context, Verdict, failed, not_checked, passed, turns
from synth.checks.prose import references

NAME = "self_contained"
VERIFIES = (
    "Its question names in full a symbol or file that it is about; of prose a document or entity, and no part of it "
    "speaks of a text that it does not name."
)


def check(sample: Mapping[str, Any], context: Context) -> Verdict:
    """Judge one sample about code."""
    if sample["stage"] == "cpt":
        return not_checked(NAME, "it asks no question")
    question = turns(sample)["question"]
    about = [(item["id"], item["path"]) for item in sample["evidence"]]
    about += [(claim[end], "") for claim in (sample["claims"] or ())[:1] for end in ("subject", "object")]
    names = set()
    for node_id, path in about:
        node = context.graph.nodes.get(node_id)
        names |= {node.qualified_name, node.path} if node else {path}
    if any(f"`{name}`" in question for name in names if name):
        return passed(NAME)
    return failed(NAME, "the question names none of its subjects in full")


def check_prose(sample: Mapping[str, Any], context: Context) -> Verdict:
    """Judge one sample about prose."""
    if words := references.unnamed(sample, context):
        return failed(NAME, f"it speaks of a text that it does not name: {words!r}")
    if sample["stage"] == "sft" and references.names_subject(sample, context) is False:
        return failed(NAME, "the question names neither its document nor an entity of it")
    return passed(NAME)
