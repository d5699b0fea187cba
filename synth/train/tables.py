"""What does a training run keep on disk? Schemas of its tables, and where each lies.

CKPT/
├── config.json, model-*.safetensors, tokenizer*   the model, whole at the end (transformers and vLLM load CKPT)
├── README.md       model card
├── report.html     one page: curves, what was learned and forgotten
├── metrics.jsonl   a line per logged step
├── results.json    what was measured before, during and after, for programs
├── plan.json       the mixture in numbers
└── .run/           settings, tokens/, packs/, plan.parquet, checkpoints/step-N/, tensorboard/, trunk/
"""

from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

# One piece of a document or one conversation, as the model sees it. A document longer than a sequence is several
# pieces. One Arrow file (IPC, memory-mapped) for each source.
TOKENS = pa.schema(
    [
        ("id", pa.string()),  # of the row, as its shard has it; else a content hash
        ("recipe", pa.string()),
        ("input_ids", pa.list_(pa.int32())),
        ("trained", pa.list_(pa.bool_())),  # which of them the loss counts
        ("quality", pa.float32()),  # higher is better
        ("verified", pa.bool_()),
    ]
)

# One sequence: pieces of one source, one after another, with at most `max_length` tokens. One Arrow file a source.
PACKS = pa.schema(
    [
        ("pieces", pa.list_(pa.int64())),  # rows of the source's TOKENS
        ("starts", pa.list_(pa.int64())),  # of each the first token that is here,
        ("ends", pa.list_(pa.int64())),  # and the one after the last
        ("n_tokens", pa.int32()),
        ("n_trained", pa.int32()),
        ("quality", pa.float32()),  # mean over its tokens
    ]
)

# Which sequence is seen when. Row i is slot i % batch of step i // batch, on any number of workers.
PLAN = pa.schema(
    [
        ("step", pa.int32()),  # 0-based
        ("slot", pa.int32()),
        ("source", pa.string()),
        ("pack", pa.int64()),  # row of the source's PACKS
        ("epoch", pa.int32()),  # of that source, 0-based
    ]
)


class RunFiles(NamedTuple):
    """Where the parts of a training run lie."""

    out: Path

    @property
    def run(self) -> Path:
        """What going on needs."""
        return self.out / ".run"

    @property
    def settings(self) -> Path:
        """The resolved settings, the data's and the base model's fingerprints, as JSON."""
        return self.run / "settings.json"

    def tokens(self, source: str) -> Path:
        """The TOKENS of a source."""
        return self.run / "tokens" / f"{source}.arrow"

    def packs(self, source: str) -> Path:
        """The PACKS of a source."""
        return self.run / "packs" / f"{source}.arrow"

    @property
    def plan(self) -> Path:
        """The PLAN."""
        return self.run / "plan.parquet"

    @property
    def checkpoints(self) -> Path:
        """Folders `step-N`, each whole or absent."""
        return self.run / "checkpoints"

    @property
    def metrics(self) -> Path:
        """A JSON object a logged step."""
        return self.out / "metrics.jsonl"

    @property
    def results(self) -> Path:
        """What was measured before, during and after."""
        return self.out / "results.json"
