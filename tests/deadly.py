"""Functions of a stage at which processes die; a module of their own, since children import it."""

import os
from pathlib import Path

import pyarrow as pa

from synth.errors import UserError


def numbered(paths: list[str]) -> pa.Table:
    return pa.table({"collection": ["shop"] * len(paths), "path": paths, "number": list(range(len(paths)))})


def doubled(table: pa.Table) -> dict[str, pa.Table]:
    return {"out": pa.table({"number": [2 * number for number in table["number"].to_pylist()]})}


def dies_at_bad(table: pa.Table) -> dict[str, pa.Table]:
    """What a parser in C does with a file that it cannot stand."""
    if "bad.c" in table["path"].to_pylist():
        os.abort()
    return doubled(table)


def eats_at_bad(table: pa.Table) -> dict[str, pa.Table]:
    if "bad.c" in table["path"].to_pylist():
        bytearray(1 << 46)
    return doubled(table)


def dies_of_two(table: pa.Table) -> dict[str, pa.Table]:
    if {"bad.c", "worse.c"} <= set(table["path"].to_pylist()):
        os.abort()
    return doubled(table)


def dies_once(table: pa.Table) -> dict[str, pa.Table]:
    """As where the machine is lost that works on a part."""
    mark = Path(table["path"].to_pylist()[0])
    if not mark.exists():
        mark.touch()
        os.abort()
    return doubled(table)


def refuses(table: pa.Table) -> dict[str, pa.Table]:
    raise UserError("not like this")
