"""Many collections in one run: the broken are set aside, copies are found, nothing is fetched twice."""

import shutil
import subprocess
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import s3
from corpora import SHOP, config, everything_written, rows

from synth import collecting, run, store
from synth.errors import UserError
from synth.graphing import graph
from synth.shards import verify_release
from synth.store import place, read_table

LEAN = ("recipes.ucd.compositional=null", "recipes.ucd.utilization=null", "recipes.ucd.single_hop.samples=40")


def module(name: str, n_functions: int = 12) -> str:
    """A module of its own."""
    return "\n\n".join(
        f"def {name}_{number}(first_{name}, second=None):\n"
        f'    """Do step {number} of {name} with what is given, and say so."""\n'
        f"    return {name}_{max(0, number - 1)}(first_{name}, second) if second else first_{name}\n"
        for number in range(n_functions)
    )


@pytest.fixture
def many(tmp_path):
    """A folder with collections of several kinds, and a list that names them and some that are broken."""
    root = tmp_path / "many"
    (root / "one").mkdir(parents=True)
    (root / "one" / "alpha.py").write_text(module("alpha"))
    with zipfile.ZipFile(root / "two.zip", "w") as archive:
        archive.writestr("two/beta.py", module("beta"))
    (root / "cut.tar.gz").write_bytes(b"\x1f\x8b\x08\x00cut short")
    (root / "empty").mkdir()
    (root / "list.txt").write_text("one\ntwo.zip\ncut.tar.gz\nempty\nfile:///nowhere/at/all.git\nmissing\n")
    return root


def test_what_is_broken_is_set_aside_with_its_reason_and_the_rest_goes_on(many, tmp_path):
    metrics = run.corpus([f"@{many}/list.txt"], tmp_path / "out", config(*LEAN))
    assert metrics.collections is not None
    assert (metrics.collections.found, metrics.collections.used) == (6, 2)
    reasons = metrics.collections.set_aside
    assert {name: reason.split(";")[0] for name, reason in reasons.items() if name != "file:///nowhere/at/all.git"} == {
        "cut.tar.gz": "source cut.tar.gz cannot be unpacked: file could not be opened successfully",
        "empty": "source empty holds no files",
        "missing": "source missing does not exist",
    }
    assert reasons["file:///nowhere/at/all.git"].startswith("git cannot clone file:///nowhere/at/all.git: fatal:")
    assert all(item.holds for item in metrics.sums)
    assert "collections found = used + set aside" in {item.name for item in metrics.sums}
    assert verify_release(tmp_path / "out") == []
    assert "cut.tar.gz" in (tmp_path / "out" / "report.html").read_text()
    assert {source.collection for source in metrics.sources} == {"one", "two"}


def test_no_file_of_a_run_says_where_its_sources_lie(many, tmp_path):
    run.corpus([f"@{many}/list.txt"], tmp_path / "out", config(*LEAN))
    assert str(tmp_path) not in everything_written(tmp_path / "out")


def test_a_source_that_is_named_beside_a_list_must_be_whole(many, tmp_path):
    with pytest.raises(UserError, match=r"cut\.tar\.gz cannot be unpacked"):
        run.corpus([f"@{many}/list.txt", many / "cut.tar.gz"], tmp_path / "out", config(*LEAN))


def test_a_store_that_is_away_is_not_taken_for_a_broken_source(many, tmp_path, monkeypatch):
    monkeypatch.setattr(store, "ATTEMPTS", 1)
    monkeypatch.setattr(collecting, "_stamp", lambda _: "")
    (many / "list.txt").write_text("one\ns3://bucket/away\n")
    variables = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    with s3.reached(variables), pytest.raises(UserError, match="s3://bucket/away cannot be reached"):
        run.corpus([f"@{many}/list.txt"], tmp_path / "out", config(*LEAN))


def test_a_list_of_which_nothing_is_left_is_refused_with_the_first_reason(many, tmp_path):
    (many / "bad.txt").write_text("missing\nempty\n")
    with pytest.raises(UserError, match=r"none of 2 sources can be used; the first, .*: .*"):
        run.corpus([f"@{many}/bad.txt"], tmp_path / "out", config(*LEAN))


def test_a_list_gives_the_rows_that_its_sources_give_when_named_one_by_one(many, tmp_path):
    (many / "good.csv").write_text("path\none\ntwo.zip\n")
    run.corpus([f"@{many}/good.csv"], tmp_path / "listed", config(*LEAN))
    run.corpus([many / "one", many / "two.zip"], tmp_path / "named", config(*LEAN))
    assert rows(tmp_path / "listed") == rows(tmp_path / "named")


def test_what_a_list_says_counts_more_than_what_a_source_says_of_itself(many, tmp_path):
    (many / "list.csv").write_text("path,name,revision,license\none,first,r7,MIT\ntwo.zip,,,\n")
    allowed = config(*LEAN, "sources.allowed_licenses=[MIT]")
    metrics = run.corpus([f"@{many}/list.csv"], tmp_path / "out", allowed)
    said = {source.collection: (source.revision, source.license) for source in metrics.sources}
    assert said == {"first": ("r7", "MIT"), "two": ("", "")}
    assert metrics.collections.set_aside == {"two": "no file is used: 1 skipped as license"}


