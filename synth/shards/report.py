"""The report: one self-contained page that shows what a run made of its sources, and samples beside their evidence.

The page loads nothing and runs nothing. Text from sources and teachers is escaped by the template, characters that
cannot be seen are spelt out, and a content security policy forbids whatever might slip through.
"""

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from synth.hostile import clip, show_hidden
from synth.shards.examples import Example
from synth.shards.metrics import Metrics

_HERE = Path(__file__).parent


def render_report(metrics: Metrics, examples: Sequence[Example]) -> str:
    """Write the `report.html` of a release.

    Args:
        metrics: the numbers of the run.
        examples: samples to show; see `choose_examples` and `show_example`.
    """
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"count": _count, "percent": _percent, "duration": _duration}
    css = (_HERE / "report.css").read_text(encoding="utf-8")
    # The policy names the one style sheet by its hash, so that not even a style can be smuggled in.
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    page = environment.get_template("report.html.j2")
    return page.render(m=metrics, examples=examples, css=Markup(css), policy=policy)  # noqa: S704 - our own file


def _finalize(value: object) -> object:
    """Make whatever the template prints harmless to the eye; Jinja2 then escapes it."""
    return clip(show_hidden(value)) if type(value) is str else value


def _count(value: float) -> str:
    return f"{value:,}"


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.4g}%" if whole else "0%"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes:.0f} min {rest:.0f} s" if minutes else f"{rest:.1f} s"
