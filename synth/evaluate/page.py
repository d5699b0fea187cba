"""The report of a training run or a comparison: one page that shows what was learned and forgotten.

The page loads nothing and runs nothing. All text is escaped by the template, characters that cannot be seen are spelt
out, and a content security policy forbids whatever might slip through.
"""

import base64
import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from synth import __version__
from synth.evaluate.curves import CLASSES, Chart, draw
from synth.evaluate.results import CONVERSATIONS, CORPUS, derive, general_names, losses
from synth.hostile import clip, show_hidden

_HERE = Path(__file__).parent
_STYLES = (_HERE.parent / "shards" / "report.css", _HERE / "page.css")
GROUPS = ("trained", "reworded", "control")


def render_page(
    title: str, measured: Sequence[Mapping[str, Any]], metrics: Sequence[Mapping[str, Any]] = (),
    plan: Mapping[str, Any] | None = None, settings: Mapping[str, Any] | None = None, is_run: bool = True,
) -> str:  # fmt: skip
    """Write a `report.html`.

    Args:
        title: what was trained or compared.
        measured: what `evaluate_model` found, in order, the untouched base first; each with `name`, and of a run with
            `tokens` too (else `step`).
        metrics: lines of `metrics.jsonl`; any number of them.
        plan: `plan.json`.
        settings: setting by dotted name.
        is_run: the measurements are moments of one run, and curves can be drawn through them.
    """
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": _number, "percent": _percent, "count": _count, "signed": _signed}
    css = "".join(path.read_text(encoding="utf-8") for path in _STYLES)
    # The policy names the one style sheet by its hash, so that not even a style can be smuggled in.
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    rows = [dict(each) for each in measured]
    return environment.get_template("page.html.j2").render(
        title=title,
        version=__version__,
        measured=rows,
        sources=_sources(rows),
        relations=sorted({name for each in rows for name in each.get("probes", {}).get("relations", {})}),
        derived=derive(rows) if is_run else {},
        charts=[*_run_charts(metrics), *(_measured_charts(rows) if is_run else [])],
        plan=plan,
        settings=settings or {},
        is_run=is_run,
        swatches=CLASSES,
        css=Markup(css),  # noqa: S704 - our own file
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
    )


def _sources(measured: Iterable[Mapping[str, Any]]) -> list[str]:
    """Held-out sources in the order in which they first appear, the corpus's first."""
    names = {name: None for each in measured for name in each.get("losses", {})}
    return sorted(names, key=lambda name: name not in (CORPUS, CONVERSATIONS))


def _run_charts(metrics: Sequence[Mapping[str, Any]]) -> list[Chart]:
    drawn = [
        draw("Training loss", {"loss": _column(metrics, "loss")}),
        draw("Learning rate", {"learning rate": _column(metrics, "learning_rate")}),
        draw("Tokens a second", {"tokens a second": _column(metrics, "tokens_per_second")}),
    ]
    return [chart for chart in drawn if chart is not None]


def _column(metrics: Sequence[Mapping[str, Any]], name: str) -> list[tuple[float, float]]:
    return [(float(_at(line)), float(line[name])) for line in metrics if isinstance(line.get(name), int | float)]


def _at(line: Mapping[str, Any]) -> float:
    """Where on the axis: tokens trained, where these were counted."""
    return float(line.get("tokens", line.get("step", 0)))


def _measured_charts(measured: Sequence[dict[str, Any]]) -> list[Chart]:
    """What was measured before, during and after; what is forgotten of a text is its loss above the lowest so far."""
    rows = [each for each in measured if not each.get("aside")]
    general = general_names(rows)
    held_out = {name: _through(rows, name) for name in _sources(rows)}
    probes = {group: _accuracies(rows, group) for group in GROUPS}
    trained = [each["probes"]["trained"] for each in rows if "trained" in each.get("probes", {})]
    forgotten = {name: [(at, loss - min(losses(rows, name)[: number + 1])) for number, (at, loss) in
                        enumerate(_through(rows, name))] for name in general}  # fmt: skip
    drawn = [
        draw("Held-out loss", held_out, dotted=True),
        draw("Probes: share right", probes, {"chance": trained[0]["chance"]} if trained else None, dotted=True),
        draw("Forgetting: general loss above its lowest", forgotten, dotted=True),
    ]
    return [chart for chart in drawn if chart is not None]


def _through(measured: Sequence[dict[str, Any]], name: str) -> list[tuple[float, float]]:
    return [(_at(each), each["losses"][name]["loss"]) for each in measured if name in each.get("losses", {})]


def _accuracies(measured: Sequence[dict[str, Any]], group: str) -> list[tuple[float, float]]:
    found = ((_at(each), each.get("probes", {}).get(group)) for each in measured)
    return [(at, score["accuracy"]) for at, score in found if score is not None]


def _finalize(value: object) -> object:
    """Make whatever the template prints harmless to the eye; Jinja2 then escapes it."""
    return clip(show_hidden(value)) if type(value) is str else value


def _number(value: float | None, digits: int = 3) -> str:
    return "-" if value is None or not math.isfinite(value) else f"{value:.{digits}f}"


def _signed(value: float) -> str:
    return f"{value:+.3f}"


def _percent(value: float) -> str:
    return f"{100 * value:.1f}%"


def _count(value: float) -> str:
    return f"{value:,.0f}"
