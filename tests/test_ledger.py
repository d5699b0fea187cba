"""The journal of answers: none is lost, none is made up, and each is found again whoever wrote it and whenever."""

import errno
import json
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth import folder as folders
from synth import ledger as ledgers
from synth.config import EngineSettings
from synth.errors import UserError
from synth.ledger import LEDGER, Ledger, LedgerWriter, Spent, unit_id, write_shard

TASK = {
    "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "What is a? “é”"}],
    "response_schema": "",
    "sampling": {"temperature": 0.7, "top_p": 0.95, "max_tokens": 512, "n": 2, "seed": 11},
    "prompt_id": "teacher.answer",
    "prompt_sha256": "ab" * 32,
}
ENGINE = EngineSettings.model_validate({"name": "openai", "model": "teacher"})


def answers(number: int, status: str = "ok", samples: int = 1, text: str = "") -> list[dict[str, Any]]:
    return [
        {
            "task_id": f"{number:032x}", "sample_index": index, "status": status, "text": text or f"answer {number}",
            "reasoning": "", "finish_reason": "stop", "prompt_tokens": 10, "cached_tokens": 4, "output_tokens": 3,
            "engine": "openai", "model": "teacher", "error": "" if status == "ok" else "no",
        }
        for index in range(samples)
    ]  # fmt: skip


def add(folder: Path, *units: tuple[str, list[dict[str, Any]]]) -> Path:
    """Write a shard of these units."""
    return write_shard(folder, 1, [{**row, "unit_id": unit} for unit, rows in units for row in rows])


def contents(folder: Path, units: list[str]) -> tuple[dict[str, list[dict[str, Any]]], Spent, set[str], set[str]]:
    """All that a ledger says of these units."""
    ledger = Ledger(folder)
    try:
        assert ledger.dropped == []
        return (
            dict(ledger.rows(units)), ledger.spent, ledger.settled(units), ledger.settled(units, retry_failed=True)
        )  # fmt: skip
    finally:
        ledger.close()


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.002)


# One addition: which unit, whether it was answered, how many samples.
ADDITIONS = st.lists(
    st.lists(st.tuples(st.integers(0, 6), st.booleans(), st.integers(1, 3)), min_size=1, max_size=5), max_size=7
)


@settings(deadline=None, max_examples=30)
@given(shards=ADDITIONS, random=st.randoms(use_true_random=False))
def test_what_was_added_is_found_again_whatever_the_order_the_grouping_and_the_merges(shards, random):
    units = [f"u{number}" for number in range(7)]
    expected: dict[str, list[dict[str, Any]]] = {}
    with tempfile.TemporaryDirectory() as scratch, pytest.MonkeyPatch.context() as patch:
        whole, pieces = Path(scratch, "whole"), Path(scratch, "pieces")
        for number, shard in enumerate(shards):
            added = []
            for unit, is_ok, samples in shard:
                rows = answers(number, "ok" if is_ok else "failed", samples, f"{number}.{len(added)}")
                added.append((f"u{unit}", rows))
                before = expected.get(f"u{unit}")
                if before is None or before[0]["status"] == "failed":  # an answer stays, a failure gives way
                    expected[f"u{unit}"] = rows
            add(whole, *added)
        found = contents(whole, units)
        assert found[0] == expected
        n_rows = sum(map(len, expected.values()))
        assert found[1] == Spent(10 * n_rows, 4 * n_rows, 3 * n_rows)
        assert found[2] == set(expected)
        assert found[3] == {unit for unit, rows in expected.items() if rows[0]["status"] == "ok"}

        # Shards that come one at a time, in any order.
        paths = list(whole.glob("*.parquet"))
        random.shuffle(paths)
        ledger = Ledger(pieces)
        for path in paths:
            shutil.copy(path, pieces)
            ledger.refresh()
        assert (dict(ledger.rows(units)), ledger.spent) == found[:2]
        ledger.close()

        patch.setattr(ledgers, "SMALL_SHARDS", 2)
        patch.setattr(ledgers, "ROWS_PER_SHARD", random.randint(2, 12))
        merged = contents(whole, units)
        assert merged == found
        assert len(list(whole.glob("*.parquet"))) <= len(paths)
        # As if it had been killed before the old shards were deleted.
        for path in pieces.glob("*.parquet"):
            shutil.copy(path, whole)
        patch.setattr(ledgers, "SMALL_SHARDS", 1000)
        assert contents(whole, units) == found
        patch.setattr(ledgers, "SMALL_SHARDS", 2)
        assert contents(whole, units) == contents(whole, units) == found


