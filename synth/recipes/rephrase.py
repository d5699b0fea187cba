"""`rephrase.*`: a document in other words, in three styles and as questions with answers (WRAP, arXiv 2401.16380).

The baselines of EntiGraph and of what came after it: they add no view of the document that it has not itself.
"""

from synth.recipes.docs.rewriting import rewriting

STYLES = ("easy", "medium", "hard", "qa")

RECIPES = tuple(rewriting(f"rephrase.{style}") for style in STYLES)
"""One recipe for each style."""
