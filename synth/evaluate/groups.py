"""Which facts are asked together, each one's answer an option for the others?"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from synth.evaluate.facts import Fact
from synth.evaluate.invented import has_words, invent, words_of
from synth.evaluate.trained import TrainedRows
from synth.schema import content_id

SIZE = 4
MAX_FACTS = 5_000
"""Facts of one relation that are looked at, chosen by a hash."""
MAX_OPEN = 50
"""Groups of one shape that wait for more; a fact that fits none of so many is left out, so that time stays linear."""

Group = tuple[Fact, ...]


def by_relation(facts: Iterable[Fact], seed: int) -> dict[str, list[Fact]]:
    """Facts of each relation in the order of a hash, those left out of which no control can be made."""
    keyed: dict[str, list[tuple[str, Fact]]] = defaultdict(list)
    for fact in facts:
        if has_words(getattr(fact, _made_up_part(fact))):
            keyed[fact.relation].append((content_id(str(seed), fact.relation, fact.subject, fact.answer), fact))
    return {name: [fact for _, fact in sorted(found)[:MAX_FACTS]] for name, found in sorted(keyed.items())}


def phrases(fact: Fact) -> tuple[str, ...]:
    """What a row has to say to train a fact."""
    if fact.relation == "sentence":
        return (f"{fact.subject} {fact.answer}",)
    return (fact.subject, *(fact.answer.split(", ") if fact.relation == "takes" else [fact.answer]))


def groups_of(facts: Sequence[Fact], trained: TrainedRows) -> Iterator[Group]:
    """Four trained facts of a shape at a time; at the end the threes and pairs that remain.

    No option of a group is right for two of its facts, and none can be read off a question.
    """
    common = _common_words(facts)
    waiting: dict[tuple[object, ...], list[list[Fact]]] = defaultdict(list)
    for fact in facts:
        if _gives_away(fact, fact, common) or not trained.saying(*phrases(fact)):
            continue
        groups = waiting[fact.shape]
        group = next((group for group in groups if all(_fit(fact, other, common) for other in group)), None)
        if group is not None:
            group.append(fact)
        elif len(groups) < MAX_OPEN:
            groups.append([fact])
        if group is not None and len(group) == SIZE:
            groups.remove(group)
            yield tuple(group)
    rest = [group for groups in waiting.values() for group in groups if len(group) > 1]
    yield from map(tuple, sorted(rest, key=len, reverse=True))


def _fit(one: Fact, other: Fact, common: Collection[str]) -> bool:
    if one.answer in other.right or other.answer in one.right:
        return False
    return not _gives_away(one, other, common) and not _gives_away(other, one, common)


def _gives_away(asked: Fact, offered: Fact, common: Collection[str]) -> bool:
    """Whether an option shares a word with the subject: it could be chosen without knowing anything."""
    if asked.relation in ("sentence", "takes"):
        return False
    return any(word in _words(offered.answer) and word not in common for word in _words(asked.subject))


@lru_cache(maxsize=100_000)
def _words(name: str) -> tuple[str, ...]:
    return tuple(words_of([name]))


def _common_words(facts: Sequence[Fact]) -> frozenset[str]:
    """Words that most answers have, such as the name of the package in a path: they give nothing away."""
    counts = Counter(word for fact in facts for word in _words(fact.answer))
    return frozenset(word for word, count in counts.items() if count > len(facts) / 2)


def take_turns(streams: Mapping[str, Iterator[Group]], n: int) -> list[Group]:
    """Take a group of each stream in turn, up to `n` facts in all."""
    waiting = dict(streams)
    taken: list[Group] = []
    left = n
    while waiting and left > 1:
        for name in list(waiting):
            group = next(waiting[name], None)
            if group is None:
                del waiting[name]
            elif len(group) <= left:
                taken.append(group)
                left -= len(group)
        if left < SIZE:
            break
    return taken


def made_up(group: Group, pool: Sequence[str], taken: set[str], key: str) -> Group:
    """The same questions of subjects that do not exist; of a sentence, options that do not exist.

    The answers are dealt out anew: a made-up name may still be like the one in whose place it stands.

    Args:
        group: facts that are true.
        pool: words of the source, of which names are made.
        taken: names that exist; those made up are added.
        key: what the choice depends on.
    """
    facts = []
    for number, fact in enumerate(group):
        part = _made_up_part(fact)
        name = invent(getattr(fact, part), pool, taken, f"{key}/{number}")
        taken.add(name)
        facts.append(fact._replace(answer=name) if part == "answer" else fact._replace(subject=name))
    dealt = sorted((fact.answer for fact in facts), key=lambda answer: content_id("deal", key, answer))
    return tuple(fact._replace(answer=answer) for fact, answer in zip(facts, dealt, strict=True))


def _made_up_part(fact: Fact) -> str:
    return "answer" if fact.relation == "sentence" else "subject"
