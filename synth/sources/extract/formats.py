"""Which module reads which language of documents?"""

from importlib import import_module

from synth.sources.extract.base import Extracted
from synth.sources.skips import Skip

MODULES = {
    "markdown": "plain", "rst": "plain", "text": "plain", "notebook": "notebook",
    "html": "html", "pdf": "pdf", "docx": "docx", "epub": "epub",
}  # fmt: skip
APART = frozenset({"html", "pdf", "docx", "epub"})
"""Languages whose documents are read in another process, with a limit of time and memory."""

LIBRARIES = frozenset({"selectolax", "pypdfium2", "mammoth"})
HINT = "pip install 'synth[docs]'"


def extract(data: bytes, language: str) -> Extracted:
    """Read a document in this process.

    Args:
        data: the bytes of its file.
        language: one of `MODULES`.

    Raises:
        Skip: it cannot be read, or is none; the reason says why.
        Undecodable: it is text in an encoding that cannot be told.
    """
    try:
        module = import_module(f"synth.sources.extract.{MODULES[language]}")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in LIBRARIES:
            raise
        raise Skip("needs_docs_extra", HINT) from None
    extracted: Extracted = module.extract(data, language)
    return extracted
