"""What is a row? The Arrow schema of every table, and the content hashes that identify rows.

Column names are public: other trainers and tools read them. Ids are content hashes, so that the same input has the same
id on every machine. Lines are 1-based and inclusive; bytes are offsets into the UTF-8 encoding of a document's `text`,
end exclusive; paths are relative to the source root and use forward slashes.
"""

import hashlib
from collections.abc import Iterable

import pyarrow as pa

NODE_KINDS = ("package", "module", "file", "class", "function", "method", "variable", "external", "passage", "entity")
EDGE_KINDS = (
    "contains", "imports", "depends_on", "inherits", "overrides", "calls", "instantiates", "references", "uses_type",
    "decorates", "tests", "mentions", "co_occurs",
)  # fmt: skip
CONFIDENCES = ("exact", "inferred", "ambiguous")
VISIBILITIES = ("public", "protected", "package", "private")
HOW = ("syntax", "name", "self", "annotation", "type", "flow", "protocol", "unique_name")
"""How an edge was found: written so; by scope and imports; through the receiver of a method; by a declared type; by the
type of a constructed object; by the way that values take; because the language calls it unasked (a property, `with`, an
operator); because nothing else in the source has what is asked for."""

SPAN = pa.struct([("id", pa.string()), ("path", pa.string()), ("start_line", pa.int32()), ("end_line", pa.int32())])
"""A piece of evidence: the node or document `id` and the lines of `path` that it covers."""

CLAIM = pa.struct([("subject", pa.string()), ("relation", pa.string()), ("object", pa.string()), ("holds", pa.bool_())])
"""A statement about the source that a sample makes: node ids joined by an edge kind, and whether it is said to hold."""

POINT = pa.struct([("point", pa.string()), ("nodes", pa.list_(pa.string()))])
"""What a good answer says, and the ids of the nodes that it must name to say it."""

MESSAGE = pa.struct([("role", pa.string()), ("content", pa.string())])
CHECK = pa.struct([("name", pa.string()), ("score", pa.float32()), ("passed", pa.bool_()), ("detail", pa.string())])
PARAMETER = pa.struct(
    [
        ("name", pa.string()),
        ("kind", pa.string()),  # positional_only | positional | var_positional | keyword_only | var_keyword | block
        ("annotation", pa.string()),  # as written, or null
        ("default", pa.string()),  # as written, or null where the parameter is required
    ]
)
SAMPLING = pa.struct(
    [
        ("temperature", pa.float32()),
        ("top_p", pa.float32()),
        ("max_tokens", pa.int32()),
        ("n", pa.int32()),
        ("seed", pa.int64()),
    ]
)

FILES = pa.schema(
    [
        ("collection", pa.string()),
        ("path", pa.string()),
        ("locator", pa.string()),  # where the bytes are on this machine; never written to an output
        ("n_bytes", pa.int64()),
        ("sha256", pa.string()),  # of the raw bytes; empty where they were not read
        ("revision", pa.string()),
        ("license", pa.string()),  # SPDX id of the source as a whole, or empty
        ("skip_reason", pa.string()),  # empty where the file goes on to be read
        ("skip_detail", pa.string()),
    ]
)
"""Every file that a source holds, one row each: those to read and those already known to be skipped."""

DOCUMENTS = pa.schema(
    [
        ("doc_id", pa.string()),
        ("collection", pa.string()),
        ("path", pa.string()),
        ("media", pa.string()),  # code | prose | manifest
        ("language", pa.string()),
        ("title", pa.string()),  # of prose: as its metadata or first heading says; empty where neither does
        ("text", pa.string()),  # decoded, without BOM, credentials redacted; of PDF and the like as Markdown
        ("n_bytes", pa.int64()),  # of the raw file
        ("sha256", pa.string()),  # of the raw file
        ("license", pa.string()),
        ("is_test", pa.bool_()),
        ("revision", pa.string()),
        ("encoding", pa.string()),
        ("redactions", pa.list_(pa.struct([("kind", pa.string()), ("line", pa.int32())]))),
    ]
)

NODES = pa.schema(
    [
        ("node_id", pa.string()),
        ("collection", pa.string()),
        ("kind", pa.string()),
        ("variety", pa.string()),  # the language's own word where it has one: struct, trait, macro, enum_member, …
        ("name", pa.string()),
        ("qualified_name", pa.string()),  # of an external node: its package, then the name in it
        ("path", pa.string()),  # empty for what the source only uses
        ("start_line", pa.int32()),
        ("end_line", pa.int32()),
        ("start_byte", pa.int32()),
        ("end_byte", pa.int32()),
        ("signature", pa.string()),  # `def f(a, b=1) -> int` or `class C(Base)`, on one line; empty for other kinds
        ("docstring", pa.string()),
        ("language", pa.string()),
        ("is_public", pa.bool_()),
        ("visibility", pa.string()),  # public | protected | package | private; see `VISIBILITIES`
        ("is_test", pa.bool_()),
        ("parameters", pa.list_(PARAMETER)),  # null where the kind takes none
        ("decorators", pa.list_(pa.string())),  # as written, without the `@`
        ("bases", pa.list_(pa.string())),  # a class's base expressions as written
        ("value", pa.string()),  # a variable's assigned expression as written, at most 200 characters
    ]
)

