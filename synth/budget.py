"""How are the tokens of a corpus split over its recipes? By their shares; what one cannot use goes to the others."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from synth.config import Config, Recipes, RecipeSettings
from synth.prompts import load_prompt, render
from synth.recipes import RECIPES, active_reading, knowledge_instruct
from synth.recipes.base import Recipe, Source
from synth.recipes.docs import posing, qa

ANSWER = "teacher.answer"
ACTIVE_READING = tuple(recipe.name for recipe in active_reading.RECIPES)
QUESTION = 60
"""Tokens of a question that a teacher writes about code, about."""


class Stock(NamedTuple):
    """What a recipe can make of the sources."""

    samples: int
    """If each unit of evidence is used once; fewer where counting ended at a limit."""
    tokens: int
    """Of those samples."""
    repeats: int = 1
    """How many samples it may make of a unit."""


def split(config: Config, available: Mapping[str, Stock]) -> dict[str, int]:
    """Part `config.tokens` between recipes, like water that is poured into vessels as wide as their shares.

    A recipe gets its share, but no more than it can use: by its evidence, its `repeats`, and its own `samples` and
    `tokens`. What it leaves rises in the others. More tokens never mean fewer for any recipe.

    Args:
        config: its `tokens` must be set; its recipes say their shares and limits.
        available: by recipe, what the sources give.

    Returns:
        Tokens by recipe, rounded down. They add up to the budget but for that rounding, or to all that the recipes can
        make where that is less.
    """
    assert config.tokens is not None
    recipes = {name: settings for name in available if (settings := config.recipes.of(name))}
    limits = {name: _usable(available[name], settings) for name, settings in recipes.items()}
    shares = {name: Fraction(settings.share) for name, settings in recipes.items()}
    level = _level(config.tokens, limits, shares)
    return {name: int(min(Fraction(limits[name]), level * shares[name])) for name in limits}


def limited(recipes: Recipes, parts: Mapping[str, int]) -> Recipes:
    """The settings of recipes with what `split` gave each as its `tokens`."""
    changed: dict[str, RecipeSettings] = {}
    for field, info in type(recipes).model_fields.items():
        name = info.alias or field
        if (settings := recipes.of(name)) and name in parts:
            changed[field] = settings.model_copy(update={"tokens": parts[name]})
    return recipes.model_copy(update=changed)


def take_stock(sources: Sequence[Source], config: Config, limit: int) -> dict[str, Stock]:
    """What each recipe of a run can make of its sources.

    Args:
        sources: one for each collection.
        config: says which recipes run, and whether a teacher answers; its engine is decided.
        limit: the budget of the whole corpus. Counting ends there: more than all of it no recipe can get.
    """
    stocks = {}
    for name, recipe in RECIPES.items():
        settings = config.recipes.of(name)
        if settings is not None and (asks_teacher(config) or not recipe.needs_teacher):
            repeats = repeats_of(recipe, settings)
            sizes = _sizes(recipe, fitted(recipe, settings, config), sources, config)
            stocks[name] = count_stock(sizes, repeats, limit)
    return stocks


def count_stock(sizes: Iterable[int], repeats: int, limit: int) -> Stock:
    """Count samples, one a unit of evidence, until their tokens reach a limit."""
    samples = tokens = 0
    for size in sizes:
        samples, tokens = samples + 1, tokens + size
        if tokens >= limit:
            break
    return Stock(samples, tokens, repeats)


def fitted(recipe: Recipe, settings: RecipeSettings, config: Config) -> RecipeSettings:
    """The settings of a recipe whose prompts show no more of a document than a teacher shall see."""
    if not recipe.needs_teacher:
        return settings
    shown = min(getattr(settings, "context_tokens", config.teacher.context_tokens), config.teacher.context_tokens)
    return settings.model_copy(update={"context_tokens": shown})


def repeats_of(recipe: Recipe, settings: RecipeSettings) -> int:
    """How often a unit of evidence may be used: text that a template composes has one wording and would only repeat."""
    return settings.repeats if recipe.stage == "sft" or recipe.needs_teacher else 1


def asks_teacher(config: Config) -> bool:
    """Whether a model answers, not the built-in templates."""
    return config.engine.name != "template"


def sample_tokens(
    recipe: Recipe,
    kind: str,
    prompt_id: str,
    facts: Mapping[str, Sequence[str]],
    config: Config,
    count: Callable[[str], int],
) -> int:
    """About how many tokens a draft, or the task that was made of it, adds to the corpus, if all goes well.

    What a template says can be counted. How much a teacher writes, its prompts say (`expected_tokens`).

    Args:
        recipe: of the draft.
        kind: of the draft.
        prompt_id: of the draft.
        facts: of the draft.
        config: who answers, and how many answers are kept; its engine is decided.
        count: counts the tokens of a text.
    """
    if not _is_written(recipe, kind, config):
        prompt = load_prompt(prompt_id)
        said = ("question", "reasoning", "answer")
        return sum(count(render(prompt, section, 0, facts)) for section in said if section in prompt.sections)
    if recipe.name in ACTIVE_READING:
        return int(facts["count"][0]) * load_prompt(active_reading.APPLY).expected_tokens
    if recipe.name == knowledge_instruct.NAME:
        return int(facts["rounds"][0]) * load_prompt(prompt_id).expected_tokens
    if recipe.name == qa.NAME:
        return load_prompt(recipe.problem).expected_tokens
    if recipe.stage == "cpt":
        return load_prompt(prompt_id).expected_tokens
    kept = min(config.teacher.keep, config.teacher.candidates)
    return problems_of(recipe.name, config) * kept * (QUESTION + load_prompt(ANSWER).expected_tokens)


def problems_of(recipe: str, config: Config) -> int:
    """How many questions come of one task: a teacher words a relation several times."""
    is_worded = recipe == "ucd.single_hop" and config.teacher.questions == "written"
    return config.teacher.paraphrases if is_worded else 1


def _is_written(recipe: Recipe, kind: str, config: Config) -> bool:
    """Whether a teacher writes what becomes of a draft, not a template."""
    if not asks_teacher(config) or (recipe.ask is None and not recipe.problem):
        return False
    return recipe.name != qa.NAME or (kind in posing.FORMS and config.teacher.questions == "written")


def _sizes(recipe: Recipe, settings: RecipeSettings, sources: Sequence[Source], config: Config) -> Iterator[int]:
    for source in sources:
        for draft in recipe.drafts(source, settings):
            yield sample_tokens(recipe, draft.kind, draft.prompt_id, draft.facts, config, source.count_tokens)


def _usable(stock: Stock, settings: RecipeSettings) -> int:
    """The most tokens that a recipe can use."""
    limits = [stock.tokens * stock.repeats]
    if settings.tokens is not None:
        limits.append(settings.tokens)
    if settings.samples is not None and stock.samples:
        limits.append(-(-settings.samples * stock.tokens // stock.samples))
    return min(limits)


def _level(total: int, limits: Mapping[str, int], shares: Mapping[str, Fraction]) -> Fraction:
    """Tokens a unit of share at which the recipes together use the total, or all that they can."""
    level, left, width = Fraction(0), Fraction(total), sum(shares.values())
    for name in sorted((name for name in limits if shares[name]), key=lambda name: limits[name] / shares[name]):
        if (rise := limits[name] / shares[name] - level) * width >= left:
            return level + left / width
        level, left, width = level + rise, left - rise * width, width - shares[name]
    return level
