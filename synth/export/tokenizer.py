"""Which tokenizer does a model have, and with which token does it end a text? Read without transformers."""

import json
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from synth.errors import UserError


def load_tokenizer(model: str | None) -> tuple[Tokenizer, int]:
    """Load `tokenizer.json` of a model's folder, and the id of its end-of-text token.

    What in a text only looks like a special token is encoded as the characters that it has.

    Raises:
        UserError: no model is given, it has no tokenizer, or nothing says how a text ends.
    """
    if model is None:
        raise UserError("this format holds tokens; name the folder of the model that they are for with --model")
    path = Path(model) / "tokenizer.json"
    if not path.is_file():
        raise UserError(f"--model {model}: no file {path}; give the folder of a model with its tokenizer.json")
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # noqa: BLE001 - the Rust library raises plain Exception
        raise UserError(f"--model {model}: {path} cannot be read: {error}") from None
    tokenizer.encode_special_tokens = True
    return tokenizer, _end(tokenizer, Path(model))


def _end(tokenizer: Tokenizer, folder: Path) -> int:
    path = folder / "tokenizer_config.json"
    try:
        settings: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except ValueError as error:
        raise UserError(f"--model {folder}: {path} is no JSON: {error}; take the model's own file") from None
    named = settings.get("eos_token")
    token = named.get("content") if isinstance(named, dict) else named
    found = tokenizer.token_to_id(token) if token else None
    if found is None:
        raise UserError(f"--model {folder}: {path.name} names no eos_token that its tokenizer has; texts end with it")
    return int(found)
