"""Files of a folder or a git checkout. Nothing in it is run: its revision is read from git's files, not asked of it."""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pathspec
import pyarrow as pa

from synth.config import SourceSettings
from synth.errors import UserError
from synth.sources.about import license_of, package_of
from synth.sources.candidates import NOTHING_STATED, Candidate, Origin, display, file_reader, to_tables
from synth.sources.languages import is_vendored
from synth.sources.locate import file_locator

MAX_IGNORE_BYTES = 1_000_000
_OWN_FOLDERS = {".git", ".hg", ".svn", ".jj"}  # of version control: not part of the source
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")

Rules = list[tuple[str, pathspec.GitIgnoreSpec]]
"""Ignore rules that hold in a folder: the folder that each file of rules lies in, outermost first."""


def list_folder(
    root: Path, collection: str, settings: SourceSettings, seen: set[bytes], stated: Origin = NOTHING_STATED
) -> Iterator[pa.Table]:
    """List the files of a folder.

    Args:
        root: the folder.
        collection: its name, where neither `stated` nor its packaging metadata has one.
        settings: which files are wanted.
        seen: as of `list_files`.
        stated: what a list says of the source.

    Raises:
        UserError: the folder cannot be read.
    """
    try:
        with os.scandir(root):
            pass
    except OSError as error:
        raise UserError(f"source {root} cannot be read: {error.strerror}; check its permissions") from None
    name, version = package_of(root)
    origin = stated.or_else(Origin(name or collection, revision_of(root) or version, license_of(root)))
    candidates = sorted(_walk(root, settings), key=lambda item: item.path)
    return to_tables(candidates, origin, settings, seen)


def revision_of(root: Path) -> str:
    """The commit that a checkout is at, or an empty string where there is none.

    Git itself is not asked: the settings of an untrusted checkout can make it run programs.
    """
    folder = root / ".git"
    if folder.is_file():  # a worktree or a submodule points to its own folder
        target = _read(folder).removeprefix("gitdir:").strip()
        folder = root / target
    head = _read(folder / "HEAD").strip()
    if not head.startswith("ref:"):
        return head if _COMMIT.fullmatch(head) else ""
    name = head.removeprefix("ref:").strip()
    common = folder / (_read(folder / "commondir").strip() or ".")
    if ".." in name.split("/"):
        return ""
    for place in (folder, common):
        commit = _read(place / name).strip()
        if _COMMIT.fullmatch(commit):
            return commit
    for line in _read(common / "packed-refs").splitlines():
        commit, _, ref = line.partition(" ")
        if ref == name and _COMMIT.fullmatch(commit):
            return commit
    return ""


def _read(path: Path) -> str:
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > 50 * MAX_IGNORE_BYTES:
            return ""
        return path.read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError):
        return ""


def _walk(root: Path, settings: SourceSettings) -> Iterator[Candidate]:
    """Every file below a folder. Links are reported, never followed; folders that are set aside are only counted."""
    real_root = os.path.realpath(root)
    leave_submodules = (root / ".git").exists() and not settings.submodules
    pending: list[tuple[Path, str, Rules, str]] = [(root, "", [], "")]
    while pending:
        folder, prefix, rules, inherited = pending.pop()
        if settings.gitignore and not inherited:
            rules = _with_rules_of(folder, prefix, rules)
        try:
            entries = list(os.scandir(folder))
        except OSError as error:
            yield Candidate(display(prefix.rstrip("/")) or ".", 0, skip="unreadable", detail=error.strerror or "")
            continue
        for entry in entries:
            path = prefix + entry.name
            is_folder = entry.is_dir(follow_symlinks=False)
            if is_folder and entry.name in _OWN_FOLDERS:
                continue
            if not prefix and entry.name == ".git":
                continue
            skip = inherited or _set_aside(path, is_folder, rules, settings)
            if entry.is_symlink():
                yield _link(entry, path, real_root)
            elif is_folder:
                if leave_submodules and not skip and (Path(entry.path) / ".git").exists():
                    skip = "submodule"
                pending.append((Path(entry.path), path + "/", rules, skip))
            else:
                yield _file(entry, path, skip)


def _set_aside(path: str, is_folder: bool, rules: Rules, settings: SourceSettings) -> str:
    """Why a whole folder, or a file, is left out by its place; the innermost rule that speaks of it decides."""
    if is_folder and not settings.vendored and is_vendored(display(path) + "/"):
        return "vendored"
    for base, spec in reversed(rules):
        verdict = spec.check_file(display(path[len(base) :]) + ("/" if is_folder else "")).include
        if verdict is not None:
            return "ignored" if verdict else ""
    return ""


def _with_rules_of(folder: Path, prefix: str, rules: Rules) -> Rules:
    found = [*rules]
    places = [folder / ".gitignore"] if prefix else [folder / ".git" / "info" / "exclude", folder / ".gitignore"]
    for place in places:
        lines = [line for line in _read(place).splitlines() if line.strip()]
        for attempt in (lines, [line for line in lines if _is_pattern(line)]):
            try:
                spec = pathspec.GitIgnoreSpec.from_lines(attempt)
            except ValueError:
                continue  # git passes over a pattern that is none; so does the second attempt
            found.append((prefix, spec))
            break
    return found


def _is_pattern(line: str) -> bool:
    try:
        pathspec.GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True


def _link(entry: os.DirEntry[str], path: str, real_root: str) -> Candidate:
    target = os.path.realpath(entry.path)
    inside = target == real_root or target.startswith(real_root + os.sep)
    return Candidate(display(path), 0, skip="symlink" if inside else "outside_root")


def _file(entry: os.DirEntry[str], path: str, skip: str) -> Candidate:
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError as error:
        return Candidate(display(path), 0, skip="unreadable", detail=error.strerror or "")
    if not stat.S_ISREG(status.st_mode):
        return Candidate(display(path), 0, skip="special")
    place = Path(entry.path)
    return Candidate(display(path), status.st_size, file_locator(place), file_reader(place), skip)
