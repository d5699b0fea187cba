"""How well does evidence support a sentence, by a model? An NLI cross-encoder or an embedding model from a folder."""

from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Protocol

from synth.errors import UserError

BATCH = 32
MAX_TOKENS = 512


class SupportModel(Protocol):
    """What scores sentences; `enough` is the score from which one counts as supported."""

    enough: float

    def scores(self, said: Sequence[str], closest: Sequence[str], evidence: Sequence[str]) -> list[float]:
        """Score each sentence.

        Args:
            said: the sentences.
            closest: for each the part of the evidence that fits it best, as words tell.
            evidence: all sentences of the evidence.
        """
        ...


@cache
def load_model(folder: Path) -> SupportModel:
    """Load the model of a folder, once in each process: as an NLI model where it classifies, else for embeddings.

    Raises:
        UserError: transformers are missing, or the folder holds no such model.
    """
    try:
        from transformers import AutoConfig, AutoModel, AutoModelForSequenceClassification, AutoTokenizer
    except ImportError:
        raise UserError("checks.support_model needs transformers and torch: pip install 'synth[train]'") from None
    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True)
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        judges = any("ForSequenceClassification" in name for name in config.architectures or ())
        kind = AutoModelForSequenceClassification if judges else AutoModel
        model = kind.from_pretrained(folder, local_files_only=True).eval()
    except (OSError, ValueError) as error:
        why = " ".join(str(error).split())[:200]
        raise UserError(f"checks.support_model: {folder} holds no model that transformers load: {why}") from None
    if not judges:
        return Embeddings(model, tokenizer)
    return Entailment(model, tokenizer, _entailed(config, folder))


def _entailed(config: Any, folder: Path) -> int | None:
    """Which label means that a sentence is entailed; None for a model with one score.

    Raises:
        UserError: no label says so.
    """
    if config.num_labels == 1:
        return None
    for index, label in config.id2label.items():
        if str(label).lower().startswith(("entail", "support", "consistent")):
            return int(index)
    labels = ", ".join(map(str, config.id2label.values()))
    raise UserError(
        f"checks.support_model: {folder} has the labels {labels}, none of them entailment; take an NLI model"
    )


class Entailment:
    """A cross-encoder that reads evidence and sentence together."""

    enough = 0.5

    def __init__(self, model: Any, tokenizer: Any, label: int | None) -> None:
        self._model, self._tokenizer, self._label = model, tokenizer, label

    def scores(self, said: Sequence[str], closest: Sequence[str], evidence: Sequence[str]) -> list[float]:
        """The probability that each sentence follows from the evidence closest to it."""
        import torch

        found: list[float] = []
        for start in range(0, len(said), BATCH):
            pairs = (list(closest[start : start + BATCH]), list(said[start : start + BATCH]))
            inputs = self._tokenizer(
                *pairs, padding=True, truncation="only_first", max_length=MAX_TOKENS, return_tensors="pt"
            )
            with torch.inference_mode():
                logits_BL = self._model(**inputs).logits.float()  # noqa: N806 - batch, label
            each = logits_BL.sigmoid()[:, 0] if self._label is None else logits_BL.softmax(-1)[:, self._label]
            found += each.tolist()
        return found


class Embeddings:
    """A model that places sentences in a space, near to those that mean the same."""

    enough = 0.6

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self._model, self._tokenizer = model, tokenizer
        self._of_evidence = lru_cache(maxsize=16)(self._embed)

    def scores(self, said: Sequence[str], closest: Sequence[str], evidence: Sequence[str]) -> list[float]:
        """The cosine of each sentence with the nearest sentence of the evidence."""
        cosines = self._embed(tuple(said)) @ self._of_evidence(tuple(evidence)).T
        nearest: list[float] = cosines.amax(-1).clamp(0, 1).tolist()
        return nearest

    def _embed(self, texts: tuple[str, ...]) -> Any:
        """Unit vectors, one a text: the mean over its tokens (Sentence-BERT, Reimers and Gurevych 2019, section 3)."""
        import torch

        found = []
        for start in range(0, len(texts), BATCH):
            batch = list(texts[start : start + BATCH])
            inputs = self._tokenizer(batch, padding=True, truncation=True, max_length=MAX_TOKENS, return_tensors="pt")
            with torch.inference_mode():
                states_BTD = self._model(**inputs).last_hidden_state.float()  # noqa: N806 - batch, token, dimension
            mask = inputs["attention_mask"].unsqueeze(-1).float()
            found.append((states_BTD * mask).sum(1) / mask.sum(1).clamp(min=1))
        return torch.nn.functional.normalize(torch.cat(found), dim=-1)
