"""Is a release whole? The list of its files with sizes and hashes: written before the commit, checked by readers."""

import hashlib
import json
from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, ValidationError

from synth.shards.layout import CARD, FOLDERS, MANIFEST, PAGES
from synth.store import Place, files_below

PIECE = 1 << 20  # bytes that are hashed at a time


class FileEntry(BaseModel):
    """One file of a release; `path` is relative to the release, with forward slashes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str
    n_bytes: int
    sha256: str


class Manifest(BaseModel):
    """Every file of a release but the manifest itself, sorted by path."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    files: tuple[FileEntry, ...]

    def holds(self, name: str) -> bool:
        """Whether the release has a file of this name, or any file in a folder of this name."""
        return any(entry.path == name or entry.path.startswith(f"{name}/") for entry in self.files)


def build_manifest(root: Place) -> Manifest:
    """List and hash the files of a release that lies in a folder."""
    return Manifest(files=tuple(describe_file(root, path) for path in release_files(root)))


def describe_file(root: Place, path: str) -> FileEntry:
    """Measure and hash one file of a release."""
    digest, n_bytes = hashlib.sha256(), 0
    with (root / path).open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
            n_bytes += len(piece)
    return FileEntry(path=path, n_bytes=n_bytes, sha256=digest.hexdigest())


def release_files(root: Place) -> Iterator[str]:
    """Paths of the files of a release, sorted, without the manifest and whatever else lies in the folder."""
    names = [name for name in PAGES if name != MANIFEST and (root / name).is_file()]
    for folder in FOLDERS:
        names.extend(f"{folder}/{name}" for name in files_below(root / folder))
    return iter(sorted(names))


def dump_manifest(manifest: Manifest) -> str:
    """Write a manifest as JSON, one file a line, so that two releases can be compared with `diff`."""
    lines = ",\n".join("    " + json.dumps(entry.model_dump()) for entry in manifest.files)
    return f'{{\n  "files": [\n{lines}\n  ]\n}}\n'


def load_manifest(path: Place) -> Manifest:
    """Read a manifest.

    Raises:
        OSError: the file cannot be read.
        ValidationError: it is no manifest.
    """
    return Manifest.model_validate_json(path.read_bytes())


def verify_release(out: Place) -> list[str]:
    """Compare a release with its manifest.

    Returns:
        One line for each thing that is wrong: no card, a file that is missing, changed or not listed. Empty when whole.
    """
    if not (out / CARD).is_file():
        return [f"{CARD} is missing: no release was committed here"]
    try:
        manifest = load_manifest(out / MANIFEST)
    except OSError:
        return [f"{MANIFEST} is missing or cannot be read"]
    except ValidationError:
        return [f"{MANIFEST} is damaged: it lists no files"]
    listed = {entry.path: entry for entry in manifest.files}
    found = set(release_files(out))
    problems = [f"{path}: missing" for path in sorted(listed.keys() - found)]
    problems += [f"{path}: not in {MANIFEST}" for path in sorted(found - listed.keys())]
    for path in sorted(listed.keys() & found):
        actual = describe_file(out, path)
        if actual.n_bytes != listed[path].n_bytes:
            problems.append(f"{path}: {actual.n_bytes} bytes instead of {listed[path].n_bytes}")
        elif actual.sha256 != listed[path].sha256:
            problems.append(f"{path}: content changed since the release was written")
    return problems
