import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from synth.shards import commit_release, open_staging, verify_release
from synth.shards.layout import FOLDERS, PAGES

Stage = Callable[..., Path]


class Killed(BaseException):
    """Stands for a kill: nothing in the code under test may catch it."""


class Killer:
    """Counts the steps that change the file system, and dies before or after one of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, fatal_step: int, after: bool) -> None:
        self.steps = 0
        self._fatal_step = fatal_step
        self._after = after
        for owner, name in ((Path, "replace"), (Path, "unlink"), (shutil, "rmtree"), (os, "fsync")):
            monkeypatch.setattr(owner, name, self._wrap(getattr(owner, name)))
        for name in ("touch", "write_text"):
            monkeypatch.setattr(Path, name, self._wrap(getattr(Path, name)))

    def _wrap(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **kwargs: Any) -> Any:
            self.steps += 1
            fatal = self.steps == self._fatal_step
            if fatal and not self._after:
                raise Killed
            result = function(*args, **kwargs)
            if fatal:
                raise Killed
            return result

        return step


def release_bytes(out: Path) -> dict[str, bytes]:
    """Every file of OUT, but for those in the run folder."""
    files = (path for path in sorted(out.rglob("*")) if path.is_file() and ".run" not in path.parts)
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in files}


def first_release(out: Path, stage: Stage) -> None:
    """Commit an older release with another set of folders than the one that follows it."""
    commit_release(stage(out, count=40), out)
    (out / "notes.txt").write_text("mine")


def second_release(out: Path, stage: Stage) -> Path:
    staging = stage(out, count=10, folders=("cpt",))
    (staging / "graph").mkdir()
    (staging / "graph" / "nodes.parquet").write_bytes(b"nodes")
    return staging


@pytest.fixture
def expected(tmp_path: Path, stage_release: Stage) -> dict[str, bytes]:
    """What two undisturbed commits leave behind."""
    out = tmp_path / "undisturbed"
    first_release(out, stage_release)
    commit_release(second_release(out, stage_release), out)
    assert verify_release(out) == []
    return release_bytes(out)


def deaths() -> Iterator[tuple[int, bool]]:
    for step in range(1, 70):
        for after in (False, True):
            yield step, after


def test_a_commit_replaces_the_release_before_it(expected: dict[str, bytes]) -> None:
    folders = {path.split("/")[0] for path in expected}
    assert folders == {"cpt", "sft", "graph", *PAGES, "notes.txt"}
    assert "sft/train-00003-of-00004.parquet" not in expected


def test_a_commit_leaves_nothing_in_the_run_folder(tmp_path: Path, stage_release: Stage) -> None:
    first_release(tmp_path, stage_release)
    commit_release(second_release(tmp_path, stage_release), tmp_path)
    assert list((tmp_path / ".run").iterdir()) == []


def test_a_commit_killed_at_any_step_is_finished_by_the_next(
    tmp_path: Path, stage_release: Stage, expected: dict[str, bytes]
) -> None:
    prepared = tmp_path / "prepared"
    first_release(prepared, stage_release)
    second_release(prepared, stage_release)
    old = release_bytes(prepared)
    n_killed = 0
    for step, after in deaths():
        out = tmp_path / f"{step}-{after}"
        shutil.copytree(prepared, out)
        with pytest.MonkeyPatch.context() as patch:
            killer = Killer(patch, step, after)
            try:
                commit_release(out / ".run" / "staging", out)
            except Killed:
                n_killed += 1
        assert killer.steps >= min(step, 30)
        if (out / "README.md").exists():  # whoever sees a card sees a whole release, the old or the new
            assert release_bytes(out) in (old, expected)
            assert verify_release(out) == []
        commit_release(out / ".run" / "staging", out)
        assert release_bytes(out) == expected
        assert list((out / ".run").iterdir()) == []
        shutil.rmtree(out)
    assert n_killed > 60


def test_a_run_that_stages_anew_after_a_kill_gets_the_same_release(
    tmp_path: Path, stage_release: Stage, expected: dict[str, bytes]
) -> None:
    for step in range(8, 60, 3):
        out = tmp_path / str(step)
        first_release(out, stage_release)
        staging = second_release(out, stage_release)
        with pytest.MonkeyPatch.context() as patch:
            Killer(patch, step, after=True)
            with suppress(Killed):
                commit_release(staging, out)
        commit_release(second_release(out, stage_release), out)
        assert release_bytes(out) == expected


def test_a_finished_commit_may_be_asked_for_again(tmp_path: Path, stage_release: Stage) -> None:
    staging = stage_release(tmp_path)
    commit_release(staging, tmp_path)
    before = release_bytes(tmp_path)
    commit_release(staging, tmp_path)
    assert release_bytes(tmp_path) == before


def test_no_card_no_commit(tmp_path: Path, stage_release: Stage) -> None:
    staging = stage_release(tmp_path)
    (staging / "README.md").unlink()
    with pytest.raises(FileNotFoundError, match="nothing to commit"):
        commit_release(staging, tmp_path)
    assert release_bytes(tmp_path) == {}


def test_nothing_staged_and_nothing_committed_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nothing to commit"):
        commit_release(tmp_path / ".run" / "staging", tmp_path)


def test_what_belongs_to_no_release_is_not_committed(tmp_path: Path, stage_release: Stage) -> None:
    staging = stage_release(tmp_path)
    (staging / "secrets.env").write_text("TOKEN=1")
    with pytest.raises(ValueError, match=r"secrets\.env"):
        commit_release(staging, tmp_path)


def test_staging_is_empty_whatever_a_killed_run_left(tmp_path: Path, stage_release: Stage) -> None:
    stage_release(tmp_path)
    staging = open_staging(tmp_path, tmp_path)
    assert list(staging.iterdir()) == []
    assert staging.parent == tmp_path / ".run"


def test_every_name_of_a_release_is_covered_by_these_tests(expected: dict[str, bytes]) -> None:
    assert {*FOLDERS, *PAGES} - {path.split("/")[0] for path in expected} == {"rejected"}  # there before, gone after
