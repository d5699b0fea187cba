"""What the corpus says of installed packages agrees with the live objects, as a program apart from synth finds them."""

import importlib
import shutil
from pathlib import Path

import groundedness
import pytest
from corpora import config

from synth import run

PACKAGES = ("flask", "click", "requests")


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.filterwarnings("ignore")
def test_rows_are_true_of_the_live_package(package, tmp_path):
    installed = Path(importlib.import_module(package).__file__ or "").parent
    shutil.copytree(installed, tmp_path / "source" / package, ignore=shutil.ignore_patterns("__pycache__"))
    run.corpus([tmp_path / "source"], tmp_path / "out", config("recipes.ucd.single_hop.samples=1500"))
    counts, faults = groundedness.measure(tmp_path / "out")
    decided = counts["true"] + counts["wrong"]
    assert decided >= 1000
    assert decided >= 0.9 * (decided + counts["undecided"])
    assert counts["true"] >= 0.995 * decided, faults[:20]


def test_the_measure_finds_what_is_wrong(tmp_path):
    """A measure that cannot fail would measure nothing: a source that lies about a package is caught."""
    installed = Path(importlib.import_module("click").__file__ or "").parent
    shutil.copytree(installed, tmp_path / "source" / "click", ignore=shutil.ignore_patterns("__pycache__"))
    core = tmp_path / "source" / "click" / "utils.py"
    core.write_text(core.read_text().replace("def get_app_dir(app_name: str", "def get_app_dir(app_title: str") + LIES)
    run.corpus([tmp_path / "source"], tmp_path / "out", config())
    _, faults = groundedness.measure(tmp_path / "out")
    found = "\n".join(faults)
    assert "click.utils.never_there does not exist" in found
    assert "is not the declaration of ['click.utils.get_app_dir']" in found


LIES = '''

def never_there(value: int) -> int:
    """Not a function of the real module."""
    return len(str(value))
'''
