"""The node rows of one collection."""

from collections.abc import Iterator

from synth.graph.code.facts import ParameterFact
from synth.graph.code.language import NodeRow
from synth.graph.code.toolkit.resolver import Resolver
from synth.graph.code.toolkit.rules import Rules
from synth.graph.code.toolkit.units import Symbol, Unit


def node_rows(resolver: Resolver) -> Iterator[NodeRow]:
    """Rows with the columns of `synth.schema.NODES`, in the order of paths and positions."""
    for unit in resolver.units:
        yield {**_whole_file(unit, unit.file), "qualified_name": unit.path}
        if unit.home is not unit.file and unit.home.unit is unit:
            yield {**_whole_file(unit, unit.home), "docstring": unit.facts.docstring, "variety": unit.place.variety}
        for symbol in sorted(unit.symbols, key=_position):
            if symbol.same is None:
                yield _symbol_row(symbol, resolver.rules)


def _position(symbol: Symbol) -> tuple[int, int, int]:
    return symbol.fact.start_byte, -symbol.fact.end_byte, symbol.index


def _whole_file(unit: Unit, symbol: Symbol) -> NodeRow:
    facts = unit.facts
    documents = unit.home is unit.file
    return {
        "node_id": symbol.node_id, "collection": facts.collection, "kind": symbol.kind, "variety": "",
        "name": symbol.name, "qualified_name": symbol.qualified_name, "path": facts.path,
        "start_line": 1, "end_line": max(1, facts.n_lines), "start_byte": 0, "end_byte": facts.n_bytes,
        "signature": "", "docstring": facts.docstring if documents else "", "language": facts.language,
        "is_public": True, "visibility": "public", "is_test": facts.is_test,
        "parameters": None, "decorators": [], "bases": [], "value": "",
    }  # fmt: skip


def _symbol_row(symbol: Symbol, rules: Rules) -> NodeRow:
    fact, facts = symbol.fact, symbol.unit.facts
    takes = symbol.kind in {"function", "method"}
    parameters = symbol.unit.parameters.get(symbol.index, [])
    return {
        "node_id": symbol.node_id, "collection": facts.collection, "kind": symbol.kind, "variety": fact.variety,
        "name": fact.name, "qualified_name": symbol.qualified_name, "path": facts.path,
        "start_line": fact.start_line, "end_line": fact.end_line,
        "start_byte": fact.start_byte, "end_byte": fact.end_byte,
        "signature": fact.signature, "docstring": fact.docstring, "language": facts.language,
        "is_public": rules.is_public(symbol), "visibility": fact.visibility or "public",
        "is_test": rules.is_of_tests(symbol) or rules.is_test(symbol),
        "parameters": [_parameter(item) for item in parameters] if takes else None,
        "decorators": fact.decorators, "bases": fact.bases, "value": fact.value,
    }  # fmt: skip


def _parameter(item: ParameterFact) -> dict[str, str | None]:
    return {"name": item.name, "kind": item.kind, "annotation": item.annotation, "default": item.default}
