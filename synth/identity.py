"""What fixes the rows of a run? Its settings, prompts and source files: runs of one folder have to agree on them."""

from typing import Any

import pyarrow as pa

from synth import __version__
from synth.config import Config
from synth.errors import UserError
from synth.folder import RunFolder
from synth.prompts import prompt_hashes


def identify(folder: RunFolder, listed: pa.Table, config: Config, update: bool) -> None:
    """Refuse to mix a changed source, prompt or setting into what is there, unless that is asked for.

    Raises:
        UserError: something changed; the message names it.
    """
    columns = (listed[name].to_pylist() for name in ("collection", "path", "sha256", "skip_reason"))
    files = {f"{row[0]}/{row[1]}": f"{row[2]}{row[3]}" for row in zip(*columns, strict=True)}
    settings = _flat(config.identity())
    now = {"synth": __version__, "settings": settings, "files": files, "prompts": prompt_hashes()}
    before = folder.identity()
    if before is not None and before != now and not update:
        raise UserError(
            f"{folder.out} was made with {_difference(before, now)}; "
            "add --update to redo what that changes, or choose another --out"
        )
    folder.set_identity(now)


def _flat(value: Any, key: str = "") -> dict[str, Any]:
    if not isinstance(value, dict):
        return {key: value}
    return {name: item for part in value for name, item in _flat(value[part], f"{key}.{part}".strip(".")).items()}


def _difference(before: dict[str, Any], now: dict[str, Any]) -> str:
    old, new = before["settings"], now["settings"]
    changes = [
        f"{key}={old.get(key)!r} (now {new.get(key)!r})" for key in sorted(old | new) if old.get(key) != new.get(key)
    ]
    for kind, words in (("prompts", "changed prompt(s)"), ("files", "other or changed source file(s)")):
        old, new = before.get(kind, {}), now[kind]
        changed = sorted(name for name in old | new if old.get(name) != new.get(name))
        if changed:
            named = ", ".join(changed[:3]) + (", ..." if len(changed) > 3 else "")
            changes.append(f"{len(changed)} {words} ({named})".replace("\n", " "))
    if before["synth"] != now["synth"]:
        changes.append(f"synth {before['synth']} (now {now['synth']})")
    return "; ".join(changes)
