"""How does a model see the rows? Each becomes pieces of tokens, in a file that many can read without loading it."""

import logging
import os
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from synth.errors import UserError
from synth.progress import Progress, silent
from synth.train.pieces import Batch, Work, plan_work, tokenise_rows
from synth.train.rows import Row
from synth.train.settings import DataSettings
from synth.train.tables import TOKENS

log = logging.getLogger(__name__)

CHUNK_ROWS = 500
CHUNK_CHARACTERS = 1_000_000
"""Rows of one piece of work and one batch of the file. Fixed, so that the file does not depend on who works."""
ALONE_CHARACTERS = 20_000_000  # from here on other processes save more time than their start costs
QUEUED = 2  # chunks a process, so that none waits and memory stays bounded
REASONS = {
    "empty": "with nothing to learn",
    "too_long": "longer than data.max_length",
    "refused": "refused by the chat template",
}


class Tokenised(NamedTuple):
    """The TOKENS of a source. `n_rows` is the number of rows that are in it, in pieces, and of those left out."""

    path: Path
    lengths: npt.NDArray[np.int32]
    """Of each piece, in tokens."""
    n_trained: npt.NDArray[np.int32]
    """Tokens of each piece that the loss counts."""
    quality: npt.NDArray[np.float32]
    table: pa.Table
    """Memory-mapped, a row a piece."""
    n_rows: int
    left_out: dict[str, int]
    """Rows by reason; see `REASONS`."""


def tokenise(
    rows: Iterable[Row], tokenizer: Any, stage: Literal["cpt", "sft"], settings: DataSettings, out: Path,
    workers: int | None = None, progress: Progress = silent,
) -> Tokenised:  # fmt: skip
    """Tokenise rows and write them, in their order, into a file that is either absent or whole.

    A document ends with the tokenizer's end of text, and begins with what the tokenizer begins texts with; it is cut
    where a sequence is full. Of a conversation, cpt learns all and sft what the assistant says; one that does not fit
    a sequence is cut in cpt, and left out in sft. The file is the same for any number of workers.

    Args:
        rows: documents and conversations.
        tokenizer: a fast one of transformers, with a chat template where there are conversations.
        stage: decides what is learned of conversations.
        settings: `max_length`, `reasoning` and `tags` are used.
        out: the file, such as `source.arrow`.
        workers: processes beside this one where there is much to do; None: as `settings` has it.
        progress: told how many rows are done.

    Raises:
        UserError: the tokenizer lacks a token, its chat template does not fit, or a process died.
    """
    work = plan_work(tokenizer, stage, settings)
    out.parent.mkdir(parents=True, exist_ok=True)
    temporary = out.with_name(f".{out.name}.tmp")
    n_rows = n_tokens = 0
    try:
        with temporary.open("wb") as stream:
            with pa.ipc.new_file(stream, TOKENS) as writer:
                for batch, counts in _batches(_chunks(rows), work, settings.workers if workers is None else workers):
                    writer.write_batch(batch, custom_metadata={key: str(count) for key, count in counts.items()})
                    n_rows, n_tokens = n_rows + counts["rows"], n_tokens + len(batch["input_ids"].values)
                    progress("tokenise", n_rows, 0, f"{n_tokens:,} tokens")
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(out)
    finally:
        temporary.unlink(missing_ok=True)
    result = read_tokens(out)
    if result.left_out:
        reasons = ", ".join(f"{count:,} {REASONS[reason]}" for reason, count in sorted(result.left_out.items()))
        log.warning("%s: of %s rows are left out: %s", out.stem, f"{n_rows:,}", reasons)
    return result


def read_tokens(path: Path) -> Tokenised:
    """Open what `tokenise` wrote, without loading the tokens."""
    reader = pa.ipc.open_file(pa.memory_map(str(path)))
    counts: Counter[str] = Counter()
    for index in range(reader.num_record_batches):
        metadata = reader.get_batch_with_custom_metadata(index).custom_metadata
        counts.update({key.decode(): int(count) for key, count in metadata.items()})
    table = reader.read_all()
    n_rows = counts.pop("rows", 0)
    return Tokenised(
        path=path,
        lengths=pc.list_value_length(table["input_ids"]).to_numpy().astype(np.int32),
        n_trained=_n_trained(table["trained"]),
        quality=table["quality"].to_numpy(),
        table=table,
        n_rows=n_rows,
        left_out=dict(counts),
    )


def _n_trained(trained: pa.ChunkedArray) -> npt.NDArray[np.int32]:
    counts = [np.empty(0, np.int32)]
    for chunk in trained.chunks:
        if len(chunk):
            flags = chunk.values.to_numpy(zero_copy_only=False)
            counts.append(np.add.reduceat(flags, chunk.offsets.to_numpy()[:-1], dtype=np.int32))
    return np.concatenate(counts)


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    chunk: list[Row] = []
    size = 0
    for row in rows:
        chunk.append(row)
        size += _size(row)
        if len(chunk) == CHUNK_ROWS or size >= CHUNK_CHARACTERS:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _size(row: Row) -> int:
    return len(row.text) + len(row.reasoning) + sum(len(message["content"]) for message in row.messages)


def _batches(chunks: Iterator[list[Row]], work: Work, workers: int) -> Iterator[Batch]:
    """Tokenise in this process, and in others from where there is more than a little."""
    first: list[list[Row]] = []
    size = 0
    n_processes = workers or os.cpu_count() or 1
    if n_processes > 1:
        for chunk in chunks:
            first.append(chunk)
            size += sum(map(_size, chunk))
            if size >= ALONE_CHARACTERS:
                break
    if size < ALONE_CHARACTERS:
        yield from (tokenise_rows(chunk, work) for chunk in chain(first, chunks))
        return
    context = get_context("spawn")  # the tokenizer's threads do not survive a fork
    with ProcessPoolExecutor(n_processes, context, initializer=_start, initargs=(work,)) as pool:
        yield from _in_order(pool, chain(first, chunks), QUEUED * n_processes)


def _in_order(pool: ProcessPoolExecutor, chunks: Iterator[list[Row]], n_queued: int) -> Iterator[Batch]:
    waiting: deque[Future[Batch]] = deque(pool.submit(_tokenise_here, chunk) for chunk in islice(chunks, n_queued))
    try:
        while waiting:
            yield waiting.popleft().result()
            waiting.extend(pool.submit(_tokenise_here, chunk) for chunk in islice(chunks, 1))
    except BrokenProcessPool:
        raise UserError("a process that tokenises died, maybe for want of memory; set data.workers=1") from None
    finally:
        pool.shutdown(cancel_futures=True)


_here: list[Work] = []
"""In another process: what it works with, sent once."""


def _start(work: Work) -> None:
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    Thread(target=_end_with_parent, daemon=True).start()
    _here.append(work)


def _end_with_parent() -> None:
    """A process whose parent was killed would wait for work for ever."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _tokenise_here(rows: list[Row]) -> Batch:
    return tokenise_rows(rows, _here[0])
