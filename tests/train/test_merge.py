"""Merging: what comes out is what the formula says, it loads, and models that do not fit are told apart."""

import json
import shutil

import pytest

from synth.errors import UserError

pytestmark = [pytest.mark.train, pytest.mark.filterwarnings("ignore")]  # torch's and PEFT's are not ours to mend


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Folders of a base, of two models that were trained from it, and of its instruct sibling."""
    from train.weights_kit import make_base, trained_from

    root = tmp_path_factory.mktemp("models")
    base = make_base(root / "base")
    for seed, name in enumerate(("cpt", "other", "instruct"), start=1):
        trained_from(base, root / name, seed)
    return root


@pytest.fixture
def small_slices(monkeypatch):
    """Slices so small that every matrix is several, and not all of the same length."""
    from synth.train import combine

    monkeypatch.setattr(combine, "SLICE", 1000)


def merge(method, models, out, trained=("cpt",), base="base", **options):
    from synth.train.merge import merge_models

    return merge_models(method, str(models / base), [str(models / name) for name in trained], out, **options)


def combined(models, **factors):
    """A sum of models, with all of each in memory."""
    from train.weights_kit import tensors

    sums = {}
    for name, factor in factors.items():
        for key, tensor in tensors(models / name).items():
            sums[key] = sums.get(key, 0) + factor * tensor.double()
    return sums


def assert_equal(folder, expected, tolerance=1e-6):
    from train.weights_kit import tensors

    found = tensors(folder)
    assert found.keys() == expected.keys()
    for name, tensor in found.items():
        assert (tensor.double() - expected[name]).abs().max() <= tolerance, name


CASES = [
    ("residual", ("cpt",), {"weights": None}, {"cpt": 1, "instruct": 1, "base": -1}),
    ("residual", ("cpt",), {"weights": [0.4]}, {"cpt": 1, "instruct": 0.4, "base": -0.4}),
    ("arithmetic", ("cpt", "other"), {}, {"cpt": 1, "other": 1, "base": -1}),
    ("arithmetic", ("cpt", "other"), {"weights": [0.3, -0.5]}, {"base": 1.2, "cpt": 0.3, "other": -0.5}),
    ("wise", ("cpt",), {"weights": [0.3]}, {"base": 0.7, "cpt": 0.3}),
    ("average", ("cpt", "other", "instruct"), {}, {"cpt": 1 / 3, "other": 1 / 3, "instruct": 1 / 3}),
    ("average", ("cpt", "other"), {"weights": [3, 1]}, {"cpt": 0.75, "other": 0.25}),
]


@pytest.mark.parametrize(("method", "trained", "options", "factors"), CASES)
def test_each_method_is_its_formula(method, trained, options, factors, models, tmp_path, small_slices):
    instruct = str(models / "instruct") if method == "residual" else None
    merge(method, models, tmp_path / "out", trained, instruct=instruct, **options)
    assert_equal(tmp_path / "out", combined(models, **factors))


@pytest.mark.parametrize(("weight", "same"), [(0.0, "base"), (1.0, "cpt")])
def test_the_ends_of_the_dial_are_the_models_themselves_to_the_last_bit(weight, same, models, tmp_path):
    merge("wise", models, tmp_path / "out", weights=[weight])
    assert_equal(tmp_path / "out", combined(models, **{same: 1}), tolerance=0)


def test_the_residual_of_an_untrained_base_is_the_instruct_model(models, tmp_path):
    merge("residual", models, tmp_path / "out", ("base",), instruct=str(models / "instruct"))
    assert_equal(tmp_path / "out", combined(models, instruct=1))


def test_the_merged_model_loads_and_says_what_the_sum_by_hand_says(models, tmp_path):
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from train.weights_kit import logits

    merge("residual", models, tmp_path / "out", instruct=str(models / "instruct"))
    by_hand = AutoModelForCausalLM.from_pretrained(models / "base")
    sums = combined(models, cpt=1, instruct=1, base=-1)
    by_hand.load_state_dict({name: tensor.float() for name, tensor in sums.items()}, strict=False)
    by_hand.tie_weights()
    assert torch.allclose(logits(tmp_path / "out"), logits(by_hand.eval()), atol=1e-5)
    assert AutoTokenizer.from_pretrained(tmp_path / "out")("def f(x):").input_ids


def test_what_was_merged_is_written_beside_it(models, tmp_path):
    merge("residual", models, tmp_path / "out", instruct=str(models / "instruct"), weights=[0.5])
    record = json.loads((tmp_path / "out" / "merge.json").read_text())
    assert (record["method"], record["weights"]) == ("residual", [0.5])
    assert record["trained"] == [str(models / "cpt")]
    assert record["cosines"]["model.layers.0.mlp.up_proj.weight"] == pytest.approx(0, abs=0.1)


def test_weights_are_written_in_the_types_of_the_base(models, tmp_path):
    import torch
    from transformers import AutoModelForCausalLM

    from train.weights_kit import set_config, tensors, trained_from

    base = trained_from(models / "base", tmp_path / "base", 0, size=0, dtype=torch.bfloat16)
    set_config(base, dtype="bfloat16")
    merge("wise", models, tmp_path / "out", base=base, weights=[0.25])
    expected = {
        name: (0.75 * tensor.float() + 0.25 * tensors(models / "cpt")[name]).bfloat16()
        for name, tensor in tensors(base).items()
    }
    assert all(torch.equal(tensor, expected[name]) for name, tensor in tensors(tmp_path / "out").items())
    assert AutoModelForCausalLM.from_pretrained(tmp_path / "out").dtype == torch.bfloat16


def test_a_float32_model_from_a_bfloat16_base_says_in_its_configuration_what_it_is(models, tmp_path):
    import torch
    from transformers import AutoModelForCausalLM

    from train.weights_kit import set_config

    shutil.copytree(models / "cpt", tmp_path / "cpt")
    set_config(tmp_path / "cpt", dtype="bfloat16", torch_dtype="bfloat16")
    merge("wise", models, tmp_path / "out", (tmp_path / "cpt",))
    assert "torch_dtype" not in json.loads((tmp_path / "out" / "config.json").read_text())
    assert AutoModelForCausalLM.from_pretrained(tmp_path / "out").dtype == torch.float32


def test_shards_and_their_index_load_and_are_read_again(models, tmp_path):
    import torch

    from synth.train.combine import Term, combine
    from synth.train.weights import open_model
    from train.weights_kit import logits

    line = combine([Term(1, open_model(str(models / "cpt")))], tmp_path / "shards", shard_bytes=100_000)
    files = sorted((tmp_path / "shards").glob("model-*.safetensors"))
    assert len(files) > 2
    assert f"{len(files)} files" in line
    assert torch.equal(logits(tmp_path / "shards"), logits(models / "cpt"))
    merge("wise", models, tmp_path / "again", (tmp_path / "shards",))
    assert_equal(tmp_path / "again", combined(models, cpt=1), tolerance=0)


def test_no_more_than_a_slice_of_each_model_is_in_memory(models, tmp_path, small_slices):
    from synth.train.combine import Term, combine
    from synth.train.weights import open_model

    one, other = open_model(str(models / "cpt")), open_model(str(models / "base"))
    sizes = []
    combine(
        [Term(1, one), Term(0.5, other)], tmp_path / "out",
        observe=lambda name, rows: sizes.append(max(tensor.numel() for tensor in rows.values())),
    )  # fmt: skip
    assert max(sizes) <= 1000
    assert sum(sizes) == sum(spec.n_bytes for spec in one.specs.values()) // 4


ADAPTERS = {
    "plain": {},
    "rslora": {"use_rslora": True, "r": 8},
    "patterns": {"rank_pattern": {"q_proj": 2, "1.mlp.up_proj": 6}, "alpha_pattern": {"v_proj": 3, "0.*down_proj": 9}},
    "bias": {"bias": "all"},
    "norms in full": {"modules_to_save": ["norm"]},
    "tied embeddings in full": {"modules_to_save": ["embed_tokens"], "ensure_weight_tying": True},
}


@pytest.mark.parametrize("settings", ADAPTERS.values(), ids=ADAPTERS)
def test_a_merged_adapter_is_what_peft_makes_of_it(settings, models, tmp_path, small_slices):
    import torch

    from train.weights_kit import logits, make_adapter, tensors

    adapter, model = make_adapter(models / "base", tmp_path / "adapter", **settings)
    adapted = logits(model)
    merge("lora", models, tmp_path / "out", (adapter,))
    merged = {name: tensor.double() for name, tensor in model.merge_and_unload().state_dict().items()}
    assert_equal(tmp_path / "out", {name: merged[name] for name in tensors(tmp_path / "out")})
    assert torch.allclose(logits(tmp_path / "out"), adapted, atol=1e-5)


APART = {
    "embeddings in full": {"modules_to_save": ["embed_tokens"]},
    "both in full": {"modules_to_save": ["embed_tokens", "lm_head"]},
    "embeddings of low rank": {"target_modules": ["embed_tokens", "q_proj"]},
}


@pytest.mark.parametrize("settings", APART.values(), ids=APART)
def test_one_side_of_tied_embeddings_may_be_trained_alone(settings, models, tmp_path):
    import torch

    from train.weights_kit import logits, make_adapter

    adapter, model = make_adapter(models / "base", tmp_path / "adapter", **settings)
    merge("lora", models, tmp_path / "out", (adapter,))
    assert json.loads((tmp_path / "out" / "config.json").read_text())["tie_word_embeddings"] is False
    assert torch.allclose(logits(tmp_path / "out"), logits(model), atol=1e-5)


def test_tied_embeddings_of_low_rank_stay_tied(models, tmp_path):
    """PEFT's own merge adds to the shared matrix twice; the model before merging is the measure."""
    import torch

    from train.weights_kit import logits, make_adapter, tensors

    settings = {"target_modules": ["embed_tokens", "v_proj"], "ensure_weight_tying": True}
    adapter, model = make_adapter(models / "base", tmp_path / "adapter", **settings)
    merge("lora", models, tmp_path / "out", (adapter,))
    assert "lm_head.weight" not in tensors(tmp_path / "out")
    assert torch.allclose(logits(tmp_path / "out"), logits(model), atol=1e-5)


