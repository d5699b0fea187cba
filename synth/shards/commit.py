"""Show a staged release, whole: readers never see half a corpus, and a killed commit is finished by calling it again.

The card is the mark of a release. A commit takes the old card away, moves everything else into place and shows the new
card last, so a folder with a card is complete. Every step is a rename or a removal that may be repeated; the staged
manifest, which is written before the first of them and moved after all but the card, says what is still to be done.
"""

import os
import shutil
from pathlib import Path

from synth.shards.layout import CARD, FOLDERS, MANIFEST, PAGES, RUN_FOLDER
from synth.shards.manifest import Manifest, build_manifest, dump_manifest, load_manifest, release_files
from synth.store import Place, Remote

_SEALED = ".sealed"  # in the staging folder: its manifest is complete and on disk, and moving may have begun
_REPLACED = "replaced"  # beside the staging folder: what the release before this one leaves behind


def open_staging(out: Place, scratch: Path) -> Path:
    """Make an empty staging folder inside OUT, on the same file system as the release that it will become.

    Of an OUT in an object store it is in `scratch`, a folder of this machine: objects are written whole.

    What a killed run left there is removed: the stages before hold every row, so a release can be staged anew.
    """
    staging = (scratch if isinstance(out, Remote) else out / RUN_FOLDER) / "staging"
    if staging.exists():
        _discard(staging, staging.parent / _REPLACED)
    staging.mkdir(parents=True)
    return staging


def commit_release(staging: Path, out: Place) -> None:
    """Move a staged release into OUT, in place of the one that may be there.

    Does nothing where the commit is already complete (no staging folder, a card in OUT).

    Args:
        staging: folder from `open_staging`, with a card; on the same file system as OUT.
        out: the output folder; files that belong to no release are left alone.

    Raises:
        FileNotFoundError: there is neither a staged nor a committed release.
    """
    if isinstance(out, Remote):
        _upload(staging, out)
        return
    trash = staging.parent / _REPLACED
    if staging.exists() or not (out / CARD).is_file():
        if not (staging / _SEALED).exists():
            _seal(staging)
        if (staging / CARD).exists():
            _move(staging, out)
        _discard(staging, trash)
    if trash.exists():
        shutil.rmtree(trash)


def _upload(staging: Path, out: Remote) -> None:
    """Write a staged release to an object store: first its card goes, then files come and old ones go, the card last.

    An upload that was cut short is done again: what is there already is the same, since names and bytes are.
    """
    manifest = build_manifest(staging)
    (out / CARD).unlink(missing_ok=True)
    names = [entry.path for entry in manifest.files]
    for name in names:
        if name != CARD:
            (out / name).upload(staging / name)
    for name in set(release_files(out)) - set(names):
        (out / name).unlink(missing_ok=True)
    (out / MANIFEST).write_bytes(dump_manifest(manifest).encode())
    (out / CARD).upload(staging / CARD)
    shutil.rmtree(staging)


def _seal(staging: Path) -> None:
    """Write the manifest and bring every byte to the disk: what is renamed afterwards survives a power cut."""
    if not (staging / CARD).is_file():
        raise FileNotFoundError(f"{staging} holds no {CARD}: nothing to commit")
    unknown = {path.name for path in staging.iterdir()} - {*FOLDERS, *PAGES}
    if unknown:
        raise ValueError(f"{staging} holds what belongs to no release: {sorted(unknown)}")
    (staging / MANIFEST).write_text(dump_manifest(build_manifest(staging)), encoding="utf-8")
    for path in sorted(staging.rglob("*")):
        _sync(path)
    _sync(staging)
    (staging / _SEALED).touch()
    _sync(staging)


def _move(staging: Path, out: Path) -> None:
    manifest = load_manifest(staging / MANIFEST if (staging / MANIFEST).exists() else out / MANIFEST)
    (out / CARD).unlink(missing_ok=True)
    _sync(out)
    for name in (*FOLDERS, *PAGES[:-1]):
        _put(name, manifest, staging, out)
    _sync(out)  # the card must not reach the disk before what it stands for
    (staging / CARD).replace(out / CARD)
    _sync(out)


def _put(name: str, manifest: Manifest, staging: Path, out: Path) -> None:
    """Bring one folder or file of OUT to its state in the new release: replaced, kept as already moved, or gone."""
    staged = (staging / name).exists()
    if (staged or not _belongs(name, manifest)) and (out / name).exists():
        _discard(out / name, staging.parent / _REPLACED)
    if staged and _belongs(name, manifest):
        (staging / name).replace(out / name)


def _belongs(name: str, manifest: Manifest) -> bool:
    return name == MANIFEST or manifest.holds(name)


def _discard(path: Path, trash: Path) -> None:
    """Take a file or folder out of sight in one step; deleting it may then take its time, and be cut short."""
    trash.mkdir(exist_ok=True)
    target = trash / path.name
    if target.is_dir():
        shutil.rmtree(target)
    path.replace(target)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
