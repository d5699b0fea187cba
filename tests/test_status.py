"""What `synth status` and `synth verify` say of a run: true, from its folder alone, and without touching it."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa
import pytest
import typer
from corpora import SHOP, config, rows
from engines.endpoint import Reply, serve
from oracle import reply
from rich.console import Console
from s3 import BUCKET, reached, server
from typer.testing import CliRunner

from synth import graphing, record, run, stages, status_cli
from synth.errors import UserError
from synth.folder import RunFolder, to_parquet
from synth.lock import EXPIRE_SECONDS
from synth.record import Record, Sample, StageNote, TeacherNote, read_record
from synth.signs import SAMPLED_PARTS
from synth.status import Status, read_status
from synth.store import place
from synth.watching import render, show_status, show_verified

SMALL = (
    "recipes.ucd.single_hop.samples=24",
    "recipes.ucd.compositional.samples=8",
    "recipes.ucd.utilization.samples=8",
)
SECRET = "sk-not-for-any-file"
NOW = 1_800_000_000.0


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    monkeypatch.setattr(stages, "TASKS_PER_PART", 16)
    monkeypatch.setattr(graphing, "FILES_PER_PART", 4)
    monkeypatch.setattr(record, "WRITE_SECONDS", 0.0)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    out = tmp_path_factory.mktemp("status") / "out"
    run.corpus([SHOP], out, config(*SMALL))
    return out


def watched(out: Path, *settings: str) -> list[Status]:
    """What status says at every step of a run."""
    seen: list[Status] = []
    run.corpus([SHOP], out, config(*SMALL, *settings), progress=lambda *_: seen.append(read_status(out)))
    return seen


def shown(status: Status) -> str:
    console = Console(file=io.StringIO(), width=200)
    console.print(render(status))
    return console.file.getvalue()


def test_a_run_is_at_work_stage_by_stage_until_it_is_finished(tmp_path):
    seen = watched(tmp_path / "out")
    assert {status.state for status in seen} == {"at work"}
    assert {status.process for status in seen} == {os.getpid()}
    first = seen[0]
    assert (first.stages[-1].name, first.stages[-1].done, first.stages[-1].total) == ("read", 0, 3)
    plans = [status.stages[-1].done for status in seen if status.stages[-1].name == "plan"]
    assert plans == list(range(1, len(plans) + 1))
    judging = [status.stages[-1] for status in seen if status.stages[-1].name == "judge"]
    assert [stage.done for stage in judging] == list(range(judging[-1].total + 1))
    assert judging[-1].rows["samples"] > judging[1].rows["samples"] > 0
    assert not judging[-1].is_ended
    after = read_status(tmp_path / "out")
    assert after.state == "finished"
    assert all(stage.is_ended for stage in after.stages)


def test_a_teacher_is_counted_while_it_answers(tmp_path):
    prices = ("engine.prices.prompt=1", "engine.prices.output=10", "engine.budget.tokens=50M")
    out = tmp_path / "out"

    def behave(request: dict, before: int) -> Reply:
        number = sum(endpoint.asked.values())
        return Reply(400, {"error": {"message": "no"}}) if number % 7 == 3 else reply(request, before)

    with serve(behave) as endpoint:
        engine = ("engine.name=openai", "engine.model=oracle", f"engine.openai.base_url={endpoint.url}")
        seen = watched(out, *engine, *prices)
        n_asked = sum(endpoint.asked.values())
    asking = [status.teacher for status in seen if status.stages[-1].name in {"problem", "answer"}]
    assert {teacher.round for teacher in asking} == {"problem", "answer"}
    assert [teacher.answered + teacher.left for teacher in asking if teacher.round == "problem"].count(0) == 0
    problems = [teacher.answered for teacher in asking if teacher.round == "problem"]
    assert problems == sorted(problems)
    assert 0 < max(teacher.failed for teacher in asking) == sum(number % 7 == 3 for number in range(n_asked))
    metrics = json.loads((out / "metrics.json").read_text())["engine"]
    last = read_status(out).teacher
    assert (last.prompt_tokens, last.output_tokens) == (metrics["prompt_tokens"], metrics["output_tokens"])
    assert last.cost == pytest.approx(last.prompt_tokens / 1e6 + last.output_tokens / 1e5)
    assert last.budget_left == {"tokens": 50_000_000 - last.prompt_tokens - last.output_tokens}
    assert last.left == 0
    assert last.left_seconds is None


def test_reading_a_status_takes_no_lock_and_writes_nothing(tmp_path):
    calls: list[str] = []
    is_reading = False

    def watch(event: str, arguments: tuple) -> None:
        if is_reading and (event.startswith(("fcntl.", "os.r", "os.mkdir", "shutil")) or _writes(event, arguments)):
            calls.append(event)

    def look(*_: object) -> None:
        nonlocal is_reading
        is_reading = True
        read_status(tmp_path / "out")
        is_reading = False

    sys.addaudithook(watch)
    run.corpus([SHOP], tmp_path / "out", config(*SMALL), progress=look)
    look()
    assert calls == []


def _writes(event: str, arguments: tuple) -> bool:
    return event == "open" and bool(arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


CHILD = """
import os, signal, sys
from pathlib import Path
from synth import graphing, run, stages
from corpora import SHOP, config

