"""Which files does a source hold, and which of them are set aside at once? One entry for all kinds of source."""

import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from synth.config import SourceSettings
from synth.errors import UserError
from synth.sources.archives import is_archive, list_archive
from synth.sources.candidates import NOTHING_STATED, Candidate, Origin, display, file_reader, to_tables
from synth.sources.folders import list_folder, revision_of
from synth.sources.git import clone, is_git_url, repository_name
from synth.sources.languages import PROSE, language_of
from synth.sources.locate import file_locator
from synth.sources.remote import list_remote, open_remote
from synth.sources.tables import is_table, list_table
from synth.store import Remote, is_remote


def list_files(
    source: str, settings: SourceSettings, workdir: Path, seen: set[bytes], stated: Origin = NOTHING_STATED
) -> Iterator[pa.Table]:
    """List every file of a source, those that are skipped with the reason.

    Args:
        source: a folder, a git checkout or URL, an archive, a document, or a Parquet or JSONL file of documents; all
            but git also as an address in an object store.
        settings: which files are wanted.
        workdir: an empty folder for what has to be unpacked or cloned; it must outlive the reading of the files.
        seen: hashes of the contents met so far, shared by all sources of a run; it grows.
        stated: what a list says of the source, which counts more than what the source says of itself.

    Yields:
        Batches with the schema `synth.schema.FILES`, sorted by path.

    Raises:
        UserError: there is no such source, it is damaged, or it is of no known kind.
        OSError: the disk is full.
    """
    if is_git_url(source):
        checkout = clone(source, workdir / "clone", submodules=settings.submodules, revision=stated.revision)
        found = Origin(stated.collection, revision_of(checkout), stated.license)
        yield from list_folder(checkout, repository_name(source), settings, seen, found)
        return
    place = open_remote(source, workdir) if is_remote(source) else Path(source)
    if isinstance(place, Remote):
        yield from list_remote(place, settings, workdir, seen, stated)
    else:
        yield from _list_path(place, source, settings, workdir, seen, stated)


def _list_path(
    path: Path, source: str, settings: SourceSettings, workdir: Path, seen: set[bytes], stated: Origin
) -> Iterator[pa.Table]:
    try:
        exists, is_folder = path.exists(), path.is_dir()
    except (OSError, ValueError) as error:
        raise UserError(f"source {source!r} cannot be used: {error}") from None
    if not exists:
        raise UserError(f"source {source} does not exist; give a folder, a git URL, an archive or a file of documents")
    if is_folder:
        yield from list_folder(path, _folder_name(path), settings, seen, stated)
    elif is_table(path):
        yield from list_table(path, settings, seen, stated)
    elif language_of(path.name, b"") in PROSE:  # before archives: a book is a ZIP file too
        yield from _list_document(path, settings, seen, stated)
    elif is_archive(path):
        yield from list_archive(path, settings, workdir, seen, stated)
    else:
        raise UserError(
            f"source {source} is of no known kind; give a folder, a git URL, an archive "
            "(.tar, .tar.gz, .zip, .whl), a document (such as .pdf or .md) or a table of them (.parquet, .jsonl)"
        )


def _list_document(path: Path, settings: SourceSettings, seen: set[bytes], stated: Origin) -> Iterator[pa.Table]:
    candidate = Candidate(display(path.name), path.stat().st_size, file_locator(path), file_reader(path))
    return to_tables([candidate], stated.or_else(Origin(_shown(path.stem))), settings, seen)


def _folder_name(path: Path) -> str:
    return _shown(path.resolve().name or "root")


def _shown(name: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]", "_", name).encode("utf-8", "backslashreplace").decode()
