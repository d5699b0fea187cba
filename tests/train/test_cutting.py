"""Documents that are cut so that sequences are full: every token once, and as few cuts as it takes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from synth.train.cutting import ALLOWED, LEAST, NEIGHBOURS, cut_to_fill
from synth.train.packing import pack, waste

CAPACITY = 256
some_lengths = st.lists(st.integers(1, CAPACITY), min_size=1, max_size=300).map(np.array)


def parts_of(packs) -> list[list[tuple[int, int, int]]]:
    rows = list(zip(packs.pieces.tolist(), packs.starts.tolist(), packs.ends.tolist(), strict=True))
    return [rows[start:end] for start, end in zip(packs.offsets, packs.offsets[1:], strict=False)]


@given(some_lengths)
def test_every_token_of_every_document_is_in_one_sequence_and_none_is_too_long(lengths):
    packs = parts_of(cut_to_fill(pack(lengths, CAPACITY), lengths, CAPACITY))
    held = sorted((piece, token) for parts in packs for piece, start, end in parts for token in range(start, end))
    assert held == [(piece, token) for piece, length in enumerate(lengths.tolist()) for token in range(length)]
    assert all(0 < sum(end - start for _, start, end in parts) <= CAPACITY for parts in packs)


@given(some_lengths)
def test_no_part_is_too_short_to_learn_from(lengths):
    for parts in parts_of(cut_to_fill(pack(lengths, CAPACITY), lengths, CAPACITY)):
        for piece, start, end in parts:
            assert end - start >= min(LEAST, lengths[piece])


@given(st.integers(0, 99))
def test_documents_of_which_no_two_fit_together_leave_next_to_no_room(seed):
    lengths = np.random.default_rng(seed).integers(1200, 2000, 2000)
    packs = pack(lengths, 2048)
    filled = cut_to_fill(packs, lengths, 2048)
    assert waste(int(lengths.sum()), len(packs), 2048) > 0.2
    assert waste(int(lengths.sum()), len(filled), 2048) < ALLOWED


def test_only_about_as_many_documents_are_cut_as_would_have_been_padding():
    lengths = np.random.default_rng(0).integers(1700, 2000, 2000)
    packs = pack(lengths, 2048)
    filled = cut_to_fill(packs, lengths, 2048)
    n_cut = len(np.unique(filled.pieces[filled.starts > 0]))
    padding = waste(int(lengths.sum()), len(packs), 2048)
    assert n_cut / len(lengths) < 1.2 * padding


def test_where_whole_documents_fill_the_sequences_none_is_cut():
    lengths = np.random.default_rng(0).integers(10, 400, 3000)
    filled = cut_to_fill(pack(lengths, 2048), lengths, 2048)
    assert not filled.starts.any()
    assert (filled.ends == lengths[filled.pieces]).all()


def test_what_is_cut_lies_near_where_it_was_in_the_order():
    lengths = np.full(3000, 1500)
    filled = cut_to_fill(pack(lengths, 2048, window=64), lengths, 2048)
    places = [np.flatnonzero(filled.pieces == piece) for piece in range(len(lengths))]
    pack_of = np.repeat(np.arange(len(filled)), np.diff(filled.offsets))
    assert max(int(np.ptp(pack_of[place])) for place in places) <= NEIGHBOURS
