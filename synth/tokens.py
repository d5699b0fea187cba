"""How tokens are counted: with the tokenizer that the settings name, else by a stated estimate."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from synth.errors import UserError

BYTES_PER_TOKEN = 4
ESTIMATE = f"estimated as UTF-8 bytes / {BYTES_PER_TOKEN}, rounded up"


@cache
def token_counter(tokenizer: str | None) -> Callable[[str], int]:
    """A function that counts the tokens of a text, without special tokens.

    Args:
        tokenizer: a `tokenizer.json` or a folder that holds one; None for the estimate.

    Raises:
        UserError: there is no tokenizer at that place, or it cannot be read.
    """
    if tokenizer is None:
        return lambda text: -(-len(text.encode("utf-8", "replace")) // BYTES_PER_TOKEN)
    from tokenizers import Tokenizer

    path = Path(tokenizer)
    path = path / "tokenizer.json" if path.is_dir() else path
    if not path.is_file():
        raise UserError(f"tokenizer: no file {path}; give a tokenizer.json or its folder, or leave tokenizer out")
    try:
        loaded = Tokenizer.from_file(str(path))
    except Exception as error:  # noqa: BLE001 - the Rust library raises plain Exception
        raise UserError(f"tokenizer: {path} cannot be read: {error}") from None
    return lambda text: len(loaded.encode(text, add_special_tokens=False).ids)


def describe_counter(tokenizer: str | None) -> str:
    """How the tokens of a run were counted, in words for the card."""
    return ESTIMATE if tokenizer is None else f"by the tokenizer {Path(tokenizer).name}"
