"""Documents that kill their parser: stand-ins for `synth.reading.parse`, found by name in whatever process it runs."""

import ctypes
import os
import signal

import pyarrow as pa

from synth.mapper import Tables
from synth.reading import parse

POISON = "poison.md"


def crashes(documents: pa.Table, *earlier: pa.Table) -> Tables:
    """Dies of a segmentation fault at the poisoned document."""
    if _is_poisoned(documents):
        ctypes.string_at(0)
    return parse(documents, *earlier)


def killed(documents: pa.Table, *earlier: pa.Table) -> Tables:
    """Dies as if the system had run out of memory at the poisoned document."""
    if _is_poisoned(documents):
        os.kill(os.getpid(), signal.SIGKILL)
    return parse(documents, *earlier)


def eats(documents: pa.Table, *earlier: pa.Table) -> Tables:
    """Asks for more memory than any machine has at the poisoned document."""
    if _is_poisoned(documents):
        bytearray(1 << 46)
    return parse(documents, *earlier)


def _is_poisoned(documents: pa.Table) -> bool:
    return any(path.endswith(POISON) for path in documents["path"].to_pylist())
