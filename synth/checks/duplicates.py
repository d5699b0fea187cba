"""Has the corpus this sample already, word for word or nearly so? MinHash and its index come from the library rensa."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from rensa import RMinHash, RMinHashLSH

from synth.checks.base import Verdict, failed, passed
from synth.checks.prose.texts import is_written, parts

EXACT, NEAR = "exact_duplicate", "near_duplicate"
VERIFIES = {
    EXACT: "No accepted sample before it has the same question and answer, or the same text.",
    NEAR: "Its word 5-grams have a MinHash Jaccard similarity below the threshold to every accepted sample before it.",
}
SHINGLE = 5  # words
N_PERMUTATIONS = 256  # the estimate's standard error is at most 1/32
N_BANDS = 32  # of 8 rows: a pair of similarity 0.8 becomes a candidate with probability 0.997
_SEED = 1  # fixed: signatures of different runs must agree
_WORD = re.compile(r"\w+|[^\w\s]+")


def exact_hash(sample: Mapping[str, Any]) -> bytes:
    """A hash of the text, or of question and answer; white space does not count."""
    messages = sample["messages"] or ()
    texts = [sample["text"] or "", *(message["content"] for message in messages)]
    words = "\0".join(" ".join(text.split()) for text in texts)
    return hashlib.blake2b(words.encode("utf-8", "replace"), digest_size=16).digest()


def signature(sample: Mapping[str, Any]) -> bytes:
    """The MinHash of the word 5-grams of what was written, as the library's own encoding.

    Windows of files, and what is put together from passages, overlap on purpose: they have none.
    """
    if sample["stage"] == "cpt" and not is_written(sample):
        return b""
    minhash = RMinHash(N_PERMUTATIONS, _SEED)
    minhash.update(shingles("\n".join(parts(sample).values())))
    state: bytes = minhash.__getstate__()
    return state


def shingles(text: str) -> list[str]:
    """The distinct word 5-grams of a text, sorted; a shorter text is one shingle."""
    words = _WORD.findall(text.lower())
    return sorted({" ".join(words[start : start + SHINGLE]) for start in range(max(1, len(words) - SHINGLE + 1))})


class Duplicates:
    """Finds duplicates among samples that come one after the other; the first of its kind stays.

    Memory grows by about 3 KB with each accepted sample.

    Args:
        threshold: samples whose estimated Jaccard similarity reaches it are near-duplicates.
    """

    def __init__(self, threshold: float) -> None:
        self.threshold = threshold
        self._exact: dict[bytes, str] = {}
        self._index = RMinHashLSH(threshold, N_PERMUTATIONS, N_BANDS)
        self._kept: list[tuple[str, RMinHash]] = []

    def add(self, sample_id: str, exact: bytes, signature_: bytes) -> list[Verdict]:
        """Compare one sample with all that were kept before, and keep it if it is new.

        Args:
            sample_id: names the sample in later verdicts.
            exact: from `exact_hash`.
            signature_: from `signature`.
        """
        if exact in self._exact:
            return [failed(EXACT, f"as {self._exact[exact]}")]
        verdicts = [passed(EXACT)]
        if signature_:
            minhash = RMinHash(N_PERMUTATIONS, _SEED)
            minhash.__setstate__(signature_)
            similar = [(minhash.jaccard(self._kept[key][1]), -key) for key in self._index.query(minhash)]
            best, key = max(similar, default=(0.0, 0))
            if best >= self.threshold:
                return [*verdicts, failed(NEAR, f"{best:.2f} as {self._kept[-key][0]}", 1 - best)]
            self._index.insert(len(self._kept), minhash)
            self._kept.append((sample_id, minhash))
            verdicts.append(Verdict(NEAR, 1 - best, passed=True))
        self._exact[exact] = sample_id
        return verdicts
