"""On a bad day a run ends with the same corpus, or says in one line what is wrong and goes on when that is mended."""

import errno
import os
import resource
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
import s3
from corpora import SHOP, config, rows
from deadly import dies_at_bad, dies_of_two, dies_once, doubled, eats_at_bad, numbered, refuses
from mischief import proxy

from synth import folder, run, stages
from synth.apart import make_apart
from synth.errors import UserError
from synth.folder import Stage, to_parquet, write_atomically
from synth.mapper import Job, RayData, run_job
from synth.store import place, read_table

FEW = ("recipes.ucd.single_hop.samples=24", "recipes.ucd.compositional.samples=8", "recipes.ucd.utilization.samples=8")


def job(tmp_path: Path, table: pa.Table) -> tuple[Job, Stage]:
    write_atomically(tmp_path / "rows.parquet", to_parquet(table))
    return Job(0, (tmp_path / "rows.parquet",)), Stage(tmp_path / ".run" / "parse-0", ("out",))


def made(stage: Stage) -> list[int]:
    return [number for path in stage.parts("out") for number in read_table(path)["number"].to_pylist()]


def test_a_file_that_kills_its_parser_is_named():
    table = numbered([*(f"{number}.c" for number in range(5)), "bad.c", "last.c"])
    with pytest.raises(UserError, match=r"^shop/bad\.c: stage `parse` dies of it \(SIGABRT\); leave") as caught:
        make_apart(dies_at_bad, [table], "parse")
    assert "\n" not in str(caught.value)


def test_a_file_that_needs_more_memory_than_there_is_is_named_at_once(tmp_path):
    work, stage = job(tmp_path, numbered(["good.c", "bad.c"]))
    with pytest.raises(UserError, match=r"^shop/bad\.c: stage `parse` needs more than [\d,]+ MB of memory"):
        run_job(eats_at_bad, work, stage)
    assert made(stage) == []


def test_where_no_row_kills_by_itself_none_is_blamed():
    with pytest.raises(UserError, match=r"^3 rows together: "):
        make_apart(dies_of_two, [numbered(["bad.c", "worse.c", "good.c"])], "parse")


def test_what_is_made_apart_is_the_same_and_a_mistake_stays_one():
    table = numbered(["a", "b", "c"])
    assert make_apart(doubled, [table], "parse") == doubled(table)
    with pytest.raises(UserError, match=r"^not like this$"):
        make_apart(refuses, [table], "parse")


def test_a_part_at_which_two_processes_died_is_made_apart_and_no_third_dies(tmp_path):
    work, stage = job(tmp_path, numbered(["good.c", "bad.c"]))
    for _ in range(2):
        child = os.fork()
        if not child:
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            run_job(dies_at_bad, work, stage)
        assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    with pytest.raises(UserError, match=r"shop/bad\.c"):
        run_job(dies_at_bad, work, stage)


def test_a_part_that_was_interrupted_by_chance_is_made_as_ever(tmp_path):
    work, stage = job(tmp_path, numbered(["good.c", "fine.c"]))
    for deaths in range(4):
        with stage.begun(0) as before:
            assert before == 0
        write_atomically(tmp_path / ".run" / folder.BEGUN / "parse-0-00000", str(deaths).encode())
        run_job(doubled, work, stage)
        assert made(stage) == [0, 2]


@pytest.mark.ray
def test_a_worker_that_dies_is_replaced_and_one_that_must_die_ends_the_run_with_the_name(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))  # workers must find the functions too
    once, stage = job(tmp_path / "once", numbered([str(tmp_path / "mark")]))
    mapper = RayData(1, None)
    try:
        assert list(mapper.map(dies_once, [once], stage)) == [0]
        assert made(stage) == [0]
        always, stage = job(tmp_path / "always", numbered(["good.c", "bad.c"]))
        with pytest.raises(UserError, match=r"^shop/bad\.c: "):
            list(mapper.map(dies_at_bad, [always], stage))
    finally:
        mapper.close()


