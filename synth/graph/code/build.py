"""From documents to facts: which languages can be read, and how a batch of files is."""

import hashlib

import pyarrow as pa

from synth.graph.code.c import C
from synth.graph.code.cpp import CPP
from synth.graph.code.csharp import CSHARP
from synth.graph.code.facts import FileFacts, manifest_facts, pack
from synth.graph.code.go import GO
from synth.graph.code.java import JAVA
from synth.graph.code.javascript import JAVASCRIPT
from synth.graph.code.language import Language
from synth.graph.code.python import PYTHON
from synth.graph.code.ruby import RUBY
from synth.graph.code.rust import RUST
from synth.graph.code.typescript import TSX, TYPESCRIPT

LANGUAGES: dict[str, Language] = {
    language.name: language for language in (PYTHON, GO, JAVA, RUST, CSHARP, RUBY, C, CPP, JAVASCRIPT, TYPESCRIPT, TSX)
}
"""The languages that can be read, by the name that documents give them."""

MANIFEST = "manifest"
"""The language of documents that say how a source is laid out, such as go.mod; see `synth.sources.languages`."""


def parse_documents(documents: pa.Table) -> pa.Table:
    """Read the facts of every document whose language is registered.

    Each document is read by itself, so a table may be cut into batches in any way.

    Args:
        documents: a table with the columns of `synth.schema.DOCUMENTS`.

    Returns:
        A table with the schema `FACTS`, one row for each document that was read.
    """
    columns = ("collection", "path", "language", "text", "is_test")
    facts = []
    for batch in documents.select(list(columns)).to_batches(max_chunksize=256):
        for collection, path, language, text, is_test in zip(*(batch.column(name) for name in columns), strict=True):
            found = _read(language.as_py(), collection.as_py(), path.as_py(), text.as_py(), bool(is_test.as_py()))
            if found is not None:
                facts.append(found._replace(digest=text_digest(text.as_py())))
    return pack(facts)


def text_digest(text: str) -> str:
    """A hash of a document's text: facts of equal texts at one path are equal."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _read(language: str, collection: str, path: str, text: str, is_test: bool) -> FileFacts | None:
    if language == MANIFEST:
        return manifest_facts(collection, path, text)
    reader = LANGUAGES.get(language)
    return None if reader is None else reader.read_file(collection, path, text, is_test=is_test)
