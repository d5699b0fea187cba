"""Where does data lie, and in which format? Records as they are: dictionaries by column, a few hundred at a time."""

import gzip
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from synth.errors import UserError
from synth.shards.layout import CARD, MANIFEST, RUN_FOLDER

Split = Literal["train", "validation", "rejected"]

SUFFIXES = (".parquet", ".jsonl", ".jsonl.gz", ".ndjson", ".json.gz")
HELD_OUT = ("validation", "test")  # how names of files begin that are not for training
BATCH_ROWS = 500


def read_records(path: str, folder: str, split: Split, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Read what is there in its order; of Parquet files only the columns that are asked for.

    Args:
        path: a corpus; a Parquet or JSONL file, or a folder of them; a dataset saved by `datasets`; a name on the Hub.
        folder: of a corpus: cpt or sft; its rejected samples are in a folder of their own.
        split: other data has nothing rejected, and validation only where a split or a file is named so.
        columns: names; of those that are not there, nothing is said.

    Raises:
        UserError: there is no such data, or it cannot be read.
    """
    root = Path(path)
    if not root.exists():
        return _hub(check_hub_name(path), split)
    if is_saved(root):
        return _saved(root, split)
    return _files(data_files(root, folder, split), columns)


def data_files(root: Path, folder: str, split: Split) -> list[Path]:
    """The files of a split, sorted.

    Raises:
        UserError: there is neither a whole corpus nor a file of a format that is read here.
    """
    if root.is_file():
        return [root] if split == "train" else []
    if is_corpus(root):
        if not (root / CARD).is_file():
            raise UserError(f"no corpus in {root}: {CARD} is missing; run `synth corpus` to the end first")
        return sorted((root / ("rejected" if split == "rejected" else folder)).glob(f"{split}-*.parquet"))
    files = [file for file in sorted(root.rglob("*")) if file.is_file() and _is_data(file.relative_to(root))]
    if not files:
        raise UserError(f"no data in {root}: neither a corpus nor a file that ends in {', '.join(SUFFIXES)}")
    if split == "train":
        return [file for file in files if not file.name.startswith(HELD_OUT)]
    return [file for file in files if file.name.startswith(split)]


def is_corpus(root: Path) -> bool:
    """Whether `synth corpus` wrote here; it may not have come to its end."""
    return (root / MANIFEST).is_file() or (root / RUN_FOLDER).is_dir()


def is_saved(root: Path) -> bool:
    """Whether the library `datasets` saved a dataset here, or several splits of one."""
    return (root / "state.json").is_file() or (root / "dataset_dict.json").is_file()


def check_hub_name(name: str) -> str:
    """The name of a dataset on the Hub, such as `owner/name`, and not of a file that is missing.

    Raises:
        UserError: it can only be meant as a file or folder.
    """
    parts = name.split("/")
    if len(parts) > 2 or not all(part and part[0] not in ".~" for part in parts) or name.lower().endswith(SUFFIXES):
        raise UserError(f"no data at {name}: there is no such file or folder")
    return name


def list_names(names: Iterable[str]) -> str:
    """Some names, for a message."""
    return ", ".join(sorted(names)[:12]) or "none"


def first_line(error: BaseException) -> str:
    """What went wrong, in one line."""
    return (str(error).strip() or type(error).__name__).split("\n", 1)[0]


def _is_data(path: Path) -> bool:
    return path.name.lower().endswith(SUFFIXES) and not any(part.startswith(".") for part in path.parts)


def _files(files: Sequence[Path], columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    for file in files:
        name = file.name.lower()
        if not name.endswith(SUFFIXES):
            raise UserError(f"{file} is in no format that is read here; give a file that ends in {', '.join(SUFFIXES)}")
        yield from _parquet(file, columns) if name.endswith(".parquet") else _jsonl(file)


def _parquet(path: Path, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    try:
        with pq.ParquetFile(path) as file:
            names = file.schema_arrow.names
            wanted = [name for name in names if name in columns]
            if not wanted:
                raise UserError(f"{path} has nothing to learn from: its columns are {list_names(names)}")
            for batch in file.iter_batches(BATCH_ROWS, columns=wanted):
                yield from batch.to_pylist()
    except (OSError, pa.ArrowException) as error:
        raise UserError(f"{path} is no readable Parquet file: {first_line(error)}") from None


def _jsonl(path: Path) -> Iterator[dict[str, Any]]:
    read = 0
    try:
        with gzip.open(path) if path.name.lower().endswith(".gz") else path.open("rb") as stream:
            for line in stream:
                read += 1
                if line.strip():
                    yield _object(line)
    except (OSError, EOFError) as error:
        raise UserError(f"{path} cannot be read: {first_line(error)}") from None
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path}, line {read}: {first_line(error)}; each line must be a JSON object") from None


def _object(line: bytes) -> dict[str, Any]:
    record = json.loads(line)
    if not isinstance(record, dict):
        raise ValueError(f"holds {type(record).__name__}")
    return record


def _saved(root: Path, split: Split) -> Iterator[dict[str, Any]]:
    try:
        data = _datasets().load_from_disk(str(root))
    except (OSError, ValueError, KeyError, pa.ArrowException) as error:
        raise UserError(f"{root} is no readable dataset: {first_line(error)}") from None
    if isinstance(data, dict):
        yield from data.get(split, ())
    elif split == "train":
        yield from data


def _hub(name: str, split: Split) -> Iterator[dict[str, Any]]:
    if split == "rejected":
        return
    datasets = _datasets()
    try:
        yield from datasets.load_dataset(name, split=split, streaming=True)
    except Exception as error:  # noqa: BLE001 - whatever the network and builders raise; the reason is kept
        if split == "validation" and "Bad split" in str(error):
            return
        reason = f"{type(error).__name__}: {first_line(error)}"
        raise UserError(f"no data at {name}: no such file or folder, and from the Hub: {reason}") from None


def _datasets() -> Any:
    try:
        import datasets
    except ImportError:
        raise UserError("this data is read with the package datasets; install it: pip install 'synth[train]'") from None
    return datasets