def test_answers_come_in_the_order_asked_for_and_what_is_not_there_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(ledgers, "UNITS_AT_ONCE", 7)
    for start in range(0, 40, 4):
        add(tmp_path, *((f"u{number}", answers(number, samples=2)) for number in range(start, start + 4)))
    asked = [f"u{number}" for number in random.Random(3).sample(range(60), 50)]
    ledger = Ledger(tmp_path)
    found = list(ledger.rows(asked))
    assert [unit for unit, _ in found] == [unit for unit in asked if int(unit[1:]) < 40]
    assert all(rows == answers(int(unit[1:]), samples=2) for unit, rows in found)


def test_many_small_shards_become_few(tmp_path, monkeypatch):
    monkeypatch.setattr(ledgers, "SMALL_SHARDS", 8)
    for number in range(8):
        add(tmp_path, (f"u{number}", answers(number)))
    Ledger(tmp_path).close()
    assert len(list(tmp_path.glob("*.parquet"))) == 1
    assert len(contents(tmp_path, [f"u{number}" for number in range(8)])[0]) == 8


def test_a_failed_unit_is_asked_again_only_when_that_is_wanted_and_an_answer_is_never_replaced(tmp_path):
    add(tmp_path, ("a", answers(1, "failed")))
    ledger = Ledger(tmp_path)
    assert ledger.settled(["a", "b"]) == {"a"}
    assert ledger.settled(["a", "b"], retry_failed=True) == set()
    add(tmp_path, ("a", answers(1, text="at last")))
    ledger.refresh()
    add(tmp_path, ("a", answers(1, "failed")))
    add(tmp_path, ("a", answers(1, text="once more")))
    ledger.refresh()
    assert ledger.settled(["a"], retry_failed=True) == {"a"}
    assert [rows[0]["text"] for _, rows in ledger.rows(["a"])] == ["at last"]
    assert contents(tmp_path, ["a"])[0] == dict(ledger.rows(["a"]))
    assert ledger.spent == Spent(10, 4, 3)


def test_an_answer_is_on_disk_soon_though_no_other_follows(tmp_path, monkeypatch):
    assert ledgers.FLUSH_SECONDS <= 2.5  # the promise is 5 seconds, a slow write included
    monkeypatch.setattr(ledgers, "FLUSH_SECONDS", 0.01)
    with LedgerWriter(tmp_path) as writer:
        for number in range(3):
            writer.add(f"u{number}", answers(number))
            wait_until(lambda: len(list(tmp_path.glob("*.parquet"))) == number + 1)  # noqa: B023 - called at once
        ledger = Ledger(tmp_path)
        assert ledger.settled(["u0", "u1", "u2"]) == {"u0", "u1", "u2"}
        assert ledger.dropped == []


def test_a_shard_is_synced_before_it_has_its_name_and_its_name_after(tmp_path, monkeypatch):
    synced = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        synced.append(("folder" if is_folder else "file", len(list(tmp_path.glob("*.parquet")))))
        real(descriptor)

    monkeypatch.setattr(folders.os, "fsync", fsync)
    add(tmp_path, ("a", answers(1)))
    assert synced == [("file", 0), ("folder", 1)]


def test_what_a_killed_writer_left_half_written_is_dropped_but_not_what_one_is_writing(tmp_path):
    orphan = tmp_path / ".0001-2-3-ff.parquet.tmp"
    add(tmp_path, ("a", answers(1)))
    orphan.write_bytes(b"PAR1 half")
    with LedgerWriter(tmp_path):
        ledger = Ledger(tmp_path)
        assert orphan.exists()
        ledger.close()
    ledger = Ledger(tmp_path)
    assert not orphan.exists()
    assert ledger.dropped == [".0001-2-3-ff.parquet.tmp was left half-written"]
    assert ledger.settled(["a"]) == {"a"}


