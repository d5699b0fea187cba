"""What does one file say by itself? The facts table, which parsing writes and linking reads.

Facts are syntax only: they know neither the module's name nor any other file, so a file's facts depend on nothing but
its text, and files can be parsed in any order and on any machine. Records are kept as parallel Arrow columns, because
building and reading a hundred thousand nested dictionaries would take longer than the parsing itself.

A *chain* is the part of an expression that names something: a root name, then any of `.attribute`, `()` for a call,
`[]` for a subscript and `!` for an await, such as `app.router().add`. The root `?` stands for any other expression.
The languages of `synth.graph.code.toolkit` have a few more links, which its `notation` describes.
"""

from array import array
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pyarrow as pa


class Scope(NamedTuple):
    """A region in which names are bound; scope 0 of a file is the module."""

    parent: int  # index of the enclosing scope, -1 for the module
    kind: str  # module | class | function | lambda | comprehension | type_parameters
    definition: int  # index of the definition that opens it, -1 where none does


class Definition(NamedTuple):
    """A class, function, method or variable, as written."""

    kind: str  # class | function | method | variable
    variety: str  # the language's own word for it, such as struct or macro; empty where the kind says all
    name: str
    local_name: str  # dotted path inside the module
    parent: int  # index of the definition that contains it, -1 for the module
    scope: int  # the scope that the name is bound in
    body: int  # the scope that it opens, -1 for a variable
    line: int  # of the `def`, `class` or name: decorators come before
    start_line: int
    end_line: int
    start_byte: int
    end_byte: int
    signature: str
    docstring: str
    decorators: list[str]
    bases: list[str]
    value: str
    returns: str  # chain of the class that the return annotation names, or empty
    visibility: str  # as in `synth.schema.VISIBILITIES`; empty where the linker tells it
    returns_self: bool  # whether it is a method that only ever returns its first parameter
    is_async: bool
    is_generator: bool  # whether calling it only begins it
    attached: str = ""  # chain of the type that it is a member of, where it is written outside of it


class ParameterFact(NamedTuple):
    """One parameter of a function; the fields after `definition` are those of `synth.schema.PARAMETER`."""

    definition: int
    name: str
    kind: str
    annotation: str | None
    default: str | None


class Binding(NamedTuple):
    """A name that a scope binds other than by an import."""

    scope: int
    name: str  # `root.attribute` for kind `attribute`
    kind: str  # definition | assign | annotated | parameter | self | cls | opaque | attribute | global | nonlocal
    line: int
    value: str  # chain of the assigned expression, or empty
    annotation: str  # chain of the class that the annotation names, or empty
    definition: int  # what a `definition` defines, or the function that a parameter belongs to; else -1


class Import(NamedTuple):
    """One imported name."""

    scope: int
    line: int
    module: str  # dotted, with the leading dots of a relative import
    symbol: str  # empty for `import module`, `*` for a star import
    alias: str  # the name that is bound; empty for a star import and for `import a.b`, which binds `a`
    reach: str = "in"  # in: bound in its scope | out: only handed on to importers | both


class Use(NamedTuple):
    """A place where something is named; of equal ones in a scope only the first is kept."""

    scope: int  # where its root name is looked up
    owner: int  # the definition that it is part of, -1 for the module
    role: str  # call | new | load | annotation | except | base | implements | decorator
    chain: str  # of the callee, for a call
    line: int
    arity: int  # arguments of a call, -1 where it is no call or their number cannot be told
    text: str  # as written where the chain is not; else empty
    arguments: str = ""  # what is known of the arguments of a call; see `synth.graph.code.toolkit.notation`


class FileFacts(NamedTuple):
    """All that is known about one file."""

    collection: str
    path: str
    language: str
    is_test: bool
    n_lines: int
    n_bytes: int
    package: str  # the package or namespace that the file declares, or empty
    docstring: str
    error_lines: list[int]  # first lines of the parts that could not be read
    exports: list[str] | None  # names in `__all__`; None where there is none
    exports_from: list[str]  # chains of modules whose `__all__` is added
    exports_complete: bool  # False where `__all__` is computed in a way that is not understood
    scopes: list[Scope]
    definitions: list[Definition]
    parameters: list[ParameterFact]
    bindings: list[Binding]
    imports: list[Import]
    uses: list[Use]
    manifest: str  # the text of a file that says how the source is laid out, such as go.mod; empty for code
    code: Sequence[int]  # how its statements move values, see `synth.graph.code.python.flow`; empty elsewhere
    names: list[str]  # that the code speaks of by their position
    digest: str = ""  # of the text that was read


