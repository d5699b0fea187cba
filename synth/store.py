"""Where do files lie: on a disk, or in an object store? One way to name, read, write and list both.

A place is a `pathlib.Path`, or a `Remote` that answers to the same names as far as an object store can. S3, Google
Cloud Storage and Azure are reached through Apache Arrow, the Hugging Face Hub through its own fsspec file system.
Credentials come from the environment or from the machine's role, never from an address.
"""

import errno
import fnmatch
import io
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import IO, Any, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

import pyarrow as pa
import pyarrow.fs as pafs
import pyarrow.parquet as pq

from synth.errors import UserError

SCHEMES = ("s3", "gs", "az", "hf")
ATTEMPTS = 10  # of one request to S3, each after a longer wait than the one before
BUSY_SECONDS = (0.1, 0.5, 1.0, 2.0, 4.0, 8.0)  # waited before a read that Arrow gave up is tried again
CONNECT_SECONDS, REQUEST_SECONDS = 10, 60
RETRY_SECONDS = 120  # for which one request to Google's store is tried again
T = TypeVar("T")
_SECRET = ("access_key", "secret_key", "token", "password", "sas")


@dataclass(frozen=True, order=True)
class Remote:
    """A place in an object store, with the methods of `pathlib.Path` that mean something there.

    Args:
        uri: such as `s3://bucket/corpus`, without a slash at its end.
        query: options of the connection, such as `endpoint_override=127.0.0.1:5000&scheme=http`.
    """

    uri: str
    query: str = ""

    def __str__(self) -> str:
        return self.uri

    def __truediv__(self, name: "str | PurePosixPath") -> "Remote":
        return Remote(f"{self.uri}/{name}", self.query)

    @property
    def name(self) -> str:
        """The last part."""
        return self.uri.rpartition("/")[2]

    @property
    def stem(self) -> str:
        """The name without its suffix."""
        return PurePosixPath(self.name).stem

    @property
    def suffix(self) -> str:
        """Such as `.parquet`."""
        return PurePosixPath(self.name).suffix

    @property
    def parent(self) -> "Remote":
        """The place that holds this one."""
        return Remote(self.uri.rpartition("/")[0], self.query)

    def with_suffix(self, suffix: str) -> "Remote":
        """The same name with another suffix."""
        return self.parent / f"{self.stem}{suffix}"

    def exists(self) -> bool:
        """Whether there is an object of this name, or any below it."""
        return bool(self._info().type != pafs.FileType.NotFound)

    def is_file(self) -> bool:
        """Whether there is an object of this name."""
        return bool(self._info().type == pafs.FileType.File)

    def is_dir(self) -> bool:
        """Whether there are objects below this name."""
        return bool(self._info().type == pafs.FileType.Directory)

    def mkdir(self, parents: bool = False, exist_ok: bool = False) -> None:
        """Nothing: folders are no more than parts of names."""

    def iterdir(self) -> Iterator["Remote"]:
        """What lies directly below."""
        return (place for place, _ in self._below(recursive=False))

    def glob(self, pattern: str) -> Iterator["Remote"]:
        """What lies directly below and has a name of this form."""
        return (place for place in self.iterdir() if fnmatch.fnmatchcase(place.name, pattern))

    def files(self) -> Iterator[tuple["Remote", int]]:
        """All objects below, with their sizes in bytes."""
        return ((place, info.size) for place, info in self._below(recursive=True) if info.type == pafs.FileType.File)

    def open(self, mode: str = "rb") -> IO[Any]:
        """Open for reading as bytes or text; writing goes through `write_bytes`, whole."""
        if mode not in {"r", "rb"}:
            raise ValueError(f"{self} cannot be opened as {mode!r}: objects are written whole")
        stream = self.reader()
        return stream if mode == "rb" else io.TextIOWrapper(stream, encoding="utf-8")

    def reader(self) -> pa.NativeFile:
        """A file that can be read at any place without fetching the rest."""
        return _filesystem(self.uri, self.query).open_input_file(self._key)

    def read_bytes(self) -> bytes:
        """The whole object."""
        return _again(lambda: _read(self))

    def read_text(self, encoding: str = "utf-8") -> str:
        """The whole object as text."""
        return self.read_bytes().decode(encoding)

    def write_bytes(self, data: bytes) -> None:
        """Write the object; readers see the old one or the new one, never a part."""
        # Else a name such as `a.gz` would have the bytes compressed.
        with _filesystem(self.uri, self.query).open_output_stream(self._key, compression=None) as stream:
            stream.write(data)

    def unlink(self, missing_ok: bool = False) -> None:
        """Delete the object."""
        if self.is_file():
            _filesystem(self.uri, self.query).delete_file(self._key)
        elif not missing_ok:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), self.uri)

    def modified(self) -> float:
        """When the object was written, in seconds since 1970."""
        return float(self._info().mtime_ns or 0) / 1e9

    def stamp(self) -> list[list[Any]]:
        """Names, sizes and times of the object of this name, or of all below it: what tells that they have changed."""
        info = self._info()
        found = [info] if info.type == pafs.FileType.File else [info for _, info in self._below(recursive=True)]
        return [[info.path, info.size, info.mtime_ns] for info in found]

    def upload(self, path: Path) -> None:
        """Write the object from a file, in pieces."""
        pafs.copy_files(str(path), self._key, destination_filesystem=_filesystem(self.uri, self.query))

    def download(self, path: Path) -> None:
        """Write the object to a file, in pieces."""
        source = _filesystem(self.uri, self.query)
        _again(lambda: pafs.copy_files(self._key, str(path), source_filesystem=source))

    def remove_below(self) -> None:
        """Delete every object below this name."""
        if self.is_dir():
            _filesystem(self.uri, self.query).delete_dir(self._key)

    @property
    def _key(self) -> str:
        return self.uri.partition("://")[2]

    def _info(self) -> pafs.FileInfo:
        return _filesystem(self.uri, self.query).get_file_info(self._key)

    def _below(self, *, recursive: bool) -> Iterator[tuple["Remote", pafs.FileInfo]]:
        selector = pafs.FileSelector(self._key, recursive=recursive, allow_not_found=True)
        found = _filesystem(self.uri, self.query).get_file_info(selector)
        for info in sorted(found, key=lambda info: info.path):
            yield self / info.path[len(self._key) + 1 :], info