def git(folder: Path, *arguments: str) -> str:
    """What git says in a folder."""
    who = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    command = ["git", "-C", str(folder), *who, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_an_update_clones_anew_what_has_no_revision_and_what_was_set_aside(many, tmp_path):
    (many / "list.csv").write_text(f"url,revision,name\nfile://{many}/one,,moving\nfile://{many}/late,v1,late\n")
    for name in ("one", "late"):
        (many / name).mkdir(exist_ok=True)
        (many / name / "alpha.py").write_text(module(name))
        git(many / name, "init", "-q")
        git(many / name, "add", "-A")
        git(many / name, "commit", "-q", "-m", "first")
    assert set(run.corpus([f"@{many}/list.csv"], tmp_path / "out", config(*LEAN)).collections.set_aside) == {"late"}
    git(many / "late", "tag", "v1")
    git(many / "one", "commit", "-q", "--allow-empty", "-m", "second")
    again = run.corpus([f"@{many}/list.csv"], tmp_path / "out", config(*LEAN))
    assert set(again.collections.set_aside) == {"late"}
    last = run.corpus([f"@{many}/list.csv"], tmp_path / "out", config(*LEAN), update=True)
    assert {s.collection: s.revision for s in last.sources} == {
        "moving": git(many / "one", "rev-parse", "HEAD"), "late": git(many / "late", "rev-parse", "HEAD"),
    }  # fmt: skip


def test_a_revision_of_a_list_is_what_is_cloned(many, tmp_path):
    def git_one(*arguments: str) -> str:
        return git(many / "one", *arguments)

    git_one("init", "-q")
    git_one("add", "-A")
    git_one("commit", "-q", "-m", "first")
    git_one("tag", "v1")
    first = git_one("rev-parse", "HEAD")
    (many / "one" / "alpha.py").write_text(module("gamma"))
    git_one("commit", "-q", "-a", "-m", "second")
    (many / "list.csv").write_text(f"url,revision,name\nfile://{many}/one,v1,old\nfile://{many}/one,,new\n")
    nodes, _ = graph(f"@{many}/list.csv", tmp_path / "out")
    names = {(row["collection"], row["name"]) for row in nodes.select(["collection", "name"]).to_pylist()}
    assert {("old", "alpha_3"), ("new", "gamma_3")} <= names
    assert {("old", "gamma_3"), ("new", "alpha_3")}.isdisjoint(names)
    metrics = run.corpus([f"@{many}/list.csv"], tmp_path / "corpus", config(*LEAN))
    assert {s.collection: s.revision for s in metrics.sources} == {"old": first, "new": git_one("rev-parse", "HEAD")}


def test_collections_of_one_name_are_told_apart(many, tmp_path):
    (many / "other" / "one").mkdir(parents=True)
    (many / "other" / "one" / "delta.py").write_text(module("delta"))
    (many / "list.txt").write_text("one\nother/one\n")
    metrics = run.corpus([f"@{many}/list.txt"], tmp_path / "out", config(*LEAN))
    assert [source.collection for source in metrics.sources] == ["one", "one-2"]


def test_copies_in_a_fork_are_skipped_and_its_own_files_are_not(many, tmp_path):
    fork = many / "fork"
    fork.mkdir()
    (fork / "alpha.py").write_text(module("alpha") + "\nEDITED = 1\n")
    (fork / "same.py").write_text((many / "one" / "alpha.py").read_text())
    (fork / "own.py").write_text(module("own"))
    (many / "list.txt").write_text("one\nfork\n")
    metrics = run.corpus([f"@{many}/list.txt"], tmp_path / "out", config(*LEAN))
    assert metrics.files.skipped == {"duplicate": 1, "near_duplicate": 1}
    kept = config(*LEAN, "sources.near_duplicate_threshold=null")
    assert run.corpus([f"@{many}/list.txt"], tmp_path / "all", kept).files.skipped == {"duplicate": 1}


def test_documents_of_many_repositories_are_one_collection_each_over_all_files_of_the_table(tmp_path):
    table = tmp_path / "stack"
    table.mkdir()
    documents = [("team/a", "a.py"), ("team/b", "b.py"), ("team/a", "c.py"), ("team/a", "a.py")]
    made = [
        {
            "repository": name,
            "path": path,
            "content": module(f"part{number}"),
            "license": "MIT",
            "revision": f"r-{name}",
        }
        for number, (name, path) in enumerate(documents)
    ]
    for number in (0, 1):
        pq.write_table(pa.Table.from_pylist(made[2 * number : 2 * number + 2]), table / f"{number}.parquet")
    metrics = run.corpus([f"@{table}"], tmp_path / "out", config(*LEAN))
    found = {(s.collection, s.revision, s.license): s.n_files for s in metrics.sources}
    assert found == {("team/a", "r-team/a", "MIT"): 3, ("team/b", "r-team/b", "MIT"): 1}
    assert metrics.files.skipped == {"duplicate": 1}
    assert metrics.collections.found == metrics.collections.used == 2


def test_one_large_collection_cannot_take_all_of_a_budget(many, tmp_path):
    (many / "one" / "more.py").write_text(module("more", 60))
    (many / "list.txt").write_text("one\ntwo.zip\n")
    limit = "recipes.ucd.single_hop.per_collection=15"
    metrics = run.corpus([f"@{many}/list.txt"], tmp_path / "out", config(*LEAN[:2], limit))
    assert metrics.tasks["ucd.single_hop"].planned == 30


@pytest.fixture
def fetched(monkeypatch):
    """The sources that were listed, and how many lay unpacked at that time."""
    seen: list[tuple[str, int]] = []
    real = collecting.list_files

    def note(source, settings, workdir, *rest):
        seen.append((Path(source).name, len(list(workdir.parent.glob("source-*")))))
        return real(source, settings, workdir, *rest)

    monkeypatch.setattr(collecting, "list_files", note)
    return seen


def test_one_collection_at_a_time_lies_unpacked(many, tmp_path, fetched, monkeypatch):
    monkeypatch.setattr(collecting, "MAX_PARTS", 2)
    graph(f"@{many}/list.txt", tmp_path / "out")
    assert len(fetched) == 6
    assert {count for _, count in fetched} == {1}


def test_a_killed_run_fetches_nothing_twice_and_ends_alike(many, tmp_path, fetched):
    def until_two_are_there(stage, done, total, *_):
        if stage == "collect" and done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run.corpus([f"@{many}/list.txt"], tmp_path / "out", config(*LEAN), progress=until_two_are_there)
    assert [name for name, _ in fetched] == ["one", "two.zip"]
    run.corpus([f"@{many}/list.txt"], tmp_path / "out", config(*LEAN))
    assert [name for name, _ in fetched][2:] == ["cut.tar.gz", "empty", "all.git", "missing"]
    run.corpus([f"@{many}/list.txt"], tmp_path / "fresh", config(*LEAN))
    assert rows(tmp_path / "out") == rows(tmp_path / "fresh")


def test_a_longer_list_fetches_what_is_new_and_what_was_set_aside(many, tmp_path, fetched):
    run.corpus([f"@{many}/list.txt"], tmp_path / "out", config(*LEAN))
    fetched.clear()
    (many / "late").mkdir()
    (many / "late" / "late.py").write_text(module("late"))
    (many / "list.txt").write_text("one\ntwo.zip\ncut.tar.gz\nlate\n")
    shutil.copy(many / "two.zip", many / "cut.tar.gz")
    with pytest.raises(UserError, match="add --update"):
        run.corpus([f"@{many}/list.txt"], tmp_path / "out", config(*LEAN))
    run.corpus([f"@{many}/list.txt"], tmp_path / "out", config(*LEAN), update=True)
    assert {name for name, _ in fetched} == {"late", "cut.tar.gz"}
    run.corpus([f"@{many}/list.txt"], tmp_path / "fresh", config(*LEAN))
    assert rows(tmp_path / "out") == rows(tmp_path / "fresh")


def test_a_changed_source_of_a_list_is_noticed(many, tmp_path):
    run.corpus([f"@{many}/list.txt"], tmp_path / "out", config(*LEAN))
    (many / "one" / "alpha.py").write_text(module("changed"))
    with pytest.raises(UserError, match=r"1 other or changed source file\(s\) \(one/alpha.py\)"):
        run.corpus([f"@{many}/list.txt"], tmp_path / "out", config(*LEAN))


def test_a_run_from_a_store_into_a_store_gives_the_same_rows_and_keeps_its_credentials(many, tmp_path):
    run.corpus([f"@{many}/list.txt", SHOP], tmp_path / "out", config(*LEAN))
    with s3.server() as variables, s3.reached(variables):
        bucket = place(f"s3://{s3.BUCKET}")
        for path in [path for path in many.rglob("*") if path.is_file()]:
            (bucket / "many" / path.relative_to(many).as_posix()).write_bytes(path.read_bytes())
        out = bucket / "out"
        metrics = run.corpus([f"@s3://{s3.BUCKET}/many/list.txt", SHOP], str(out), config(*LEAN))
        assert (metrics.collections.found, metrics.collections.used) == (7, 3)
        assert verify_release(out) == []
        expected = rows(tmp_path / "out")
        assert {name: read_table(out / name).to_pylist() for name in expected} == expected
        for found, _ in out.files():
            said = found.read_bytes()
            text = repr(read_table(found).to_pylist()).encode() if found.suffix == ".parquet" else said
            assert not any(planted.encode() in text + said for planted in (s3.KEY, s3.SECRET))


@pytest.mark.ray
def test_two_workers_collect_the_same_as_one(many, tmp_path):
    run.corpus([f"@{many}/list.txt"], tmp_path / "one", config(*LEAN), workers=0)
    run.corpus([f"@{many}/list.txt"], tmp_path / "two", config(*LEAN), workers=2)
    assert rows(tmp_path / "one") == rows(tmp_path / "two")
