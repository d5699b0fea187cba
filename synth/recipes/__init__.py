"""The recipes room: what should be asked, from which evidence?

A recipe is a `Recipe`: a name, a stage (`cpt` or `sft`) and `drafts(source, settings)`, which yields one `Draft` a unit
of evidence, the units that cover something new first. To add one, write a module, register it in `RECIPES` and give
it settings in `synth.config.Recipes`.
"""

from synth.recipes import active_reading, entigraph, knowledge_instruct, rephrase, spa
from synth.recipes.base import Recipe
from synth.recipes.docs import dossier, pair, passage, qa
from synth.recipes.ucd import compositional, dependency_cpt, single_hop, utilization

RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        *map(Recipe.of, (dependency_cpt, single_hop, compositional, utilization, passage, dossier, pair)),
        qa.RECIPE,
        *entigraph.RECIPES,
        *spa.RECIPES,
        *active_reading.RECIPES,
        *rephrase.RECIPES,
        knowledge_instruct.RECIPE,
    )
}
"""Every recipe by its name."""
