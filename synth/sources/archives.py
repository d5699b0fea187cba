"""Archives: tar, zip, wheel and sdist. Members are copied to numbered files: no name in an archive becomes a path."""

import errno
import lzma
import os
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

import pyarrow as pa

from synth.config import SourceSettings
from synth.errors import UserError
from synth.sources.about import license_of, package_of
from synth.sources.candidates import NOTHING_STATED, Candidate, Origin, file_reader, size_limit, to_tables
from synth.sources.languages import is_vendored
from synth.sources.locate import file_locator

_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".zip", ".whl", ".egg")
_LICENSE_BYTES = 200_000
CHUNK = 1 << 20
MAX_TOP_DEPTH = 2  # `LICENSE`, or `flask-3.1.2/LICENSE`
OUR_FAULT = {errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE}
"""What the machine lacks: no fault of what was to be unpacked."""
_DAMAGE = (tarfile.TarError, zipfile.BadZipFile, EOFError, OSError, lzma.LZMAError, zlib.error, ValueError)


@dataclass(frozen=True)
class Member:
    """One entry of an archive that is not a folder."""

    name: str
    n_bytes: int
    stream: IO[bytes] | None
    """Its contents; None for a link or a device."""


def is_archive(path: Path) -> bool:
    """Whether a file is an archive, by its name or its first bytes."""
    return path.name.lower().endswith(_SUFFIXES) or zipfile.is_zipfile(path) or tarfile.is_tarfile(path)


def list_archive(
    path: Path, settings: SourceSettings, workdir: Path, seen: set[bytes], stated: Origin = NOTHING_STATED
) -> Iterator[pa.Table]:
    """Unpack the wanted members of an archive and list all of them.

    Raises:
        UserError: it is damaged or encrypted, or unpacks to more than `sources.max_archive_bytes`.
    """
    try:
        found = sorted(_unpack(path, settings, workdir), key=lambda item: item.path)
    except _DAMAGE as error:
        if isinstance(error, OSError) and error.errno in OUR_FAULT:
            raise
        said = str(error).split("\n", 1)[0].rstrip(":") or "it is cut short"
        raise UserError(f"source {path} cannot be unpacked: {said}; fetch it again") from None
    top = _single_top(found)
    candidates = [_below(candidate, top) for candidate in found]
    name, version = package_of(workdir / "about")
    origin = stated.or_else(Origin(name or top or _stem(path), version, license_of(workdir / "about")))
    return to_tables(candidates, origin, settings, seen)


def _unpack(path: Path, settings: SourceSettings, workdir: Path) -> Iterator[Candidate]:
    about = workdir / "about"
    about.mkdir()
    total = 0
    latest: dict[str, Candidate] = {}
    for number, member in enumerate(_members(path)):
        pure = PurePosixPath(member.name.replace("\\", "/"))
        name = str(pure)
        if pure.is_absolute() or ".." in pure.parts or (pure.parts and pure.parts[0].endswith(":")):
            latest[name] = Candidate(name, member.n_bytes, skip="outside_root")
        elif member.stream is None:
            latest[name] = Candidate(name, 0, skip="special")
        else:
            target = workdir / f"{number:06d}"
            n_bytes = _copy(member.stream, target, size_limit(name, settings))
            # To pass over a member of a tar archive, all of it has to be read.
            total += max(n_bytes, member.n_bytes)
            if total > settings.max_archive_bytes:
                raise UserError(
                    f"source {path} unpacks to more than sources.max_archive_bytes ({settings.max_archive_bytes:,}); "
                    "raise that limit if you trust the archive"
                )
            keep_metadata(pure, target, about)
            # Of two members of one name the last one counts, as for every unpacking program.
            latest[name] = _candidate(name, n_bytes, target, settings)
    yield from latest.values()


def _candidate(name: str, n_bytes: int, target: Path, settings: SourceSettings) -> Candidate:
    if n_bytes > (limit := size_limit(name, settings)):
        target.unlink()
        return Candidate(name, n_bytes, skip="too_large", detail=f"over {limit:,} bytes")
    if not settings.vendored and is_vendored(name):
        target.unlink()
        return Candidate(name, n_bytes, skip="vendored")
    return Candidate(name, n_bytes, file_locator(target), file_reader(target))


def _members(path: Path) -> Iterator[Member]:
    if zipfile.is_zipfile(path):
        yield from _zip_members(path)
        return
    with tarfile.open(path, "r:*") as archive:
        for info in archive:
            if not info.isdir():
                stream = archive.extractfile(info) if info.isreg() else None
                name = info.name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
                yield Member(name, info.size, stream)
        # Members end before the file does; its checksum comes last, and only reading on compares it.
        while archive.fileobj is not None and archive.fileobj.read(CHUNK):
            pass


def _zip_members(path: Path) -> Iterator[Member]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if info.is_dir():
                continue
            if info.flag_bits & 1:
                raise UserError(f"source {path} is encrypted; unpack it yourself and give the folder")
            is_link = (info.external_attr >> 28) == 0o12
            if is_link:
                yield Member(info.filename, info.file_size, None)
                continue
            try:
                stream = archive.open(info)
            except (NotImplementedError, RuntimeError) as error:
                raise UserError(f"source {path}: {error}; pack it anew with a common method") from None
            with stream:
                yield Member(info.filename, info.file_size, stream)


def _copy(stream: IO[bytes], target: Path, limit: int) -> int:
    """Copy at most one chunk more than the limit; declared sizes are not believed."""
    n_bytes = 0
    with target.open("wb") as out:
        while n_bytes <= limit and (chunk := stream.read(CHUNK)):
            out.write(chunk)
            n_bytes += len(chunk)
    return n_bytes


def keep_metadata(name: PurePosixPath, source: Path, about: Path) -> None:
    """Keep a copy of what tells name, version and licence: files at the top or in the top folder, or of a wheel."""
    inside_metadata = len(name.parts) > 1 and name.parts[-2].endswith((".dist-info", ".egg-info"))
    if source.stat().st_size > _LICENSE_BYTES or not (inside_metadata or len(name.parts) <= MAX_TOP_DEPTH):
        return
    if name.name in {"PKG-INFO", "METADATA"}:
        target = about / "PKG-INFO"
    elif name.name == "pyproject.toml":
        target = about / "pyproject.toml"
    elif name.name.upper().startswith(("LICENSE", "LICENCE", "COPYING", "UNLICENSE")):
        target = about / f"LICENSE.{source.name}"
    else:
        return
    if not target.exists():
        os.link(source, target)


def _single_top(candidates: list[Candidate]) -> str:
    """The one folder that holds everything, as in an sdist; a name that leads outside has no say."""
    names = [item.path for item in candidates if item.skip != "outside_root"]
    tops = {name.split("/", 1)[0] for name in names}
    if len(tops) == 1 and names and all("/" in name for name in names):
        top = next(iter(tops))
        # A wheel of one package has a single top too, but that is the package itself.
        if f"{top}/__init__.py" not in names:
            return top
    return ""


def _below(candidate: Candidate, top: str) -> Candidate:
    if not top or not candidate.path.startswith(top + "/"):
        return candidate
    return Candidate(
        candidate.path[len(top) + 1 :],
        candidate.n_bytes,
        candidate.locator,
        candidate.read,
        candidate.skip,
        candidate.detail,
    )


def _stem(path: Path) -> str:
    name = path.name
    for suffix in sorted(_SUFFIXES, key=len, reverse=True):
        if name.lower().endswith(suffix):
            return name[: -len(suffix)]
    return path.stem
