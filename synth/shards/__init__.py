"""How does a reader find it? Shards, dataset card, report and manifest of a release, and the commit that shows them.

A release is put together in a staging folder inside OUT and shown whole:

    staging = open_staging(out, scratch)
    rows = write_release(staging, accepted, rejected, rows_per_shard=50_000)
    write_pages(staging, metrics, examples)  # README.md, report.html, metrics.json
    commit_release(staging, out)  # the manifest, then everything moves into OUT, the card last
"""

from synth.shards.card import render_card
from synth.shards.commit import commit_release, open_staging
from synth.shards.examples import Example, Excerpt, choose_examples, show_example
from synth.shards.manifest import verify_release
from synth.shards.metrics import Metrics, check_sums
from synth.shards.pages import write_pages
from synth.shards.reader import read_release
from synth.shards.report import render_report
from synth.shards.split import assign_split
from synth.shards.writer import write_release

__all__ = [
    "Example",
    "Excerpt",
    "Metrics",
    "assign_split",
    "check_sums",
    "choose_examples",
    "commit_release",
    "open_staging",
    "read_release",
    "render_card",
    "render_report",
    "show_example",
    "verify_release",
    "write_pages",
    "write_release",
]
