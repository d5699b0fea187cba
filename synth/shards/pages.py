"""The pages of a release: dataset card, report and numbers, each written into the staging folder."""

from collections.abc import Sequence
from pathlib import Path

from synth.shards.card import render_card
from synth.shards.examples import Example
from synth.shards.layout import CARD, METRICS, REPORT
from synth.shards.metrics import Metrics
from synth.shards.report import render_report


def write_pages(staging: Path, metrics: Metrics, examples: Sequence[Example]) -> None:
    """Write `README.md`, `report.html` and `metrics.json` into a staging folder.

    Args:
        staging: folder from `open_staging`, its shards already written.
        metrics: the numbers of the run.
        examples: samples to show in the report; see `choose_examples` and `show_example`.
    """
    pages = {
        CARD: render_card(metrics),
        REPORT: render_report(metrics, examples),
        METRICS: metrics.model_dump_json(indent=2) + "\n",
    }
    for name, text in pages.items():
        (staging / name).write_text(text, encoding="utf-8", newline="\n")
