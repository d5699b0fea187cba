"""The command line: what it prints, its exit codes, and one line for every mistake."""

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from corpora import SHOP, rows

from synth import cli, run


def synth(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "synth.cli", *map(str, arguments)]
    environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=cwd, env=environment)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli")
    shutil.copytree(SHOP, folder / "shop", ignore=shutil.ignore_patterns(".*", "__pycache__"))  # what tools left in it
    return folder / "out", synth("corpus", folder / "shop", "--out", folder / "out")


def test_corpus_prints_its_sums_and_says_where_to_look(made):
    out, done = made
    assert done.returncode == 0
    assert done.stderr == ""  # no progress where nobody watches
    assert "11 found = 10 used + 1 skipped (language 1)" in done.stdout
    assert "ucd.single_hop" in done.stdout
    assert "sums       20 of 20 hold" in done.stdout
    assert str(out / "report.html") in done.stdout


def test_inspect_shows_a_sample_of_each_recipe(made):
    out, _ = made
    done = synth("inspect", out)
    assert done.returncode == 0
    for recipe in ("ucd.dependency_cpt", "ucd.single_hop", "ucd.compositional", "ucd.utilization"):
        assert f"{recipe} ·" in done.stdout


def test_inspect_shows_one_recipe_and_rejected_rows(made):
    out, _ = made
    done = synth("inspect", out, "--recipe", "ucd.utilization", "-n", "2")
    assert done.stdout.count("ucd.utilization ·") == 2
    assert "ucd.single_hop ·" not in done.stdout
    assert "near_duplicate:" in synth("inspect", out, "--rejected").stdout


def test_graph_writes_two_tables(tmp_path):
    done = synth("graph", SHOP, "--out", tmp_path / "graph")
    assert done.returncode == 0
    written = sorted(path.name for path in (tmp_path / "graph").iterdir())
    assert written == [".run", "edges.parquet", "nodes.parquet"]
    assert "nodes" in done.stdout


def test_doctor_says_what_can_run_and_how_to_get_the_rest():
    done = synth("doctor")
    assert done.returncode == 0
    assert "engine template" in done.stdout
    if "vllm                missing" in done.stdout:
        assert "pip install -e '.[vllm]'" in done.stdout


@pytest.mark.parametrize("command", [[], ["corpus"], ["graph"], ["inspect"], ["doctor"]])
def test_every_command_has_help(command):
    done = synth(*command, "--help")
    assert done.returncode == 0
    assert "Usage:" in done.stdout


def test_set_and_seed_reach_the_run(tmp_path):
    changes = ["--set", "recipes.ucd.single_hop.samples=5", "--seed", "9", "--workers", "0"]
    done = synth("corpus", SHOP, "-o", tmp_path / "out", *changes)
    assert done.returncode == 0
    found = [row for part in rows(tmp_path / "out").values() for row in part if row.get("recipe") == "ucd.single_hop"]
    assert len(found) == 5


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["corpus", "nowhere", "--out", "OUT"], "source nowhere does not exist; give"),
        (["corpus", SHOP, "--out", "OUT", "--pipeline", "none.yaml"], "cannot read pipeline none.yaml"),
        (["corpus", SHOP, "--out", "OUT", "--set", "recipes.ucd.single_hip.samples=1"], "unknown key"),
        (["corpus", SHOP, "--out", "OUT", "--set", "sources.max_file_bytes=many"], "sources.max_file_bytes"),
        (["corpus", SHOP, "--out", "OUT", "--set", "seed"], "not of the form key=value"),
        (["corpus", SHOP, "--out", "OUT", "--set", "tokenizer=none.json"], "tokenizer: no file none.json"),
        (["corpus", SHOP, "--out", "OUT", "--set", "checks.benchmark=none.jsonl"], "checks.benchmark"),
        (["corpus", SHOP, "--out", "/proc/nowhere"], "cannot be written"),
        (["corpus", SHOP, "--out", SHOP], "holds files that synth did not write"),
        (["graph", "nowhere", "--out", "OUT"], "does not exist"),
        (["inspect", "nowhere"], "holds no finished corpus"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(arguments, words, tmp_path):
    done = synth(*(tmp_path / "out" if item == "OUT" else item for item in arguments), cwd=tmp_path)
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_a_control_character_of_a_source_cannot_drive_the_terminal(tmp_path):
    source = tmp_path / "src"
    source.mkdir()
    (source / "a.py").write_text(
        'def f():\n    """Ring \x1b]0;owned\x07 the bell of it."""\n    return g()\n\n\ndef g():\n    return 1\n'
    )
    synth("corpus", source, "--out", tmp_path / "out")
    done = synth("inspect", tmp_path / "out", "-n", "50")
    assert done.returncode == 0
    assert "\x1b]0;" not in done.stdout


def test_a_full_disk_is_one_line(monkeypatch, capsys, tmp_path):
    def fill(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(run, "corpus", fill)
    monkeypatch.setattr(sys, "argv", ["synth", "corpus", str(SHOP), "--out", str(tmp_path / "out")])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 2
    assert capsys.readouterr().err.split("\n")[0].startswith("error: No space left on device; make room")


def test_a_dry_run_prints_what_a_teacher_would_take(tmp_path):
    engine = [
        "--set",
        "engine={name: openai, model: m, openai: {base_url: 'http://127.0.0.1:9/v1'}, prices: {output: 1}}",
    ]
    done = synth("corpus", SHOP, "--out", tmp_path / "out", *engine, "--dry-run")
    assert done.returncode == 0
    for word in ("ucd.single_hop", "problem", "in all", "cost       ", "at most", "time       about", "assumed"):
        assert word in done.stdout
    assert not (tmp_path / "out" / "README.md").exists()


def test_auto_says_which_engine_and_why(made):
    assert "engine     template: engine.model names no teacher" in made[1].stdout
