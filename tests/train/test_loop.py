"""A training run: what it learns, what it writes, and what it refuses."""

import json
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.errors import UserError
from synth.train.settings import OptimizerSettings
from train.runs import distance, make_corpus, train_tiny, weights

pytestmark = pytest.mark.train


def lines(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_corpus(tmp_path_factory.mktemp("data") / "corpus")


@pytest.fixture(scope="module")
def trained(corpus: Path, model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("trained") / "out"
    train_tiny(corpus, model, out, "data.epochs=3")
    return out


def test_a_model_learns_what_it_reads_and_loads_anywhere_with_its_chat_template(trained, model):
    from transformers import AutoModelForCausalLM, AutoTokenizer

    results = json.loads((trained / "results.json").read_text())
    assert [each["name"] for each in results["measured"]] == ["base", f"step {results['steps'] // 2}", "cpt"]
    before, _, after = (each["losses"]["corpus"]["loss"] for each in results["measured"])
    assert after < before - 1
    assert lines(trained)[-1]["loss"] < lines(trained)[0]["loss"] - 1
    AutoModelForCausalLM.from_pretrained(trained)
    assert AutoTokenizer.from_pretrained(trained).chat_template == AutoTokenizer.from_pretrained(model).chat_template


def test_a_finished_run_leaves_a_card_a_report_and_no_checkpoints(trained):
    assert {"README.md", "report.html", "results.json", "plan.json", "metrics.jsonl"} <= {
        path.name for path in trained.iterdir()
    }
    assert not list(trained.rglob("*.pt")) + list(trained.rglob("*.bin")) + list(trained.rglob("step-*"))


def test_every_line_of_the_log_tells_step_tokens_rate_and_learning_rate(trained):
    from synth.train.schedules import learning_rate
    from synth.train.settings import ScheduleSettings

    plan = json.loads((trained / "plan.json").read_text())
    found = lines(trained)
    assert [line["step"] for line in found] == list(range(1, plan["n_steps"] + 1))
    assert found[-1]["tokens"] == plan["tokens"]
    rate = learning_rate(ScheduleSettings(), plan["n_steps"])
    assert [line["learning_rate"] for line in found] == pytest.approx([3e-3 * rate(step) for step in range(len(found))])
    assert all(line["tokens_per_second"] > 0 and line["memory_gib"] > 0 for line in found)


def test_the_loss_of_a_step_is_the_mean_over_its_trained_tokens_as_if_each_document_stood_alone(trained, model):
    import torch
    from transformers import AutoModelForCausalLM

    from synth.train.dataset import planned
    from synth.train.tables import RunFiles

    base = AutoModelForCausalLM.from_pretrained(model)
    total, n_tokens = 0.0, 0
    for row in (planned(RunFiles(trained))[index] for index in range(4)):
        starts = [*(row["position_ids"] == 0).nonzero()[0].tolist(), len(row["input_ids"])]
        for start, end in pairwise(starts):
            ids = torch.tensor(row["input_ids"][start:end])[None]
            labels = torch.tensor(row["labels"][start:end])[1:]
            with torch.no_grad():
                logits = base(ids).logits[0, :-1]
            total += float(torch.nn.functional.cross_entropy(logits, labels, ignore_index=-100, reduction="sum"))
            n_tokens += int((labels != -100).sum())
    assert lines(trained)[0]["loss"] == pytest.approx(total / n_tokens, abs=1e-5)


def test_how_many_sequences_are_held_at_a_time_changes_nothing(corpus, model, tmp_path):
    for micro in (1, 4):
        train_tiny(corpus, model, tmp_path / str(micro), f"optimizer.micro_batch={micro}", "optimizer.max_steps=4")
    assert distance(tmp_path / "1", tmp_path / "4") < 1e-5
    assert distance(tmp_path / "1", model) > 1e-3


@given(st.integers(1, 64), st.integers(1, 8), st.integers(1, 64) | st.none(), st.integers(1, 5))
def test_all_workers_together_see_exactly_the_rows_of_each_step(batch, world, micro, n_steps):
    from synth.train.job import share_of
    from synth.train.trainer import PlanSampler

    settings = OptimizerSettings(batch=batch, micro_batch=micro)
    if batch % world:
        with pytest.raises(UserError, match=f"optimizer.batch={batch} cannot be shared by {world} workers"):
            share_of(settings, world, 64, "cpu")
        return
    share = share_of(settings, world, 64, "cpu")
    workers = [list(PlanSampler(batch * n_steps, share, rank, world)) for rank in range(world)]
    assert micro is None or share.micro <= micro
    for step in range(n_steps):
        turns = slice(step * share.accumulate, (step + 1) * share.accumulate)
        seen = sorted(row for worker in workers for rows in worker[turns] for row in rows)
        assert seen == list(range(step * batch, (step + 1) * batch))


def test_conversations_are_learned_by_what_the_assistant_says(corpus, model, tmp_path):
    results = train_tiny(corpus, model, tmp_path / "out", "data.epochs=2", stage="sft")
    before, *_, after = (each["losses"]["corpus"]["loss"] for each in results["measured"])
    assert after < before - 0.5
    assert lines(tmp_path / "out")[-1]["loss"] < lines(tmp_path / "out")[0]["loss"]


def test_who_generates_stops_where_an_answer_ends(corpus, model, tmp_path):
    base = tmp_path / "base"
    shutil.copytree(model, base)
    for name, key, value in (
        ("tokenizer_config.json", "eos_token", "<|endoftext|>"),
        ("generation_config.json", "eos_token_id", 0),
    ):
        settings = json.loads((base / name).read_text())
        (base / name).write_text(json.dumps({**settings, key: value}))
    train_tiny(corpus, base, tmp_path / "out", "optimizer.max_steps=1", stage="sft")
    ends = json.loads((tmp_path / "out" / "generation_config.json").read_text())["eos_token_id"]
    tokens = json.loads((base / "tokenizer.json").read_text())["added_tokens"]
    assert {token["content"] for token in tokens if token["id"] in ends} == {"<|endoftext|>", "<|im_end|>"}


def test_rows_of_no_corpus_have_no_facts_to_ask_and_are_learned_all_the_same(model, tmp_path):
    data = tmp_path / "data" / "texts.jsonl"
    data.parent.mkdir()
    data.write_text("".join(json.dumps({"text": f"Lamp {number} burns."}) + "\n" for number in range(40)))
    results = train_tiny(data, model, tmp_path / "out", "optimizer.max_steps=2")
    assert [each["losses"] for each in results["measured"]] == [{}, {}, {}]
    assert (tmp_path / "out" / "config.json").exists()


def test_operations_are_six_a_weight_and_token_and_those_of_attention(model):
    from transformers import AutoModelForCausalLM

    from synth.train.flops import peak_flops, training_cost

    loaded = AutoModelForCausalLM.from_pretrained(model)
    n_weights = sum(weight.numel() for weight in loaded.parameters())
    config = loaded.config
    cost = training_cost(loaded)
    assert cost == (6 * n_weights, 12 * config.num_hidden_layers * config.hidden_size)
    for weight in loaded.parameters():
        weight.requires_grad_(False)
    assert training_cost(loaded).token == 4 * n_weights
    assert peak_flops("NVIDIA H100 80GB HBM3") == 989e12
    assert peak_flops("a toaster") is None


def test_an_adapter_is_kept_beside_the_model_that_it_was_merged_into(corpus, model, tmp_path):
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    out = tmp_path / "out"
    train_tiny(corpus, model, out, "lora.rank=4", "optimizer.max_steps=6", "optimizer.peak_lr=1e-2")
    ids = torch.arange(5, 25)[None]
    adapted = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(model), out / "adapter")(ids).logits
    merged = AutoModelForCausalLM.from_pretrained(out)(ids).logits
    assert torch.allclose(merged, adapted, atol=1e-4)
    assert not torch.allclose(merged, AutoModelForCausalLM.from_pretrained(model)(ids).logits, atol=1e-2)


def test_a_mean_of_checkpoints_is_taken_only_where_its_loss_is_lower(corpus, model, tmp_path):
    steps = ("optimizer.max_steps=6", "average.kind=sma", "average.last=3", "average.span=0.9")
    # While a model still learns fast, the mean of its past is worse than what it has become.
    assert train_tiny(corpus, model, tmp_path / "chosen", *steps)["weights"] == "last"
    assert train_tiny(corpus, model, tmp_path / "always", *steps, "average.choose=false")["weights"] == "mean"
    assert distance(tmp_path / "chosen", tmp_path / "always") > 1e-4


def test_a_pull_to_the_start_keeps_weights_near_it(corpus, model, tmp_path):
    for name, strength in (("free", 0), ("held", 200)):
        train_tiny(corpus, model, tmp_path / name, f"loss.l2_start={strength}", "optimizer.max_steps=6")
    assert distance(tmp_path / "held", model) < distance(tmp_path / "free", model) / 1.3


def test_distillation_adds_how_far_the_model_is_from_its_corrected_base(corpus, model, tmp_path):
    for name, weight in (("plain", 0), ("taught", 1)):
        train_tiny(corpus, model, tmp_path / name, f"loss.distill={weight}", "optimizer.max_steps=1")
    assert lines(tmp_path / "taught")[0]["loss"] > lines(tmp_path / "plain")[0]["loss"]


def test_the_next_corpus_goes_on_from_a_trunk_at_its_rate(corpus, model, tmp_path):
    trunk, following = tmp_path / "trunk", tmp_path / "next"
    train_tiny(corpus, model, trunk, "schedule.kind=infinite", "optimizer.max_steps=10")
    kept = trunk / ".run" / "trunk"
    assert distance(kept, trunk) > 1e-5  # the anneal went on from it
    steps = ("schedule.kind=infinite", "schedule.on_trunk=true", "optimizer.max_steps=1", "schedule.anneal=false")
    train_tiny(corpus, trunk, following, *steps)
    rate = 3e-3 * 0.55
    assert lines(following)[0]["learning_rate"] == pytest.approx(rate)
    # AdamW's first step without moments would move almost every weight by the learning rate itself.
    name = "model.layers.0.mlp.up_proj.weight"
    moved = (weights(following)[name] - weights(kept)[name]).abs().mean()
    assert 0 < moved < 0.7 * rate


def test_a_finished_run_says_so_and_does_nothing(corpus, model, trained, caplog):
    before = {path: path.stat().st_mtime_ns for path in trained.iterdir() if path.suffix == ".safetensors"}
    results = train_tiny(corpus, model, trained, "data.epochs=3")
    assert "is finished" in caplog.text
    assert results == json.loads((trained / "results.json").read_text())
    assert before == {path: path.stat().st_mtime_ns for path in before}


def test_other_settings_in_the_same_folder_are_refused_by_name(corpus, model, trained, tmp_path):
    with pytest.raises(UserError, match=r"optimizer.peak_lr=0.003 \(now 0.1\); choose another --out"):
        train_tiny(corpus, model, trained, "data.epochs=3", "optimizer.peak_lr=0.1")
    with pytest.raises(UserError, match="other data"):
        train_tiny(make_corpus(tmp_path / "other"), model, trained, "data.epochs=3")
    assert train_tiny(corpus, model, trained, "data.epochs=3", "log.steps=5", "checkpoints.keep=1") is not None


def test_a_dry_run_writes_the_plan_and_binds_nobody_to_it(corpus, model, tmp_path):
    out = tmp_path / "out"
    assert train_tiny(corpus, model, out, "data.epochs=2", dry_run=True) is None
    planned = json.loads((out / "plan.json").read_text())["n_steps"]
    assert not (out / "model.safetensors").exists()
    results = train_tiny(corpus, model, out, "data.epochs=1")
    assert results["steps"] < planned


def test_weights_keep_the_type_of_the_base_and_checkpoints_do_not(corpus, model, tmp_path):
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    base = tmp_path / "base"
    AutoModelForCausalLM.from_pretrained(model, dtype=torch.bfloat16).save_pretrained(base)
    AutoTokenizer.from_pretrained(model).save_pretrained(base)
    train_tiny(
        corpus, base, tmp_path / "out", "schedule.kind=infinite", "schedule.anneal=false", "optimizer.max_steps=2"
    )
    assert {value.dtype for value in weights(tmp_path / "out").values()} == {torch.bfloat16}
    assert {value.dtype for value in weights(tmp_path / "out" / ".run" / "trunk").values()} == {torch.float32}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (["schedule.on_trunk=true"], "schedule.on_trunk goes with schedule.kind=infinite"),
        (["schedule.on_trunk=true", "schedule.kind=infinite"], "holds no trunk"),
        (["lora.rank=4", "lora.targets=[nonsense]"], r"lora.targets=\['nonsense'\] does not fit the model"),
        (["log.wandb=project"], "log.wandb needs the package wandb"),
        (["workers.fsdp=true"], "shares weights among GPUs, and there is none here"),
        (["model.liger=true"], "model.liger needs liger-kernel"),
    ],
)
def test_settings_that_cannot_work_are_refused_in_one_line(corpus, model, tmp_path, change, message):
    with pytest.raises(UserError, match=message) as error:
        train_tiny(corpus, model, tmp_path / "out", *change)
    assert "\n" not in str(error.value)


def test_several_gpus_share_the_weights_unless_a_loss_needs_them_whole():
    from synth.train.loop import shards
    from synth.train.settings import LossSettings, TrainSettings, WorkerSettings

    assert shards(TrainSettings(), 2, 2)
    assert not shards(TrainSettings(), 0, 1)
    assert not shards(TrainSettings(), 2, 0)
    whole = TrainSettings(loss=LossSettings(distill=1))
    with pytest.raises(UserError, match="need whole weights"):
        shards(whole, 2, 2)
    assert not shards(whole.model_copy(update={"workers": WorkerSettings(fsdp=False)}), 2, 2)


def test_data_and_models_that_cannot_be_used_are_refused_in_one_line(corpus, model, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    full = tmp_path / "full"
    full.mkdir()
    (full / "thesis.txt").write_text("mine")
    for data, base, out, message in [
        (corpus, tmp_path / "nothing", tmp_path / "a", "neither a folder nor a model"),
        (corpus, empty, tmp_path / "b", "holds no config.json"),
        (empty, model, tmp_path / "c", "empty"),
        (corpus, model, full, "holds files that synth did not write"),
    ]:
        with pytest.raises(UserError, match=message) as error:
            train_tiny(data, base, out)
        assert "\n" not in str(error.value)