def manifest_facts(collection: str, path: str, text: str) -> FileFacts:
    """Keep the text of a manifest, which the linkers read."""
    return FileFacts(
        collection=collection, path=path, language="manifest", is_test=False, n_lines=text.count("\n") + 1,
        n_bytes=len(text.encode()), package="", docstring="", error_lines=[], exports=None, exports_from=[],
        exports_complete=True, scopes=[], definitions=[], parameters=[], bindings=[], imports=[], uses=[],
        manifest=text, code=[], names=[],
    )  # fmt: skip


_ARROW: dict[object, pa.DataType] = {
    int: pa.int32(),
    str: pa.string(),
    bool: pa.bool_(),
    str | None: pa.string(),
    list[int]: pa.list_(pa.int32()),
    Sequence[int]: pa.list_(pa.int32()),
    list[str]: pa.list_(pa.string()),
    list[str] | None: pa.list_(pa.string()),
}
_RECORDS: dict[object, type[Any]] = {
    list[Scope]: Scope,
    list[Definition]: Definition,
    list[ParameterFact]: ParameterFact,
    list[Binding]: Binding,
    list[Import]: Import,
    list[Use]: Use,
}


def _arrow_type(annotation: object) -> pa.DataType:
    record = _RECORDS.get(annotation)
    if record is None:
        return _ARROW[annotation]
    return pa.list_(pa.struct([(name, _ARROW[kind]) for name, kind in record.__annotations__.items()]))


FACTS = pa.schema([(name, _arrow_type(annotation)) for name, annotation in FileFacts.__annotations__.items()])
"""One row for each parsed file."""


def pack(files: Sequence[FileFacts]) -> pa.Table:
    """Turn facts into a table with the schema `FACTS`."""
    columns = []
    for position, (name, annotation) in enumerate(FileFacts.__annotations__.items()):
        values: list[Any] = [file[position] for file in files]
        record = _RECORDS.get(annotation)
        kind = FACTS.field(name).type
        columns.append(pa.array(values, kind) if record is None else _pack_records(values, kind, len(record._fields)))
    return pa.Table.from_arrays(columns, schema=FACTS)


def unpack(table: pa.Table) -> Iterator[FileFacts]:
    """Turn a table of facts back into records, in the order of its rows."""
    for batch in table.to_batches():
        columns: list[Sequence[Any]] = []
        for name, annotation in FileFacts.__annotations__.items():
            record = _RECORDS.get(annotation)
            column = batch.column(name)
            if record is not None:
                columns.append(_unpack_records(column, record))
            else:
                columns.append(_unpack_code(column) if name == "code" else column.to_pylist())
        yield from map(FileFacts._make, zip(*columns, strict=True))


def _pack_records(values: list[list[tuple[Any, ...]]], kind: pa.ListType, width: int) -> pa.ListArray:
    offsets = [0]
    for records in values:
        offsets.append(offsets[-1] + len(records))
    rows = [record for records in values for record in records]
    columns = list(zip(*rows, strict=True)) if rows else [()] * width
    fields = list(kind.value_type)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, fields, strict=True)]
    return pa.ListArray.from_arrays(
        pa.array(offsets, pa.int32()), pa.StructArray.from_arrays(arrays, fields=fields), type=kind
    )


def _unpack_records(column: pa.ListArray, record: type[Any]) -> list[list[Any]]:
    struct = column.flatten()
    rows = list(map(record._make, zip(*(_values(field) for field in struct.flatten()), strict=True)))
    lengths = column.value_lengths().to_pylist()
    result, start = [], 0
    for length in lengths:
        result.append(rows[start : start + length])
        start += length
    return result


def _values(field: pa.Array) -> list[Any]:
    """The values of a column; equal strings are one object, since most names are said many times."""
    if not pa.types.is_string(field.type):
        values: list[Any] = field.to_pylist()
        return values
    encoded = field.dictionary_encode()
    strings = [*encoded.dictionary.to_pylist(), None]
    return [strings[index] for index in encoded.indices.fill_null(len(strings) - 1).to_pylist()]


def _unpack_code(column: pa.ListArray) -> list["array[int]"]:
    """Numbers without an object for each."""
    flat = array("i", column.flatten().to_numpy().astype("int32").tobytes())
    result, start = [], 0
    for length in column.value_lengths().to_pylist():
        result.append(flat[start : start + length])
        start += length
    return result
