"""Credentials stay home, wherever they lie: in code, documents, archives, tables, addresses, answers and errors."""

import html
import json
import tarfile
import zipfile

import pytest
from corpora import SHOP, config, everything_written
from engines.endpoint import Reply, completion, serve
from sources.documents import docx, epub, page_of, paragraph, pdf
from test_hostile import GOOD, planted

from synth import run
from synth.config import load_config
from synth.errors import UserError
from synth.sources.secrets import redact

PROSE = "The harbour keeps a log of each berth. A pilot reads the log of the berth before a lease begins. " * 3
KEY = "sk-" + "not-for-any-file"


def lines_of(seed):
    return [line for _, _, line in planted(seed)]


def values_of(*seeds):
    """Every planted value; of a key each of its lines."""
    return [part for seed in seeds for _, value, _ in planted(seed) for part in value.split("\n")]


def leaked(out, *seeds):
    written = everything_written(out)
    return [value for value in values_of(*seeds) if value in written]


def everywhere(root):
    """A source that holds thirty credentials in each kind of file; returns the seeds that they were made from."""
    (root / "docs").mkdir(parents=True)
    (root / "app.py").write_text(GOOD + "\n".join(lines_of(1)) + "\n")
    fenced = "```python\n" + "\n".join(lines_of(2)) + "\n```\n"
    (root / "docs" / "guide.md").write_text(f"# Guide\n\n{PROSE}\n\n{fenced}\n{PROSE}\n")
    indented = "\n".join(f"   {line}" for text in lines_of(3) for line in text.split("\n"))
    (root / "docs" / "guide.rst").write_text(
        f"Guide\n=====\n\n{PROSE}\n\n.. code-block:: python\n\n{indented}\n\n{PROSE}\n"
    )
    sentences = " ".join(f"Then set {line.splitlines()[0]} there." for line in lines_of(4) if "PRIVATE" not in line)
    (root / "docs" / "guide.txt").write_text(f"{PROSE}\n\n{sentences}\n\n{PROSE}\n")
    code = html.escape("\n".join(lines_of(5)))
    (root / "docs" / "guide.html").write_text(f"<h1>Guide</h1><p>{PROSE}</p><pre>{code}</pre><p>{PROSE}</p>")
    cells = [{"cell_type": "markdown", "source": f"# Guide\n\n{PROSE}"}, {"cell_type": "code", "source": lines_of(6)}]
    cells[1]["source"] = [f"{line}\n" for line in lines_of(6)]
    cells[1]["outputs"] = [{"text": lines_of(7)}]
    (root / "docs" / "guide.ipynb").write_text(json.dumps({"cells": cells, "nbformat": 4}))
    body = "".join(paragraph(html.escape(line)) for text in [PROSE, *lines_of(8)] for line in text.split("\n"))
    (root / "docs" / "guide.docx").write_bytes(docx(body))
    (root / "docs" / "guide.epub").write_bytes(
        epub({"one": f"<p>{PROSE}</p><pre>{html.escape(chr(10).join(lines_of(9)))}</pre>"})
    )
    printed = [line.replace("(", "\\(").replace(")", "\\)") for text in lines_of(10) for line in text.split("\n")]
    pages = [page_of([PROSE[:90], *printed[start : start + 40]]) for start in range(0, len(printed), 40)]
    (root / "docs" / "guide.pdf").write_bytes(pdf(pages, title=lines_of(11)[0]))
    (root / "package.json").write_text(json.dumps({"name": "x", "config": planted(12)[1][1]}))
    return range(1, 13)


@pytest.fixture
def tree(tmp_path):
    everywhere(tmp_path / "tree")
    return tmp_path / "tree"


def settings(*overrides):
    return load_config(
        None,
        [
            "engine.name=template",
            "text.extractor=spacy",
            "recipes.docs.passage={}",
            "recipes.docs.qa={}",
            "recipes.ucd.single_hop={}",
            *overrides,
        ],
    )


def test_no_format_of_file_lets_a_credential_out(tree, tmp_path):
    metrics = run.corpus([tree], tmp_path / "out", settings())
    assert metrics.files.used == 10
    assert sum(sample.accepted for sample in metrics.samples.values()) > 0
    assert leaked(tmp_path / "out", *range(1, 13)) == []
    assert sum(metrics.documents.redactions.values()) >= 200


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_no_archive_lets_a_credential_out(tree, tmp_path, kind):
    archive = tmp_path / f"source.{kind}"
    with zipfile.ZipFile(archive, "w") if kind == "zip" else tarfile.open(archive, "w:gz") as out:
        for path in sorted(tree.rglob("*.py")) + sorted(tree.rglob("*.md")):
            add = out.write if kind == "zip" else out.add
            add(path, f"top/{path.relative_to(tree)}")
    run.corpus([archive], tmp_path / "out", settings())
    assert leaked(tmp_path / "out", 1, 2) == []


def test_no_table_of_documents_lets_a_credential_out(tmp_path):
    rows = [{"path": f"{seed}.py", "text": GOOD + "\n".join(lines_of(seed))} for seed in (1, 2)]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    run.corpus([tmp_path / "rows.jsonl"], tmp_path / "out", config())
    assert leaked(tmp_path / "out", 1, 2) == []


def test_a_token_that_has_no_digit_by_chance_is_hidden_too():
    for token in ("sk_" + "live_" + "AqswuDpKWFhKyliRfJhtCmHR", "SG" + f".{'aBcDeFgHiJkLmNoPqRsTuV'}.{'xY' * 21}z"):
        hidden, found = redact(f'value = "{token}"\n', "app.py")
        assert token not in hidden
        assert len(found) == 1


def test_an_address_that_holds_a_password_is_never_repeated(tmp_path):
    secret = planted(20)[1][1]
    with pytest.raises(UserError) as caught:
        run.corpus([f"https://oauth2:{secret}@127.0.0.1:9/team/project.git"], tmp_path / "out", config())
    assert secret not in str(caught.value)
    assert secret not in everything_written(tmp_path / "out")


def test_neither_the_key_nor_the_environment_is_in_any_file_whatever_error_the_teacher_gives(tmp_path, monkeypatch):
    """An endpoint that gives the key back with each error."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    others = {
        name: f"{name.lower()}-{planted(21)[1][1]}" for name in ("AWS_SECRET_ACCESS_KEY", "HF_TOKEN", "PLAIN_SECRET")
    }
    for name, value in others.items():
        monkeypatch.setenv(name, value)

    def behave(request, before):
        if len(request["messages"][-1]["content"]) % 5 == 0 and "one word" not in str(request):
            return Reply(status=400, body={"error": {"message": f"bad request for {KEY}", "code": KEY}})
        return Reply(body=completion(request, "That is all that there is to say of it."))

    with serve(behave) as endpoint:
        engine = ("engine.name=openai", "engine.model=m", f"engine.openai.base_url={endpoint.url}")
        metrics = run.corpus([SHOP], tmp_path / "out", config("recipes.ucd.single_hop.samples=8", *engine))
    failed = sum(task.failed for tasks in (metrics.tasks, *metrics.rounds.values()) for task in tasks.values())
    assert failed > 0
    written = everything_written(tmp_path / "out")
    assert [value for value in (KEY, *others.values()) if value in written] == []
