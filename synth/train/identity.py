"""What fixes the weights of a run? Its settings, data and base model: what goes on in a folder has to agree on them."""

import json
from pathlib import Path
from typing import Any

from synth.errors import UserError
from synth.folder import write_atomically
from synth.train.base import model_print
from synth.train.rows import fingerprint
from synth.train.settings import TrainSettings
from synth.train.tables import RunFiles


def identify(stage: str, data: list[str], base: Path, settings: TrainSettings) -> dict[str, str]:
    """All that fixes the weights, by name."""
    files = [str(path) for path in (settings.model.chat_template, settings.evaluation.probe_file) if path is not None]
    sources = [*data, *(source.path for source in settings.data.replay.sources), *settings.evaluation.general, *files]
    return {
        "stage": stage,
        **{f"data {path}": fingerprint(path) for path in sources},
        "model": model_print(base),
        **{f"{key}": json.dumps(value) for key, value in _flat(settings.identity()).items()},
    }


def agree(files: RunFiles, now: dict[str, str]) -> None:
    """Refuse to go on with other settings or data, unless nothing was trained yet.

    Raises:
        UserError: something changed; the message names it.
    """
    before = json.loads(files.settings.read_text(encoding="utf-8")) if files.settings.exists() else None
    if before is not None and before != now and files.metrics.exists():
        raise UserError(f"{files.out} was made with {_difference(before, now)}; choose another --out, or empty it")
    write_atomically(files.settings, json.dumps(now, indent=1).encode())


def _flat(value: Any, key: str = "") -> dict[str, Any]:
    if not isinstance(value, dict) or not value:
        return {key: value}
    return {name: item for part in value for name, item in _flat(value[part], f"{key}.{part}".strip(".")).items()}


def _difference(before: dict[str, str], now: dict[str, str]) -> str:
    changed = [key for key in [*now, *before] if before.get(key) != now.get(key)]
    told = [
        f"other {key}" if key == "model" or key.startswith("data ") else f"{key}={before.get(key)} (now {now.get(key)})"
        for key in dict.fromkeys(changed)
    ]
    return "; ".join(told[:3]) + ("; ..." if len(told) > 3 else "")
