"""How much of a batch is padding, and how long does packing take, beside TRL's own packing of the same lengths?

    python benchmarks/packing.py [--pieces 100000] [--length 2048] [--tokens RUN/.run/tokens/corpus.arrow]

Ours is packed once over all pieces, and once with a window of 512 as orders by quality have it. TRL's `bfd` is best-fit
decreasing, as its trainer calls it, in batches of 1,000 rows, and over all rows at once. The bound is what no packing
could be better than. Times are of the whole call, and are to be compared within one run only: TRL's moves the tokens,
ours says where they go; `moved` is ours and then reading every sequence from disk. With `--tokens`, the lengths of a
run are measured too.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import datasets
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from trl import pack_dataset

from synth.train.dataset import PlannedDataset
from synth.train.inputs import Input
from synth.train.packing import pack, waste
from synth.train.packs import write_packs
from synth.train.tables import TOKENS, RunFiles
from synth.train.tokens import read_tokens

Lengths = npt.NDArray[np.int32]
_ROW = "{:<12}{:<16}{:>9}{:>10}{:>9}{:>12}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pieces", type=int, default=100_000)
    parser.add_argument("--length", type=int, default=2048)
    parser.add_argument("--tokens", type=Path, help="TOKENS of a run")
    options = parser.parse_args()
    datasets.disable_progress_bars()
    print(_ROW.format("lengths", "packing", "packs", "padding", "seconds", "times ours"))
    for name, lengths in made_lengths(options.pieces, options.length).items():
        compare(name, lengths, options.length)
    if options.tokens:
        compare("of a run", read_tokens(options.tokens).lengths, options.length)


def made_lengths(n: int, length: int) -> dict[str, Lengths]:
    """Texts of all sizes, cut where they are too long; files of which half are; rows of one recipe, all about alike."""
    random = np.random.default_rng(0)
    texts = np.clip(random.lognormal(np.log(length / 10), 1, n), 1, length)
    files = np.where(random.random(n) < 0.5, length, random.integers(1, length + 1, n))
    alike = np.clip(random.normal(length / 4, length / 16, n), 1, length)
    return {"texts": texts.astype(np.int32), "files": files.astype(np.int32), "alike": alike.astype(np.int32)}


def compare(name: str, lengths: Lengths, length: int) -> None:
    """Pack the same lengths in each way."""
    n_tokens = int(lengths.sum())
    offsets = np.concatenate(([0], np.cumsum(lengths)))
    ids = pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(np.arange(n_tokens) % 50_000, pa.int32()))
    rows = datasets.Dataset(pa.table({"input_ids": ids}))
    with tempfile.TemporaryDirectory() as scratch:
        ways: dict[str, Callable[[], int]] = {
            "ours": lambda: len(pack(lengths, length)),
            "ours, window": lambda: len(pack(lengths, length, window=512)),
            "ours, moved": lambda: move(ids, length, Path(scratch)),
            "TRL, as called": lambda: len(pack_dataset(rows, length, "bfd")),
            "TRL, at once": lambda: len(pack_dataset(rows, length, "bfd", {"batch_size": len(rows)})),
        }
        datasets.disable_caching()
        timed = {way: time_of(call) for way, call in ways.items()}
    for way, (n_packs, seconds) in timed.items():
        row = (name, way, n_packs, f"{waste(n_tokens, n_packs, length):.3%}", f"{seconds:.2f}")
        print(_ROW.format(*row, f"{seconds / timed['ours'][1]:.1f}"))
    bound = max(-(-n_tokens // length), int((lengths > length / 2).sum()))
    print(_ROW.format(name, "bound", bound, f"{waste(n_tokens, bound, length):.3%}", "", ""))


def time_of(call: Callable[[], int]) -> tuple[int, float]:
    """What a call gives, and its seconds."""
    start = time.perf_counter()
    result = call()
    return result, time.perf_counter() - start


def move(ids: pa.ListArray, length: int, scratch: Path) -> int:
    """Pack what is on disk, and read every sequence once."""
    files = RunFiles(scratch)
    tokens = files.tokens("corpus")
    tokens.parent.mkdir(parents=True)
    trained = pa.ListArray.from_arrays(ids.offsets, pa.array(np.ones(len(ids.values), dtype=bool)))
    blank = pa.array([""] * len(ids))
    columns = [blank, blank, ids, trained, pa.array(np.ones(len(ids)), pa.float32()), pa.array([True] * len(ids))]
    with pa.ipc.new_file(str(tokens), TOKENS) as writer:
        for batch in pa.table(columns, schema=TOKENS).to_batches(max_chunksize=500):
            writer.write_batch(batch, custom_metadata={"rows": str(len(batch))})
    part, draws = Input("corpus", "cpt", (), epochs=1), [np.arange(len(ids))]
    packs = write_packs(part, read_tokens(tokens), draws, "shuffled", length, files.packs("corpus"))
    order = np.arange(len(packs.n_tokens))
    dataset = PlannedDataset({"corpus": (tokens, files.packs("corpus"))}, np.zeros_like(order), order)
    for row in range(len(dataset)):
        dataset[row]
    return len(dataset)


if __name__ == "__main__":
    main()
