"""Do models fit together, so that their weights can be added? One architecture, one vocabulary."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from tokenizers import Tokenizer

from synth.errors import UserError
from synth.train.tensors import Spec
from synth.train.weights import HEAD, Weights, input_embeddings

FEW = 0.005  # of a vocabulary: Llama 3 reserves 256 of 128,256 tokens, and its releases name some of them


def check_alike(models: Sequence[Weights]) -> None:
    """Compare all models with the first, which gives the result its tensors: kind, names and shapes.

    The rows of the vocabulary may be more or fewer.

    Raises:
        UserError: they differ.
    """
    first, *others = models
    for other in others:
        if other.config.get("model_type") != first.config.get("model_type"):
            kinds = f"{first.config.get('model_type')} and {other.config.get('model_type')}"
            raise UserError(f"{first.folder} and {other.folder} are of two kinds, {kinds}; merge models of one family")
        _check_names(first, other)
        _check_names(other, first)
        if HEAD in other.specs and HEAD not in first.specs and not other.config.get("tie_word_embeddings"):
            raise UserError(
                f"{other.folder} has a head of its own, which {first.folder} ties to its embeddings; "
                "merge models of one architecture"
            )
        for name, spec in first.specs.items():
            if not _same_shape(spec, other.spec(name), name in _of_vocabulary(first)):
                shapes = f"{list(spec.shape)} and {list(other.spec(name).shape)}"
                raise UserError(
                    f"{name} has the shapes {shapes} in {first.folder} and {other.folder}; merge models of one size"
                )


def _check_names(one: Weights, other: Weights) -> None:
    """Whether the other model has all tensors of this one; a head that the other ties is its embeddings."""
    absent = [name for name in one.specs if name not in other.specs]
    if HEAD in absent and input_embeddings(other.specs):
        absent.remove(HEAD)
    if absent:
        more = f" and {len(absent) - 1} more tensors" if len(absent) > 1 else ""
        raise UserError(
            f"{other.folder} lacks {absent[0]}{more} of {one.folder}; merge models of one architecture, whole ones"
        )


def _of_vocabulary(model: Weights) -> set[str | None]:
    return {HEAD, input_embeddings(model.specs)}


def _same_shape(one: Spec, other: Spec, any_rows: bool) -> bool:
    return one.shape[1:] == other.shape[1:] if any_rows else one.shape == other.shape


def vocabulary(folders: Sequence[Path]) -> Mapping[int, str] | None:
    """Tokens by id, from the first of the folders that holds a `tokenizer.json`; None where none does."""
    path = next((folder / "tokenizer.json" for folder in folders if (folder / "tokenizer.json").is_file()), None)
    if path is None:
        return None
    try:
        tokens = Tokenizer.from_file(str(path)).get_vocab(with_added_tokens=True)
    except Exception as error:  # noqa: BLE001 - tokenizers raises plain Exception
        raise UserError(f"{path} cannot be read: {str(error).partition(chr(10))[0]}; copy the model anew") from None
    return {number: token for token, number in tokens.items()}


def compare_vocabularies(one: Path, tokens: Mapping[int, str], other: Path, others: Mapping[int, str]) -> str | None:
    """A warning where a few tokens have another name in the other model, as when a family names reserved ones.

    Raises:
        UserError: so many differ that rows of the same number mean different things.
    """
    unlike = [number for number in tokens.keys() & others.keys() if tokens[number] != others[number]]
    if not unlike:
        return None
    number = min(unlike)
    example = f"token {number} is {tokens[number]!r} in {one} and {others[number]!r} in {other}"
    if len(unlike) > FEW * len(tokens):
        raise UserError(f"{example}, and {len(unlike) - 1} more differ; merge models with one tokenizer")
    return f"warning: {example}{f', and {len(unlike) - 1} more differ' if len(unlike) > 1 else ''}"
