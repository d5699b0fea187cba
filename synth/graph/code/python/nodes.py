"""The node rows of one collection."""

from collections.abc import Iterator, Sequence

from synth.graph.code.facts import ParameterFact
from synth.graph.code.language import NodeRow
from synth.graph.code.python.publicity import Publicity, is_public_module, visibility
from synth.graph.code.python.units import Symbol, Unit
from synth.schema import content_id


def package_id(unit: Unit) -> str:
    """The node id of the package whose `__init__` this is."""
    return content_id(unit.facts.collection, "package", unit.name, unit.path, "0")


def file_id(unit: Unit) -> str:
    """The node id of the file."""
    return content_id(unit.facts.collection, "file", unit.path, unit.path, "0")


def node_rows(units: Sequence[Unit], publicity: Publicity) -> Iterator[NodeRow]:
    """Rows with the columns of `synth.schema.NODES`, in the order of paths and positions."""
    for unit in units:
        yield _file_row(unit)
        if unit.is_package:
            yield _whole_file(unit, package_id(unit), "package")
        yield _whole_file(unit, unit.root.node_id, "module")
        parameters = _by_function(unit)
        for symbol in sorted(unit.symbols, key=_position):
            yield _symbol_row(symbol, publicity, parameters.get(symbol.index, []))


def _position(symbol: Symbol) -> tuple[int, int, int]:
    return symbol.fact.start_byte, -symbol.fact.end_byte, symbol.index


def _by_function(unit: Unit) -> dict[int, list[ParameterFact]]:
    table: dict[int, list[ParameterFact]] = {}
    for parameter in unit.facts.parameters:
        table.setdefault(parameter.definition, []).append(parameter)
    return table


def _file_row(unit: Unit) -> NodeRow:
    row = _whole_file(unit, file_id(unit), "file")
    name = unit.path.rpartition("/")[2]
    return {**row, "name": name, "qualified_name": unit.path, "docstring": ""}


def _whole_file(unit: Unit, node_id: str, kind: str) -> NodeRow:
    facts = unit.facts
    return {
        "node_id": node_id, "collection": facts.collection, "kind": kind, "variety": "", "name": unit.root.name,
        "qualified_name": unit.name, "path": facts.path,
        "start_line": 1, "end_line": max(1, facts.n_lines), "start_byte": 0, "end_byte": facts.n_bytes,
        "signature": "", "docstring": facts.docstring, "language": facts.language,
        "is_public": is_public_module(unit), "visibility": visibility(is_public_module(unit)), "is_test": facts.is_test,
        "parameters": None, "decorators": [], "bases": [], "value": "",
    }  # fmt: skip


def _symbol_row(symbol: Symbol, publicity: Publicity, parameters: list[ParameterFact]) -> NodeRow:
    fact, facts = symbol.fact, symbol.unit.facts
    public = publicity.is_public(symbol)
    takes = fact.kind in {"function", "method"}
    return {
        "node_id": symbol.node_id, "collection": facts.collection, "kind": fact.kind, "variety": fact.variety,
        "name": fact.name, "qualified_name": symbol.qualified_name, "path": facts.path,
        "start_line": fact.start_line, "end_line": fact.end_line,
        "start_byte": fact.start_byte, "end_byte": fact.end_byte,
        "signature": fact.signature, "docstring": fact.docstring, "language": facts.language,
        "is_public": public, "visibility": visibility(public), "is_test": facts.is_test,
        "parameters": [
            {"name": item.name, "kind": item.kind, "annotation": item.annotation, "default": item.default}
            for item in parameters
        ] if takes else None,
        "decorators": fact.decorators, "bases": fact.bases, "value": fact.value,
    }  # fmt: skip
