"""The model card: what a model was made of, how, what was measured, and what it is for.

The card holds no path of the machine: of what the user gave as a path, the last part is its name.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from synth import __version__
from synth.cells import cell, code, one_line
from synth.train.settings import TrainSettings

LIBRARIES = ("torch", "transformers", "trl", "peft", "accelerate")
NAMES = {"cpt": "continued pretraining", "sft": "supervised fine-tuning"}
GROUPS = {"trained": "facts trained", "reworded": "facts, other wording", "control": "controls"}


def render_model_card(
    stage: Literal["cpt", "sft"], base: str, data: Sequence[str], settings: TrainSettings,
    measured: Sequence[Mapping[str, Any]], plan: Mapping[str, Any], license_name: str | None = None,
) -> str:  # fmt: skip
    """Write the `README.md` of a trained model.

    Args:
        stage: what it was trained by.
        base: the base model, as the user gave it.
        data: the corpora, as the user gave them.
        settings: of the run; those that are not the defaults are shown.
        measured: what was measured, in order, the untouched base first; each has a `name`.
        plan: `plan.json`.
        license_name: of the base, as the Hub writes it; see `license_of`.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=False,  # noqa: S701 - Markdown, not HTML: every value passes through `cell` or `code`
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"cell": cell, "code": code, "count": _count}
    names = [name_of(path) for path in data]
    return environment.get_template("card.md.j2").render(
        header=_header(stage, name_of(base), names, license_name),
        title=f"{name_of(base)}, {NAMES[stage]} on {', '.join(names)}",
        stage=stage,
        how=NAMES[stage],
        base=name_of(base),
        data=names,
        plan=plan,
        measured=[measured[0], measured[-1]] if len(measured) > 1 else list(measured),
        sources=list(dict.fromkeys(name for each in measured for name in each.get("losses", {}))),
        groups=GROUPS,
        settings=shown_settings(settings),
        versions={"synth": __version__, **dict(_versions())},
    )


def _header(stage: str, base: str, data: Sequence[str], license_name: str | None) -> str:
    header: dict[str, Any] = {"base_model": one_line(base), "datasets": [one_line(name) for name in data]}
    if license_name:
        header["license"] = one_line(license_name)
    header |= {"library_name": "transformers", "pipeline_tag": "text-generation"}
    header["tags"] = ["synth", NAMES[stage].replace(" ", "-")]
    text: str = yaml.safe_dump(header, sort_keys=False, allow_unicode=True, width=math.inf)
    return text


def name_of(path: str) -> str:
    """What a model or a corpus is called where nothing may be said of the machine: a name of the Hub stays whole."""
    given = Path(path)
    is_place = given.is_absolute() or given.exists() or path.startswith((".", "~"))
    return (given.name or given.resolve().name) if is_place else path


def license_of(folder: Path) -> str | None:
    """The licence that a model's own card names in its header, if it has one."""
    card = folder / "README.md"
    found = (
        re.match(r"---\n(.*?)\n---", card.read_text(encoding="utf-8", errors="replace"), re.S)
        if card.exists()
        else None
    )
    try:
        header = yaml.safe_load(found[1]) if found else None
    except yaml.YAMLError:  # a card that nobody can read names no licence
        return None
    name = header.get("license") if isinstance(header, dict) else None
    return name if isinstance(name, str) else None


def shown_settings(settings: TrainSettings) -> dict[str, str]:
    """Settings that are not the defaults, by dotted name, without paths; those that cannot change a model left out."""
    now, default = dict(_flat(_identity(settings))), dict(_flat(_identity(TrainSettings())))
    return {name: _without_paths(value) for name, value in now.items() if value != default.get(name)}


def _identity(settings: TrainSettings) -> dict[str, Any]:
    return {
        name: part
        for name, part in settings.model_dump(mode="json").items()
        if name not in TrainSettings.OPERATIONAL and name != "evaluation"
    }


def _flat(value: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, part in value.items():
        if isinstance(part, dict) and part:
            yield from _flat(part, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", part


def _without_paths(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_without_paths(part) for part in value)
    if isinstance(value, dict):
        return " ".join(f"{name}={_without_paths(part)}" for name, part in value.items() if part is not None)
    return name_of(value) if isinstance(value, str) and value else str(value)


def _versions() -> Iterator[tuple[str, str]]:
    for library in LIBRARIES:
        try:
            yield library, version(library)
        except PackageNotFoundError:  # cards are also written where a library is not needed
            continue


def _count(value: float) -> str:
    return f"{value:,.0f}"
