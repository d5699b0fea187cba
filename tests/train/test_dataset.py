"""What a model sees: the pieces of the plan, kept apart, and nothing learned where nothing is to be learned."""

import pickle
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from synth.train.dataset import Collator, PlannedDataset, held_out, planned
from synth.train.tables import PACKS, PLAN, TOKENS, RunFiles

pytestmark = pytest.mark.train

LENGTHS = {"corpus": [5, 3, 7, 1, 9], "replay-web": [4, 6]}
PACKED = {"corpus": [[0, 1], [2, 3], [4]], "replay-web": [[0, 1]]}
PLANNED = [("corpus", 2), ("replay-web", 0), ("corpus", 0), ("corpus", 1)]
PAD = 0


def ids_of(source: str, piece: int) -> list[int]:
    """Tokens that no other piece has in this order."""
    first = 100 * (1 + [*LENGTHS].index(source)) + 10 * piece
    return list(range(first, first + LENGTHS[source][piece]))


def trained_of(source: str, piece: int) -> list[bool]:
    """All of general text, of the corpus all but the second token."""
    return [source != "corpus" or at != 1 for at in range(LENGTHS[source][piece])]


@pytest.fixture
def files(tmp_path: Path) -> RunFiles:
    """A stored run of two sources; tables are cut into several batches, as large ones are."""
    files = RunFiles(tmp_path)
    for name, lengths in LENGTHS.items():
        rows = [
            {"id": "", "recipe": "", "input_ids": ids_of(name, piece), "trained": trained_of(name, piece),
             "quality": 1.0, "verified": True}
            for piece in range(len(lengths))
        ]  # fmt: skip
        write(files.tokens(name), pa.Table.from_pylist(rows, TOKENS))
        packs = [
            {"pieces": pieces, "starts": [0] * len(pieces), "ends": [lengths[piece] for piece in pieces],
             "n_tokens": 0, "n_trained": 0, "quality": 1.0}
            for pieces in PACKED[name]
        ]  # fmt: skip
        write(files.packs(name), pa.Table.from_pylist(packs, PACKS))
    plan = [
        {"step": row // 2, "slot": row % 2, "source": name, "pack": pack, "epoch": 0}
        for row, (name, pack) in enumerate(PLANNED)
    ]
    pa.parquet.write_table(pa.Table.from_pylist(plan, PLAN), files.plan)
    return files


def write(path: Path, table: pa.Table) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with pa.ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table, max_chunksize=2)


def check_items(dataset: PlannedDataset) -> None:
    assert len(dataset) == len(PLANNED)
    for item, (name, pack) in zip((dataset[row] for row in range(len(dataset))), PLANNED, strict=True):
        pieces = PACKED[name][pack]
        assert dataset.sources[item["source"]] == name
        assert item["input_ids"].tolist() == [token for piece in pieces for token in ids_of(name, piece)]
        assert item["position_ids"].tolist() == [at for piece in pieces for at in range(LENGTHS[name][piece])]
        # The first token has nothing before it from which it could be told.
        trained = [flag and at > 0 for piece in pieces for at, flag in enumerate(trained_of(name, piece))]
        assert [label != -100 for label in item["labels"]] == trained
        assert item["labels"][trained].tolist() == item["input_ids"][trained].tolist()


def test_item_i_is_row_i_of_the_plan_with_positions_that_restart_and_labels_where_something_is_learned(files):
    check_items(planned(files))


def test_a_dataset_that_was_sent_to_another_process_is_the_same(files):
    sent = pickle.dumps(planned(files))
    assert len(sent) < 2000
    check_items(pickle.loads(sent))


@pytest.mark.parametrize("index", [4, -5])
def test_there_is_no_item_beyond_the_plan(files, index):
    with pytest.raises(IndexError, match="4 sequences"):
        planned(files)[index]


def test_what_is_held_out_is_spread_over_its_packs(files):
    assert [item["input_ids"][0] for item in held_out(files, "corpus", 2)] == [100, 140]
    assert len(held_out(files, "corpus", 99)) == 3


def test_rows_of_a_batch_are_padded_with_a_piece_of_its_own_from_which_nothing_is_learned(files):
    dataset = planned(files)
    batch = Collator(PAD)([dataset[0], dataset[2]])
    assert batch.keys() == {"input_ids", "labels", "position_ids", "source"}
    assert batch["input_ids"].tolist() == [ids_of("corpus", 4), [*ids_of("corpus", 0), *ids_of("corpus", 1), PAD]]
    assert batch["position_ids"].tolist() == [[*range(9)], [*range(5), *range(3), 0]]
    assert batch["labels"][1].tolist() == [-100, -100, 102, 103, 104, -100, -100, 112, -100]
    assert {str(tensor.dtype) for tensor in batch.values()} == {"torch.int64"}
    assert Collator(PAD, length=12)([dataset[0]])["position_ids"].tolist() == [[*range(9), 0, 1, 2]]


def test_a_flat_batch_has_one_row_and_no_padding(files):
    items = [planned(files)[row] for row in range(4)]
    batch = Collator(PAD, flatten=True)(items)
    for key in ("input_ids", "labels", "position_ids"):
        assert batch[key].tolist() == [np.concatenate([item[key] for item in items]).tolist()]
    assert batch["source"].shape == (4,)


@pytest.mark.parametrize("attention", ["sdpa", "eager"])
@pytest.mark.parametrize("flatten", [False, True])
def test_a_document_has_the_same_logits_in_a_sequence_as_alone(files, attention, flatten):
    model = make_model(attention)
    items = [planned(files)[row] for row in range(4)]
    batch = Collator(PAD, flatten)(items)
    packed = model(input_ids=batch["input_ids"], position_ids=batch["position_ids"], use_cache=False).logits
    at, row = 0, 0
    for name, pack in PLANNED:
        for piece in PACKED[name][pack]:
            alone = model(input_ids=batch["input_ids"].new_tensor([ids_of(name, piece)]), use_cache=False).logits[0]
            assert (packed[row, at : at + len(alone)] - alone).abs().max() < 1e-5
            at += len(alone)
        at, row = (at, row) if flatten else (0, row + 1)


@pytest.mark.parametrize("attention", ["sdpa", "eager"])
def test_the_loss_of_a_batch_is_that_of_its_documents_alone(files, attention):
    import torch

    model = make_model(attention)
    items = [planned(files)[row] for row in range(4)]
    losses = [model(**without_source(Collator(PAD, flatten)(items)), use_cache=False).loss for flatten in (False, True)]
    alone = []
    for name, pack in PLANNED:
        for piece in PACKED[name][pack]:
            ids = torch.tensor([ids_of(name, piece)])
            logits = model(input_ids=ids, use_cache=False).logits[0, :-1]
            each = torch.nn.functional.cross_entropy(logits, ids[0, 1:], reduction="none").tolist()
            alone += [loss for loss, flag in zip(each, trained_of(name, piece)[1:], strict=True) if flag]
    for loss in losses:
        assert loss.item() == pytest.approx(np.mean(alone), abs=1e-5)


def without_source(batch: dict) -> dict:
    return {key: tensor for key, tensor in batch.items() if key != "source"}


def make_model(attention: str):
    """Large random weights, so that what is attended to shows in the logits."""
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM

    torch.manual_seed(0)
    config = Qwen2Config(
        vocab_size=300, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, initializer_range=0.1, attn_implementation=attention,
    )  # fmt: skip
    return Qwen2ForCausalLM(config).eval().requires_grad_(False)
