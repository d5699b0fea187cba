"""The recipes room: what should be asked, from which evidence?

A recipe is a `Recipe`: a name, a stage (`cpt` or `sft`) and `drafts(source, settings)`, which yields one `Draft` a unit
of evidence, the units that cover something new first. To add one, write a module, register it in `RECIPES` and give
it settings in `synth.config.Recipes`.
"""

from synth.recipes.base import Recipe
from synth.recipes.ucd import compositional, dependency_cpt, single_hop, utilization

RECIPES: dict[str, Recipe] = {
    recipe.name: recipe for recipe in map(Recipe.of, (dependency_cpt, single_hop, compositional, utilization))
}
"""Every recipe by its name."""
