"""TRL trains on a corpus as it is, and on its export by its own command line."""

from pathlib import Path
from typing import Any

import pytest

from synth.export.write import export_corpus

pytestmark = [pytest.mark.train, pytest.mark.filterwarnings("ignore")]  # torch's and TRL's are not ours to mend

QUICK = {"use_cpu": True, "bf16": False, "max_steps": 2, "max_length": 256, "report_to": "none", "save_strategy": "no"}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tiny_model import make_model

    return make_model(tmp_path_factory.mktemp("tiny"))


@pytest.mark.parametrize("stage", ["cpt", "sft"])
def test_the_shards_train_unchanged_with_trl(stage, shop, model, tmp_path):
    from datasets import load_dataset
    from trl import SFTConfig, SFTTrainer

    data = load_dataset(str(shop), stage, split="train", cache_dir=str(tmp_path / "cache"))
    settings = SFTConfig(output_dir=str(tmp_path / "out"), per_device_train_batch_size=1, **QUICK)
    trainer = SFTTrainer(model=str(model), args=settings, train_dataset=data)
    trainer.train()
    losses = [line["train_loss"] for line in trainer.state.log_history if "train_loss" in line]
    assert trainer.state.global_step == 2
    assert 0 < losses[0] < 20
    told = trainer.processing_class.decode(trainer.train_dataset[0]["input_ids"])
    content = data[0]["text"] if stage == "cpt" else data[0]["messages"][0]["content"]
    assert content[:40] in told


def test_the_files_for_trl_train_one_stage_after_the_other(shop, model, tmp_path, monkeypatch):
    export_corpus(shop, tmp_path / "out", "trl", model=str(model))
    monkeypatch.chdir(tmp_path / "out")
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "cache"))
    for stage in ("cpt", "sft"):
        run_script(f"{stage}.yaml")
        assert Path(f"model-{stage}", "model.safetensors").is_file()


def run_script(config: str) -> None:
    """`trl sft --config`, in this process."""
    from trl.scripts.sft import main, make_parser

    arguments = ["--config", config, "--gradient_accumulation_steps", "1"]
    for name, value in QUICK.items():
        arguments += [f"--{name}", str(value)]
    main(*make_parser().parse_args_and_config(arguments, fail_with_unknown_args=False)[:4])


def test_only_the_answer_is_learned_with_its_reasoning(shop, model, tmp_path):
    from datasets import load_dataset
    from trl import SFTConfig, SFTTrainer

    export_corpus(shop, tmp_path / "out", "trl")
    data = load_dataset(str(tmp_path / "out" / "sft"), split="train", cache_dir=str(tmp_path / "cache"))
    settings = SFTConfig(output_dir=str(tmp_path), per_device_train_batch_size=1, **{**QUICK, "max_length": 4_096})
    trainer = SFTTrainer(model=str(model), args=settings, train_dataset=data.select(range(4)))
    for row, batch in zip(data, trainer.get_eval_dataloader(trainer.train_dataset), strict=False):
        assert learned(trainer, batch).startswith(row["completion"][0]["content"])
        assert row["prompt"][0]["content"] not in learned(trainer, batch)


def learned(trainer: Any, batch: Any) -> str:
    labels = batch["labels"][0]
    text: str = trainer.processing_class.decode(labels[labels >= 0])
    return text


def test_reasoning_is_inlined_as_our_own_trainer_does(shop, model):
    from transformers import AutoTokenizer

    from synth.export.rows import Stage, read_splits
    from synth.shards import read_release
    from synth.train.chat import encode_chat

    tokenizer = AutoTokenizer.from_pretrained(str(model))
    rows = next(read_release(shop, "sft", ["messages", "reasoning"])).to_pylist()
    exported = next(read_splits(shop, Stage.SFT))[1]
    for row, sample in zip(rows[:20], exported, strict=False):
        ours = encode_chat(tokenizer, row["messages"], row["reasoning"], "inline")
        assert "".join(tokenizer.decode(part.input_ids) for part in ours).count("<think>") == bool(row["reasoning"])
        plain = tokenizer.apply_chat_template(sample.messages, tokenize=False)
        assert plain.startswith(tokenizer.decode(ours[0].input_ids))
