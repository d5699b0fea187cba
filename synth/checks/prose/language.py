"""Is a sample in the language of the documents that it rests on? The detector comes from the library py3langid."""

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

from synth.checks.base import Context, Verdict, failed, not_checked
from synth.checks.markdown import without_code
from synth.checks.prose.reading import MISSING
from synth.checks.prose.texts import parts, tokens, without_marks
from synth.errors import UserError

NAME = "language"
VERIFIES = "Its prose is in the language of its evidence, as far as a text of its length can tell."
MIN_WORDS = 12
"""In shorter texts the detector errs."""
SURE = 0.8
"""Probability from which the detector is believed."""
RULED_OUT = 0.05
"""Probability below which a text is not of a language; dialects and neighbours share more between them."""
NO_LANGUAGE = "zxx"
"""What the detector calls tables, hashes and the like."""
MAX_CHARACTERS = 2000


def check(sample: Mapping[str, Any], context: Context) -> Verdict:
    """Judge one sample by its text, or by its answer; the score is the probability of the evidence's language.

    Raises:
        UserError: the detector is not installed.
    """
    evidence = "\n".join(context.evidence(sample))
    if not evidence.strip():
        return not_checked(NAME, MISSING)
    expected = next(iter(languages(evidence)), ("", 0.0))
    if expected[1] < SURE:
        return not_checked(NAME, "its evidence is too short to tell")
    texts = parts(sample)
    ranks = languages(texts.get("answer", texts.get("text", "")))
    if not ranks or ranks[0][1] < SURE:
        return not_checked(NAME, "it is too short to tell")
    # Further digits depend on the processor and on what was computed before.
    score = round(dict(ranks).get(expected[0], 0.0), 3)
    if score < RULED_OUT:
        return failed(NAME, f"it is in {ranks[0][0]}, its evidence in {expected[0]}", score)
    return Verdict(NAME, score, passed=True)


@lru_cache(maxsize=64)
def languages(text: str) -> tuple[tuple[str, float], ...]:
    """The languages that a text without its code may be in, as ISO 639 codes, each with its probability, likely first.

    Empty where it is too short, or is no language at all.
    """
    said = without_marks(without_code(text))[:MAX_CHARACTERS]
    if len(tokens(said)) < MIN_WORDS:
        return ()
    ranks = tuple((str(code), float(probability)) for code, probability in _identifier().rank(said)[:10])
    return () if ranks[0][0] == NO_LANGUAGE else ranks


@cache
def _identifier() -> Any:
    try:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier
    except ImportError:
        raise UserError("the check of the language needs py3langid: pip install 'synth[docs]'") from None
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
