"""From listed files to documents: decode or extract, tell machine-made files from written ones, hide credentials."""

import hashlib
import re
from typing import Any

import pyarrow as pa

from synth.config import SourceSettings
from synth.schema import DOCUMENTS, FILES, content_id
from synth.sources.decode import Undecodable, decode
from synth.sources.extract import Extracted, Reader
from synth.sources.extract.formats import APART
from synth.sources.languages import GENERATED, MANIFEST, PROSE, is_test, language_of
from synth.sources.locate import fetch
from synth.sources.secrets import redact
from synth.sources.skips import Skip

MAX_LINE = 20_000  # characters; a longer line was not written by hand
MAX_MEAN_LINE = 300  # in a file of code
_COMMENTS = {"code": ("#", '"""', "'''", "//", "<!--"), "prose": ("<!--", "..")}
HEAD_LINES = 12  # where a program says that it made the file
_GENERATED = re.compile(
    r"@generated\b|\bDO NOT EDIT\b|(?:auto[- ]?generated|generated automatically|code generated) (?:by|from|file)"
    r"|this file (?:is|was) (?:auto[- ]?)?generated",
    re.IGNORECASE,
)


def read_documents(files: pa.Table, settings: SourceSettings) -> tuple[pa.Table, pa.Table]:
    """Read a batch of listed files.

    Args:
        files: rows of `synth.schema.FILES` whose `skip_reason` is empty.
        settings: which files are wanted.

    Returns:
        Documents, and the files that were skipped with the reason; each input row is in one of the two.
    """
    documents: list[dict[str, Any]] = []
    skipped: list[dict[str, Any]] = []
    with Reader(settings.document_seconds) as reader:
        for row in files.to_pylist():
            try:
                documents.append(_read(row, settings, reader))
            except Skip as skip:
                skipped.append({**row, "skip_reason": skip.reason, "skip_detail": skip.detail})
    return pa.Table.from_pylist(documents, DOCUMENTS), pa.Table.from_pylist(skipped, FILES)


def _read(row: dict[str, Any], settings: SourceSettings, reader: Reader) -> dict[str, Any]:
    try:
        data = fetch(row["locator"])
    except OSError as error:
        raise Skip("changed", error.strerror or "") from None
    if hashlib.sha256(data).hexdigest() != row["sha256"]:
        raise Skip("changed")
    path = row["path"]
    language = language_of(path, data[:128])
    media = MANIFEST if language == MANIFEST else "prose" if language in PROSE else "code"
    if media != MANIFEST and not settings.generated and GENERATED.search(path):
        raise Skip("generated")
    text, title, encoding = _text(data, language, media, reader)
    _refuse_machine_made(path, text, media, language, settings)
    text, redactions = redact(text, path)
    return {
        "doc_id": content_id(row["collection"], path, row["sha256"]),
        "collection": row["collection"],
        "path": path,
        "media": media,
        "language": language,
        "title": redact(title, path)[0],
        "text": text,
        "n_bytes": row["n_bytes"],
        "sha256": row["sha256"],
        "license": row["license"],
        "is_test": is_test(path),
        "revision": row["revision"],
        "encoding": encoding,
        "redactions": [{"kind": item.kind, "line": item.line} for item in redactions],
    }


def _text(data: bytes, language: str, media: str, reader: Reader) -> Extracted:
    try:
        extracted = reader.extract(data, language) if media == "prose" else _decoded(data, language)
    except Undecodable as error:
        raise Skip("binary" if b"\0" in data else "undecodable", str(error)) from None
    if "\0" in extracted.text:
        raise Skip("binary", "null bytes")
    return extracted


def _decoded(data: bytes, language: str) -> Extracted:
    text, encoding = decode(data, language)
    return Extracted(text, "", encoding)


def _refuse_machine_made(path: str, text: str, media: str, language: str, settings: SourceSettings) -> None:
    # An empty `__init__.py` still makes its folder a package.
    if not text.strip() and not path.endswith("__init__.py"):
        raise Skip("empty")
    if media == MANIFEST:
        return
    lines = text.split("\n")
    longest = max(map(len, lines))
    # A paragraph of a page or a book is one line once it is extracted.
    if (language not in APART and longest > MAX_LINE) or (media == "code" and len(text) / len(lines) > MAX_MEAN_LINE):
        raise Skip("minified", f"a line of {longest:,} characters")
    if settings.generated:
        return
    comments = "\n".join(line for line in lines[:HEAD_LINES] if line.lstrip().startswith(_COMMENTS[media]))
    if _GENERATED.search(comments):
        raise Skip("generated")
