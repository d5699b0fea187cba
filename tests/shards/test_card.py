import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from synth.shards import Metrics, commit_release, render_card
from synth.shards.metrics import Engine, Source

Stage = Callable[..., Path]

# In a process of its own: `datasets` reads its settings from the environment when it is imported.
LOAD = """
import json, sys
from datasets import get_dataset_config_names, load_dataset
out = sys.argv[1]
names = get_dataset_config_names(out)
loaded = {name: load_dataset(out, name) for name in names}
print(json.dumps({name: {split: [len(rows), rows[0]] for split, rows in loaded[name].items()} for name in names}))
"""


def header(card: str) -> dict[str, Any]:
    return yaml.safe_load(card.split("---\n")[1])


def load_with_datasets(out: Path, home: Path) -> dict[str, Any]:
    environment = os.environ | {"HF_HOME": str(home), "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
    command = [sys.executable, "-c", LOAD, str(out)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_datasets_loads_each_stage_by_name(tmp_path: Path, stage_release: Stage) -> None:
    out = tmp_path / "corpus"
    commit_release(stage_release(out, count=30), out)
    loaded = load_with_datasets(out, tmp_path / "hf")
    sizes = {name: {split: n for split, (n, _) in splits.items()} for name, splits in loaded.items()}
    assert sizes == {"cpt": {"train": 20, "validation": 2}, "sft": {"train": 30, "validation": 1}}
    row = loaded["sft"]["train"][1]
    assert row["messages"][1] == {"role": "assistant", "content": "It returns 0."}
    assert "text" not in row
    assert loaded["cpt"]["train"][1]["text"].startswith("# file 0")


def test_splits_and_stages_without_rows_are_not_named(tmp_path: Path, stage_release: Stage, metrics: Metrics) -> None:
    rows = {"cpt": {"train": 0, "validation": 0}, "sft": {"train": 5, "validation": 0}}
    card = render_card(metrics.model_copy(update={"rows": rows}))
    assert header(card)["configs"] == [
        {"config_name": "sft", "data_files": [{"split": "train", "path": "sft/train-*.parquet"}]}
    ]
    assert 'load_dataset("path/to/this/folder", "cpt")' not in card
    assert "configs" not in header(render_card(metrics.model_copy(update={"rows": {}})))


@pytest.mark.parametrize(
    ("licenses", "expected"),
    [
        (["BSD-3-Clause"], {"license": "bsd-3-clause"}),
        (["GPL-3.0-or-later", "GPL-3.0-or-later"], {"license": "gpl-3.0"}),
        (["LicenseRef-Mine"], {"license": "other", "license_name": "LicenseRef-Mine"}),
        (["MIT", "ISC"], {}),
        ([""], {}),
    ],
)
def test_a_license_is_claimed_only_where_all_sources_share_it(
    metrics: Metrics, licenses: list[str], expected: dict[str, str]
) -> None:
    sources = tuple(Source(collection=f"s{i}", license=name, n_files=1) for i, name in enumerate(licenses))
    found = header(render_card(metrics.model_copy(update={"sources": sources})))
    assert {key: value for key, value in found.items() if key.startswith("license")} == expected


@pytest.mark.parametrize(
    ("rows", "size"), [(999, "n<1K"), (1_000, "1K<n<10K"), (999_999, "100K<n<1M"), (1_000_000, "n>1M")]
)
def test_the_size_category_counts_rows_of_both_stages(metrics: Metrics, rows: int, size: str) -> None:
    counts = {"cpt": {"train": 100}, "sft": {"train": rows - 100}, "rejected": {"rejected": 10**7}}
    assert header(render_card(metrics.model_copy(update={"rows": counts})))["size_categories"] == [size]


def test_the_card_tells_origin_counts_and_checks(metrics: Metrics) -> None:
    card = render_card(metrics)
    assert "| `flask` | `deadbeef` | BSD-3-Clause | 83 |" in card
    assert "| `ucd.single_hop` | sft | 30 | 1 | 3 | 12,000 |" in card
    assert "estimated as bytes / 4" in card
    assert "| `symbols_exist` | Every symbol named exists. | 33 | 1 | 0 |" in card
    assert "| files found = used + skipped | 83 | 83 | holds |" in card
    assert "ab" * 32 in card
    assert "\n\n\n" not in card


def test_the_card_does_not_change_with_time_and_cost(metrics: Metrics) -> None:
    slow = metrics.model_copy(
        update={"timings": {"read": 99.0}, "engine": Engine(name="template", cached_tokens=5, cost=3.0)}
    )
    assert render_card(slow) == render_card(metrics)


def test_hostile_names_stay_text(metrics: Metrics) -> None:
    name = "a|b`c`\n---\n# <script>alert(1)</script> [x](http://e.example) \u202egnp.exe {{ 7 * 7 }}"
    sources = (Source(collection=name, revision="r|`", license=name, n_files=83),)
    card = render_card(metrics.model_copy(update={"sources": sources}))
    found = header(card)
    assert found["pretty_name"].startswith("Corpus of a|b")
    assert [config["config_name"] for config in found["configs"]] == ["cpt", "sft"]
    body = card.split("\n---\n", 1)[1]
    assert "\u202e" not in card
    assert "\n# <script>" not in body
    assert "[x](http" not in body.replace("`", "") or "`` " in body
    assert "{{ 7 * 7 }}" in body
    origin = next(line for line in body.splitlines() if "r\\|" in line)
    assert origin.replace("\\|", "").count("|") == 5


def test_a_run_of_nothing_has_a_card_too() -> None:
    empty = Metrics.model_validate(
        {
            "synth_version": "0",
            "seed": 0,
            "sources": [],
            "files": {"found": 0, "used": 0},
            "documents": {"n": 0},
            "tokens": {"counter": "not at all"},
            "engine": {"name": "template"},
            "rows": {},
        }
    )
    card = render_card(empty)
    assert "No files are held out." in card
    assert "No checks were run." in card
    assert json.loads(empty.model_dump_json())["sums"]
