"""Sources in an object store: a folder of files, an archive, a document or a table of documents.

Objects are fetched one at a time to numbered files of this machine, in pieces; no name in a store becomes a path. Who
may read them is told to the store by the environment or the machine's role, never by an address.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import pyarrow as pa

from synth.config import SourceSettings
from synth.errors import UserError
from synth.sources.about import license_of, package_of
from synth.sources.archives import OUR_FAULT, keep_metadata
from synth.sources.candidates import Candidate, Origin, size_limit, to_tables
from synth.sources.locate import file_locator
from synth.store import Remote, place

_DENIED = re.compile(r"ACCESS_DENIED|Forbidden|Unauthorized|\b40[13]\b", re.IGNORECASE)
MAX_SAID = 300  # characters of what a store says
_HIDDEN = {".git", ".hg", ".svn", ".jj"}


def open_remote(address: str, workdir: Path) -> Remote | Path:
    """Where a source in a store can be listed: the folder itself, or a copy of the one object on this machine.

    Args:
        address: of the source.
        workdir: a folder for the copy; it must outlive the reading of the files.

    Raises:
        UserError: there is nothing there, or it may not be read; `Unreachable` where the store does not answer.
        OSError: the disk is full.
    """
    found = place(address)
    assert isinstance(found, Remote)
    with told(found):
        if found.is_dir():
            return found
        if not found.is_file():
            raise UserError(f"source {found} does not exist; check its bucket and its name")
        copy = workdir / "fetched" / re.sub(r"[^\w.\-]", "_", found.name)
        copy.parent.mkdir()
        found.download(copy)
    return copy


def list_remote(
    root: Remote, settings: SourceSettings, workdir: Path, seen: set[bytes], stated: Origin
) -> Iterator[pa.Table]:
    """List the files of a folder in a store; what is wanted of them is copied to this machine.

    Args:
        root: the folder.
        settings: which files are wanted.
        workdir: a folder for the copies; it must outlive the reading of the files.
        seen: as of `list_files`.
        stated: what a list says of the source.

    Raises:
        UserError: it may not be read; `Unreachable` where the store does not answer.
        OSError: the disk is full.
    """
    about, copies = workdir / "about", workdir / "copies"
    about.mkdir()
    copies.mkdir()
    with told(root):
        files = [(found, n_bytes) for found, n_bytes in root.files() if not _HIDDEN & set(_below(root, found).parts)]
        for number, (found, n_bytes) in enumerate(files):
            if len(_below(root, found).parts) == 1 and n_bytes <= settings.max_file_bytes:
                copy = copies / f"about-{number}"
                if _may_tell(found.name):
                    found.download(copy)
                    keep_metadata(_below(root, found), copy, about)
        name, version = package_of(about)
        origin = stated.or_else(Origin(name or root.name, version, license_of(about)))
        candidates = (_candidate(root, found, n_bytes, copies / f"{number:06d}", settings)
                      for number, (found, n_bytes) in enumerate(files))  # fmt: skip
        yield from to_tables(candidates, origin, settings, seen)


def _may_tell(name: str) -> bool:
    """Whether a file may tell name, version or licence of what it lies in."""
    return name in {"PKG-INFO", "pyproject.toml"} or name.upper().startswith(("LICENSE", "LICENCE", "COPYING"))


def _candidate(root: Remote, found: Remote, n_bytes: int, copy: Path, settings: SourceSettings) -> Candidate:
    name = _below(root, found)
    if ".." in name.parts or name.is_absolute():
        return Candidate(str(name), n_bytes, skip="outside_root")
    if n_bytes > (limit := size_limit(str(name), settings)):
        return Candidate(str(name), n_bytes, skip="too_large", detail=f"over {limit:,} bytes")
    return Candidate(str(name), n_bytes, file_locator(copy), _fetcher(found, copy))


def _fetcher(found: Remote, copy: Path) -> Callable[[], bytes]:
    """A function that copies an object to this machine and reads it."""

    def fetch() -> bytes:
        try:
            found.download(copy)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise _Stop from error  # not an OSError, for which the one file would be skipped
        return copy.read_bytes()

    return fetch


class Unreachable(UserError):
    """A store does not answer, which is no fault of a source: a list does not set it aside."""


class _Stop(Exception):
    """An error of which one file is not to blame; it is the cause."""


def _below(root: Remote, found: Remote) -> PurePosixPath:
    return PurePosixPath(found.uri[len(root.uri) + 1 :])


@contextmanager
def told(root: Remote) -> Iterator[None]:
    """Turn what the store says into what the user can do."""
    from httpx2 import TransportError  # of the Hub's client, which lets it through

    try:
        yield
    except (OSError, TransportError, _Stop) as error:
        cause = error.__cause__ if isinstance(error, _Stop) and error.__cause__ else error
        if isinstance(cause, OSError) and cause.errno in OUR_FAULT:
            raise cause from None
        said = " ".join(str(cause).split())
        if _DENIED.search(said):
            raise UserError(f"source {root} may not be read; check the credentials in the environment") from None
        raise Unreachable(
            f"source {root} cannot be reached: {said[:MAX_SAID]}; run the same command when its store answers"
        ) from None
