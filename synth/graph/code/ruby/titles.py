"""What is a definition called that a call makes: an example, a group of them, a method or a variable of a test?"""

from tree_sitter import Node

from synth.graph.code.toolkit.steps import arguments_of
from synth.graph.code.toolkit.trees import one_line, text_of

MAX_TITLE = 120
_TITLED = frozenset({"string", "constant", "scope_resolution", "simple_symbol", "chained_string", "call"})
_NAMING = frozenset({"define_method", "define_singleton_method", "alias_method", "let", "let!", "let_it_be"})


def title_of(node: Node) -> str:
    """The name of what a call defines."""
    word = text_of(node.child_by_field_name("method"))
    given = arguments_of(node.child_by_field_name("arguments"))
    if word in _NAMING or word.startswith("subject"):
        if not given:
            return word.rstrip("!")
        return literal(given[0]) if given[0].type in {"simple_symbol", "string", "delimited_symbol"} else ""
    titles: list[str] = []
    for item in given:
        if item.type not in _TITLED or (titles and item.type == "simple_symbol"):
            break
        titles.append(literal(item))
    if titles:
        return " ".join(titles)[:MAX_TITLE]
    return _code_of(node) if word in {"it", "specify", "example", "its"} else word if not given else ""


def literal(node: Node) -> str:
    """The text of a string or symbol, else the code itself."""
    text = one_line([node])
    if node.type == "string":
        return text[1:-1]
    return text.removeprefix(":").strip("\"'") if node.type.endswith("symbol") else text


def _code_of(node: Node) -> str:
    """An example without a title is called by what it does."""
    block = node.child_by_field_name("block")
    body = block.child_by_field_name("body") if block is not None else None
    return one_line([body])[:MAX_TITLE] if body is not None else ""
