"""How do weights pass through memory a slice at a time? Safetensors files, read and written piece by piece.

The library of the format writes a file from tensors that are all in memory, and reads through a map of the file, whose
pages count as the process's memory. The format itself is a length, a JSON header and the bytes
(https://github.com/huggingface/safetensors#format), so that plain reads and writes do.
"""

import json
import math
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import torch

from synth.errors import UserError
from synth.train.checkpoints import commit_folder

FLOATS = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
OTHERS = {"I64": torch.int64, "I32": torch.int32, "I16": torch.int16, "I8": torch.int8, "U8": torch.uint8}
DTYPES = {**FLOATS, **OTHERS, "BOOL": torch.bool}
SHARD_BYTES = 5_000_000_000  # of one file; loaders read several at a time


class Spec(NamedTuple):
    """The type of a tensor, by the format's name, and its shape."""

    dtype: str
    shape: tuple[int, ...]

    @property
    def n_rows(self) -> int:
        """Along the first dimension; a scalar is one row."""
        return self.shape[0] if self.shape else 1

    @property
    def row_size(self) -> int:
        """Elements of one row."""
        return math.prod(self.shape[1:])

    @property
    def item_bytes(self) -> int:
        """Of one element."""
        return int(DTYPES[self.dtype].itemsize)

    @property
    def n_bytes(self) -> int:
        """On disk."""
        return self.n_rows * self.row_size * self.item_bytes


class Place(NamedTuple):
    """Where a tensor lies: its first byte in a file."""

    path: Path
    offset: int
    spec: Spec


def find_tensors(folder: Path, stem: str = "model") -> dict[str, Place]:
    """All tensors of a folder by name, in the order of their files; nothing but headers is read.

    Args:
        folder: holds `STEM.safetensors`, or its shards and `STEM.safetensors.index.json`.
        stem: `model`, or `adapter_model`.

    Raises:
        UserError: there are no such files, or one is missing, damaged or of a type that cannot be computed with.
    """
    files = _files(folder, stem)
    return {name: place for file in files for name, place in _read_header(file).items()}


def _files(folder: Path, stem: str) -> list[Path]:
    single, index = folder / f"{stem}.safetensors", folder / f"{stem}.safetensors.index.json"
    if single.is_file():
        return [single]
    if index.is_file():
        try:
            return [folder / name for name in sorted(set(json.loads(index.read_text())["weight_map"].values()))]
        except (ValueError, KeyError, AttributeError):
            raise UserError(f"{index} is not an index of safetensors; copy the model anew") from None
    if any(folder.glob("*.bin")):
        raise UserError(
            f"{folder} holds .bin files, which may run code when they are read; convert it: load it with transformers "
            "or PEFT and save_pretrained it to another folder"
        )
    raise UserError(f"{folder} holds no {single.name} and no {index.name}; give a folder that save_pretrained wrote")


