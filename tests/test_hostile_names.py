"""Names and texts that are meant for a shell, a path or a page stay names and texts, also in a real browser."""

import io
import json
import os
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from corpora import everything_written, rows
from test_hostile import GOOD

from synth import run
from synth.config import load_config

sys.path.append(str(Path(__file__).parent / "graph"))  # a module cannot be named graph: the benchmarks have one
from browsers import launcher

PWNED = "window.pwned = 1"
NAMES = (
    "$(touch pwned).py", "`touch pwned`.py", "; touch pwned;.py", "| tee pwned.py", "-rf.py", "--out.py", "~.py",
    "*.py", f"<img src=x onerror='{PWNED}'>.py", f"'\"><script>{PWNED}<script>.py", "javascript:pwned=1.py",
    "&lt;b&gt;.py", "{{ 7 * 7 }}.py", "{% include 'x' %}.py", "${7*7}.py", "%s%n.py", "con.py", "nul.py", "a\nb.py",
    "a\x1b[2J.py", "\u202egnp.py", "a\u200bb.py", "..py", "...py", " .py", "a b.py", "\\.py", "..\\..\\up.py", "C:.py",
    "e\u0301.py",
)  # fmt: skip
TEXTS = (
    f"<script>{PWNED}</script>", f"</script><script>{PWNED}</script>", f'"><img src=x onerror="{PWNED}">',
    f"</style></title></textarea><svg onload={PWNED}>", "{{ 7 * 7 }}{% for x in y %}", "${7*7}",
    "\u202e\u2066 seen \u2069",
    "<meta http-equiv=refresh content='0;url=http://127.0.0.1:9/'>", "<link rel=stylesheet href=http://127.0.0.1:9/x.css>",
    "[a](javascript:window.pwned=1)", "![a](http://127.0.0.1:9/x.png)", "<iframe src=http://127.0.0.1:9/></iframe>",
)  # fmt: skip


@pytest.fixture
def tree(tmp_path):
    """Files with such names, whose texts are no better."""
    root = tmp_path / "tree"
    (root / "docs").mkdir(parents=True)
    for number, name in enumerate(NAMES):
        text = TEXTS[number % len(TEXTS)]
        (root / name).write_text(
            f"{GOOD}\n\ndef told_{number}(name: str = {text!r}) -> str:\n"
            f'    """Say {text}."""\n    return show({number})\n'
        )
    for number, text in enumerate(TEXTS):
        prose = f"The Harbour Log of berth {number} is a record that says {text} to each Pilot. A Pilot reads it daily."
        (root / "docs" / f"{number} <b>.md").write_text(f"# The Harbour Log {text}\n\n{prose}\n\n{prose}\n")
    return root


@pytest.fixture
def out(tree, tmp_path, monkeypatch):
    """A corpus of them, made in a folder of its own."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    wanted = ["ucd.dependency_cpt", "ucd.single_hop", "docs.passage", "docs.qa"]
    config = load_config(None, ["engine.name=template", *(f"recipes.{name}={{}}" for name in wanted)])
    metrics = run.corpus([tree], tmp_path / "out", config)
    assert metrics.files.used == len(NAMES) + len(TEXTS)
    assert all(item.holds for item in metrics.sums)
    return tmp_path / "out"


def test_nothing_is_run_and_nothing_is_written_but_the_corpus(out, tree, tmp_path):
    assert list((tmp_path / "here").iterdir()) == []
    assert {path.name for path in tmp_path.iterdir()} == {"here", "out", "tree"}
    assert len(list(tree.rglob("*.py"))) == len(NAMES)
    assert not [path for path in out.rglob("*") if "touch" in path.name or "docs" in path.name]


def test_templates_in_names_and_texts_are_data(out):
    written = repr(rows(out))
    for text in ("{{ 7 * 7 }}", "${7*7}", "{% for x in y %}"):
        assert text in written


def test_the_report_runs_nothing_and_asks_for_nothing_in_a_real_browser(out):
    complaints, requests = [], []
    with launcher() as launch:
        page = launch().new_page()
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto((out / "report.html").as_uri(), wait_until="networkidle")
        assert page.evaluate("window.pwned") is None
        assert (
            page.evaluate("document.querySelectorAll('script, iframe, img, link, svg[onload], [onerror]').length") == 0
        )
        assert page.evaluate("[...document.links].filter(link => link.protocol === 'javascript:').length") == 0
        assert "Harbour" in page.inner_text("body")
    assert complaints == []
    assert [url for url in requests if not url.startswith("file:")] == []
    assert len(requests) == 1


@pytest.mark.parametrize("kind", ["zip", "tar", "jsonl"])
def test_no_name_in_a_package_of_files_becomes_a_path(kind, tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    away = tmp_path / "away" / "slip.py"
    names = [
        "pkg/a.py", "../../slip.py", "../slip.py", f"/{away}", str(away), "pkg/../../../slip.py", "..\\..\\slip2.py",
        "C:/slip.py", "C:\\slip2.py", "/etc/cron.d/slip.py", "~/slip.py", "./b.py", "con.py", "aux/nul.py",
        "COM1.py", "$(touch slip.py).py",
    ]  # fmt: skip
    source = tmp_path / f"source.{kind}"
    _packed(source, [(name, f"{GOOD}# {number}\n") for number, name in enumerate(names)])
    before = set(tmp_path.rglob("*"))
    metrics = run.corpus(
        [source], tmp_path / "out", load_config(None, ["engine.name=template", "recipes.ucd.single_hop={}"])
    )
    new = {path for path in tmp_path.rglob("*") if tmp_path / "out" not in [path, *path.parents]}
    assert new == before
    assert metrics.files.found == len(names)
    assert metrics.files.skipped["outside_root"] >= 5
    assert str(away) not in {path.as_posix() for path in (tmp_path / "out").rglob("*")}
    assert not os.path.lexists("/etc/cron.d/slip.py")
    assert "root:" not in everything_written(tmp_path / "out")


def _packed(source, members):
    if source.suffix == ".zip":
        with zipfile.ZipFile(source, "w") as out:
            for name, text in members:
                out.writestr(name, text)
    elif source.suffix == ".tar":
        with tarfile.open(source, "w") as out:
            for name, text in members:
                info = tarfile.TarInfo(name)
                info.size = len(text)
                out.addfile(info, io.BytesIO(text.encode()))
    else:
        source.write_text("".join(json.dumps({"path": name, "text": text}) + "\n" for name, text in members))
