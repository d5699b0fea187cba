"""What all languages but Python share: reading a file by queries, and linking files by the rules of a language.

A language brings a `Syntax` (how its text is read) and `Rules` (what its names mean); see `docs/languages.md`.
"""