EDGES = pa.schema(
    [
        ("src", pa.string()),
        ("dst", pa.string()),  # an external node where the source only uses it; null where it could not be resolved
        ("kind", pa.string()),
        ("path", pa.string()),
        ("line", pa.int32()),
        ("confidence", pa.string()),
        ("how", pa.string()),  # how it was found; see `HOW`
        ("target", pa.string()),  # the target as written, or its dotted name where an import names it
        ("collection", pa.string()),
    ]
)

TASKS = pa.schema(
    [
        ("task_id", pa.string()),
        ("recipe", pa.string()),
        (
            "round",
            pa.string(),
        ),  # answer; of a teacher also problem (writes the question), verdict (compares)
        ("stage", pa.string()),  # cpt | sft
        ("kind", pa.string()),  # the recipe's own name for this form of question
        ("collection", pa.string()),
        ("source_path", pa.string()),
        ("revision", pa.string()),
        ("license", pa.string()),
        ("evidence", pa.list_(SPAN)),
        ("prompt_id", pa.string()),
        ("prompt_sha256", pa.string()),
        ("question", pa.string()),  # what the student is asked; empty for continued pretraining
        ("messages", pa.list_(MESSAGE)),  # what the engine is asked
        ("response_schema", pa.string()),  # a JSON schema, or empty for free text
        ("sampling", SAMPLING),
        ("prefix_key", pa.string()),
        ("facts", pa.map_(pa.string(), pa.list_(pa.string()))),  # what the graph knows, for built-in templates
        ("claims", pa.list_(CLAIM)),
        ("fabricated", pa.list_(pa.string())),  # names made up on purpose, which must not exist in the source
        ("difficulty", pa.int32()),  # how many facts an answer needs
        ("reference", pa.string()),  # an answer that is known to be right, or empty
        ("rubric", pa.list_(POINT)),  # what an answer of a teacher has to say; empty for built-in templates
        ("answer_id", pa.string()),  # verdict: the id of the sample that is compared with the reference
    ]
)

RESPONSES = pa.schema(
    [
        ("task_id", pa.string()),
        ("sample_index", pa.int32()),
        ("status", pa.string()),  # ok | failed
        ("text", pa.string()),
        ("reasoning", pa.string()),
        ("finish_reason", pa.string()),
        ("prompt_tokens", pa.int32()),
        ("cached_tokens", pa.int32()),
        ("output_tokens", pa.int32()),
        ("engine", pa.string()),
        ("model", pa.string()),
        ("error", pa.string()),
    ]
)

SAMPLES = pa.schema(
    [
        ("id", pa.string()),
        ("recipe", pa.string()),
        ("stage", pa.string()),
        ("kind", pa.string()),
        ("text", pa.string()),  # cpt only
        ("messages", pa.list_(MESSAGE)),  # sft only: user, assistant
        ("reasoning", pa.string()),  # sft only: the trace that leads to the assistant's message
        ("evidence", pa.list_(SPAN)),
        ("claims", pa.list_(CLAIM)),
        ("fabricated", pa.list_(pa.string())),
        ("difficulty", pa.int32()),
        ("reference", pa.string()),  # an answer that is known to be right, or empty
        ("rubric", pa.list_(POINT)),  # what an answer has to say, and the nodes that it has to name
        ("finish_reason", pa.string()),  # of the engine: stop, or why it ended otherwise
        ("engine", pa.string()),
        ("model", pa.string()),
        ("prompt_id", pa.string()),
        ("prompt_sha256", pa.string()),
        ("task_id", pa.string()),
        ("sample_index", pa.int32()),
        ("seed", pa.int64()),
        ("n_tokens", pa.int32()),
        ("checks", pa.list_(CHECK)),
        ("collection", pa.string()),
        ("source_path", pa.string()),
        ("revision", pa.string()),
        ("license", pa.string()),
        ("split", pa.string()),  # train | validation | rejected
    ]
)


def content_id(*parts: str) -> str:
    """Hash strings to a 128-bit id, as 32 hexadecimal digits.

    Each part is preceded by its length, so that `("ab", "c")` and `("a", "bc")` differ.
    """
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(b"%d:" % len(encoded))
        digest.update(encoded)
    return digest.hexdigest()


def table_from_rows(rows: Iterable[dict[str, object]], schema: pa.Schema) -> pa.Table:
    """Build a table from row dictionaries; a column that a row lacks becomes null, one the schema lacks is an error."""
    rows = list(rows)
    names = set(schema.names)
    for row in rows:
        if not names.issuperset(row):
            raise ValueError(f"columns not in the schema: {sorted(set(row) - names)}")
    return pa.Table.from_pylist(rows, schema=schema)
