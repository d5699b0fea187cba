"""A small corpus as a run leaves it, and a tiny model."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from synth.schema import SAMPLES, content_id, table_from_rows
from synth.shards import write_release
from synth.shards.layout import CARD, MANIFEST
from synth.shards.manifest import build_manifest, dump_manifest

Samples = list[dict[str, Any]]


def sample(
    stage: str, number: int, split: str = "train", scores: dict[str, float] | None = None, failed: Sequence[str] = ()
) -> dict[str, Any]:
    """A row of a corpus: a document or a question with an answer, and what the checks say of it."""
    row: dict[str, Any] = {
        "id": content_id(stage, split, str(number)),
        "recipe": "docs.passage" if stage == "cpt" else "docs.qa",
        "stage": stage,
        "split": split,
        "checks": [
            {"name": name, "score": score, "passed": name not in failed, "detail": ""}
            for name, score in (scores or {"complete": 1.0}).items()
        ],
    }
    if stage == "cpt":
        return row | {"text": f"# Page {number}\n\nThe lamp of page {number} burns for {number + 1} hours."}
    return row | {
        "messages": [
            {"role": "user", "content": f"How long does lamp {number} burn?"},
            {"role": "assistant", "content": f"For {number + 1} hours."},
        ],
        "reasoning": f"Page {number} says so.",
    }


def write_corpus(out: Path, accepted: Samples, rejected: Samples = []) -> Path:  # noqa: B006 - never changed
    """A release with these samples, whole."""
    tables = [[table_from_rows([row], SAMPLES) for row in rows] for rows in (accepted, rejected)]
    out.mkdir(parents=True)
    write_release(out, *tables, rows_per_shard=4)
    (out / CARD).write_text("# A corpus\n")
    (out / MANIFEST).write_text(dump_manifest(build_manifest(out)))
    return out


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model with its tokenizer; its chat template is ChatML."""
    from tiny_model import make_model

    return make_model(tmp_path_factory.mktemp("model"))


@pytest.fixture
def load_tokenizer(model: Path) -> Callable[..., Any]:
    """Load the tokenizer of the tiny model, with another template or end of turn, or more special tokens."""

    def load(template: str | None = None, eos: str | None = None, specials: Sequence[str] = ()) -> Any:
        from transformers import PreTrainedTokenizerFast

        tokenizer = PreTrainedTokenizerFast.from_pretrained(model)
        tokenizer.add_special_tokens({"extra_special_tokens": list(specials)}, replace_extra_special_tokens=False)
        if eos is not None:
            tokenizer.eos_token = eos
        if template is not None:
            tokenizer.chat_template = template
        return tokenizer

    return load
