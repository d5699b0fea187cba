"""Folders and checkouts: every file is one row, used or skipped with its reason."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.config import SourceSettings
from synth.sources import SKIP_REASONS, list_files
from synth.sources.folders import revision_of

CODE = "def f():\n    return 1\n"


def test_files_are_used_or_skipped_by_name_and_size(listing, write):
    root = write(
        {
            "a.py": CODE, "b.PY": CODE + "# b\n", "logo.png": b"\x89PNG", "notes.md": "words", "big.py": "x" * 2000,
            "a.zig": "words",
            "run": "#!/usr/bin/env python3\nprint(1)\n", "data": "words", "node_modules/x.py": "y = 1\n",
            "lib/site-packages/z.py": "z = 1\n",
        }
    )  # fmt: skip
    assert listing(root, max_file_bytes=1000).reasons == {
        "a.py": "", "b.PY": "", "big.py": "too_large", "data": "language", "lib/site-packages/z.py": "vendored",
        "logo.png": "binary", "node_modules/x.py": "vendored", "notes.md": "", "run": "", "a.zig": "language",
    }  # fmt: skip


def test_vendored_files_are_read_on_demand(listing, write):
    root = write({"vendor/x.py": CODE})
    assert listing(root).used == []
    assert listing(root, vendored=True).used == ["vendor/x.py"]


def test_of_equal_files_the_first_by_path_is_used_but_package_markers_all_are(listing, write):
    root = write({"b.py": CODE, "a.py": CODE, "p/__init__.py": "", "q/__init__.py": "", "q/c.py": CODE})
    reasons = listing(root).reasons
    assert reasons == {"a.py": "", "b.py": "duplicate", "p/__init__.py": "", "q/__init__.py": "", "q/c.py": "duplicate"}


def test_duplicates_are_found_across_sources(listing, write, tmp_path):
    root = write({"a.py": CODE})
    other = tmp_path / "other"
    other.mkdir()
    (other / "same.py").write_text(CODE)
    seen: set[bytes] = set()
    assert listing(root, seen).reasons == {"a.py": ""}
    assert listing(other, seen).reasons == {"same.py": "duplicate"}


def test_a_licence_that_is_not_allowed_leaves_every_file_out(listing, write):
    root = write({"a.py": CODE, "pyproject.toml": '[project]\nname = "x"\nlicense = "MIT"\n'})
    assert listing(root, allowed_licenses=("MIT",)).used == ["a.py"]
    refused = listing(root, allowed_licenses=("Apache-2.0",))
    assert refused.reasons["a.py"] == "license"
    assert {row["license"] for row in refused.rows} == {"MIT"}


def test_gitignore_files_hold_for_their_folder_and_the_innermost_decides(listing, write):
    root = write(
        {
            ".gitignore": "*_gen.py\n/build/\nlocal\n!keep_gen.py\n",
            "a_gen.py": CODE, "keep_gen.py": "k = 1\n", "build/x.py": "x = 1\n", "src/build/y.py": "y = 1\n",
            "src/.gitignore": "!b_gen.py\nsecret.py\n", "src/b_gen.py": "b = 1\n", "src/secret.py": "s = 1\n",
            "secret.py": "t = 1\n", "deep/local/z.py": "z = 1\n",
            ".git/info/exclude": "mine.py\n", "mine.py": "m = 1\n",
        }
    )  # fmt: skip
    found = listing(root)
    assert {path for path, reason in found.reasons.items() if reason == "ignored"} == {
        "a_gen.py", "build/x.py", "src/secret.py", "deep/local/z.py", "mine.py",
    }  # fmt: skip
    assert set(found.used) == {"keep_gen.py", "src/build/y.py", "src/b_gen.py", "secret.py"}
    assert not [path for path in found.reasons if path.startswith(".git/")]
    assert "a_gen.py" in listing(root, gitignore=False).used


def test_an_ignore_file_of_nonsense_is_passed_over(listing, write):
    root = write({".gitignore": b"[\xff\n\\\n!\n***/\nskip.py\n", "skip.py": CODE, "keep.py": "k = 1\n"})
    assert listing(root).used == ["keep.py"]


def test_links_are_reported_and_never_followed(listing, write, tmp_path):
    root = write({"a.py": CODE, "sub/b.py": "b = 1\n"})
    (tmp_path / "outside.py").write_text("o = 1\n")
    (root / "inside.py").symlink_to(root / "a.py")
    (root / "folder").symlink_to(root / "sub")
    (root / "out.py").symlink_to(tmp_path / "outside.py")
    (root / "up.py").symlink_to("../outside.py")
    (root / "loop").symlink_to(root)
    (root / "self.py").symlink_to("self.py")
    (root / "dangling.py").symlink_to("nowhere.py")
    reasons = listing(root).reasons
    assert {path for path, reason in reasons.items() if not reason} == {"a.py", "sub/b.py"}
    assert reasons["out.py"] == reasons["up.py"] == "outside_root"
    assert {reasons[name] for name in ("inside.py", "folder", "loop", "self.py", "dangling.py")} == {"symlink"}


def test_a_sibling_whose_name_begins_alike_is_outside(listing, write, tmp_path):
    root = write({"a.py": CODE})
    (tmp_path / "src2").mkdir()
    (tmp_path / "src2" / "x.py").write_text("x = 1\n")
    (root / "x.py").symlink_to(tmp_path / "src2" / "x.py")
    assert listing(root).reasons["x.py"] == "outside_root"


def test_what_is_no_file_is_special(listing, write):
    root = write({"a.py": CODE})
    os.mkfifo(root / "pipe.py")
    assert listing(root).reasons == {"a.py": "", "pipe.py": "special"}


def test_a_file_that_cannot_be_opened_is_skipped(listing, write, monkeypatch):
    root = write({"a.py": CODE, "b.py": "b = 1\n"})
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "a.py":
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    found = listing(root)
    assert found.reasons == {"a.py": "unreadable", "b.py": ""}
    assert found.rows[0]["skip_detail"] == "Permission denied"


def test_names_of_any_bytes_are_shown_and_can_be_read(listing, write):
    root = write({"with space.py": CODE, "new\nline.py": "n = 1\n", "snake \N{SNAKE}.py": "s = 1\n"})
    Path(os.fsdecode(os.fsencode(root) + b"/bad\xff.py")).write_text("b = 1\n")
    found = listing(root)
    assert set(found.used) == {"with space.py", "new\nline.py", "snake \N{SNAKE}.py", "bad\\xff.py"}
    documents, skipped = found.read()
    assert skipped == {}
    assert {row["text"] for row in documents} == {CODE, "n = 1\n", "s = 1\n", "b = 1\n"}


def test_an_empty_folder_has_no_files(listing, tmp_path):
    (tmp_path / "empty" / "inner").mkdir(parents=True)
    assert listing(tmp_path / "empty").rows == []


def test_submodules_of_a_checkout_are_left_out_unless_wanted(listing, write):
    root = write(
        {".git/HEAD": "0" * 40, "a.py": CODE, "sub/.git": "gitdir: ../.git/modules/sub\n", "sub/b.py": "b = 1\n"}
    )
    assert listing(root).reasons["sub/b.py"] == "submodule"
    assert "sub/b.py" in listing(root, submodules=True).used


def test_checkouts_beside_each_other_in_a_plain_folder_are_all_read(listing, write):
    root = write({"one/.git/HEAD": "x", "one/a.py": CODE, "two/.git/HEAD": "x", "two/b.py": "b = 1\n"})
    assert set(listing(root).used) == {"one/a.py", "two/b.py"}


@given(
    st.dictionaries(
        st.text(st.sampled_from("ab./_"), min_size=1, max_size=8).map(lambda name: name.strip("/.") or "x"),
        st.tuples(st.sampled_from([".py", ".txt", ".png", "", ".PY"]), st.binary(max_size=40)),
        max_size=8,
    )
)
def test_every_file_on_disk_is_exactly_one_row(tree):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "src"
        root.mkdir()
        for name, (suffix, data) in tree.items():
            path = root / (name.replace("..", "__") + suffix)
            if path.exists() or any(parent.is_file() for parent in path.parents):
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        rows = [
            row for table in list_files(str(root), SourceSettings(), Path(folder), set()) for row in table.to_pylist()
        ]
        on_disk = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
        assert [row["path"] for row in rows] == sorted(on_disk)
        assert all(row["skip_reason"] in {"", *SKIP_REASONS} for row in rows)


COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    "files",
    [
        {".git/HEAD": COMMIT},
        {".git/HEAD": "ref: refs/heads/main\n", ".git/refs/heads/main": COMMIT + "\n"},
        {".git/HEAD": "ref: refs/heads/main\n", ".git/packed-refs": f"# pack-refs\n{COMMIT} refs/heads/main\n"},
        {
            ".git": "gitdir: real",
            "real/HEAD": "ref: refs/heads/w",
            "real/commondir": "common",
            "real/common/refs/heads/w": COMMIT,
        },
    ],
)
def test_the_commit_is_read_from_files(write, files):
    assert revision_of(write(files)) == COMMIT


@pytest.mark.parametrize(
    "files",
    [
        {},
        {".git/HEAD": "ref: ../../outside"},
        {".git/HEAD": "rubbish"},
        {".git/HEAD": b"\xff\xfe"},
        {".git": "gitdir: /nowhere"},
    ],
)
def test_a_folder_without_a_commit_has_no_revision(write, files):
    assert revision_of(write(files)) == ""


def test_a_checkout_cannot_make_us_run_a_program(listing, write, tmp_path):
    trap = f"[core]\n\tfsmonitor = touch {tmp_path}/ran\n\thooksPath = hooks\n"
    root = write(
        {
            ".git/HEAD": COMMIT,
            ".git/config": trap,
            ".git/hooks/post-checkout": f"#!/bin/sh\ntouch {tmp_path}/ran\n",
            "a.py": CODE,
        }
    )
    assert listing(root).rows[0]["revision"] == COMMIT
    assert not (tmp_path / "ran").exists()
