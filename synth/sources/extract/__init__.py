"""From the bytes of a document to its text: one module a format, imported only when such a document comes.

Formats that take a library to read are read in a process of their own (`Reader`), since such files can be made to crash
a reader, or to keep it busy for ever.
"""

from synth.sources.extract.base import Extracted
from synth.sources.extract.reader import Reader

__all__ = ["Extracted", "Reader"]