def _read_header(path: Path) -> dict[str, Place]:
    try:
        with path.open("rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
            size = path.stat().st_size
            header: dict[str, Any] = json.loads(stream.read(length)) if length < size else {}
    except FileNotFoundError:
        raise UserError(f"{path} is missing, though the index names it; copy the model anew") from None
    except ValueError:
        header = {}
    header.pop("__metadata__", None)
    start = 8 + length
    if not header or size != start + max(entry["data_offsets"][1] for entry in header.values()):
        raise UserError(f"{path} is cut short or is no safetensors file; copy the model anew")
    unknown = next((name for name, entry in header.items() if entry["dtype"] not in DTYPES), None)
    if unknown is not None:
        dtype = header[unknown]["dtype"]
        raise UserError(f"{path} is quantised ({unknown} is {dtype}); give the model as it was before quantisation")
    return {
        name: Place(path, start + entry["data_offsets"][0], Spec(entry["dtype"], tuple(entry["shape"])))
        for name, entry in sorted(header.items(), key=lambda item: int(item[1]["data_offsets"][0]))
    }


def read_rows(place: Place, start: int, stop: int) -> torch.Tensor:
    """Rows `start` to `stop` of a tensor, in its own type; a scalar is its only row."""
    dtype, shape = DTYPES[place.spec.dtype], place.spec.shape
    width = place.spec.row_size
    values = torch.empty((stop - start) * width, dtype=dtype)
    if values.numel():
        with place.path.open("rb", buffering=0) as stream:
            stream.seek(place.offset + start * width * dtype.itemsize)
            view = memoryview(values.view(torch.uint8).numpy())
            while view:
                view = view[_at_least_one(stream.readinto(view), place.path) :]
    return values.view((stop - start, *shape[1:]) if shape else ())


def _at_least_one(n_read: int | None, path: Path) -> int:
    if not n_read:
        raise UserError(f"{path} was cut short while it was read; copy the model anew")
    return n_read


def write_tensors(
    folder: Path,
    layout: Mapping[str, Spec],
    slices: Callable[[str], Iterator[torch.Tensor]],
    shard_bytes: int = SHARD_BYTES,
    stem: str = "model",
) -> list[Path]:
    """Write one safetensors file, or shards and their index, as transformers does.

    Args:
        folder: for the files.
        layout: what will be written.
        slices: the rows of a tensor by its name, some at a time, in order; of any type, which is cast.
        shard_bytes: no file is larger, unless it holds one tensor alone.
        stem: how file names begin, as in `find_tensors`.
    """
    shards = _shards(layout, shard_bytes)
    parts = [""] if len(shards) == 1 else [f"-{i:05}-of-{len(shards):05}" for i in range(1, len(shards) + 1)]
    files = [folder / f"{stem}{part}.safetensors" for part in parts]
    for file, names in zip(files, shards, strict=True):
        _write_file(file, {name: layout[name] for name in names}, slices)
    if len(files) > 1:
        places = {name: file.name for file, names in zip(files, shards, strict=True) for name in names}
        total = sum(spec.n_bytes for spec in layout.values())
        index = {"metadata": {"total_size": total}, "weight_map": dict(sorted(places.items()))}
        (folder / f"{stem}.safetensors.index.json").write_text(json.dumps(index, indent=2) + "\n")
    return files


def _shards(layout: Mapping[str, Spec], shard_bytes: int) -> list[list[str]]:
    shards: list[list[str]] = [[]]
    filled = 0
    for name, spec in layout.items():
        if shards[-1] and filled + spec.n_bytes > shard_bytes:
            shards.append([])
            filled = 0
        shards[-1].append(name)
        filled += spec.n_bytes
    return shards


def _write_file(path: Path, layout: Mapping[str, Spec], slices: Callable[[str], Iterator[torch.Tensor]]) -> None:
    # Wide types first: every tensor then begins at a multiple of its element's size, which readers that map need.
    names = sorted(layout, key=lambda name: -layout[name].item_bytes)
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name in names:
        start, end = end, end + layout[name].n_bytes
        header[name] = {"dtype": layout[name].dtype, "shape": layout[name].shape, "data_offsets": [start, end]}
    encoded = json.dumps(header, separators=(",", ":")).encode()
    encoded += b" " * (-len(encoded) % 8)
    with path.open("wb", buffering=0) as stream:
        stream.write(len(encoded).to_bytes(8, "little") + encoded)
        for name in names:
            for rows in slices(name):
                values = rows.to(DTYPES[layout[name].dtype]).contiguous().view(-1)
                _write_all(stream, memoryview(values.view(torch.uint8).numpy()))
        assert stream.tell() == 8 + len(encoded) + end, "the slices are not what the layout says"


def _write_all(stream: Any, view: memoryview) -> None:
    while view:
        view = view[stream.write(view) :]


@contextmanager
def new_folder(out: Path, n_bytes: int) -> Iterator[Path]:
    """A folder to write to, that becomes OUT when all is written, and is removed when anything fails.

    Args:
        out: a path where nothing is, or an empty folder.
        n_bytes: that will be written.

    Raises:
        UserError: OUT holds something, cannot be made, or its disk is too full.
    """
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise UserError(f"--out {out} is there already; give a new or empty folder")
    part = out.absolute().with_name(f".{out.absolute().name}.part")
    shutil.rmtree(part, ignore_errors=True)  # of a killed process
    try:
        part.mkdir(parents=True)
    except OSError as error:
        raise UserError(f"--out {out} cannot be written: {error.strerror}; choose another folder") from None
    try:
        free = shutil.disk_usage(part).free
        if free < n_bytes:
            raise UserError(f"--out {out} needs {n_bytes / 1e9:.1f} GB and has {free / 1e9:.1f}; choose another disk")
        yield part
        commit_folder(part, out)
    finally:
        shutil.rmtree(part, ignore_errors=True)
