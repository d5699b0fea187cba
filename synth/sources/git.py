"""Git URLs: one shallow clone, with everything switched off by which a repository could run programs here."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from synth.errors import UserError

_URL = re.compile(r"^(?:git\+)?(?:https?|ssh|git|file)://|^[\w.\-]+@[\w.\-]+:(?!//)")
_PASSWORD = re.compile(r"(?<=://)[^/@\s]+@")
TIMEOUT_SECONDS = 3600


def is_git_url(source: str) -> bool:
    """Whether a source is to be cloned: a URL, or `user@host:path`."""
    return bool(_URL.match(source)) or source.startswith("ext::")


def repository_name(url: str) -> str:
    """The last part of a URL without `.git`."""
    last = re.split(r"[/:]", url.rstrip("/"))[-1].removesuffix(".git")
    return re.sub(r"[^\w.\-]", "_", last) or "repository"


def clone(url: str, into: Path, *, submodules: bool) -> Path:
    """Clone the newest commit of a repository's default branch.

    Raises:
        UserError: git is missing, the URL is refused, or the clone fails; the message holds what git said.
    """
    if url.startswith(("ext::", "-")):
        raise UserError(f"source {_shown(url)} is refused: a URL that runs a command is not read; use https or ssh")
    if shutil.which("git") is None:
        raise UserError("git is not installed, so a git URL cannot be read; install git or give a folder or archive")
    safe = ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.symlinks=true"]
    command = ["git", *safe, "clone", "--quiet", "--depth", "1", "--no-tags", "--single-branch"]
    if submodules:
        command += ["--recurse-submodules", "--shallow-submodules"]
    command += ["--", url.removeprefix("git+"), str(into)]
    # No prompt may wait for an answer, and no setting of this machine's user may add a filter or a hook.
    environment = {
        **os.environ,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_TEMPLATE_DIR": "",
    }
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program, and the URL comes after `--`
            command, env=environment, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise UserError(f"git clone of {_shown(url)} took over an hour and was stopped; clone it yourself") from None
    if done.returncode:
        said = _shown(" ".join(done.stderr.split()))[-300:]
        raise UserError(f"git cannot clone {_shown(url)}: {said or 'no reason given'}; check the URL and your access")
    return into


def _shown(text: str) -> str:
    """A text without the user name and password that URLs in it may carry."""
    return _PASSWORD.sub("", text)
