"""What went wrong outside the program: a store that is away, a full disk, too few handles? Said in one line."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from synth.errors import UserError

GOES_ON = "run the same command: it goes on from here"
_MENDED_BY = {
    errno.ENOSPC: "make room",
    errno.EDQUOT: "make room",
    errno.EFBIG: "raise the limit on the size of files (ulimit -f)",
    errno.EMFILE: "raise the limit on open files (ulimit -n)",
    errno.ENFILE: "raise the limit on open files of this machine (fs.file-max)",
    errno.EIO: "look after the disk",
    errno.ENOMEM: "free some memory",
    errno.ESTALE: "mount the network disk again",
    errno.EROFS: "mount the disk for writing",
}


@contextmanager
def told() -> Iterator[None]:
    """Turn what the machine or a store refuses into a message that says how to mend it; faults of ours pass through.

    Raises:
        UserError: a disk is full or broken, there are too few file handles, or an object store does not answer.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _MENDED_BY:
            what = f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}"
            raise UserError(f"{_line(what)}; {_MENDED_BY[error.errno]} and {GOES_ON}") from None
        if error.errno is None:  # as Apache Arrow reports an object store
            raise UserError(f"the object store fails: {_line(str(error))}; when it is back, {GOES_ON}") from None
        raise
    except sqlite3.OperationalError as error:
        raise UserError(f"the index of answers in the temporary folder: {error}; make room and {GOES_ON}") from None


def _line(text: str) -> str:
    return " ".join(text.split())[:300]
