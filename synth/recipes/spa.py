"""`spa.*`: seven ways to study a document, each sampled as often as the budget allows (SPA, arXiv 2603.22213).

Their one point: when as many tokens are made, a few prompts of different kinds teach as much as pairs of entities do.
All seven do better than the best of them alone.
"""

from synth.recipes.docs.rewriting import rewriting

WAYS = ("key_concepts", "mind_map", "implications", "critical_thinking", "case_study", "dialogue", "teacher")

RECIPES = tuple(rewriting(f"spa.{way}") for way in WAYS)
"""One recipe for each way."""
