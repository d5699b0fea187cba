"""The recipes room: what should be asked, from which evidence?

A recipe is a module with `NAME`, `STAGE` (`cpt` or `sft`) and `drafts(source, settings)`, which yields one `Draft` a
unit of evidence, the units that cover something new first. To add one, write the module, register it in `RECIPES` and
give it settings in `synth.config.Recipes`.
"""

from types import ModuleType

from synth.recipes.ucd import compositional, dependency_cpt, single_hop, utilization

RECIPES: dict[str, ModuleType] = {
    module.NAME: module for module in (dependency_cpt, single_hop, compositional, utilization)
}