def test_a_worker_that_counts_as_lost_does_not_spoil_what_its_successor_writes(tmp_path, monkeypatch):
    path, sync, seen = tmp_path / "part.parquet", os.fsync, []

    def overtaken(descriptor: int) -> None:
        sync(descriptor)
        if not seen:
            seen.append(True)
            write_atomically(path, b"of the successor")

    monkeypatch.setattr(os, "fsync", overtaken)
    write_atomically(path, b"of the lost worker, which is longer")
    assert path.read_bytes() == b"of the lost worker, which is longer"
    assert [found.name for found in tmp_path.iterdir()] == ["part.parquet"]


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "make room"), (errno.EMFILE, "ulimit -n"), (errno.EIO, "disk"), (errno.ENOMEM, "memory")],
)
def test_what_the_machine_refuses_is_one_line_that_says_how_to_mend_it(tmp_path, monkeypatch, number, words):
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Stage, "commit", refuse)
    with pytest.raises(UserError, match=words) as caught:
        run.corpus([SHOP], tmp_path / "out", config(*FEW))
    assert "goes on from here" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_fault_of_our_own_is_not_passed_off_as_one_of_the_machine(tmp_path, monkeypatch):
    def break_(*_: object, **__: object) -> None:
        raise FileNotFoundError(errno.ENOENT, "gone")

    monkeypatch.setattr(Stage, "commit", break_)
    with pytest.raises(FileNotFoundError):
        run.corpus([SHOP], tmp_path / "out", config(*FEW))


def test_with_few_file_handles_a_run_ends_well_or_says_so(tmp_path):
    code = "import sys; from synth.cli import main; main()"
    command = [sys.executable, "-c", code, "corpus", str(SHOP), "--out", str(tmp_path / "out"), "--workers", "0"]
    limit = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (12, 12))  # noqa: E731
    done = subprocess.run(command, preexec_fn=limit, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode in {0, 2}, done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture(scope="module")
def relay():
    with (
        s3.server() as variables,
        proxy.proxy(int(variables["AWS_ENDPOINT_URL"].rpartition(":")[2])) as found,
        s3.reached(variables | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{found.port}"}),
    ):
        yield found


@pytest.mark.parametrize("request_number", [0, 1])
def test_an_object_that_is_smaller_than_a_refusal_is_read_though_the_store_is_busy(tmp_path, relay, request_number):
    found = place(f"s3://{s3.BUCKET}/small")
    found.write_bytes(b"tiny")
    for read in (found.read_bytes, lambda: found.download(tmp_path / "small")):
        relay.begin(proxy.window(proxy.BUSY, request_number, request_number + 1))
        read()
        assert relay.done[proxy.BUSY] == 1
    relay.begin(proxy.good)


def read_back(name: str, tmp_path: Path) -> dict:
    """The rows of a corpus in the store."""
    for found, _ in place(f"s3://{s3.BUCKET}/{name}").files():
        path = tmp_path / "read" / str(found).partition(f"{name}/")[2]
        if ".run" not in path.parts:
            path.parent.mkdir(parents=True, exist_ok=True)
            found.download(path)
    return rows(tmp_path / "read")


@pytest.mark.parametrize("kind", [proxy.BUSY, proxy.CUT])
def test_a_store_that_fails_now_and_then_changes_nothing(tmp_path, monkeypatch, relay, kind):
    monkeypatch.setattr(stages, "TASKS_PER_PART", 16)
    run.corpus([SHOP], tmp_path / "out", config(*FEW))
    relay.begin(lambda number: kind if number % 40 == 5 else proxy.PASS)
    run.corpus([SHOP], f"s3://{s3.BUCKET}/{kind}", config(*FEW))
    assert relay.done[kind] > 3
    relay.begin(proxy.good)
    assert read_back(kind, tmp_path) == rows(tmp_path / "out")
