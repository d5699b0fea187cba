"""What lies where in a release? Names of its folders and files, and the columns of each folder."""

import pyarrow as pa

from synth.schema import SAMPLES

CARD = "README.md"
REPORT = "report.html"
METRICS = "metrics.json"
MANIFEST = "manifest.json"
RUN_FOLDER = ".run"

FOLDERS = ("cpt", "sft", "rejected", "graph")
PAGES = (REPORT, METRICS, MANIFEST, CARD)
"""The files beside the folders, in the order in which a commit shows them: a release without its card is not one."""

SPLITS = {"cpt": ("train", "validation"), "sft": ("train", "validation"), "rejected": ("rejected",)}
"""The splits of each folder of samples. Rejected samples must not look like training data, so theirs is not `train`."""


def _without(*names: str) -> pa.Schema:
    return pa.schema([field for field in SAMPLES if field.name not in names])


# Trainers choose what to do by the columns that they find: `text` means language modelling, `messages` conversation.
# A file that held both, one of them null, would be taken for the wrong one.
SCHEMAS: dict[str, pa.Schema] = {
    "cpt": _without("messages", "reasoning"),
    "sft": _without("text"),
    "rejected": SAMPLES.append(pa.field("reasons", pa.list_(pa.string()))),
}
"""The columns of each folder of samples; `reasons` names the checks that a rejected sample failed."""


def shard_name(split: str, index: int, count: int) -> str:
    """Name one file of a split as the Hugging Face Hub does, such as `train-00000-of-00003.parquet`."""
    return f"{split}-{index:05d}-of-{count:05d}.parquet"