Place = Path | Remote
"""Where a file or a folder lies."""


def is_remote(text: str) -> bool:
    """Whether an address names an object store."""
    return text.partition("://")[0] in SCHEMES and "://" in text


def place(address: "str | Place") -> Place:
    """The place that a user named.

    Raises:
        UserError: the address holds a credential, names no bucket, or is of a store that cannot be reached from here.
    """
    if not isinstance(address, str):
        return address
    if not is_remote(address):
        return Path(address)
    parts = urlsplit(address)
    if parts.password or any(key in name for name, _ in parse_qsl(parts.query) for key in _SECRET):
        raise UserError(f"{parts.scheme}://...: leave credentials out of addresses; set them in the environment")
    if not parts.netloc:
        raise UserError(f"{address} names no bucket; write {parts.scheme}://bucket/folder")
    found = Remote(f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/"), parts.query)
    _filesystem(found.uri, found.query)
    return found


def address_of(path: Place) -> str:
    """What `place` makes this place of, as text."""
    return f"{path.uri}?{path.query}" if isinstance(path, Remote) and path.query else str(path)


def source_of(path: Place) -> Any:
    """What pyarrow reads a file from."""
    return path if isinstance(path, Path) else path.reader()


def read_table(path: Place, columns: Sequence[str] | None = None, filters: Any = None) -> pa.Table:
    """Read a Parquet file."""
    wanted = None if columns is None else list(columns)
    return _again(lambda: pq.read_table(source_of(path), columns=wanted, filters=filters))


def n_rows(path: Place) -> int:
    """The rows of a Parquet file, as its footer states them."""
    return _again(lambda: int(pq.read_metadata(source_of(path)).num_rows))


def listed(path: Place, pattern: str) -> list[Place]:
    """What lies directly in a folder and has a name of this form, in order of names; none where there is no folder."""
    return sorted(path.glob(pattern), key=lambda found: found.name)


def files_below(path: Place) -> list[str]:
    """The files in a folder and its folders, relative to it, with forward slashes; none where there is no folder."""
    if isinstance(path, Remote):
        return [str(found)[len(str(path)) + 1 :] for found, _ in path.files()]
    return [found.relative_to(path).as_posix() for found in path.rglob("*") if found.is_file()]


def modified(path: Place) -> float:
    """When a file was last written, in seconds since 1970."""
    return path.modified() if isinstance(path, Remote) else path.stat().st_mtime


def put(path: Path, target: Place) -> None:
    """Write a file of this machine, whole, to where it belongs; readers see all of it or nothing."""
    if isinstance(target, Remote):
        target.upload(path)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{uuid.uuid4().hex}.tmp")
    try:
        shutil.copyfile(path, temporary)
        with temporary.open("rb") as stream:
            os.fsync(stream.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def get(source: Place, path: Path) -> None:
    """Copy a file from where it lies to this machine, in pieces."""
    if isinstance(source, Remote):
        source.download(path)
    else:
        shutil.copyfile(source, path)


def remove_tree(path: Place) -> None:
    """Delete a folder with all that it holds; nothing where there is none."""
    if isinstance(path, Remote):
        path.remove_below()
    else:
        shutil.rmtree(path, ignore_errors=True)


@cache
def _open(scheme: str, bucket: str, query: str) -> pafs.FileSystem:
    options = dict(parse_qsl(query))
    if scheme == "s3":
        retry = pafs.AwsStandardS3RetryStrategy(max_attempts=ATTEMPTS)
        limits = {"connect_timeout": CONNECT_SECONDS, "request_timeout": REQUEST_SECONDS}
        known = {key: options[key] for key in ("endpoint_override", "scheme", "region") if key in options}
        return pafs.S3FileSystem(retry_strategy=retry, **limits, **(_s3_endpoint() | known))
    if scheme == "hf":
        from huggingface_hub import HfFileSystem

        return pafs.PyFileSystem(pafs.FSSpecHandler(HfFileSystem()))
    uri = {"gs": f"gs://{bucket}", "az": f"abfs://{bucket}"}[scheme]
    if scheme == "gs":  # else it tries for a quarter of an hour
        query = urlencode({"retry_limit_seconds": RETRY_SECONDS} | options)
    return pafs.FileSystem.from_uri(f"{uri}?{query}" if query else uri)[0]


def _read(path: Remote) -> bytes:
    with path.reader() as stream:
        data: bytes = stream.read()
    return data


def _again(read: Callable[[], T]) -> T:
    """Read, again where the store was busy and Arrow took that as final.

    Arrow keeps what it reads in a buffer of the size that it asked for. A busy store's refusal is often longer; Arrow
    then sees an internal failure, which it does not try again.
    """
    for seconds in BUSY_SECONDS:
        try:
            return read()
        except OSError as error:
            if "INTERNAL_FAILURE" not in str(error):
                raise
            time.sleep(seconds)
    return read()


def _s3_endpoint() -> dict[str, str]:
    """Where S3 is, if not at Amazon: the variables that all its clients know."""
    url = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    if not url:
        return {}
    scheme, _, host = url.rstrip("/").rpartition("://")
    return {"endpoint_override": host, "scheme": scheme or "https"}


def _filesystem(uri: str, query: str) -> pafs.FileSystem:
    scheme, _, rest = uri.partition("://")
    bucket = rest.partition("/")[0]
    try:
        return _open(scheme, bucket, query)
    except (pa.ArrowException, OSError, ImportError) as error:
        raise UserError(f"{scheme}://{bucket} cannot be reached: {' '.join(str(error).split())[:200]}") from None