def test_the_weight_of_an_adapter_scales_it(models, tmp_path):
    from train.weights_kit import make_adapter

    adapter, _ = make_adapter(models / "base", tmp_path / "adapter")
    merge("lora", models, tmp_path / "whole", (adapter,))
    merge("lora", models, tmp_path / "half", (adapter,), weights=[0.5])
    assert_equal(tmp_path / "half", combined(tmp_path, whole=0.5, **{str(models / "base"): 0.5}))


def test_an_adapter_among_the_trained_is_merged_on_the_fly(models, tmp_path, small_slices):
    from train.weights_kit import make_adapter

    adapter, _ = make_adapter(models / "base", tmp_path / "adapter", use_rslora=True)
    merge("lora", models, tmp_path / "merged", (adapter,))
    merge("residual", models, tmp_path / "at_once", (adapter,), instruct=str(models / "instruct"))
    merge("residual", models, tmp_path / "in_two", (tmp_path / "merged",), instruct=str(models / "instruct"))
    assert_equal(tmp_path / "at_once", combined(tmp_path, in_two=1))


def test_rows_of_new_tokens_are_kept_and_the_residual_has_none_for_them(models, tmp_path, small_slices):
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from train.weights_kit import tensors, with_new_tokens

    cpt = with_new_tokens(shutil.copytree(models / "cpt", tmp_path / "cpt"), ["<|verified|>", "<|unverified|>"])
    for method, options in (("residual", {"instruct": str(models / "instruct")}), ("wise", {"weights": [0.5]})):
        merge(method, models, tmp_path / method, (cpt,), **options)
        rows = tensors(tmp_path / method)["model.embed_tokens.weight"]
        assert torch.equal(rows[-2:], torch.tensor([[1.0], [2.0]]).expand(2, 32))
        assert AutoModelForCausalLM.from_pretrained(tmp_path / method).config.vocab_size == len(rows) == 1002
        assert AutoTokenizer.from_pretrained(tmp_path / method).convert_tokens_to_ids("<|unverified|>") == 1001
    expected = combined(models, cpt=1, instruct=1, base=-1)["model.embed_tokens.weight"]
    found = tensors(tmp_path / "residual")["model.embed_tokens.weight"][:1000]
    assert (found - expected).abs().max() < 1e-6


