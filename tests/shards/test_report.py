import re
from html.parser import HTMLParser
from typing import Any

import pytest

from synth.shards import Example, Excerpt, Metrics, render_report
from synth.shards.metrics import Files, Source

HOSTILE = [
    "<script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }}{% include 'card.md.j2' %}",
    "access = \u202e\u2066'user'\u2069 \u2066",
    "a\x00b\x1b[31mred\u200bzero\u2028line\x85next",
    "javascript:alert(1)",
    "<!--",
    "</details></main>",
]  # fmt: skip


class Page(HTMLParser):
    """What a browser would find: tags, attributes, text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "rect"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, "tags are balanced"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError("the page has no comments")


def example(text: str) -> Example:
    return Example(
        id=text,
        recipe=text,
        kind=text,
        stage="sft",
        split="train",
        source_path=text,
        n_tokens=3,
        messages=[{"role": "user", "content": text}, {"role": "assistant", "content": text}],
        reasoning=text,
        text=text,
        evidence=[Excerpt(path=text, start_line=41, lines=["def f():", text], n_cut=7)],
        n_more_evidence=2,
    )


def hostile_metrics(metrics: Metrics, text: str) -> Metrics:
    return metrics.model_copy(
        update={
            "sources": (Source(collection=text, revision=text, license=text, n_files=83),),
            "files": Files(found=83, used=82, skipped={text: 1}),
            "rejected": {text: {text: 1}},
            "timings": {text: 1.0},
        }
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_inert(metrics: Metrics, text: str) -> None:
    harmless = Page(render_report(hostile_metrics(metrics, "x"), [example("x")]))
    page = render_report(hostile_metrics(metrics, text), [example(text)])
    assert [tag for tag, _ in Page(page).tags] == [tag for tag, _ in harmless.tags]
    assert [set(attributes) for _, attributes in Page(page).tags] == [set(found) for _, found in harmless.tags]
    assert not re.search("[\u200b-\u200f\u2028-\u202e\u2060-\u206f\x00-\x08\x0e-\x1f\x7f-\x9f]", page)


def test_hidden_characters_are_spelt_out(metrics: Metrics) -> None:
    page = render_report(metrics, [example("access\u202e level\x00")])
    assert "access⟨U+202E⟩ level⟨U+0000⟩" in page


def test_a_huge_line_is_cut_and_the_cut_is_said(metrics: Metrics) -> None:
    page = render_report(metrics, [example("x" * 5_000_000)])
    assert len(page) < 200_000
    assert "(4,996,000 more characters)" in page


def test_the_page_loads_nothing_and_runs_nothing(metrics: Metrics) -> None:
    page = Page(render_report(metrics, [example("x")]))
    assert not {"script", "link", "img", "iframe", "object", "embed", "form", "base"} & {tag for tag, _ in page.tags}
    names = {name for _, attributes in page.tags for name in attributes}
    assert not {"src", "srcset", "style", "action", "background"} & names
    assert not [name for name in names if name.startswith("on")]
    links = [attributes["href"] for _, attributes in page.tags if "href" in attributes]
    targets = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    assert {link.removeprefix("#") for link in links if link} == targets


def test_the_policy_forbids_all_but_the_one_style_sheet(metrics: Metrics) -> None:
    import base64
    import hashlib

    page = render_report(metrics, [])
    policy = next(a for tag, a in Page(page).tags if tag == "meta" and "http-equiv" in a)["content"]
    assert policy is not None
    style = page.split("<style>")[1].split("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'")
    assert "url(" not in style
    assert "@import" not in style


def test_evidence_lines_have_their_numbers(metrics: Metrics) -> None:
    page = render_report(metrics, [example("return 1")])
    assert "<span><i>41</i>def f():</span><span><i>42</i>return 1</span>" in page
    assert "line 41-49" in Page(page).text
    assert "7 more lines" in page


def test_a_broken_sum_is_the_first_thing_that_one_sees(metrics: Metrics) -> None:
    page = render_report(metrics.model_copy(update={"files": Files(found=83, used=79, skipped={})}), [])
    assert "1 of" in page
    assert "files found = used + skipped: 83 is not 79" in page
    assert "Every file, task and answer is accounted for" not in page


def test_bars_are_as_long_as_their_numbers(metrics: Metrics) -> None:
    page = Page(render_report(metrics, []))
    widths = [attributes.get("width") for tag, attributes in page.tags if tag == "rect"]
    assert "93.75%" in widths  # 75 of 80 classes
    assert all(float((width or "").rstrip("%")) <= 100 for width in widths)


def test_a_run_of_nothing_has_a_report_too() -> None:
    nothing: dict[str, Any] = {
        "synth_version": "0", "seed": 0, "sources": [], "files": {"found": 0, "used": 0}, "documents": {"n": 0},
        "tokens": {"counter": "not at all"}, "engine": {"name": "template"}, "rows": {},
    }  # fmt: skip
    page = Page(render_report(Metrics.model_validate(nothing), []))
    assert "no samples" in page.text
    assert page.open == []
