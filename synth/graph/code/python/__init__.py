"""Python: how its files are read and how its names are resolved."""

from synth.graph.code.language import Language
from synth.graph.code.python.grouping import group_files
from synth.graph.code.python.linker import link_collection
from synth.graph.code.python.walk import read_file

PYTHON = Language("python", read_file, link_collection, group_files)