def test_a_head_of_its_own_is_merged_with_a_tied_one(models, tmp_path):
    from train.weights_kit import save, set_config, tensors

    cpt = shutil.copytree(models / "cpt", tmp_path / "cpt")
    head = tensors(cpt)["model.embed_tokens.weight"] * 2
    save(cpt, tensors(cpt) | {"lm_head.weight": head})
    set_config(cpt, tie_word_embeddings=False)
    merge("wise", models, tmp_path / "out", (cpt,), weights=[0.5])
    tied = tensors(models / "base")["model.embed_tokens.weight"]
    found = tensors(tmp_path / "out")["lm_head.weight"]
    assert (found - (0.5 * head + 0.5 * tied)).abs().max() < 1e-6


def test_a_head_of_its_own_is_not_lost_in_a_model_that_ties_it(models, tmp_path):
    from train.weights_kit import save, set_config, tensors

    other = shutil.copytree(models / "other", tmp_path / "other")
    save(other, tensors(other) | {"lm_head.weight": tensors(other)["model.embed_tokens.weight"] * 2})
    set_config(other, tie_word_embeddings=False)
    refuse(models, tmp_path, "a head of its own", method="average", trained=("cpt", other))


def test_a_residual_talks_as_the_instruct_model_does(models, tmp_path):
    from transformers import AutoTokenizer, GenerationConfig

    instruct = shutil.copytree(models / "instruct", tmp_path / "instruct")
    (instruct / "chat_template.jinja").unlink()
    changed = {"chat_template": "Hello!", "eos_token": "<|endoftext|>"}
    settings = json.loads((instruct / "tokenizer_config.json").read_text()) | changed
    (instruct / "tokenizer_config.json").write_text(json.dumps(settings))
    (instruct / "generation_config.json").write_text(json.dumps({"eos_token_id": [2, 3]}))
    merge("residual", models, tmp_path / "out", instruct=str(instruct))
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "out")
    assert (tokenizer.chat_template, tokenizer.eos_token) == ("Hello!", "<|endoftext|>")
    assert GenerationConfig.from_pretrained(tmp_path / "out").eos_token_id == [2, 3]


