"""The report of a run, as text and in a real browser."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsers import launcher
from playwright.sync_api import Browser

from synth.evaluate.page import render_page

HOSTILE = "</td><script>window.pwned = 1</script>\u202e{{ 7 * 7 }}"


def score(accuracy: float) -> dict[str, float]:
    return {
        "n": 40, "facts": 40, "accuracy": accuracy, "low": accuracy - 0.05, "high": accuracy + 0.05, "chance": 0.25,
        "margin": accuracy - 0.3, "p": 0.1, "exact": accuracy / 2,
    }  # fmt: skip


def moment(name: str, tokens: int, corpus: float, wiki: float, trained: float) -> dict[str, Any]:
    losses = {
        "corpus": {"loss": corpus, "bits_per_byte": corpus / 3, "tokens": 900},
        "wiki": {"loss": wiki, "tokens": 9},
    }
    probes = {
        "trained": score(trained),
        "reworded": score(trained),
        "control": score(0.26),
        "relations": {"calls": score(trained)},
    }
    return {"name": name, "tokens": tokens, "losses": losses, "probes": probes}


MEASURED = [
    moment("base", 0, 3.125, 2.25, 0.27),
    moment("step 500", 500_000, 2.5, 2.4375, 0.55),
    moment("after", 1_000_000, 2.064, 2.375, 0.91),
]
METRICS = [
    {"step": step, "tokens": step * 1000, "loss": 3 * math.exp(-step / 900), "learning_rate": 1e-4 * step / 5000,
     "tokens_per_second": 5000.0}
    for step in range(1, 5001)
]  # fmt: skip
PLAN = {
    "n_steps": 5000, "batch": 16, "tokens": 1_000_000, "waste": 0.0042, "warnings": ["12 sequences fill the last step"],
    "sources": [
        {"name": "corpus", "kind": "corpus", "rows": 812, "tokens": 250_000, "epochs": 3.6, "sequences": 900,
         "share": 0.9},
        {"name": "replay-wiki", "kind": "replay", "rows": 77, "tokens": 99_000, "epochs": 1.0, "sequences": 100,
         "share": 0.1},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launcher() as launch:
        yield launch()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_shows_the_numbers_and_complains_of_nothing(browser: Browser, tmp_path: Path, scheme: Any) -> None:
    path = tmp_path / "report.html"
    path.write_text(
        render_page("CPT on shop", MEASURED, METRICS, PLAN, {"optimizer.peak_lr": "1e-05"}), encoding="utf-8"
    )
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(path.as_uri())
    text = page.locator("body").inner_text()
    for number in ("3.125", "2.064", "91.0%", "86.0% to 96.0%", "+0.640", "0.4%", "90.0%", "812", "12 sequences fill"):
        assert number in text
    assert page.locator("svg.chart").count() == 6
    ink, paper = page.evaluate(
        "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
    )
    dark_ink, dark_paper = (sum(map(int, each[4:-1].split(", "))) for each in (ink, paper))
    assert abs(dark_ink - dark_paper) > 400
    assert (dark_paper < dark_ink) == (scheme == "dark")
    assert complaints == []
    assert [url for url in requests if not url.startswith("file:")] == []
    context.close()


def test_drawn_points_are_where_their_numbers_are(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(render_page("t", MEASURED), encoding="utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    probes = page.locator("figure", has_text="Probes: share right")
    heights = probes.locator("circle.line-1").evaluate_all("dots => dots.map(dot => dot.getBoundingClientRect().top)")
    assert heights == sorted(heights, reverse=True)
    assert len(heights) == 3
    assert probes.locator("line.level").count() == 1
    page.close()


def test_thousands_of_steps_make_a_small_page() -> None:
    page = render_page("t", MEASURED, METRICS * 10, PLAN)
    assert len(page) < 100_000


def test_hostile_names_are_inert(browser: Browser, tmp_path: Path) -> None:
    measured = [{**MEASURED[0], "name": HOSTILE}, {**MEASURED[1], "losses": {HOSTILE: {"loss": 1.0}}}]
    plan = {**PLAN, "warnings": [HOSTILE], "sources": [{**PLAN["sources"][0], "name": HOSTILE}]}
    path = tmp_path / "report.html"
    path.write_text(render_page(HOSTILE, measured, METRICS[:3], plan, {HOSTILE: HOSTILE}), encoding="utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    assert page.evaluate("window.pwned") is None
    text = page.locator("body").inner_text()
    assert "<script>window.pwned = 1</script>⟨U+202E⟩{{ 7 * 7 }}" in text
    page.close()


def test_a_comparison_draws_no_line_through_different_models() -> None:
    page = render_page("base, cpt", MEASURED, is_run=False)
    assert "<figure>" not in page
    assert "Stability gap" not in page
    assert "91.0%" in page


def test_a_run_of_which_nothing_was_measured_has_a_page_too() -> None:
    page = render_page("t", [{"name": "base", "losses": {}}])
    assert '<h2 id="measured">' in page


@pytest.mark.parametrize("left_out", ["probes", "losses", "control"])
def test_a_run_of_which_little_was_measured_has_a_page_too(left_out):
    measured = [{**each, "probes": dict(each["probes"])} for each in MEASURED]
    for each in measured:
        each["probes"].pop("control") if left_out == "control" else each.pop(left_out)
    page = render_page("Little", measured, METRICS, PLAN, {})
    assert "Little" in page
    assert ("Facts trained" in page) == (left_out != "probes")
