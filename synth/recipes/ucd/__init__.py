"""The recipes of UCD-Training (arXiv 2602.20799): a codebase taught by its own graph."""