@settings(deadline=None, max_examples=60)
@given(at=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255), cut=st.booleans())
def test_a_shard_with_one_wrong_byte_or_a_missing_end_counts_as_never_answered(at, flip, cut):
    with tempfile.TemporaryDirectory() as scratch:
        path, other = add(Path(scratch), ("a", answers(1))), add(Path(scratch), ("b", answers(2)))
        data = bytearray(path.read_bytes())
        place = int(at * len(data))
        data[place] ^= flip
        path.write_bytes(data[:place] if cut else data)
        ledger = Ledger(Path(scratch))
        assert ledger.dropped == [f"{path.name} was damaged"]
        assert ledger.settled(["a", "b"]) == {"b"}
        assert ledger.spent == Spent(10, 4, 3)
        add(Path(scratch), ("a", answers(1)))
        ledger.refresh()
        assert dict(ledger.rows(["a", "b"])) == {"a": answers(1), "b": answers(2)}
        assert len(ledger.dropped) == 1
        assert other.exists()
        ledger.close()


def test_damaged_shards_are_left_where_they_are_when_others_are_merged(tmp_path, monkeypatch):
    monkeypatch.setattr(ledgers, "SMALL_SHARDS", 4)
    paths = [add(tmp_path, (f"u{number}", answers(number))) for number in range(8)]
    for path in (paths[0], paths[7]):
        data = bytearray(path.read_bytes())
        data[10] ^= 1
        path.write_bytes(data)
    ledger = Ledger(tmp_path)
    assert ledger.settled([f"u{number}" for number in range(8)]) == {f"u{number}" for number in range(1, 7)}
    assert len(ledger.dropped) == 2
    assert paths[0].exists()
    assert paths[7].exists()


def test_a_shard_that_states_another_number_of_rows_than_it_holds_is_dropped(tmp_path):
    path = add(tmp_path, ("a", answers(1)))
    path.rename(path.with_name(path.name.replace("-1-1-", "-1-2-")))
    ledger = Ledger(tmp_path)
    assert "another number of rows" in ledger.dropped[0]
    assert ledger.settled(["a"]) == set()


def test_a_shard_that_goes_while_the_ledger_is_open_is_named(tmp_path):
    path = add(tmp_path, ("a", answers(1)))
    ledger = Ledger(tmp_path)
    path.unlink()
    with pytest.raises(UserError, match=f"{path.name} was removed since it was opened; run the same command again"):
        list(ledger.rows(["a"]))


def test_nothing_is_merged_under_a_ledger_that_is_open(tmp_path, monkeypatch):
    monkeypatch.setattr(ledgers, "SMALL_SHARDS", 2)
    for number in range(2):
        add(tmp_path, (f"u{number}", answers(number)))
    first = Ledger(tmp_path)
    for number in range(2, 4):
        add(tmp_path, (f"u{number}", answers(number)))
    second = Ledger(tmp_path)
    assert len(list(tmp_path.glob("*.parquet"))) == 3
    for ledger in (first, second):
        ledger.refresh()
        assert len(dict(ledger.rows([f"u{number}" for number in range(4)]))) == 4


def full_disk(monkeypatch) -> tuple[threading.Event, threading.Event]:
    """A disk that is full while the first event is set; the second is set once something met it."""
    is_full, met = threading.Event(), threading.Event()
    real = ledgers.write_atomically

    def write(path: Path, data: bytes) -> None:
        if is_full.is_set():
            met.set()
            raise OSError(errno.ENOSPC, "No space left on device")
        real(path, data)

    monkeypatch.setattr(ledgers, "write_atomically", write)
    monkeypatch.setattr(ledgers, "FLUSH_SECONDS", 0.01)
    is_full.set()
    return is_full, met


