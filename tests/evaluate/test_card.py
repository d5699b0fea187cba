"""The model card: what a reader and the Hub learn from it, and what they do not."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from synth.train.card import license_of, name_of, render_model_card, shown_settings
from synth.train.settings import TrainSettings

SCORE = {"accuracy": 0.875, "low": 0.8, "high": 0.93, "chance": 0.25}
MEASURED: list[dict[str, Any]] = [
    {"name": "base", "losses": {"corpus": {"loss": 3.25}}, "probes": {"trained": {**SCORE, "accuracy": 0.26}}},
    {"name": "step 10", "losses": {"corpus": {"loss": 2.75}}, "probes": {"trained": SCORE}},
    {"name": "after", "losses": {"corpus": {"loss": 2.125}, "wiki": {"loss": 3.0}}, "probes": {"trained": SCORE}},
]
PLAN = {
    "n_steps": 30, "batch": 16, "max_length": 2048, "tokens": 983_040,
    "sources": [
        {"name": "corpus", "kind": "corpus", "rows": 812, "tokens": 250_000, "epochs": 3.6, "sequences": 480,
         "share": 1.0},
    ],
}  # fmt: skip


def card(settings: TrainSettings | None = None, base: str = "acme/tiny-1B", data: str = "out/shop", **more: Any) -> str:
    return render_model_card("cpt", base, [data], settings or TrainSettings(), MEASURED, PLAN, **more)


def header(text: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text.split("---\n")[1])
    return found


def test_the_header_says_what_the_hub_asks_for() -> None:
    assert header(card(license_name="apache-2.0")) == {
        "base_model": "acme/tiny-1B", "datasets": ["out/shop"], "license": "apache-2.0", "library_name": "transformers",
        "pipeline_tag": "text-generation", "tags": ["synth", "continued-pretraining"],
    }  # fmt: skip
    assert "license" not in header(card())


def test_the_base_stands_beside_the_result() -> None:
    text = card()
    assert "| | base | after |" in text
    assert "| loss, corpus | 3.2500 | 2.1250 |" in text
    assert "| loss, wiki | - | 3.0000 |" in text
    assert "| facts trained | 0.260 (0.800 to 0.930) | 0.875 (0.800 to 0.930) |" in text


def test_data_and_settings_are_told() -> None:
    settings = TrainSettings.model_validate({"optimizer": {"peak_lr": 3e-5}, "seed": 7})
    text = card(settings)
    assert "| corpus | corpus | 812 | 250,000 | 3.60 | 480 | 100.0 % |" in text
    assert "30 steps of 16 sequences of at most 2,048 tokens" in text
    assert "| `optimizer.peak_lr` | `3e-05` |" in text
    assert "| `seed` | `7` |" in text
    assert "weight_decay" not in text
    assert "Versions: synth" in text


def test_no_path_of_the_machine_is_in_the_card(tmp_path: Path) -> None:
    settings = TrainSettings.model_validate(
        {
            "model": {"chat_template": str(tmp_path / "chat.jinja")},
            "data": {"replay": {"rate": 0.1, "sources": [{"path": str(tmp_path / "wiki.jsonl")}]}},
            "evaluation": {"general": [str(tmp_path / "general.jsonl")]},
            "workers": {"address": "10.0.0.7:6379"},
        }
    )
    text = card(settings, base=str(tmp_path / "base"), data=str(tmp_path / "shop"))
    assert str(tmp_path) not in text
    assert "10.0.0.7" not in text
    assert "general.jsonl" not in text
    assert "`base` after continued pretraining" in text
    assert header(text)["datasets"] == ["shop"]
    assert shown_settings(settings)["data.replay.sources"] == "path=wiki.jsonl text=text share=1.0"


def test_a_name_of_the_hub_stays_whole(tmp_path: Path) -> None:
    assert name_of("acme/tiny-1B") == "acme/tiny-1B"
    assert name_of(str(tmp_path / "base")) == "base"
    assert name_of("../models/base/") == "base"


def test_names_cannot_break_the_card() -> None:
    text = card(base="a|b\n# x `y`", data="evil\n---\nlicense: mit")
    assert "license" not in header(text)
    assert "\n# x" not in text


@pytest.mark.parametrize(
    ("text", "found"),
    [("---\nlicense: mit\n---\n# M", "mit"), ("# M", None), ("---\n: [\n---\n", None), ("---\n- a\n---\n", None)],
)
def test_the_licence_of_a_base_is_what_its_card_says(tmp_path: Path, text: str, found: str | None) -> None:
    (tmp_path / "README.md").write_text(text)
    assert license_of(tmp_path) == found


def test_a_base_without_a_card_has_no_known_licence(tmp_path: Path) -> None:
    assert license_of(tmp_path) is None


def test_of_a_run_in_which_nothing_was_measured_that_is_said() -> None:
    assert "Nothing was measured." in render_model_card("sft", "b", ["d"], TrainSettings(), [], PLAN)
