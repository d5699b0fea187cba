"""The tables of the text graph: passages, what they mention, the entities that mentions amount to, and links."""

import pyarrow as pa

ENTITY_KINDS = ("person", "place", "organization", "thing", "term", "theme", "code")
"""What an entity is: `term` is a word or phrase of the subject, `theme` an abstract one that a teacher names, `code` an
identifier, `thing` whatever else has a name."""

PASSAGES = pa.schema(
    [
        ("passage_id", pa.string()),
        ("doc_id", pa.string()),
        ("collection", pa.string()),
        ("path", pa.string()),
        ("title", pa.string()),  # of the document
        ("headings", pa.list_(pa.string())),  # that lead to the passage, outermost first, without the title
        ("language", pa.string()),  # of the document, such as markdown; of code where it is a docstring or a comment
        ("start_line", pa.int32()),
        ("end_line", pa.int32()),
        ("start_byte", pa.int32()),  # into the UTF-8 encoding of the document's text; the end is exclusive
        ("end_byte", pa.int32()),
        ("n_tokens", pa.int32()),
    ]
)
"""The pieces that documents are cut into, in the order of their documents; together they hold all of their prose."""

MENTIONS = pa.schema(
    [
        ("collection", pa.string()),
        ("passage_id", pa.string()),
        ("key", pa.string()),  # normal form: what has the same key is the same entity
        ("surface", pa.string()),  # as written
        ("kind", pa.string()),  # one of `ENTITY_KINDS`
        ("count", pa.int32()),  # how often the passage says it
        ("weight", pa.float32()),  # the count, more where a heading, a definition or emphasis says that it matters
        ("line", pa.int32()),  # of the document, where the passage first says it
        ("alias_of", pa.string()),  # of an acronym: the normal form of its expansion, where the document gives one
    ]
)
"""What an extractor finds in each passage by itself, before anything is merged."""

ENTITIES = pa.schema(
    [
        ("entity_id", pa.string()),
        ("collection", pa.string()),
        ("name", pa.string()),  # the most frequent surface, or the expansion of an acronym
        ("kind", pa.string()),
        ("aliases", pa.list_(pa.string())),  # other surfaces, the most frequent first
        ("n_passages", pa.int32()),
        ("n_documents", pa.int32()),
        ("node_id", pa.string()),  # of the definition in the code graph that it names; empty where there is none
    ]
)

LINKS = pa.schema(
    [
        ("entity_id", pa.string()),
        ("passage_id", pa.string()),
        ("surface", pa.string()),  # as the passage first says it
        ("count", pa.int32()),
        ("line", pa.int32()),  # of the document, where the passage first says it
    ]
)
"""Which passage speaks of which entity, in the order of passages; of one, the entity that counts most comes first."""