def test_a_full_disk_reaches_who_adds_and_loses_nothing_where_space_comes_back(tmp_path, monkeypatch):
    is_full, met = full_disk(monkeypatch)
    with pytest.raises(OSError, match="No space left"), LedgerWriter(tmp_path) as writer:  # noqa: PT012 - a story
        writer.add("u0", answers(0))
        assert met.wait(30)
        wait_until(lambda: writer._error is not None)
        try:
            writer.add("u1", answers(1))
        finally:
            is_full.clear()
    assert contents(tmp_path, ["u0", "u1"])[2] == {"u0", "u1"}


def test_a_disk_that_stays_full_is_said_at_the_end_and_the_log_keeps_what_came(tmp_path, monkeypatch):
    is_full, _ = full_disk(monkeypatch)
    with pytest.raises(OSError, match="No space left"), LedgerWriter(tmp_path) as writer:
        writer.add("u0", answers(0))
    is_full.clear()
    assert contents(tmp_path, ["u0"])[0] == {"u0": answers(0)}
    assert list(tmp_path.glob(f"*{ledgers.LOG}")) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from synth.ledger import LedgerWriter
from test_ledger import answers

writer = LedgerWriter(Path(sys.argv[1])).__enter__()
for number in range(20):
    writer.add(f"u{number}", answers(number))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    """What a writer leaves that is killed after 20 answers."""
    folder = tmp_path_factory.mktemp("killed")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    subprocess.run([sys.executable, "-c", KILLED, str(folder)], env=environment, check=False, timeout=60)
    (path,) = folder.glob(f"*{ledgers.LOG}")
    return path


def test_what_a_writer_was_given_outlives_its_end(tmp_path, log):
    shutil.copy(log, tmp_path)
    units = [f"u{number}" for number in range(20)]
    assert contents(tmp_path, units)[0] == {f"u{number}": answers(number) for number in range(20)}
    assert list(tmp_path.glob(f"*{ledgers.LOG}")) == []


@pytest.mark.parametrize("kept", [0, 1, 100, 0.3, 0.6, 0.999])
def test_of_a_torn_log_what_came_before_the_tear_counts(tmp_path, log, kept):
    data = log.read_bytes()
    (tmp_path / log.name).write_bytes(data[: kept if isinstance(kept, int) else int(len(data) * kept)])
    found = contents(tmp_path, [f"u{number}" for number in range(20)])[0]
    assert found == {f"u{number}": answers(number) for number in range(len(found))}
    assert len(found) >= (0 if isinstance(kept, int) else int(19 * kept) - 5)


def test_the_log_of_a_writer_at_work_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(ledgers, "FLUSH_SECONDS", 60)
    with LedgerWriter(tmp_path) as writer:
        writer.add("u0", answers(0))
        assert contents(tmp_path, ["u0"])[2] == set()
        assert len(list(tmp_path.glob(f"*{ledgers.LOG}"))) == 1
    assert contents(tmp_path, ["u0"])[2] == {"u0"}
    assert list(tmp_path.glob(f"*{ledgers.LOG}")) == []


def test_after_a_write_to_the_log_that_failed_another_log_is_begun(tmp_path, monkeypatch):
    monkeypatch.setattr(ledgers, "FLUSH_SECONDS", 60)
    writer = LedgerWriter(tmp_path).__enter__()
    writer.add("u0", answers(0))
    with monkeypatch.context() as full, pytest.raises(OSError, match="No space left"):  # noqa: PT012 - a story
        full.setattr(writer._logs[-1], "_stream", FullStream())
        writer.add("u1", answers(1))
    writer.add("u2", answers(2))
    logs = sorted(tmp_path.glob(f"*{ledgers.LOG}"))
    assert [ledgers._read_log(log)["unit_id"].to_pylist()[0] for log in logs] == ["u0", "u2"]
    writer.__exit__(None, None, None)
    assert contents(tmp_path, ["u0", "u1", "u2"])[2] == {"u0", "u1", "u2"}


