"""Which files does a source hold, and which of them are set aside at once? One entry for all kinds of source."""

import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from synth.config import SourceSettings
from synth.errors import UserError
from synth.sources.archives import is_archive, list_archive
from synth.sources.candidates import Candidate, Origin, display, file_reader, to_tables
from synth.sources.folders import list_folder
from synth.sources.git import clone, is_git_url, repository_name
from synth.sources.languages import PROSE, language_of
from synth.sources.locate import file_locator
from synth.sources.tables import is_table, list_table


def list_files(source: str, settings: SourceSettings, workdir: Path, seen: set[bytes]) -> Iterator[pa.Table]:
    """List every file of a source, those that are skipped with the reason.

    Args:
        source: a folder, a git checkout or URL, an archive, a document, or a Parquet or JSONL file of documents.
        settings: which files are wanted.
        workdir: an empty folder for what has to be unpacked or cloned; it must outlive the reading of the files.
        seen: hashes of the contents met so far, shared by all sources of a run; it grows.

    Yields:
        Batches with the schema `synth.schema.FILES`, sorted by path.

    Raises:
        UserError: there is no such source, it is damaged, or it is of no known kind.
    """
    if is_git_url(source):
        checkout = clone(source, workdir / "clone", submodules=settings.submodules)
        yield from list_folder(checkout, repository_name(source), settings, seen)
        return
    path = Path(source)
    try:
        exists, is_folder = path.exists(), path.is_dir()
    except (OSError, ValueError) as error:
        raise UserError(f"source {source!r} cannot be used: {error}") from None
    if not exists:
        raise UserError(f"source {source} does not exist; give a folder, a git URL, an archive or a file of documents")
    if is_folder:
        yield from list_folder(path, _folder_name(path), settings, seen)
    elif is_table(path):
        yield from list_table(path, settings, seen)
    elif language_of(path.name, b"") in PROSE:  # before archives: a book is a ZIP file too
        yield from _list_document(path, settings, seen)
    elif is_archive(path):
        yield from list_archive(path, settings, workdir, seen)
    else:
        raise UserError(
            f"source {source} is of no known kind; give a folder, a git URL, an archive "
            "(.tar, .tar.gz, .zip, .whl), a document (such as .pdf or .md) or a table of them (.parquet, .jsonl)"
        )


def _list_document(path: Path, settings: SourceSettings, seen: set[bytes]) -> Iterator[pa.Table]:
    candidate = Candidate(display(path.name), path.stat().st_size, file_locator(path), file_reader(path))
    return to_tables([candidate], Origin(_shown(path.stem)), settings, seen)


def _folder_name(path: Path) -> str:
    return _shown(path.resolve().name or "root")


def _shown(name: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]", "_", name).encode("utf-8", "backslashreplace").decode()
