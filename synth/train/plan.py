"""Which sequence is seen when? The whole run as a table, before it starts.

A plan follows from the packs, the settings and the seed alone. How many workers there are, and how many sequences each
holds at a time, never changes it.
"""

import zlib
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from synth.errors import UserError
from synth.train.mixture import count_steps, replay_slots, share_out, spread
from synth.train.packing import waste
from synth.train.settings import DataSettings, OptimizerSettings
from synth.train.tables import PLAN

FILLED_SHARE = 0.05  # of more sequences that are seen again for the sake of whole batches a warning is given
PADDED_SHARE = 0.05  # and of more padding


class Source(NamedTuple):
    """Packs that take part in a run, and how often."""

    name: str
    n_tokens: npt.NDArray[np.int32]  # [n_packs]
    quality: npt.NDArray[np.float32]  # [n_packs]
    epochs: float | None = None  # how often each pack is seen; None for replay, which is seen as often as needed
    share: float = 1  # of all replay
    draws: tuple[int, ...] = ()  # packs of each draw, one after another; epoch e sees draw e % len(draws). (): all
    n_cut: int = 0  # pieces of which parts lie in several packs

    def packs_of(self, epoch: int) -> npt.NDArray[np.int64]:
        """The packs that one epoch sees, in the order in which they were written."""
        if not self.draws:
            return np.arange(len(self.n_tokens), dtype=np.int64)
        ends = np.cumsum(self.draws)
        draw = epoch % len(self.draws)
        return np.arange(ends[draw] - self.draws[draw], ends[draw], dtype=np.int64)


class Plan(NamedTuple):
    """The order of a run, and the same in numbers."""

    table: pa.Table  # PLAN
    summary: dict[str, Any]


class _Stream(NamedTuple):
    """What one source gives to the run, in its order."""

    packs: npt.NDArray[np.int64]
    epochs: npt.NDArray[np.int32]


def make_plan(sources: Sequence[Source], data: DataSettings, optimizer: OptimizerSettings, seed: int) -> Plan:
    """Give every place of every batch a sequence.

    Replay takes an exact count of each batch's places and never one that a sequence of the corpus would have had: it
    makes a run longer. Every batch is whole. Where the corpus leaves places in the last one, its sources go on into
    another epoch, in proportion; the summary counts these sequences as `filled`.

    Args:
        sources: the corpus's, with `epochs`, and those of replay, without.
        data: order, replay and length of a sequence.
        optimizer: sequences of a batch, and the most steps.
        seed: of the orders.

    Raises:
        UserError: the corpus has no sequences, or replay has too few for its rate.
    """
    corpus = [source for source in sources if source.epochs is not None and len(source.n_tokens)]
    replay = [source for source in sources if source.epochs is None and len(source.n_tokens)]
    wanted = [_wanted(source) for source in corpus]
    if not wanted:
        raise UserError("no rows to train on are left; check the data.* settings and the corpus")
    is_replay = _places(sum(wanted), data.replay.rate, optimizer)
    n_replay = int(is_replay.sum())
    counts = share_out(len(is_replay) - n_replay, wanted)
    given = _share_replay(n_replay, replay, sum(wanted), data, optimizer)
    used = [*corpus, *replay]
    streams = [_stream(source, count, data.order, seed) for source, count in zip(corpus, counts, strict=True)]
    streams += [_stream(source, count, "shuffled", seed) for source, count in zip(replay, given, strict=True)]
    of = np.empty(len(is_replay), dtype=np.int64)
    of[~is_replay] = spread(counts)
    of[is_replay] = spread(given) + len(corpus)
    table = _tabulate(of, [source.name for source in used], streams, optimizer.batch)
    summary = _summarise(is_replay, used, streams, sum(wanted), data, optimizer)
    return Plan(table, summary)


def replay_needed(corpus: Sequence[Source], data: DataSettings, optimizer: OptimizerSettings) -> int:
    """Sequences of replay beside the sources of a corpus."""
    n_corpus = sum(_wanted(source) for source in corpus if len(source.n_tokens))
    return int(_places(n_corpus, data.replay.rate, optimizer).sum())


def _places(n_corpus: int, rate: float, optimizer: OptimizerSettings) -> npt.NDArray[np.bool_]:
    n_steps = count_steps(n_corpus, optimizer.batch, rate)
    return replay_slots(min(n_steps, optimizer.max_steps or n_steps), optimizer.batch, rate)


def _wanted(source: Source) -> int:
    """Sequences of a source of the corpus over all its epochs, the last of which may be a part of one."""
    assert source.epochs is not None
    whole = int(source.epochs)
    full = sum(len(source.packs_of(epoch)) for epoch in range(whole))
    part = int((source.epochs - whole) * len(source.packs_of(whole)) + 0.5)
    return max(1, full + part)


def _share_replay(
    n_replay: int, replay: list[Source], n_corpus: int, data: DataSettings, optimizer: OptimizerSettings
) -> list[int]:
    limits = [int(len(source.n_tokens) * data.replay.max_epochs) for source in replay]
    if n_replay > sum(limits):
        raise UserError(
            f"data.replay: the rate {data.replay.rate:g} asks for {n_replay} sequences and the sources hold "
            f"{sum(limits)} in {data.replay.max_epochs:g} epochs; {_way_out(sum(limits), n_corpus, data, optimizer)}"
        )
    return share_out(n_replay, [source.share for source in replay], limits) if replay else []


