"""What do samples about documents call their evidence? Texts of passages, names of documents and sections, spans."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TypeVar

from synth.graph.text.view import Passage
from synth.languages import LANGUAGES
from synth.recipes.base import Source
from synth.recipes.docs.markup import plain

Item = TypeVar("Item")
MAX_SECTION = 100  # characters of a path of headings

_APPARATUS = re.compile(
    r"change ?logs?|changes|release notes?|what'?s new|history|news|references|bibliography|acknowledge?ments?|"
    r"author'?s'? address(?:es)?|contributors|credits|(?:general )?index|(?:table of )?contents|licen[cs]es?|copyright|"
    r"full copyright statement|status of this memo|see also|further reading|indices and tables|legal notices?|"
    r"intellectual property(?: statement)?|(?:normative|informative) references|to-?do",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"^(?:(?:chapter|appendix|section)\s+)?(?:\d+|[A-Z])?(?:\.\d+)*[.:)]?\s+", re.IGNORECASE)
_VERSION = re.compile(
    r"(?:version |release |v)\d+(?:\.\d+)+.*|"
    r"\d+(?:\.\d+)+[\w\-]*\W*(?:(?:\d{4}\b|unreleased|[A-Z][a-z]{2,8} \d|\d\d? [A-Z][a-z]{2,8}).*)?",
    re.IGNORECASE,
)


@lru_cache(maxsize=16)
def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _slice(source: Source, path: str, start: int, end: int) -> str:
    text = source.texts[path]
    return text[start:end] if text.isascii() else _encoded(text)[start:end].decode("utf-8", "replace")


def text_of(source: Source, first: Passage, last: Passage | None = None) -> str:
    """What a passage says, as written, without blank lines around; with `last`, all from one to the other."""
    return _slice(source, first.path, first.start_byte, (last or first).end_byte).strip("\n")


def stretches(source: Source, passages: Iterable[Passage]) -> list[list[Passage]]:
    """Passages, which are in order, in groups that can be read as one: nothing but blank stands between them."""
    found: list[list[Passage]] = []
    for passage in passages:
        before = found[-1][-1] if found else None
        goes_on = (
            before is not None
            and (before.path, before.headings) == (passage.path, passage.headings)
            and not _slice(source, passage.path, before.end_byte, passage.start_byte).strip()
        )
        if goes_on:
            found[-1].append(passage)
        else:
            found.append([passage])
    return found


def is_prose(passage: Passage) -> bool:
    """Whether a passage is of a document, not a docstring or a comment of code."""
    return passage.language not in LANGUAGES


def passages_on(source: Source, path: str) -> dict[str, list[Passage]]:
    """The passages of a document that speak of each of its entities, by the id of the entity."""
    found: dict[str, list[Passage]] = {}
    for passage in filter(is_prose, source.text.passages_of(path)):
        for entity in source.text.entities_in(passage.passage_id):
            found.setdefault(entity.entity_id, []).append(passage)
    return found


def is_apparatus(passage: Passage) -> bool:
    """Whether a passage serves its document rather than its subject, as a list of changes or of references does."""
    stem = passage.path.rpartition("/")[2].partition(".")[0].replace("_", " ").replace("-", " ")
    headings = [_NUMBER.sub("", heading).strip() for heading in passage.headings]
    named = [stem, passage.title, *headings]
    return any(map(_APPARATUS.fullmatch, named)) or any(map(_VERSION.fullmatch, passage.headings))


def section(passage: Passage) -> str:
    """The headings that lead to a passage, outermost first; where they are long, the last alone."""
    title = plain(passage.title, passage.language).replace("`", "")
    headings = [heading for part in passage.headings if (heading := plain(part, passage.language).replace("*", ""))]
    path = " > ".join(headings[1:] if headings and headings[0].replace("`", "") == title else headings)
    return path if len(path) <= MAX_SECTION else headings[-1]


def short_name(source: Source, path: str) -> str:
    """What a document is called where it has been named in full before."""
    title = _title(source, path)
    return f"*{title}*" if title else f"`{path}`"


def full_name(source: Source, path: str) -> str:
    """What a document is called by somebody who does not have it in view: its title and the collection that holds it.

    Where documents share a title, or have none, it is the path that tells them apart.
    """
    name, title = short_name(source, path), _title(source, path)
    if title and _titles(source)[title] > 1:
        return f"{name} (`{path}` of {source.collection})"
    is_told = len(source.text.paths) == 1 or source.collection.lower() in title.lower()
    return name if title and is_told else f"{name} ({source.collection})"


def _title(source: Source, path: str) -> str:
    title = source.text.title(path)
    language = source.text.passages_of(path)[0].language
    return "" if title == path else plain(title, language).replace("*", "").replace("`", "")


def _titles(source: Source) -> Counter[str]:
    if "docs.titles" not in source.memo:
        source.memo["docs.titles"] = Counter(_title(source, path) for path in source.text.paths)
    found: Counter[str] = source.memo["docs.titles"]
    return found


def beside(source: Source, passages: Iterable[Passage], path: str) -> list[Passage]:
    """Those passages that may stand in one sample with a document: what is held out is never mixed with the rest."""
    return [passage for passage in passages if source.split_of(passage.path) == source.split_of(path)]


def fitting(items: Sequence[Item], costs: Sequence[int], limit: int) -> Iterator[list[Item]]:
    """Cut a sequence into consecutive groups that cost at most `limit`, or hold one item."""
    group: list[Item] = []
    total = 0
    for item, cost in zip(items, costs, strict=True):
        if group and total + cost > limit:
            yield group
            group, total = [], 0
        group.append(item)
        total += cost
    if group:
        yield group


def facts_about(source: Source, passage: Passage) -> dict[str, list[str]]:
    """The facts about a passage that all templates use."""
    return {
        "project": [source.collection],
        "document": [full_name(source, passage.path)],
        "title": [short_name(source, passage.path)],
        "section": [section(passage)],
    }
