"""From source code to a model that answers: a corpus, both stages of training, a merge, and what loads the result."""

import os
from pathlib import Path

import pytest
from corpora import SHOP, config

from synth import run
from synth.progress import silent
from synth.train.cli import training_settings

# Warnings of vLLM and torch are not ours to mend.
pytestmark = [pytest.mark.train, pytest.mark.vllm, pytest.mark.filterwarnings("ignore")]

FAST = (
    "data.max_length=256", "data.workers=1", "data.epochs=4", "optimizer.batch=4", "optimizer.peak_lr=3e-3",
    "workers.threads=1", "evaluation.times=0", "evaluation.probes=8", "log.tensorboard=false",
)  # fmt: skip


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The sample project's corpus, the base, and the models that each stage made of it."""
    from tiny_model import make_model

    from synth.train.loop import train
    from synth.train.merge import merge_models

    root = tmp_path_factory.mktemp("end_to_end")
    corpus, base = root / "corpus", make_model(root / "base")
    run.corpus([str(SHOP)], corpus, config())
    cpt, sft, merged = root / "cpt", root / "sft", root / "merged"
    train("cpt", [str(corpus)], str(base), cpt, training_settings("cpt", None, list(FAST)), silent)
    train("sft", [str(corpus)], str(cpt), sft, training_settings("sft", None, list(FAST)), silent)
    # The instruct model of the residual is one that was tuned from the same base.
    merge_models("residual", str(base), [str(cpt)], merged, instruct=str(sft))
    return {"base": base, "cpt": cpt, "sft": sft, "merged": merged}


def test_each_stage_learns_what_the_one_before_did_not_know(stages):
    import json

    for stage in ("cpt", "sft"):
        lines = [json.loads(line) for line in (stages[stage] / "metrics.jsonl").read_text().splitlines()]
        assert lines[-1]["loss"] < lines[0]["loss"] - 0.5


def test_every_model_loads_in_transformers_and_the_merged_one_is_the_sum(stages):
    from transformers import AutoModelForCausalLM

    models = {name: AutoModelForCausalLM.from_pretrained(path).state_dict() for name, path in stages.items()}
    name = "model.layers.0.mlp.up_proj.weight"
    expected = models["cpt"][name] + models["sft"][name] - models["base"][name]
    assert (models["merged"][name] - expected).abs().max() < 1e-6


def test_vllm_loads_the_merged_model_and_chats_with_it(stages, monkeypatch):
    for name, value in {"VLLM_CPU_KVCACHE_SPACE": "1", "VLLM_LOGGING_LEVEL": "ERROR"}.items():
        monkeypatch.setitem(os.environ, name, value)
    from vllm import LLM, SamplingParams

    engine = LLM(str(stages["merged"]), dtype="float32", max_model_len=512, enforce_eager=True, max_num_seqs=4)
    asked = [{"role": "user", "content": "What does the cart do?"}]
    (answer,) = engine.chat(asked, SamplingParams(max_tokens=16, temperature=0), use_tqdm=False)
    assert 1 <= len(answer.outputs[0].token_ids) <= 16
