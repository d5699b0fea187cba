"""Averaging: weights that favour the newest, and means that are what torch makes of them."""

import json
import shutil
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.errors import UserError
from synth.train.averaging import average_checkpoints, averaging_weights

needs_torch = [pytest.mark.train, pytest.mark.filterwarnings("ignore")]


def marked(test):
    for mark in needs_torch:
        test = mark(test)
    return test


@given(st.sampled_from(["sma", "ema", "linear"]), st.integers(1, 50), st.floats(0.01, 0.99))
def test_weights_sum_to_one_and_never_fall_towards_the_newest(kind, n, alpha):
    weights = averaging_weights(kind, n, alpha)
    assert len(weights) == n
    assert sum(weights) == pytest.approx(1)
    assert weights == sorted(weights)


def test_weights_are_those_of_the_definitions():
    assert averaging_weights("sma", 4) == [0.25] * 4
    assert averaging_weights("linear", 4) == pytest.approx([0.1, 0.2, 0.3, 0.4])
    assert averaging_weights("ema", 3, alpha=0.5) == pytest.approx([1 / 7, 2 / 7, 4 / 7])


@given(st.integers(2, 12), st.floats(0.05, 0.9))
def test_an_ema_is_newest_heavy_where_the_running_update_favours_the_oldest(n, alpha):
    running = [(1 - alpha) ** (n - 1), *(alpha * (1 - alpha) ** (n - 1 - index) for index in range(1, n))]
    weights = averaging_weights("ema", n, alpha)
    assert weights[-1] >= running[-1]
    assert weights[0] <= running[0]
    for older, newer in pairwise(weights):
        assert older == pytest.approx(newer * (1 - alpha))


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory):
    """Four models of one run, the oldest first."""
    from train.weights_kit import make_base, trained_from

    root = tmp_path_factory.mktemp("run")
    base = make_base(root / "base")
    return [trained_from(base, root / f"step-{seed}", seed) for seed in range(1, 5)]


def mean_of(checkpoints, out, kind, alpha=0.2):
    from train.weights_kit import tensors

    average_checkpoints(checkpoints, averaging_weights(kind, len(checkpoints), alpha), out)
    return tensors(out)


def swa_utils(checkpoints, start, **options):
    """What torch keeps of the checkpoints, updated with one after another."""
    import torch
    from torch.optim.swa_utils import AveragedModel

    from train.weights_kit import tensors

    names = sorted(tensors(checkpoints[0]))
    model = torch.nn.ParameterList([torch.zeros_like(tensors(checkpoints[0])[name]) for name in names])
    averaged = AveragedModel(model, **options)
    for checkpoint in [*start, *checkpoints]:
        with torch.no_grad():
            for parameter, name in zip(model, names, strict=True):
                parameter.copy_(tensors(checkpoint)[name] if checkpoint else torch.zeros_like(parameter))
        averaged.update_parameters(model)
    return {name: parameter.detach() for name, parameter in zip(names, averaged.module, strict=True)}


def assert_close(found, expected):
    assert found.keys() == expected.keys()
    for name, tensor in found.items():
        assert (tensor - expected[name]).abs().max() < 1e-6, name


@marked
def test_a_simple_mean_is_what_torch_averages(checkpoints, tmp_path):
    assert_close(mean_of(checkpoints, tmp_path / "out", "sma"), swa_utils(checkpoints, []))


@marked
def test_an_ema_is_what_torch_averages_from_nothing_divided_by_what_its_weights_sum_to(checkpoints, tmp_path):
    from torch.optim.swa_utils import get_ema_avg_fn

    running = swa_utils(checkpoints, [None], avg_fn=get_ema_avg_fn(0.8))
    expected = {name: tensor / (1 - 0.8**4) for name, tensor in running.items()}
    assert_close(mean_of(checkpoints, tmp_path / "out", "ema"), expected)


@marked
def test_explicit_weights_are_taken_in_the_order_of_the_checkpoints(checkpoints, tmp_path):
    from train.weights_kit import tensors

    average_checkpoints(checkpoints, [0, 0, 0, 1], tmp_path / "newest")
    assert_close(tensors(tmp_path / "newest"), tensors(checkpoints[-1]))
    average_checkpoints(checkpoints[:2], [0.9, 0.1], tmp_path / "out")
    older, newer = (tensors(checkpoint) for checkpoint in checkpoints[:2])
    assert_close(tensors(tmp_path / "out"), {name: 0.9 * older[name] + 0.1 * newer[name] for name in older})


@marked
def test_the_mean_loads_with_the_tokenizer_of_the_run(checkpoints, tmp_path):
    from transformers import AutoTokenizer

    from train.weights_kit import logits

    mean_of(checkpoints, tmp_path / "out", "linear")
    assert logits(tmp_path / "out").isfinite().all()
    assert len(AutoTokenizer.from_pretrained(tmp_path / "out")) == 1000


@marked
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {
            "use_rslora": True,
            "rank_pattern": {"q_proj": 2},
            "alpha_pattern": {"v_proj": 3},
            "modules_to_save": ["norm"],
        },
    ],
    ids=["plain", "rslora with patterns"],
)
def test_a_mean_of_adapters_is_the_mean_of_the_models_that_they_make(settings, checkpoints, tmp_path):
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    from synth.train.merge import merge_models
    from train.weights_kit import make_adapter, tensors

    base = checkpoints[0]
    adapters = [make_adapter(base, tmp_path / f"adapter-{seed}", seed, **settings)[0] for seed in (1, 2, 3)]
    weights = averaging_weights("ema", 3)
    average_checkpoints(adapters, weights, tmp_path / "adapter")
    merge_models("average", str(base), [str(path) for path in adapters], tmp_path / "models", weights=weights)
    merge_models("lora", str(base), [str(tmp_path / "adapter")], tmp_path / "merged")
    assert_close(tensors(tmp_path / "merged"), tensors(tmp_path / "models"))
    loaded = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), tmp_path / "adapter")
    by_peft = loaded.merge_and_unload().state_dict()
    assert_close(tensors(tmp_path / "merged"), {name: by_peft[name] for name in tensors(tmp_path / "merged")})


@marked
def test_adapters_of_two_scales_are_refused(checkpoints, tmp_path):
    from train.weights_kit import make_adapter

    one, _ = make_adapter(checkpoints[0], tmp_path / "one")
    other = shutil.copytree(one, tmp_path / "other")
    settings = json.loads((other / "adapter_config.json").read_text())
    (other / "adapter_config.json").write_text(json.dumps(settings | {"lora_alpha": 99}))
    with pytest.raises(UserError, match="two shapes"):
        average_checkpoints([one, other], [0.5, 0.5], tmp_path / "out")


@marked
def test_a_checkpoint_that_is_gone_is_named(checkpoints, tmp_path):
    with pytest.raises(UserError, match=r"step-9 .* kept"):
        average_checkpoints([*checkpoints, tmp_path / "step-9"], [0.2] * 5, tmp_path / "out")
    assert not (tmp_path / "out").exists()