class FullStream:
    def write_batch(self, batch):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_disk_that_was_full_for_a_moment_harms_nothing(tmp_path, monkeypatch):
    is_full, met = full_disk(monkeypatch)
    with LedgerWriter(tmp_path) as writer:
        writer.add("u0", answers(0))
        assert met.wait(30)
        is_full.clear()
        wait_until(lambda: len(list(tmp_path.glob("*.parquet"))) == 1)
    assert contents(tmp_path, ["u0"])[2] == {"u0"}
    assert not list(tmp_path.glob(".*.tmp"))


def test_rows_that_no_table_takes_are_refused_where_they_are_added(tmp_path):
    with LedgerWriter(tmp_path) as writer:
        writer.add("a", answers(1))
        for wrong in ({"text": "\ud800"}, {"prompt_tokens": "many"}):
            with pytest.raises((ValueError, TypeError)):
                writer.add("b", [answers(2)[0] | wrong])
    assert contents(tmp_path, ["a", "b"])[2] == {"a"}


def test_threads_share_a_writer(tmp_path, monkeypatch):
    monkeypatch.setattr(ledgers, "FLUSH_SECONDS", 0.005)
    monkeypatch.setattr(ledgers, "ROWS_PER_SHARD", 50)
    with LedgerWriter(tmp_path) as writer:

        def work(first: int) -> None:
            for number in range(first, first + 200):
                writer.add(f"u{number}", answers(number))

        threads = [threading.Thread(target=work, args=[first]) for first in range(0, 800, 200)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    found = contents(tmp_path, [f"u{number}" for number in range(800)])[0]
    assert found == {f"u{number}": answers(number) for number in range(800)}


# Asks for what is left of so many units, and says what it does. Each life is a fork, which spares the imports.
CHILD = """
import os, sys
from pathlib import Path
from synth import ledger
from test_ledger import answers

folder, units, lives = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
ledger.FLUSH_SECONDS, ledger.ROWS_PER_SHARD, ledger.SMALL_SHARDS = 0.003, 40, 6

def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())

def live():
    say("pid", os.getpid())
    here = ledger.Ledger(folder)
    say("dropped", *(name for name in here.dropped if "half-written" not in name))
    every = [f"u{number}" for number in range(units)]
    settled = here.settled(every)
    with ledger.LedgerWriter(folder) as writer:
        for unit in every:
            if unit in settled:
                continue
            say("asked", unit)
            writer.add(unit, answers(int(unit[1:])))
            say("durable", unit)
    say("end")

for _ in range(lives):
    pid = os.fork()
    if not pid:
        live()
        os._exit(0)
    os.waitpid(pid, 0)
"""


def child(folder: Path, units: int, lives: int) -> subprocess.Popen:
    command = [sys.executable, "-c", CHILD, str(folder), str(units), str(lives)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def test_killed_twenty_times_at_any_moment_no_answer_that_was_given_is_lost_or_asked_for_again(tmp_path):
    units, kills, dice = 2500, 20, random.Random(5)
    durable: set[str] = set()
    with child(tmp_path, units, kills + 1) as process:
        killed, pid, moment = 0, 0, 0
        for line in process.stdout:
            word, *rest = line.split()
            if word == "pid":
                pid, moment = int(rest[0]), dice.choice([1, *[dice.randint(2, 200)] * 4]) if killed < kills else 10**9
            elif word == "dropped":
                assert rest == []
            elif word == "asked":
                assert rest[0] not in durable
            elif word == "durable":
                durable |= set(rest)
            moment -= 1
            if moment == 0:
                os.kill(pid, signal.SIGKILL)
                killed += 1
        assert word == "end"
    assert killed == kills
    wanted = {f"u{number}": answers(number) for number in range(units)}
    assert contents(tmp_path, sorted(wanted))[0] == wanted  # also those that a kill left no time to announce


def test_several_processes_write_at_once(tmp_path):
    processes = [child(tmp_path, 300, 1) for _ in range(3)]
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0
    units = [f"u{number}" for number in range(300)]
    found, spent, *_ = contents(tmp_path, units)
    assert found == {f"u{number}": answers(number) for number in range(300)}
    assert spent == Spent(3000, 1200, 900)  # each unit once, whoever else has written it too


READER = """
import resource, sys
from pathlib import Path
from synth.ledger import Ledger

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

Ledger(Path(sys.argv[1])).close()
before = peak()
ledger = Ledger(Path(sys.argv[2]))
print(ledger.spent.output, peak() - before)
"""


def test_two_hundred_thousand_answers_are_opened_in_bounded_memory(tmp_path):
    size, shards = 4000, 50
    for shard in range(shards + 1):
        row = pa.Table.from_pylist([{**answers(shard)[0], "text": "word " * 200}], LEDGER)
        columns = {name: pa.repeat(row[name][0], size) for name in LEDGER.names}
        columns["unit_id"] = pa.array([f"{shard * size + number:032x}" for number in range(size)])
        folder = tmp_path / ("one" if shard == shards else "all")
        ledgers._commit(folder, shard, pa.table(columns, schema=LEDGER))
    command = [sys.executable, "-c", READER, str(tmp_path / "one"), str(tmp_path / "all")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    output, megabytes = done.stdout.split()
    assert int(output) == 3 * size * shards
    assert float(megabytes) < 48  # the answers are 200 MB, their ids in Python objects 25 MB


def test_the_key_of_a_unit_is_the_same_for_ever():
    """Raise KEY_VERSION when this changes: else answers in the ledgers of users are paid for again, or mistaken."""
    assert ledgers.KEY_VERSION == 1
    engine = {"name": "openai", "model": "teacher", "sampling": {"extra": {}}, "openai": {"structured_output": True}}
    assert unit_id(TASK, engine) == "1ea0d7c3529c31d4608b36503da926c7"


def changed(path: str, value: Any) -> EngineSettings:
    data: dict[str, Any] = {"name": "openai", "model": "teacher"}
    *parents, last = path.split(".")
    place = data
    for name in parents:
        place = place.setdefault(name, {})
    place[last] = value
    return EngineSettings.model_validate(data)


@pytest.mark.parametrize(
    "change",
    [
        {"messages": [{"role": "user", "content": "What is a? “é”"}]},
        {"messages": [{**message, "role": "user"} for message in TASK["messages"]]},
        {"response_schema": json.dumps({"type": "object"})},
        {"prompt_id": "teacher.other"},
        {"prompt_sha256": "cd" * 32},
        *({"sampling": TASK["sampling"] | {name: 0.5}} for name in ("temperature", "top_p")),
        *({"sampling": TASK["sampling"] | {name: 1}} for name in ("max_tokens", "n", "seed")),
    ],
)
def test_whatever_changes_an_answer_makes_another_unit(change):
    assert unit_id(TASK | change, ENGINE.identity()) != unit_id(TASK, ENGINE.identity())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("name", "vllm"), ("model", "other"), ("sampling.temperature", 0.7), ("sampling.extra", {"top_k": 20}),
        ("reasoning.start", "<thought>"), ("openai.structured_output", False),
    ],
)  # fmt: skip
def test_settings_that_change_an_answer_make_another_unit(path, value):
    assert unit_id(TASK, changed(path, value).identity()) != unit_id(TASK, ENGINE.identity())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("openai.base_url", "http://127.0.0.1:1/v1"), ("openai.concurrency", 3), ("openai.timeout", 5),
        ("openai.requests_per_minute", 5), ("openai.tries", 1), ("prices.output", 3), ("budget.tokens", 10),
        ("vllm.args", {"dtype": "float16"}),
    ],
)  # fmt: skip
def test_settings_of_how_work_is_done_and_of_other_engines_do_not(path, value):
    assert unit_id(TASK, changed(path, value).identity()) == unit_id(TASK, ENGINE.identity())


def test_a_task_is_the_same_unit_before_and_after_it_was_in_a_table():
    from synth.schema import TASKS, table_from_rows

    [stored] = table_from_rows([TASK], TASKS).to_pylist()
    assert unit_id(stored, ENGINE.identity()) == unit_id(TASK, ENGINE.identity())
    vllm = changed("name", "vllm")
    assert unit_id(TASK, vllm.identity()) != unit_id(TASK, ENGINE.identity())
