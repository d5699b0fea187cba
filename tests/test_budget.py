"""The budget of a corpus: read as people write it, split by share, and nothing given to who cannot use it."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.amounts import parse_tokens, say_tokens
from synth.budget import Stock, count_stock, fitted, split
from synth.config import Config, TeacherSettings
from synth.recipes import RECIPES

NAMES = ("docs.passage", "docs.qa", "entigraph.pair", "spa.mind_map", "knowledge_instruct")
MANY = Stock(10**6, 10**9)

stocks = st.builds(Stock, st.integers(0, 5000), st.integers(0, 5_000_000), st.integers(1, 4))
limits = st.none() | st.integers(0, 100_000)
settings = st.fixed_dictionaries(
    {"share": st.floats(0.01, 8), "samples": limits, "tokens": limits, "repeats": st.integers(1, 4)}
)
plans = st.dictionaries(st.sampled_from(NAMES), st.tuples(stocks, settings), min_size=1)


def config(tokens: int, **recipes: dict) -> Config:
    return Config.model_validate({"tokens": tokens, "recipes": recipes})


def parted(tokens: int, plan: dict) -> dict[str, int]:
    settings = {name: wanted for name, (_, wanted) in plan.items()}
    return split(config(tokens, **settings), {name: stock for name, (stock, _) in plan.items()})


def most(plan: dict) -> dict[str, int]:
    return parted(10**15, plan)


@pytest.mark.parametrize(
    ("written", "tokens"),
    [
        ("10M", 10**7), ("500k", 500_000), ("1.5B", 1_500_000_000), ("2_500_000", 2_500_000), ("2,500,000", 2_500_000),
        (" 3 m ", 3_000_000), (1234, 1234), ("0.3k", 300), ("4.35M", 4_350_000), ("1e6", 1_000_000), (1.5e6, 1_500_000),
    ],
)  # fmt: skip
def test_tokens_may_be_written_in_words(written, tokens):
    assert parse_tokens(written) == tokens


@pytest.mark.parametrize("written", ["", "M", "ten", "-5M", "5 T", "1.2.3M", "1e-6", "1e999", True, None, "5M tokens"])
def test_what_is_no_number_of_tokens_is_refused_with_examples(written):
    with pytest.raises(ValueError, match=r"500k, 10M or 1\.5B"):
        parse_tokens(written)


@given(st.integers(0, 10**12))
def test_tokens_are_said_in_three_figures(tokens):
    said = say_tokens(tokens)
    assert len(said.rstrip("kMB").replace(".", "")) <= 4
    assert parse_tokens(said) == pytest.approx(tokens, rel=0.006)


def test_said_as_people_write_them():
    assert [say_tokens(n) for n in (0, 999, 1000, 999_400, 999_600, 10**7, 1_250_000_000)] == [
        "0", "999", "1k", "999k", "1M", "10M", "1.25B",
    ]  # fmt: skip


def test_recipes_with_evidence_enough_get_their_shares():
    plan = {"docs.qa": (MANY, {"share": 1}), "entigraph.pair": (MANY, {"share": 3})}
    assert parted(1000, plan) == {"docs.qa": 250, "entigraph.pair": 750}


def test_what_one_recipe_cannot_use_goes_to_the_others_by_their_shares():
    plan = {
        "docs.passage": (Stock(10, 100), {"share": 4}),
        "docs.qa": (MANY, {"share": 1}),
        "entigraph.pair": (MANY, {"share": 2}),
    }
    assert parted(1000, plan) == {"docs.passage": 100, "docs.qa": 300, "entigraph.pair": 600}


def test_a_recipe_that_may_repeat_its_units_can_use_more():
    once, twice = (
        {"docs.qa": (Stock(10, 100, repeats), {}), "docs.passage": (Stock(10, 100), {})} for repeats in (1, 2)
    )
    assert parted(1000, once)["docs.qa"] == 100
    assert parted(1000, twice)["docs.qa"] == 200


def test_a_recipes_own_limits_hold():
    plan = {"docs.qa": (MANY, {"tokens": 30}), "entigraph.pair": (Stock(100, 2000, 5), {"samples": 7})}
    assert parted(1000, plan) == {"docs.qa": 30, "entigraph.pair": 140}


def test_a_share_of_nothing_gets_nothing():
    assert parted(1000, {"docs.qa": (MANY, {"share": 0}), "docs.pair": (Stock(1, 10), {})}) == {
        "docs.qa": 0,
        "docs.pair": 10,
    }
    assert parted(1000, {"docs.qa": (MANY, {"share": 0})}) == {"docs.qa": 0}


def test_a_recipe_that_the_settings_leave_out_gets_nothing():
    assert split(config(100, **{"docs.qa": {}}), {"docs.qa": MANY, "docs.pair": MANY}) == {"docs.qa": 100}


@given(plans, st.integers(1, 10_000_000))
def test_the_parts_add_up_to_the_budget_or_to_all_that_can_be_made(plan, tokens):
    total, possible = sum(parted(tokens, plan).values()), sum(most(plan).values())
    assert min(tokens, possible) - len(plan) < total <= min(tokens, possible)


@given(plans, st.integers(1, 10_000_000))
def test_no_recipe_gets_more_than_it_can_use(plan, tokens):
    limits = most(plan)
    for name, part in parted(tokens, plan).items():
        stock, wanted = plan[name]
        assert part <= limits[name] <= stock.tokens * stock.repeats
        assert wanted["tokens"] is None or part <= wanted["tokens"]


@given(plans, st.integers(1, 10_000_000), st.integers(1, 10_000_000))
def test_more_tokens_never_mean_fewer_for_any_recipe(plan, one, other):
    less, more = sorted((one, other))
    small, large = parted(less, plan), parted(more, plan)
    assert all(small[name] <= large[name] for name in plan)


@given(plans, st.integers(1, 10_000_000))
def test_recipes_that_could_use_more_have_parts_as_their_shares(plan, tokens):
    parts, limits = parted(tokens, plan), most(plan)
    levels = [parts[name] / plan[name][1]["share"] for name in plan if parts[name] < limits[name] - 1]
    widest = max((1 / plan[name][1]["share"] for name in plan), default=0)
    assert max(levels, default=0) - min(levels, default=0) <= widest


def test_stock_is_counted_no_further_than_the_budget():
    assert count_stock([5, 5, 5], repeats=2, limit=100) == Stock(3, 15, 2)
    assert count_stock(itertools.repeat(5), repeats=1, limit=100) == Stock(20, 100, 1)
    assert count_stock([], repeats=1, limit=100) == Stock(0, 0, 1)


def test_a_recipe_shows_a_teacher_no_more_than_it_shall_see():
    wide = Config.model_validate({"recipes": {"spa.mind_map": {"context_tokens": 9000}, "docs.passage": {}}})
    narrow = wide.model_copy(update={"teacher": TeacherSettings(context_tokens=500)})
    study, own = (RECIPES[name] for name in ("spa.mind_map", "docs.passage"))
    assert fitted(study, wide.recipes.of("spa.mind_map"), narrow).context_tokens == 500
    assert fitted(study, wide.recipes.of("spa.mind_map"), wide).context_tokens == 8192
    assert fitted(own, wide.recipes.of("docs.passage"), narrow).context_tokens == 2048
