"""`docs.pair`: what the documents say of two entities together, then of each, in their own sentences.

The pairs of EntiGraph (Yang et al. 2024, section 2.2) without a model that writes: not every pair that can be formed,
but those that sentences join, and across documents.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from heapq import nlargest
from typing import NamedTuple

from synth.config import DocsPairSettings
from synth.graph.text.view import Entity, Passage
from synth.recipes.base import Draft, Source
from synth.recipes.docs.definitions import definition_of
from synth.recipes.docs.evidence import beside, full_name, is_prose, passages_on, section
from synth.recipes.docs.naming import alike, is_specific, words
from synth.recipes.docs.spread import spread
from synth.recipes.docs.statements import Statement, statements, statements_on
from synth.recipes.docs.windows import evidence_of

NAME = "docs.pair"
STAGE = "cpt"
MIN_SENTENCES = 2  # of a sample
MAX_PARTNERS = 12  # of one entity in one document, those that it shares most sentences with
MAX_SPREAD = 2000  # passages on an entity from which on those of other documents are not looked through
MAX_READ = 40  # passages on one entity that are searched for its best sentences, those of its own document first
SAME = 0.7  # share of words from which on two sentences say the same
SUBJECT = 5  # characters before the subject of a sentence at the most: an article


class Pair(NamedTuple):
    """Two entities, and the sentences of one document that name both."""

    one: Entity
    other: Entity
    joint: list[Statement]


def drafts(source: Source, settings: DocsPairSettings) -> Iterator[Draft]:
    """Yield a draft for each two entities that sentences of a document name together; documents take turns."""
    made: set[tuple[str, str, str]] = set()
    streams = []
    for path in source.text.paths:
        passages = [passage for passage in source.text.passages_of(path) if is_prose(passage)]
        weight = 1 + sum(passage.n_tokens for passage in passages)
        streams.append((weight, _of_document(source, passages, settings.max_sentences, made)))
    yield from spread(streams)


def _of_document(
    source: Source, passages: Sequence[Passage], most: int, made: set[tuple[str, str, str]]
) -> Iterator[Draft]:
    told: set[str] = set()
    for pair in _pairs(source, passages):
        key = (pair.one.entity_id, pair.other.entity_id, source.split_of(passages[0].path))
        said = {statement.text for statement in pair.joint}
        # Of ten names in one sentence, each pair would say that sentence again.
        if said - told and key not in made:
            made.add(key)
            told |= said
            draft = _draft(source, _with_others(source, pair), most)
            if draft is not None:
                yield draft


def _pairs(source: Source, passages: Sequence[Passage]) -> list[Pair]:
    """The pairs of a document: those that most sentences join come first."""
    joint: dict[tuple[str, str], list[Statement]] = {}
    for passage in passages:
        for statement in statements(source, passage):
            named = sorted({name.entity.entity_id for name in statement.names})
            for place, one in enumerate(named):
                for other in named[place + 1 :]:
                    joint.setdefault((one, other), []).append(statement)
    partners: dict[str, list[tuple[int, str]]] = {}
    for (one, other), found in joint.items():
        partners.setdefault(one, []).append((len(found), other))
        partners.setdefault(other, []).append((len(found), one))
    close = {one: {other for _, other in nlargest(MAX_PARTNERS, found)} for one, found in partners.items()}
    known = source.text.entities
    kept = [
        Pair(known[one], known[other], found)
        for (one, other), found in joint.items()
        if (other in close[one] or one in close[other]) and _is_worth_it(known[one], known[other])
    ]
    return sorted(kept, key=lambda pair: (-len(pair.joint), pair.one.name, pair.other.name, pair.one.entity_id))


def _is_worth_it(one: Entity, other: Entity) -> bool:
    """Whether two names are neither alike, as "data" and "JSON data" are, nor both of them common words."""
    return not words(one.name) & words(other.name) and (is_specific(one) or is_specific(other))


def _with_others(source: Source, pair: Pair) -> Pair:
    """The pair with the sentences of other documents that name both."""
    own = pair.joint[0].passage.path
    is_spread = min(pair.one.n_passages, pair.other.n_passages) > MAX_SPREAD
    elsewhere = () if is_spread else source.text.together(pair.one.entity_id, pair.other.entity_id)
    passages = [passage for passage in beside(source, elsewhere, own) if passage.path != own and is_prose(passage)]
    more = [
        statement
        for statement in statements_on(source, pair.one, passages[:MAX_READ])
        if statement.of(pair.other.entity_id)
    ]
    return pair._replace(joint=_distinct([*pair.joint, *more]))


def _distinct(said: Iterable[Statement]) -> list[Statement]:
    """Sentences without those that one before them says already."""
    kept: list[Statement] = []
    for statement in said:
        if all(alike(statement.text, other.text) < SAME for other in kept):
            kept.append(statement)
    return kept


def _draft(source: Source, pair: Pair, most: int) -> Draft | None:
    """The sample of a pair; none where one sentence is all that there is to say."""
    first = pair.joint[0]
    # In the order in which the first sentence names them.
    one, other = sorted((pair.one, pair.other), key=lambda entity: first.of(entity.entity_id)[0].start)
    joint = pair.joint[: max(1, most // 2)]
    room = most - len(joint)
    on_other = _best(source, other, one, first, room // 2)
    on_one = _best(source, one, other, first, room - len(on_other))
    if len(joint) + len(on_one) + len(on_other) < MIN_SENTENCES:
        return None
    groups = [("", joint), (_written(first, one), on_one), (_written(first, other), on_other)]
    blocks = [(about, block) for about, said in groups for block in _blocks(source, said)]
    return Draft(
        unit=f"{pair.one.entity_id}:{pair.other.entity_id}:{source.split_of(first.passage.path)}",
        kind="extractive_pair",
        prompt_id=NAME,
        source_path=first.passage.path,
        evidence=evidence_of(source, list(dict.fromkeys(item.passage for _, block in blocks for item in block))),
        facts={
            "project": [source.collection],
            "one": [_written(first, one)],
            "other": [_written(first, other)],
            "about[]": [about for about, _ in blocks],
            "documents[]": [full_name(source, block[0].passage.path) for _, block in blocks],
            "sections[]": [section(block[0].passage) for _, block in blocks],
            "texts[]": [" ".join(item.text for item in block) for _, block in blocks],
        },
        difficulty=len(blocks),
    )


def _written(statement: Statement, entity: Entity) -> str:
    return statement.written(statement.of(entity.entity_id)[0])


def _best(source: Source, entity: Entity, other: Entity, joint: Statement, most: int) -> list[Statement]:
    """The sentences that say most of one entity without the other, documents in turn."""
    own = joint.passage.path
    is_spread = entity.n_passages > MAX_SPREAD
    elsewhere = [] if is_spread else beside(source, source.text.mentions(entity.entity_id), own)
    others = [passage for passage in elsewhere if passage.path != own and is_prose(passage)]
    mentions = [*passages_on(source, own).get(entity.entity_id, ()), *others]
    turns: Counter[str] = Counter()
    ranked: list[tuple[tuple[bool, bool, int], Statement]] = []
    for statement in statements_on(source, entity, mentions[:MAX_READ]):
        if statement.of(other.entity_id):
            continue
        is_subject = statement.of(entity.entity_id)[0].start <= SUBJECT
        defines = is_subject and definition_of(statement) is not None
        ranked.append(((not defines, not is_subject, turns[statement.passage.path]), statement))
        turns[statement.passage.path] += 1
    ranked.sort(key=lambda item: item[0])
    return _distinct(statement for _, statement in ranked[: 2 * most])[:most]


def _blocks(source: Source, said: Sequence[Statement]) -> list[list[Statement]]:
    """Sentences of one passage together, in the order in which it has them."""
    found: dict[str, list[Statement]] = {}
    for statement in said:
        found.setdefault(statement.passage.passage_id, []).append(statement)
    return [sorted(block, key=statements(source, block[0].passage).index) for block in found.values()]
