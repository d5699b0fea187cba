"""Every language keeps to the captures that the toolkit knows, and the page for contributors names them all."""

import re
from pathlib import Path

import pytest

import synth.graph.code
from synth.graph.code.build import LANGUAGES
from synth.graph.code.toolkit.reader import HANDLERS
from synth.graph.code.toolkit.syntax import Syntax
from synth.sources.languages import LANGUAGES as SUFFIXES

CODE = Path(synth.graph.code.__file__).parent
PAGE = (Path(__file__).parents[4] / "docs" / "languages.md").read_text(encoding="utf-8")
QUERIES = sorted(CODE.glob("*/*.scm"))
DEFINING = {"class", "function", "method", "variable", "module"}


def kinds_of(base: type[Syntax]) -> list[type[Syntax]]:
    """The classes that extend one, however far."""
    return [base, *(kind for child in base.__subclasses__() for kind in kinds_of(child))]


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_captures_are_known(path: Path) -> None:
    text = re.sub(r";[^\n]*", "", path.read_text(encoding="utf-8"))
    captures = {item for item in re.findall(r"@([\w.]+)", text) if not item.startswith("_")}
    known = {"expression", "type", *HANDLERS}.union(*(kind.placed for kind in kinds_of(Syntax)))
    assert {item for item in captures if item not in known and item.partition(".")[0] not in DEFINING} == set()


def test_the_page_names_every_capture() -> None:
    assert [item for item in (*HANDLERS, "expression", "type") if f"`@{item}`" not in PAGE] == []
    assert [kind for kind in DEFINING if not re.search(rf"`@{kind}\b", PAGE)] == []


def test_every_language_that_can_be_read_has_suffixes() -> None:
    assert set(LANGUAGES) <= set(SUFFIXES.values())


@pytest.mark.parametrize("name", sorted(set(LANGUAGES) - {"python"}))
def test_an_empty_file_is_read(name: str) -> None:
    facts = LANGUAGES[name].read_file("c", f"a.{name}", "", is_test=False)
    assert (facts.language, facts.definitions, facts.n_lines) == (name, [], 0)