def stop(stage, done, total, note="", /):
    if stage == "judge" and done == 1:
        os.kill(os.getpid(), signal.SIGKILL)

stages.TASKS_PER_PART, graphing.FILES_PER_PART = 16, 4
run.corpus([SHOP], Path(sys.argv[1]), config(*sys.argv[2:]), progress=stop)
"""


def test_a_killed_run_is_stopped_where_it_was_and_the_next_one_is_finished(tmp_path, made):
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    command = [sys.executable, "-c", CHILD, str(tmp_path / "out"), *SMALL]
    child = subprocess.Popen(command, env=environment)
    assert child.wait(timeout=120) == -signal.SIGKILL
    status = read_status(tmp_path / "out")
    assert (status.state, status.process, status.fault) == ("stopped", child.pid, "")
    assert status.stages[-1].name == "judge"
    assert (status.stages[-1].done, status.stages[-1].is_ended) in {(0, False), (1, False)}
    again = watched(tmp_path / "out")
    judging = [stage for status in again for stage in status.stages if stage.name == "judge"]
    assert judging[0].done == 1  # what the killed run had made
    before = {stage.name: stage.before for stage in read_record(tmp_path / "out" / ".run").stages}
    assert before == before | {"read": 3, "judge": 1}
    assert read_status(tmp_path / "out").state == "finished"
    assert rows(tmp_path / "out") == rows(made)


def test_a_run_that_finds_nothing_to_do_and_one_that_only_plans_leave_it_finished(tmp_path):
    run.corpus([SHOP], tmp_path / "out", config(*SMALL))
    run.corpus([SHOP], tmp_path / "out", config(*SMALL))
    assert read_status(tmp_path / "out").state == "finished"
    run.estimate([SHOP], tmp_path / "out", config(*SMALL))
    assert read_status(tmp_path / "out").state == "finished"
    with pytest.raises(UserError, match="--update"):
        run.corpus([SHOP], tmp_path / "out", config(*SMALL, "seed=9"))
    assert read_status(tmp_path / "out").stages
    graphing.graph(SHOP, tmp_path / "graph")
    assert read_status(tmp_path / "graph").state == "finished"
    run.estimate([SHOP], tmp_path / "new", config(*SMALL))
    assert read_status(tmp_path / "new").state == "stopped"


def test_a_release_of_before_does_not_make_a_killed_update_finished(tmp_path):
    run.corpus([SHOP], tmp_path / "out", config(*SMALL))

    def stop(stage: str, *_: object) -> None:
        if stage == "judge":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run.corpus([SHOP], tmp_path / "out", config(*SMALL, "seed=5"), update=True, progress=stop)
    assert (tmp_path / "out" / "README.md").exists()
    status = read_status(tmp_path / "out")
    assert (status.state, status.fault) == ("stopped", "judge: interrupted")


def test_why_a_run_ended_is_said_but_not_what_an_error_quotes(tmp_path, monkeypatch):
    for error, told in (
        (UserError("engine.model: no such model; name another"), "plan: engine.model: no such model; name another"),
        (OSError(28, "No space left on device"), "plan: No space left on device"),
        (ValueError(f"cannot parse {SECRET!r}"), "plan: ValueError"),
    ):

        def fail(*_: object, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr(stages, "plan_tasks", fail)
        with pytest.raises((type(error), UserError)):
            run.corpus([SHOP], tmp_path / "out", config(*SMALL))
        assert read_status(tmp_path / "out").fault == told
        assert SECRET not in (tmp_path / "out" / ".run" / "progress.json").read_text()


def test_a_run_goes_on_where_its_notes_cannot_be_written(tmp_path, monkeypatch, made):
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(record, "write_atomically", full)
    run.corpus([SHOP], tmp_path / "out", config(*SMALL))
    assert rows(tmp_path / "out") == rows(made)
    status = read_status(tmp_path / "out")
    assert status.stages == []
    assert "corpus in" in shown(status)


def noted(folder: Path, *stage_notes: StageNote, teacher: TeacherNote | None = None, host: str = "far") -> Status:
    """What status makes of a note, as a run at another machine would leave it."""
    (folder / ".run").mkdir(parents=True, exist_ok=True)
    note = Record(host=host, process=1, started=NOW, written=NOW + 100, stages=list(stage_notes), teacher=teacher)
    (folder / ".run" / "progress.json").write_text(note.model_dump_json())
    return read_status(folder)


def test_time_left_is_reckoned_from_what_this_run_did(tmp_path):
    stage = StageNote(name="judge", began=NOW, updated=NOW + 100, before=50, done=70, total=100)
    (found,) = noted(tmp_path, stage).stages
    assert found.left_seconds == pytest.approx(150)  # 20 in 100 seconds; the 50 of before tell nothing
    ended = stage.model_copy(update={"ended": NOW + 100})
    assert noted(tmp_path, ended).stages[0].left_seconds is None


def test_a_teacher_ends_with_its_round_or_with_its_budget(tmp_path):
    samples = (
        Sample(time=NOW, answered=0, tokens=0, output=0),
        Sample(time=NOW + 100, answered=50, tokens=5000, output=1000),
    )
    note = TeacherNote(
        round="answer", model="m", prompt=14_000, cached=0, output=1000, failed=2, cost=None, currency="USD",
        budget={"tokens": None, "money": None, "hours": None}, began=NOW, recent=samples,
    )  # fmt: skip
    stage = StageNote(name="answer", began=NOW, updated=NOW + 100, done=60, total=160)
    free = noted(tmp_path, stage, teacher=note).teacher
    assert (free.answered, free.left, free.tokens_per_second) == (60, 100, pytest.approx(10))
    assert free.left_seconds == pytest.approx(200)
    tight = note.model_copy(update={"budget": {"tokens": 16_000, "money": None, "hours": 1.0}})
    found = noted(tmp_path, stage, teacher=tight).teacher
    assert found.budget_left == {"tokens": 1000, "hours": pytest.approx(1 - 100 / 3600)}
    assert found.left_seconds == pytest.approx(20)
    money = {"cost": 1.5, "budget": {"tokens": None, "money": 2.0, "hours": None}}  # a cent for a hundred tokens
    found = noted(tmp_path, stage, teacher=note.model_copy(update=money)).teacher
    assert found.budget_left == {"money": 0.5}
    assert found.left_seconds == pytest.approx(100)  # of 50 tokens, and so of half a cent, a second


def test_of_a_run_on_another_machine_it_is_not_said_that_it_is_dead(tmp_path):
    status = noted(tmp_path)
    assert status.state == "unknown"
    assert "cannot be seen from here" in shown(status)


def test_rows_of_many_parts_are_reckoned_from_some(tmp_path):
    stage = RunFolder(tmp_path).stage("judge", "x", "samples")
    for index in range(2 * SAMPLED_PARTS):
        stage.commit(index, {"samples": to_parquet(pa.table({"a": [1, 2, 3]}))})
    note = StageNote(name="judge", folder="judge-x", began=NOW, updated=NOW)
    assert noted(tmp_path, note).stages[0].rows == {"samples": 6 * SAMPLED_PARTS}
    stage.part("samples", 0).write_bytes(b"not a table")  # as a bad disk leaves it
    assert noted(tmp_path, note).stages[0].rows == {"samples": 6 * SAMPLED_PARTS}


def test_a_run_in_an_object_store_is_told_and_verified_as_one_on_a_disk_is(made):
    with server() as variables, reached(variables):
        out = place(f"s3://{BUCKET}/out")
        run.corpus([SHOP], out, config(*SMALL))
        status = read_status(out)
        assert status.state == "finished"
        here = {stage.name: stage.rows for stage in read_status(made).stages}
        assert {stage.name: stage.rows for stage in status.stages} == here
        assert sum(status.disk.values()) == sum(size for _, size in out.files())
        with RunFolder(out).locked():
            assert read_status(out).state == "at work"
        lost = json.dumps({"owner": "x", "host": "far", "process": 1, "renewed": time.time() - 2 * EXPIRE_SECONDS})
        (out / ".run" / "lock").write_bytes(lost.encode())  # as a machine leaves it that lost its power
        assert read_status(out).state == "finished"
        console = Console(file=io.StringIO(), width=200)
        assert show_verified(console, out)
        (out / "metrics.json").write_bytes(b"{}")
        assert not show_verified(console, out)
        assert "metrics.json: 2 bytes instead of" in console.file.getvalue()


def test_disk_use_adds_up(made):
    disk = read_status(made).disk
    assert sum(disk.values()) == sum(path.stat().st_size for path in made.rglob("*") if path.is_file())
    assert disk["results"] > 0
    assert disk["run"] > 0


def test_a_training_run_is_told_by_its_last_whole_line(tmp_path):
    (tmp_path / ".run" / "checkpoints" / "step-20").mkdir(parents=True)
    (tmp_path / ".run" / "checkpoints" / "step-5").mkdir()
    (tmp_path / "plan.json").write_text(json.dumps({"n_steps": 100, "tokens": 5000}))
    line = {"step": 30, "tokens": 1500, "tokens_per_second": 50.0, "loss": 2.5, "learning_rate": 1e-4}
    (tmp_path / "metrics.jsonl").write_text(json.dumps(line) + '\n{"step": 31, "tok')
    status = read_status(tmp_path)
    assert status.kind == "training"
    found = status.training
    assert (found.step, found.steps, found.loss, found.checkpoint) == (30, 100, 2.5, 20)
    assert found.left_seconds == pytest.approx(70)
    with RunFolder(tmp_path).locked():
        assert read_status(tmp_path).state == "at work"
    (tmp_path / "results.json").write_text("{}")
    assert read_status(tmp_path).state == "finished"
    assert "step       30 of 100" in shown(status)


def test_json_says_what_the_terminal_does(made):
    console = Console(file=io.StringIO(), width=40)
    show_status(console, made, as_json=True, watch=False)
    told = json.loads(console.file.getvalue())
    now = asdict(read_status(made))
    assert told | {"written_seconds_ago": 0} == now | {"written_seconds_ago": 0}
    assert told["state"] == "finished"
    assert told["files"] == 11


def test_names_cannot_drive_the_terminal(tmp_path):
    note = StageNote(name="judge", began=NOW, updated=NOW, note="\x1b]0;owned\x07[red]node")
    text = shown(noted(tmp_path, note, host="\x1b[2Jhost"))
    assert "\x1b" not in text
    assert "[red]node" in text


def test_notes_that_cannot_be_read_are_none(tmp_path):
    (tmp_path / ".run").mkdir()
    for text in ("", "{}", "[1]", '{"host": 3', "\xff"):
        (tmp_path / ".run" / "progress.json").write_text(text, encoding="latin-1")
        assert read_record(tmp_path / ".run") is None
        assert read_status(tmp_path).stages == []


@pytest.fixture
def command():
    app = typer.Typer()
    app.command()(status_cli.status)
    app.command()(status_cli.verify)
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_watching_ends_with_the_run(made, command):
    assert command("status", made, "--watch").exit_code == 0


def test_one_line_says_where_there_is_no_run(tmp_path, command):
    for arguments in (
        ("status", tmp_path),
        ("status", tmp_path / "none"),
        ("status", tmp_path / ("x" * 300)),
        ("status", tmp_path, "--json", "--watch"),
        ("verify", "s3://"),
    ):
        error = command(*arguments).exception
        assert isinstance(error, UserError)
        assert "\n" not in str(error)
        assert ";" in str(error)


def test_verify_names_what_is_not_whole_and_exits_with_1(tmp_path, command):
    out = tmp_path / "out"
    run.corpus([SHOP], out, config(*SMALL))
    done = command("verify", out)
    assert done.exit_code == 0
    assert "is whole" in done.stdout.replace("\n", " ")
    (shard,) = (out / "sft").glob("train-*.parquet")
    data = bytearray(shard.read_bytes())
    data[len(data) // 2] ^= 1
    shard.write_bytes(data)
    (out / "report.html").unlink()
    done = command("verify", out)
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        "report.html: missing",
        f"sft/{shard.name}: content changed since the release was written",
    ]