def _way_out(limit: int, n_corpus: int, data: DataSettings, optimizer: OptimizerSettings) -> str:
    """The highest rate in steps of 1/1000 that the sources are enough for, and what else would do."""
    for thousandths in range(int(data.replay.rate * 1000), 0, -1):
        if int(_places(n_corpus, thousandths / 1000, optimizer).sum()) <= limit:
            return f"set data.replay.rate={thousandths / 1000:g}, raise data.replay.max_epochs, or name more sources"
    return "raise data.replay.max_epochs, or name more sources"


def _stream(source: Source, count: int, order: str, seed: int) -> _Stream:
    """The first `count` sequences of a source, epoch after epoch, or these by rising quality."""
    packs, epochs = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int32)]
    epoch, left = 0, count
    while left > 0:
        seen = source.packs_of(epoch)
        if order != "written":
            seen = np.random.default_rng([seed, zlib.crc32(source.name.encode()), epoch]).permutation(seen)
        packs.append(seen[:left])
        epochs.append(np.full(len(packs[-1]), epoch, dtype=np.int32))
        left -= len(packs[-1])
        epoch += 1
    stream = _Stream(np.concatenate(packs), np.concatenate(epochs))
    if order != "quality":
        return stream
    rising = np.argsort(source.quality[stream.packs], kind="stable")
    return _Stream(stream.packs[rising], stream.epochs[rising])


def _tabulate(of: npt.NDArray[np.int64], names: list[str], streams: list[_Stream], batch: int) -> pa.Table:
    """Put the next sequence of its source into each place."""
    packs = np.empty(len(of), dtype=np.int64)
    epochs = np.empty(len(of), dtype=np.int32)
    for index, stream in enumerate(streams):
        packs[of == index] = stream.packs
        epochs[of == index] = stream.epochs
    step, slot = np.divmod(np.arange(len(of)), batch)
    columns = [step, slot, pa.array(names, pa.string()).take(pa.array(of)), packs, epochs]
    return pa.Table.from_arrays(
        [pa.array(column, field.type) for column, field in zip(columns, PLAN, strict=True)], schema=PLAN
    )


def _summarise(
    is_replay: npt.NDArray[np.bool_], sources: list[Source], streams: list[_Stream], wanted: int, data: DataSettings,
    optimizer: OptimizerSettings,
) -> dict[str, Any]:  # fmt: skip
    rows = [_describe(source, stream, len(is_replay), data) for source, stream in zip(sources, streams, strict=True)]
    n_tokens = sum(row["tokens_seen"] for row in rows)
    n_replay, n_corpus = int(is_replay.sum()), int((~is_replay).sum())
    per_step = Counter(is_replay.reshape(-1, optimizer.batch).sum(axis=1).tolist())
    filled = max(0, n_corpus - wanted)
    padding = waste(n_tokens, len(is_replay), data.max_length)
    return {
        "n_steps": len(is_replay) // optimizer.batch,
        "batch": optimizer.batch,
        "max_length": data.max_length,
        "order": data.order,
        "sequences": len(is_replay),
        "tokens": n_tokens,
        "waste": padding,
        "filled": filled,
        "cut": max(0, wanted - n_corpus),
        "replay": {
            "rate": data.replay.rate,
            "sequences": n_replay,
            "share": n_replay / len(is_replay),
            "steps_by_count": {str(count): steps for count, steps in sorted(per_step.items())},
        },
        "sources": rows,
        "warnings": _warn(filled, wanted, padding, data, optimizer.batch),
    }


def _describe(source: Source, stream: _Stream, n_sequences: int, data: DataSettings) -> dict[str, Any]:
    n_packs, n_tokens = len(source.n_tokens), int(source.n_tokens.sum())
    an_epoch = len(source.packs_of(0))
    return {
        "name": source.name,
        "kind": "replay" if source.epochs is None else "corpus",
        "packs": n_packs,
        "pieces_cut": source.n_cut,
        "tokens": n_tokens,
        "waste": waste(n_tokens, n_packs, data.max_length),
        "epochs_asked": source.epochs,
        "epochs": len(stream.packs) / an_epoch,
        "sequences": len(stream.packs),
        "share": len(stream.packs) / n_sequences,
        "tokens_seen": int(source.n_tokens[stream.packs].sum(dtype=np.int64)),
    }


def _warn(filled: int, wanted: int, padding: float, data: DataSettings, batch: int) -> list[str]:
    warnings = []
    if filled > FILLED_SHARE * wanted:
        warnings.append(
            f"{filled} of {wanted + filled} sequences of the corpus are seen once more than asked, so that every batch "
            f"has {batch}; a smaller optimizer.batch makes fewer"
        )
    if padding > PADDED_SHARE:
        warnings.append(
            f"{padding:.0%} of the sequences is padding: there are too few pieces that fit beside one another in "
            f"data.max_length={data.max_length}; a longer one wastes less"
        )
    return warnings
