"""The dataset card: what a corpus is, how to load it, what was checked, and what it cannot promise.

The card holds no times, costs or paths of the machine: the same source, configuration and seed give the same card.
"""

import math
import re
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from synth.cells import cell, code, one_line
from synth.shards.layout import SPLITS
from synth.shards.metrics import Metrics

# https://huggingface.co/docs/hub/repositories-licenses: the Hub's own names, which are SPDX ids in lower case but for
# `-only` and `-or-later`. Only those that are likely for source code; others are given as `other` with their name.
_HUB_LICENSES = frozenset(
    {
        "afl-3.0", "agpl-3.0", "apache-2.0", "artistic-2.0", "bsd-2-clause", "bsd-3-clause", "bsl-1.0", "cc-by-4.0",
        "cc-by-sa-4.0", "cc0-1.0", "epl-2.0", "eupl-1.1", "gpl-2.0", "gpl-3.0", "isc", "lgpl-2.1", "lgpl-3.0", "mit",
        "mpl-2.0", "postgresql", "unlicense", "wtfpl", "zlib",
    }
)  # fmt: skip

# https://huggingface.co/docs/hub/datasets-cards: the upper bounds of `size_categories`.
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))

NAMED, LISTED = 20, 200
"""Sources that the title and the table name; `metrics.json` has all."""


def render_card(metrics: Metrics) -> str:
    """Write the `README.md` of a release.

    Its YAML header names the splits that have rows, so that `load_dataset(OUT, "cpt")` and `(OUT, "sft")` find them.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=False,  # noqa: S701 - Markdown, not HTML: every value passes through `cell` or `code`
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"cell": cell, "code": code, "count": _count}
    header = yaml.safe_dump(_header(metrics), sort_keys=False, allow_unicode=True, width=math.inf)
    about = {"about_code": _is_about(metrics, code=True), "about_documents": _is_about(metrics, code=False)}
    page = environment.get_template("card.md.j2")
    some = {"names": name_sources(metrics), "listed": LISTED}
    return page.render(header=header, m=metrics, splits=("train", "validation"), **about, **some)


def _is_about(metrics: Metrics, code: bool) -> bool:
    """Whether some recipe of a run is about code, or about documents; one that made nothing counts as about code."""
    return code if not metrics.samples else any(name.startswith("ucd.") == code for name in metrics.samples)


def _header(metrics: Metrics) -> dict[str, Any]:
    header: dict[str, Any] = {"pretty_name": one_line(f"Corpus of {name_sources(metrics)}"), "language": ["en"]}
    header |= _license(metrics)
    languages = [language for language in sorted(metrics.documents.languages) if re.fullmatch(r"[\w+#-]+", language)]
    header["tags"] = ["synthetic", *(["code"] if _is_about(metrics, code=True) else []), *languages]
    header["size_categories"] = [_size(sum(sum(metrics.rows.get(stage, {}).values()) for stage in ("cpt", "sft")))]
    configs = [
        {"config_name": stage, "data_files": [{"split": split, "path": f"{stage}/{split}-*.parquet"} for split in made]}
        for stage in ("cpt", "sft")
        if (made := [split for split in SPLITS[stage] if metrics.rows.get(stage, {}).get(split)])
    ]
    return header | ({"configs": configs} if configs else {})


def name_sources(metrics: Metrics) -> str:
    """The names of the first sources, and how many there are beside them."""
    names = ", ".join(source.collection for source in metrics.sources[:NAMED])
    others = len(metrics.sources) - NAMED
    return f"{names} and {others:,} more" if others > 0 else names


def _license(metrics: Metrics) -> dict[str, str]:
    """Name the licence where all sources share one; a corpus of several has no licence of its own to name."""
    licenses = {source.license for source in metrics.sources}
    if len(licenses) != 1 or not (spdx := licenses.pop()):
        return {}
    name = spdx.lower().removesuffix("-only").removesuffix("-or-later")
    return {"license": name} if name in _HUB_LICENSES else {"license": "other", "license_name": one_line(spdx)}


def _size(rows: int) -> str:
    return next((name for limit, name in _SIZES if rows < limit), "n>1M")


def _count(value: float) -> str:
    return f"{value:,}"
