"""Where does fuzzing begin? With real files of each kind, else with small ones that the tests make."""

import gzip
import io
import json
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
from sources.documents import docx, epub, page_of, paragraph, pdf

from fuzzer.mutations import odd_name, odd_value, zipped
from synth.sources.languages import language_of

ROOT = Path(__file__).parents[2]
MOST = 300
LARGEST = 15_000  # bytes; a small file is spoilt more in one change, and read sooner
PROSE = "A rule has a pattern. The pattern of a rule selects what the rule acts on, and nothing else is touched by it."
_TYPES = (
    pa.string(), pa.large_string(), pa.binary(), pa.int64(), pa.float64(), pa.bool_(), pa.list_(pa.string()),
    pa.date32(),
    pa.struct([("x", pa.string())]), pa.dictionary(pa.int32(), pa.string()), pa.null(), pa.decimal128(5, 2),
)  # fmt: skip
_COLUMNS = ("path", "text", "collection", "id", "messages", "conversations", "prompt", "completion", "checks", "stage")
_TALK = [{"role": "user", "content": "What is a rule?"}, {"role": "assistant", "content": PROSE}]


def files_of(language: str, folders: Sequence[Path]) -> list[bytes]:
    """Small files of a language, the same on any machine that has the same folders."""
    found = sorted(
        path
        for folder in folders
        for path in folder.rglob("*")
        if language_of(path.name, b"") == language and path.is_file() and 0 < path.stat().st_size < LARGEST
    )
    return [path.read_bytes() for path in Random(7).sample(found, min(MOST, len(found)))]


def documents(language: str) -> list[bytes]:
    """Documents of a format, made here."""
    if language == "pdf":
        return [
            pdf(
                [page_of([PROSE, "1. Rules", PROSE]), page_of([PROSE] * 30)],
                title="Rules",
                outline=[("Rules", 0), ("More", 1)],
            ),
            pdf([[(60, 700, "F1 20", "Head"), (60, 650, "F2 10", "x = f\\(y\\)")]], stamp="draft"),
            pdf([page_of([PROSE])], locked=True),
        ]
    if language == "docx":
        body = paragraph("Rules", "Title") + paragraph(PROSE) + paragraph("one", level=0) + paragraph("two", level=1)
        table = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>cell</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
        return [docx(body + table, title="Rules"), docx(paragraph("x = 1", "Source Code"))]
    if language == "epub":
        page = f"<h1>Rules</h1><p>{PROSE}</p><ul><li>one<li>two</ul><table><tr><td>a<td>b</table><pre>x = 1</pre>"
        return [
            epub({"one": page, "two": page, "nav": page}),
            epub({"one": page}, more={"META-INF/encryption.xml": "<a/>"}),
        ]
    if language == "notebook":
        cells = [
            {"cell_type": "markdown", "source": ["# Rules\n", PROSE]},
            {"cell_type": "code", "source": "x = 1", "outputs": [{"text": "1"}]},
            {"cell_type": "heading", "level": 2, "source": "More"},
        ]
        metadata = {"kernelspec": {"language": "python"}, "language_info": {"name": "python"}}
        new = {"nbformat": 4, "metadata": metadata, "cells": cells}
        return [json.dumps(value).encode() for value in (new, {"nbformat": 3, "worksheets": [{"cells": cells}]})]
    if language == "html":
        return [
            f"<html><head><title>Rules</title></head><body><main><h1>Rules</h1><p>{PROSE}</p></main></body></html>".encode()
        ]
    return [
        f"# Rules\n\n{PROSE}\n\n- one\n- two\n\n    x = 1\n".encode(),
        f"Rules\n=====\n\n{PROSE}\n\n.. note:: {PROSE}\n".encode(),
    ]


def archive(draw: Random, kind: str) -> bytes:
    """An archive with honest members and odd ones."""
    names = [f"pkg/{name}" for name in ("__init__.py", "a.py", "b.md", "METADATA", "x.ipynb")]
    members = [(name, b"def f():\n    return 1\n") for name in draw.sample(names, 3)]
    members += [(odd_name(draw), b"def slipped():\n    return 2\n") for _ in range(draw.randrange(4))]
    if kind != "tar":
        return zipped(members, draw)
    stream = io.BytesIO()
    mode = draw.choice(("w", "w:gz", "w:bz2", "w:xz"))
    with tarfile.open(fileobj=stream, mode=mode, format=draw.choice((tarfile.PAX_FORMAT, tarfile.GNU_FORMAT))) as out:  # type: ignore[call-overload]
        for name, body in members:
            info = tarfile.TarInfo(name)
            info.type = draw.choice(
                (tarfile.REGTYPE,) * 6 + (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE)
            )
            info.linkname = draw.choice(("/etc/passwd", "../../x", names[1], name))
            info.size = len(body) if info.isreg() else 0
            out.addfile(info, io.BytesIO(body))
    return stream.getvalue()


def lines(draw: Random) -> bytes:
    """JSON lines of documents or of rows to learn from."""
    rows = [
        {"path": f"a{number}.md", "text": PROSE, "collection": "c", "id": str(number), "stage": "sft",
        "messages": _TALK,
         "checks": [{"name": "length", "score": 1.0, "passed": True, "detail": ""}]}
        for number in range(3)
    ]  # fmt: skip
    rows.append({"conversations": [{"from": "human", "value": "Why?"}, {"from": "gpt", "value": PROSE}]})
    rows.append({"prompt": "Why?", "completion": PROSE, "path": "b.md", "text": PROSE})
    data = b"".join(json.dumps(row).encode() + b"\n" for row in draw.sample(rows, draw.randrange(1, 5)))
    return gzip.compress(data, mtime=0) if draw.random() < 0.05 else data


def parquet(draw: Random) -> bytes:
    """A Parquet file whose columns have the names that are wanted, and often other types."""
    n_rows = draw.choice((0, 1, 3, 40))
    columns = {}
    for name in draw.sample(_COLUMNS, draw.randrange(1, 6)) + ["path", "text"][: draw.choice((0, 2, 2, 2))]:
        kind = pa.string() if draw.random() < 0.6 else draw.choice(_TYPES)
        columns[name] = _column(draw, kind, n_rows, name)
    sink = io.BytesIO()
    options = {
        "compression": draw.choice(("snappy", "zstd", "gzip", "none")),
        "row_group_size": draw.choice((1, 10, 1000)),
    }
    pq.write_table(pa.table(columns), sink, **options)
    return sink.getvalue()


def _column(draw: Random, kind: pa.DataType, n_rows: int, name: str) -> pa.Array:
    if name in {"messages", "conversations"} and draw.random() < 0.5:
        return pa.array([_TALK] * n_rows)
    texts = list(_texts(draw, n_rows, name))
    try:
        return pa.array(texts, pa.string()).cast(kind)
    except (pa.ArrowException, ValueError):
        return pa.nulls(n_rows, kind)


def _texts(draw: Random, n_rows: int, name: str) -> Iterator[str | None]:
    for number in range(n_rows):
        value = odd_value(draw) if draw.random() < 0.3 else odd_name(draw) if name == "path" else PROSE
        text = str(value).encode("utf-8", "replace").decode()
        yield None if draw.random() < 0.05 else f"{number}{text}" if name == "path" else text
