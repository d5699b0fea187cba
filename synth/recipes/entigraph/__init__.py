"""Recipes in the manner of EntiGraph ("Synthetic continued pretraining", arXiv 2409.07431)."""

from synth.recipes.entigraph import cross_document, pair, triple

RECIPES = (pair.RECIPE, triple.RECIPE, cross_document.RECIPE)
