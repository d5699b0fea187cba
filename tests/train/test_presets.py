"""Presets load as they lie there, say what their papers say, and every setting is explained."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from synth.config import Settings, load_settings
from synth.errors import UserError
from synth.train.cli import training_settings
from synth.train.settings import TrainFile, TrainSettings

ROOT = Path(__file__).parents[2]
PRESETS = sorted((ROOT / "pipelines" / "train").glob("*.yaml"))
PAGE = (ROOT / "docs" / "training-recipes.md").read_text(encoding="utf-8")


def settings_in(model: type[Settings], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, field in model.model_fields.items():
        if isinstance(field.default, Settings):
            yield from settings_in(type(field.default), f"{prefix}{name}.")
        else:
            yield prefix + name, field.default


def written(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, tuple):
        return f"[{', '.join(map(written, value))}]"
    return f"{value:g}" if isinstance(value, float) else str(value)


def test_there_is_a_preset_for_each_way_that_the_page_names():
    assert {path.stem for path in PRESETS} >= {"entigraph", "ucd", "small-corpus", "lora"}
    assert [path.stem for path in PRESETS if f"| [`{path.stem}`](../pipelines/train/{path.name}) |" not in PAGE] == []


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_a_preset_is_found_by_name_and_loads_as_it_lies_there(path):
    file = load_settings(TrainFile, path, None, "preset")
    assert training_settings("cpt", path.stem, None) == file.cpt
    assert training_settings("sft", path.stem, ["optimizer.batch=3"]).optimizer.batch == 3
    assert file.cpt != TrainSettings() != file.sft


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_a_preset_with_replay_takes_a_rate_and_sources_on_the_command_line(path):
    sources = "data.replay.sources=[{path: general.jsonl}]"
    settings = training_settings("cpt", path.stem, ["data.replay.rate=0.1", sources])
    assert (settings.data.replay.rate, len(settings.data.replay.sources)) == (0.1, 1)
    with pytest.raises(UserError, match="a rate needs sources"):
        training_settings("cpt", path.stem, ["data.replay.rate=0.1"])


def test_entigraph_has_the_values_of_its_script():
    cpt, sft = (training_settings(stage, "entigraph", None) for stage in ("cpt", "sft"))
    assert (cpt.optimizer.peak_lr, cpt.optimizer.weight_decay, cpt.optimizer.batch) == (5e-6, 0.01, 16)
    assert (cpt.schedule.kind, cpt.schedule.warmup, cpt.schedule.floor) == ("cosine", 0.05, 0)
    assert (cpt.data.max_length, cpt.data.epochs) == (2048, 2)
    assert (sft.optimizer.peak_lr, sft.optimizer.batch, sft.data.epochs) == (5e-6, 128, 2)


def test_ucd_has_the_values_of_its_paper():
    cpt, sft = (training_settings(stage, "ucd", None) for stage in ("cpt", "sft"))
    for settings in (cpt, sft):
        assert settings.lora.rank == 0
        assert (settings.optimizer.peak_lr, settings.schedule.warmup, settings.data.max_length) == (5e-5, 0.1, 32768)
    assert (cpt.data.epochs, sft.data.epochs) == (2, 3)


def test_a_small_corpus_is_seen_several_times_slowly_and_its_best_part_only():
    cpt = training_settings("cpt", "small-corpus", None)
    assert (cpt.data.epochs, cpt.data.best, cpt.data.resample) == (4, 0.5, True)
    assert cpt.optimizer.peak_lr == 5e-6


def test_the_rate_of_adapters_falls_by_the_same_ratio_with_every_doubling_of_their_rank():
    rates = {64: 2e-4, 128: 1.3e-4, 256: 8e-5, 512: 5e-5}
    for ratio in (rates[rank] / rates[2 * rank] for rank in (64, 128, 256)):
        assert ratio == pytest.approx(4 ** (1 / 3), rel=0.05)
    for stage in ("cpt", "sft"):
        settings = training_settings(stage, "lora", None)
        assert settings.lora.rslora
        assert settings.optimizer.peak_lr == rates[settings.lora.rank]


def test_every_setting_is_explained_with_its_default():
    missing = []
    for name, default in settings_in(TrainSettings):
        row = re.search(rf"^\| `{re.escape(name)}` \| `(.*?)` \| .+ \|$", PAGE, re.MULTILINE)
        if not row or row[1] != written(default):
            missing.append(f"| `{name}` | `{written(default)}` |")
    assert missing == []


def test_no_setting_is_explained_that_is_not_there():
    explained = set(re.findall(r"^\| `([a-z0-9_.]+)` \| `.*?` \| .+ \|$", PAGE, re.MULTILINE))
    assert explained - {name for name, _ in settings_in(TrainSettings)} == set()


def test_the_settings_that_the_page_shows_are_settings():
    blocks = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    for block in blocks:
        TrainFile.model_validate({"cpt": yaml.safe_load(block)})
    assert len(blocks) >= 2
