import json
from collections.abc import Callable
from pathlib import Path

import pytest

from synth.shards import commit_release, verify_release

Stage = Callable[..., Path]


@pytest.fixture
def release(tmp_path: Path, stage_release: Stage) -> Path:
    commit_release(stage_release(tmp_path), tmp_path)
    return tmp_path


def test_a_fresh_release_is_whole(release: Path) -> None:
    assert verify_release(release) == []


def test_the_manifest_lists_every_file_with_its_size(release: Path) -> None:
    files = json.loads((release / "manifest.json").read_text())["files"]
    assert {"README.md", "report.html", "metrics.json", "sft/train-00000-of-00003.parquet"} <= {
        f["path"] for f in files
    }
    assert all((release / file["path"]).stat().st_size == file["n_bytes"] for file in files)


def test_missing_changed_and_foreign_files_are_named(release: Path) -> None:
    (release / "cpt" / "train-00000-of-00002.parquet").unlink()
    (release / "cpt" / "notes.txt").write_text("mine")
    card = (release / "README.md").read_text()
    (release / "README.md").write_text(card.replace("Corpus", "Corpse", 1))
    with (release / "metrics.json").open("a") as file:
        file.write("\n")
    size = (release / "metrics.json").stat().st_size
    assert verify_release(release) == [
        "cpt/train-00000-of-00002.parquet: missing",
        "cpt/notes.txt: not in manifest.json",
        "README.md: content changed since the release was written",
        f"metrics.json: {size} bytes instead of {size - 1}",
    ]


def test_files_beside_the_release_are_no_concern_of_it(release: Path) -> None:
    (release / ".run" / "journal").write_text("")
    (release / "notes.txt").write_text("mine")
    assert verify_release(release) == []


def test_no_card_means_no_release(release: Path) -> None:
    (release / "README.md").unlink()
    assert verify_release(release) == ["README.md is missing: no release was committed here"]


@pytest.mark.parametrize("damage", ["", "{", '{"files": [{"path": 1}]}', "[]", "\xff"])
def test_a_damaged_manifest_is_reported(release: Path, damage: str) -> None:
    (release / "manifest.json").write_text(damage, encoding="latin-1")
    assert verify_release(release) == ["manifest.json is damaged: it lists no files"]


def test_a_missing_manifest_is_reported(release: Path) -> None:
    (release / "manifest.json").unlink()
    assert verify_release(release) == ["manifest.json is missing or cannot be read"]