def test_a_residual_of_a_model_with_new_tokens_knows_them_and_still_talks_as_the_instruct_model(models, tmp_path):
    from transformers import AutoTokenizer, GenerationConfig

    from train.weights_kit import with_new_tokens

    cpt = with_new_tokens(shutil.copytree(models / "cpt", tmp_path / "cpt"), ["<|verified|>"])
    instruct = shutil.copytree(models / "instruct", tmp_path / "instruct")
    (instruct / "chat_template.jinja").write_text("Hello!")
    (instruct / "generation_config.json").write_text(json.dumps({"eos_token_id": [2, 3]}))
    merge("residual", models, tmp_path / "out", (cpt,), instruct=str(instruct))
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "out")
    assert (tokenizer.convert_tokens_to_ids("<|verified|>"), tokenizer.chat_template) == (1000, "Hello!")
    assert GenerationConfig.from_pretrained(tmp_path / "out").eos_token_id == [2, 3]


def test_the_cosine_of_two_trainings_is_reported_and_a_high_one_warned_of(models, tmp_path, small_slices):
    import torch

    from train.weights_kit import tensors

    lines = merge("residual", models, tmp_path / "apart", instruct=str(models / "instruct"))
    found = json.loads((tmp_path / "apart" / "merge.json").read_text())["cosines"]
    one, other, base = (tensors(models / name) for name in ("cpt", "instruct", "base"))
    for name, value in found.items():
        first, second = (one[name] - base[name]).flatten(), (other[name] - base[name]).flatten()
        assert value == pytest.approx(torch.cosine_similarity(first, second, dim=0).item(), abs=1e-5)
    assert set(found) == {name for name, tensor in base.items() if tensor.ndim == 2}
    assert any("mean" in line for line in lines)
    assert not any("overshoot" in line for line in lines)
    lines = merge("residual", models, tmp_path / "alike", instruct=str(models / "cpt"))
    assert any("mean 1.000" in line for line in lines)
    assert any("overshoot" in line for line in lines)


