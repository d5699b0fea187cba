"""The sources room: where do documents come from, and which are safe to use?

`list_files` names every file of a source, those that are skipped with the reason; `read_documents` decodes a batch of
the rest, hides credentials and turns them into documents.
"""

from synth.sources.listing import list_files
from synth.sources.read import read_documents
from synth.sources.skips import SKIP_REASONS

__all__ = ["SKIP_REASONS", "list_files", "read_documents"]
