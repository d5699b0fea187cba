"""The text graph: which entities do the documents speak of, and where?"""