def test_a_folder_is_whole_or_absent(models, tmp_path, monkeypatch):
    from synth.train import combine

    def fail(*_):
        raise RuntimeError

    (tmp_path / ".out.part").mkdir()
    (tmp_path / ".out.part" / "half.safetensors").write_text("of a killed process")
    with monkeypatch.context() as patch:
        patch.setattr(combine, "write_config", fail)
        with pytest.raises(RuntimeError):
            merge("wise", models, tmp_path / "out")
    assert not list(tmp_path.iterdir())
    merge("wise", models, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_progress_ends_with_all_that_was_to_be_written(models, tmp_path, small_slices):
    told = []
    merge("wise", models, tmp_path / "out", progress=lambda *told_now: told.append(told_now))
    assert [done for _, done, *_ in told] == sorted(done for _, done, *_ in told)
    stage, done, total, _ = told[-1]
    assert (stage, done) == ("merge", total)


def refuse(models, tmp_path, match, method="wise", **options):
    with pytest.raises(UserError, match=match) as caught:
        merge(method, models, tmp_path / "out", **options)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"method": "slerp"}, "give one of residual"),
        ({"method": "residual"}, "--instruct goes with"),
        ({"instruct": "instruct"}, "--instruct goes with"),
        ({"trained": ("cpt", "other")}, "takes one --trained, not 2"),
        ({"weights": [1.5]}, "not between 0"),
        ({"weights": [float("nan")]}, "finite"),
        ({"method": "arithmetic", "weights": [1.0, 2.0]}, "once for each --trained"),
        ({"method": "average", "weights": [0.0]}, "not be negative"),
        ({"method": "lora"}, "no adapter"),
    ],
)
def test_settings_that_make_no_sense_are_refused(options, match, models, tmp_path):
    refuse(models, tmp_path, match, **options)


def test_a_folder_without_safetensors_is_refused_with_the_way_to_convert_it(models, tmp_path):
    folder = shutil.copytree(models / "cpt", tmp_path / "cpt")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    refuse(models, tmp_path, "convert it", trained=(folder,))


def test_a_name_that_is_no_folder_and_not_in_the_cache_is_refused(models, tmp_path, monkeypatch):
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    from synth.train.merge import merge_models

    for name in ("nobody/nothing", str(tmp_path / "missing")):
        with pytest.raises(UserError, match="check the path, or the name"):
            merge_models("wise", str(models / "base"), [name], tmp_path / "out")


def test_a_damaged_file_is_refused(models, tmp_path):
    folder = shutil.copytree(models / "cpt", tmp_path / "cpt")
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-100])
    refuse(models, tmp_path, "is cut short or is no", trained=(folder,))
    file.write_bytes(b"no header at all")
    refuse(models, tmp_path, "no safetensors file", trained=(folder,))


