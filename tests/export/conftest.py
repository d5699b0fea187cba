"""A corpus of a real run, and corpora of chosen rows."""

from pathlib import Path
from typing import Any

import pytest
from corpora import SHOP, config

from synth import run
from synth.schema import SAMPLES, table_from_rows
from synth.shards import write_release
from synth.shards.layout import CARD

Rows = list[dict[str, Any]]


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus of the sample project."""
    out = tmp_path_factory.mktemp("exported") / "corpus"
    run.corpus([str(SHOP)], out, config(), workers=0)
    return out


@pytest.fixture(scope="session")
def tokenizer_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model's folder without the model: a byte-level tokenizer and what says how a text ends."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    special = ["<|endoftext|>", "<|im_end|>"]
    trainer = trainers.BpeTrainer(
        vocab_size=300, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(["the shop sells what the shop has"], trainer)
    folder = tmp_path_factory.mktemp("model")
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text('{"eos_token": {"content": "<|im_end|>"}}')
    return folder


def text_row(index: int, text: str, split: str = "train") -> dict[str, Any]:
    return {"id": f"t{index}", "stage": "cpt", "text": text, "split": split}


def chat_row(
    index: int, question: str, answer: str, reasoning: str | None = None, split: str = "train"
) -> dict[str, Any]:
    messages = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return {"id": f"c{index}", "stage": "sft", "messages": messages, "reasoning": reasoning, "split": split}


def make_corpus(folder: Path, rows: Rows) -> Path:
    """A corpus of nothing but these rows."""
    folder.mkdir(parents=True)
    write_release(folder, [table_from_rows(rows, SAMPLES)], [], rows_per_shard=1_000)
    (folder / CARD).write_text("The mark of a corpus.")
    return folder
