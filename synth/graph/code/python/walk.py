"""From the text of one Python file to its facts, in one pass over its tree."""

import re

from synth.graph.code.facts import FileFacts
from synth.graph.code.python import bindings, clauses, definitions
from synth.graph.code.python.collector import Collector, Handler, Visit
from synth.graph.code.python.exports import read_exports_call
from synth.graph.code.python.expressions import visit_chain
from synth.graph.code.python.flow.lowering import lower_file
from synth.graph.code.python.grammar import COMPREHENSIONS, docstring_of, field, text_of
from synth.graph.code.python.recovery import parse_soundly

_MAIN = re.compile(r"\(?\s*(?:__name__\s*==\s*(['\"])__main__\1|(['\"])__main__\2\s*==\s*__name__)\s*\)?")
LEAVES = frozenset(
    {
        "comment", "integer", "float", "true", "false", "none", "ellipsis", "pass_statement", "break_statement",
        "continue_statement", "line_continuation", "future_import_statement", "string_start", "string_content",
        "string_end", "type_conversion", "ERROR",
    }
)  # fmt: skip


def read_file(collection: str, path: str, text: str, *, is_test: bool) -> FileFacts:
    """Read the facts of one Python file.

    Args:
        collection: the source that the file belongs to.
        path: its path relative to the source root.
        text: its decoded text; what cannot be parsed is left out and its lines are reported.
        is_test: whether it holds tests.
    """
    source = text.encode()
    tree, error_lines = parse_soundly(source)
    collector = Collector()
    collector.push([Visit(tree.root_node, 0, -1, -1)])
    _walk(collector)
    for index, gives_self in collector.gives_self.items():
        if gives_self and index >= 0:
            collector.definitions[index] = collector.definitions[index]._replace(returns_self=True)
    for index in collector.generators:
        if index >= 0:
            collector.definitions[index] = collector.definitions[index]._replace(is_generator=True)
    code, names = lower_file(
        tree.root_node, collector.bindings, collector.imports, collector.definitions, collector.by_node,
        collector.lambda_scopes,
    )  # fmt: skip
    return FileFacts(
        collection=collection, path=path, language="python", is_test=is_test,
        n_lines=source.count(b"\n") + (not source.endswith(b"\n") and bool(source)), n_bytes=len(source),
        package="", docstring=docstring_of(tree.root_node), error_lines=error_lines,
        exports=collector.exports, exports_from=collector.exports_from, exports_complete=collector.exports_complete,
        scopes=collector.scopes, definitions=collector.definitions, parameters=collector.parameters,
        bindings=collector.bindings, imports=collector.imports,
        uses=[use for _, use in sorted(collector.uses.values())], manifest="", code=code, names=names,
    )  # fmt: skip


def _walk(collector: Collector) -> None:
    stack, handlers = collector.stack, HANDLERS
    while stack:
        visit = stack.pop()
        kind = visit.node.type
        if kind in LEAVES:
            continue
        handler = handlers.get(kind)
        if handler is None:
            collector.push_children(visit)
        else:
            handler(collector, visit)


def _visit_call(collector: Collector, visit: Visit) -> None:
    read_exports_call(collector, visit)
    visit_chain(collector, visit)


def _visit_keyword(collector: Collector, visit: Visit) -> None:
    value = visit.node.child_by_field_name("value")
    collector.push([visit.at(value)] if value is not None else [])


def _visit_if(collector: Collector, visit: Visit) -> None:
    """What stands under `if __name__ == "__main__":` is a script: no importer of the module ever sees it."""
    condition = text_of(field(visit.node, "condition"))
    if visit.scope == 0 and _MAIN.fullmatch(condition):
        alternatives = visit.node.children_by_field_name("alternative")
        collector.push([visit.at(child) for child in alternatives])
    else:
        collector.push_children(visit)


HANDLERS: dict[str, Handler] = {
    "if_statement": _visit_if,
    "identifier": visit_chain,
    "attribute": visit_chain,
    "subscript": visit_chain,
    "await": visit_chain,
    "call": _visit_call,
    "keyword_argument": _visit_keyword,
    "assignment": bindings.visit_assignment,
    "augmented_assignment": bindings.visit_augmented,
    "named_expression": bindings.visit_walrus,
    "for_statement": bindings.visit_loop,
    "with_statement": bindings.visit_with,
    "as_pattern": bindings.visit_as,
    "import_statement": clauses.visit_import,
    "import_from_statement": clauses.visit_import_from,
    "except_clause": clauses.visit_except,
    "global_statement": clauses.visit_scope_statement,
    "nonlocal_statement": clauses.visit_scope_statement,
    "lambda": clauses.visit_lambda,
    "return_statement": clauses.visit_return,
    "yield": clauses.visit_return,
    "case_clause": clauses.visit_case,
    "type_alias_statement": clauses.visit_type_alias,
    "decorated_definition": definitions.visit_decorated,
    "function_definition": definitions.visit_definition,
    "class_definition": definitions.visit_definition,
    **dict.fromkeys(COMPREHENSIONS, clauses.visit_comprehension),
}
