"""The rules that every kind of source shares: from a named file to a row of the file table."""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from synth.config import SourceSettings
from synth.schema import FILES
from synth.sources.languages import MANIFEST, PROSE, is_binary_name, is_vendored, is_wanted, language_of, no_document

FILES_PER_BATCH = 1024


@dataclass(frozen=True)
class Candidate:
    """A file that a source names, before its contents are looked at.

    `skip` is a reason that is already known, such as `symlink`; then `read` is never called.
    """

    path: str
    n_bytes: int
    locator: str = ""
    read: Callable[[], bytes] = bytes
    skip: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Origin:
    """What the files of a source have in common."""

    collection: str
    revision: str = ""
    license: str = ""

    def or_else(self, found: "Origin") -> "Origin":
        """The same, and what was found where it says nothing."""
        return Origin(
            self.collection or found.collection, self.revision or found.revision, self.license or found.license
        )


NOTHING_STATED = Origin("")


def to_tables(
    candidates: Iterable[Candidate], origin: Origin, settings: SourceSettings, seen: set[bytes]
) -> Iterator[pa.Table]:
    """Judge candidates in order and yield them as batches of the file table.

    Args:
        candidates: sorted by path, so that of equal files the same one is kept on every machine.
        origin: what they have in common.
        settings: which files are wanted.
        seen: hashes of the contents met so far; it grows.
    """
    rows = (_judge(candidate, origin, settings, seen) for candidate in candidates)
    while batch := list(islice(rows, FILES_PER_BATCH)):
        yield pa.Table.from_pylist(batch, FILES)


def display(path: str | bytes) -> str:
    """A path as valid text: bytes that are not UTF-8 are shown as `\\xNN`."""
    raw = os.fsencode(path) if isinstance(path, str) else path
    return raw.decode("utf-8", "backslashreplace")


def file_reader(path: Path) -> Callable[[], bytes]:
    """A function that reads a file of the file system."""
    return path.read_bytes


def size_limit(path: str, settings: SourceSettings) -> int:
    """How many bytes a file may have: documents may be larger than code."""
    return settings.max_document_bytes if language_of(path, b"") in PROSE else settings.max_file_bytes


def is_marker(path: str) -> bool:
    """Whether a file says something of its own folder, whatever its bytes: a package's marker, or a manifest."""
    return path.endswith("__init__.py") or language_of(path, b"") == MANIFEST


def _judge(candidate: Candidate, origin: Origin, settings: SourceSettings, seen: set[bytes]) -> dict[str, Any]:
    reason, detail, digest, size = candidate.skip, candidate.detail, "", candidate.n_bytes
    if not reason:
        reason, detail = _by_name(candidate, settings)
    if not reason:
        try:
            data = candidate.read()
        except OSError as error:
            reason, detail = "unreadable", error.strerror or ""
        else:
            size = len(data)
            raw = hashlib.sha256(data).digest()
            digest = raw.hex()
            reason, detail = _by_content(candidate, data, raw, origin, settings, seen)
    return {
        "collection": origin.collection,
        "path": candidate.path,
        "locator": "" if reason else candidate.locator,
        "n_bytes": size,
        "sha256": digest,
        "revision": origin.revision,
        "license": origin.license,
        "skip_reason": reason,
        "skip_detail": detail,
    }


def _by_name(candidate: Candidate, settings: SourceSettings) -> tuple[str, str]:
    """What the name and the size alone decide."""
    if not settings.vendored and is_vendored(candidate.path):
        return "vendored", ""
    if is_binary_name(candidate.path):
        return "binary", ""
    # A name without a suffix says nothing: its first line may.
    has_suffix = "." in candidate.path.rsplit("/", 1)[-1].lstrip(".")
    if has_suffix and not is_wanted(candidate.path, b"", settings.languages):
        return "language", ""
    if no_document(candidate.path):
        return "no_document", ""
    if candidate.n_bytes > size_limit(candidate.path, settings):
        return "too_large", f"{candidate.n_bytes:,} bytes"
    return "", ""


def _by_content(
    candidate: Candidate, data: bytes, raw: bytes, origin: Origin, settings: SourceSettings, seen: set[bytes]
) -> tuple[str, str]:
    if len(data) > size_limit(candidate.path, settings):
        return "too_large", f"{len(data):,} bytes"
    if not is_wanted(candidate.path, data[:128], settings.languages):
        return "language", ""
    allowed = settings.allowed_licenses
    if allowed is not None and origin.license not in allowed:
        return "license", origin.license or "no licence found"
    if raw in seen and not is_marker(candidate.path):
        return "duplicate", ""
    seen.add(raw)
    return "", ""