def test_a_shard_that_is_missing_is_named(models, tmp_path):
    from synth.train.combine import Term, combine
    from synth.train.weights import open_model

    combine([Term(1, open_model(str(models / "cpt")))], tmp_path / "cpt", shard_bytes=100_000)
    lost = sorted((tmp_path / "cpt").glob("model-*.safetensors"))[1]
    lost.unlink()
    refuse(models, tmp_path, lost.name, trained=(tmp_path / "cpt",))


def test_models_that_do_not_fit_are_told_apart(models, tmp_path):
    from tiny_model import make_model

    from train.weights_kit import set_config

    wide = make_model(tmp_path / "wide", hidden=64, layers=2)
    refuse(models, tmp_path, "merge models of one size", trained=(wide,))
    deep = make_model(tmp_path / "deep", hidden=32, layers=3)
    refuse(models, tmp_path, "base lacks model.layers.2.* and 11 more tensors", trained=(deep,))
    shallow = make_model(tmp_path / "shallow", hidden=32, layers=1)
    refuse(models, tmp_path, "shallow lacks model.layers.1.* and 11 more tensors", trained=(shallow,))
    set_config(deep, model_type="llama")
    refuse(models, tmp_path, "two kinds, llama and qwen2", trained=(deep,))
    set_config(deep, quantization_config={"bits": 4})
    refuse(models, tmp_path, "quantised", trained=(deep,))


def renamed_tokens(folder, count):
    path = folder / "tokenizer.json"
    tokenizer = json.loads(path.read_text())
    vocabulary = tokenizer["model"]["vocab"]
    names = sorted(vocabulary, key=vocabulary.get)[-2 * count :]
    for one, other in zip(names[:count], names[count:], strict=True):
        vocabulary[one], vocabulary[other] = vocabulary[other], vocabulary[one]
    path.write_text(json.dumps(tokenizer))


def test_models_of_two_vocabularies_are_refused_and_a_few_other_names_warned_of(models, tmp_path):
    cpt = shutil.copytree(models / "cpt", tmp_path / "cpt")
    renamed_tokens(cpt, 1)
    assert any(line.startswith("warning: token") for line in merge("wise", models, tmp_path / "warned", (cpt,)))
    renamed_tokens(cpt, 50)
    refuse(models, tmp_path, "one tokenizer", trained=(cpt,))


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"peft_type": "LOHA"}, "not a plain LoRA adapter"),
        ({"init_lora_weights": "pissa"}, "not a plain LoRA adapter"),
    ],
)
def test_adapters_that_are_more_than_a_sum_are_refused(change, match, models, tmp_path):
    from train.weights_kit import make_adapter

    adapter, _ = make_adapter(models / "base", tmp_path / "adapter")
    path = adapter / "adapter_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    refuse(models, tmp_path, match, method="lora", trained=(adapter,))


def test_an_adapter_with_tensors_that_have_no_place_is_refused(models, tmp_path):
    from tiny_model import make_model

    from train.weights_kit import make_adapter

    dora, _ = make_adapter(models / "base", tmp_path / "dora", use_dora=True)
    refuse(models, tmp_path, "lora_magnitude_vector.* merge_and_unload", method="lora", trained=(dora,))
    wide = make_model(tmp_path / "wide", hidden=64, layers=2)
    foreign, _ = make_adapter(wide, tmp_path / "foreign")
    refuse(models, tmp_path, "does not fit", method="lora", trained=(foreign,))


def test_a_folder_that_holds_something_is_not_touched(models, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("dear")
    with pytest.raises(UserError, match="new or empty folder"):
        merge("wise", models, tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["thesis.txt"]


def test_the_command_says_what_it_wrote(models, tmp_path):
    from typer.testing import CliRunner

    from synth.cli import app

    command = ["train", "merge", "--base", str(models / "base"), "--trained", str(models / "cpt")]
    ran = CliRunner().invoke(app, [*command, "--method", "wise", "--weight", "0.5", "--out", str(tmp_path / "out")])
    assert ran.exit_code == 0, ran.output
    assert "26 tensors" in ran.output
    assert_equal(tmp_path / "out", combined(models, base=0.5, cpt=0.5))
