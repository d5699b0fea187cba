"""Do the documents bear out what a sample says, sentence by sentence?

Without a model, words are compared: the share of a sentence's words, each weighted by how much it tells, that the few
evidence sentences hold which fit it best. With `checks.support_model` an NLI model says whether these sentences entail
it, or an embedding model how near the nearest is.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from synth.checks.base import Context, Verdict, failed, not_checked
from synth.checks.prose.reading import MISSING, STOP_WORDS, Reading, reading_of, stems
from synth.checks.prose.support_model import load_model
from synth.checks.prose.texts import parts, sentences, tokens, without_marks
from synth.config import CheckSettings

NAME = "supported"
VERIFIES = "At least the share checks.support of its sentences is borne out by what its evidence says."
BEST = 3
"""Sentences of the evidence that may bear out one sentence together."""
ENOUGH = 0.4
"""Score from which words support a sentence, where `checks.support_sentence` is not set."""
MIN_WORDS = 4
"""A sentence of fewer telling words states nothing that could be looked for."""
_TELLS = r"(?:say|state|mention|tell|give|name|specify|cover|describe|discuss|provide|contain|address|answer|explain)"
_DENIES_KNOWLEDGE = re.compile(
    rf"\b(?:do|does|did)(?: not|n['\u2019]t) (?:\w+ )?{_TELLS}\b|\b(?:says?|gives?|tells?|mentions?) (?:nothing|no)\b"
    r"|\bno (?:information|mention)\b"
    r"|\b(?:is|are)(?: not|n['\u2019]t) (?:stated|mentioned|given|specified|covered|described|said|known)\b",
    re.IGNORECASE,
)
_SAYS = re.compile(r"[^\W\d_]{2,}")


def check(sample: Mapping[str, Any], context: Context) -> Verdict:
    """Judge one sample; the score is the share of its statements that are supported, the detail quotes the worst."""
    evidence = reading_of(sample, context)
    if evidence is None:
        return not_checked(NAME, MISSING)
    scores, enough = _scores(statements(sample), evidence, context.settings)
    # That a document does not say something is supported by what it does not say.
    judged = [(score, text) for text, score in scores if score >= enough or not _DENIES_KNOWLEDGE.search(text)]
    if not judged:
        return not_checked(NAME, "it states nothing that could be looked for")
    share = sum(score >= enough for score, _ in judged) / len(judged)
    if share >= context.settings.support:
        return Verdict(NAME, share, passed=True)
    worst, text = min(judged)
    return failed(NAME, f"{share:.0%} of its sentences are supported; the worst ({worst:.2f}): {text[:160]}", share)


def statements(sample: Mapping[str, Any]) -> list[str]:
    """The sentences of a text or an answer that state something: no questions, no headings, no code."""
    texts = parts(sample)
    return [
        sentence
        for sentence in sentences(texts.get("answer", texts.get("text", "")))
        if not sentence.rstrip("\"')*_\u201d").endswith(("?", ":"))
        and len(set(tokens(without_marks(sentence))) - STOP_WORDS) >= MIN_WORDS
        and _SAYS.search(sentence)
    ]


def _scores(
    said: Sequence[str], evidence: Reading, settings: CheckSettings
) -> tuple[Sequence[tuple[str, float]], float]:
    """Sentences with their scores, and the score that is enough."""
    if settings.support_model is None or not said:
        scores, enough = [lexical(text, evidence) for text in said], ENOUGH
    else:
        model = load_model(settings.support_model)
        scores = model.scores(said, [closest(text, evidence) for text in said], evidence.sentences or [evidence.raw])
        enough = model.enough
    wanted = settings.support_sentence
    return list(zip(said, scores, strict=True)), enough if wanted is None else wanted


def lexical(sentence: str, evidence: Reading) -> float:
    """The weighted share of a sentence's words that names of the evidence or its `BEST` closest sentences hold."""
    words = stems(sentence)
    total = sum(map(evidence.weights.get, words, [evidence.unknown] * len(words)))
    held = {word for word in words if word in evidence.places and not evidence.places[word]}
    for index in _closest(set(words), evidence):
        held |= {word for word in words if index in evidence.places.get(word, ())}
    return sum(evidence.weights[word] for word in held) / total if total else 0.0


def closest(sentence: str, evidence: Reading) -> str:
    """The sentences of the evidence that hold most of a sentence's words, in their order."""
    found = _closest(set(stems(sentence)), evidence)
    return " ".join(evidence.sentences[index] for index in sorted(found)) or " ".join(evidence.sentences[:BEST])


def _closest(words: set[str], evidence: Reading) -> Sequence[int]:
    """Up to `BEST` sentences of the evidence, each the one that adds most to those before it."""
    chosen: list[int] = []
    left = set(words)
    while left and len(chosen) < BEST:
        gains: dict[int, float] = defaultdict(float)
        for word in sorted(left):
            for index in evidence.places.get(word, ()):
                gains[index] += evidence.weights[word]
        if not gains:
            break
        best = max(gains, key=lambda index: (gains[index], -index))
        chosen.append(best)
        left = {word for word in left if best not in evidence.places.get(word, ())}
    return chosen
