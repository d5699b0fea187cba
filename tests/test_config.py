"""Pipeline files and --set: what is taken, and what is refused with its name."""

import pytest
from corpora import PIPELINE

from synth.config import Config, load_config
from synth.errors import UserError
from synth.recipes import RECIPES


def test_the_bundled_pipelines_run_every_recipe_but_the_baselines():
    code, docs, auto = (load_config(PIPELINE.with_name(f"{name}.yaml")).recipes for name in ("code", "docs", "auto"))
    for name in RECIPES:
        assert (code.of(name) is not None) == name.startswith("ucd.")
        if not name.startswith("rephrase."):
            assert (docs.of(name) is not None) != (code.of(name) is not None)
            assert auto.of(name) is not None


def test_without_a_file_all_is_default():
    assert load_config(None) == Config()


def test_an_override_reaches_its_key_and_leaves_the_rest():
    before, after = load_config(PIPELINE), load_config(PIPELINE, ["recipes.ucd.single_hop.samples=7"])
    assert after.recipes.single_hop is not None
    assert after.recipes.single_hop.samples == 7
    assert after.recipes.single_hop.negatives == 0.2
    assert after.recipes.compositional == before.recipes.compositional


def test_a_recipe_can_be_switched_off():
    assert load_config(PIPELINE, ["recipes.ucd.utilization=null"]).recipes.utilization is None


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("sed=1", "sed: unknown key"),
        ("seed=-1", "seed: .*got -1"),
        ("recipes.ucd.single_hop.negatives=2", "negatives"),
        ("engine.name=gpt", "engine.name"),
        ("seed.deeper=1", "deeper|seed"),
        ("x", "key=value"),
        ("seed=[", "not a YAML value"),
    ],
)
def test_a_bad_override_is_one_line_that_names_it(override, words):
    with pytest.raises(UserError, match=words) as caught:
        load_config(PIPELINE, [override])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["- a list", "a: [", "\t\tx: 1", "plain words", "seed: {deep: 1}"])
def test_a_bad_file_is_one_line_that_names_it(text, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(UserError, match=r"mine\.yaml") as caught:
        load_config(path)
    assert "\n" not in str(caught.value)


def test_an_empty_file_is_all_default(tmp_path):
    (tmp_path / "empty.yaml").write_text("")
    assert load_config(tmp_path / "empty.yaml") == Config()
