"""Git URLs: one shallow clone, with everything switched off by which a repository could run programs here."""

import errno
import os
import re
import shutil
import subprocess
from pathlib import Path

from synth.errors import UserError

_URL = re.compile(r"^(?:git\+)?(?:https?|ssh|git|file)://|^[\w.\-]+@[\w.\-]+:(?!//)")
_PASSWORD = re.compile(
    r"(?<=://)(?:[^/@\s']+|[^/@\s':]*:[^@\s']*)@"  # a password may hold a slash
    r"|(?<=[?&])[^=&\s]*(?:token|key|secret|password|auth)[^=&\s]*=[^&\s']*",
    re.IGNORECASE,
)
_REVISION = re.compile(r"[\w.][\w./\-]*")
TIMEOUT_SECONDS = 3600


def is_git_url(source: str) -> bool:
    """Whether a source is to be cloned: a URL, or `user@host:path`."""
    return bool(_URL.match(source)) or source.startswith("ext::")


def repository_name(url: str) -> str:
    """The last part of a URL without `.git`."""
    last = re.split(r"[/:]", url.rstrip("/"))[-1].removesuffix(".git")
    return re.sub(r"[^\w.\-]", "_", last) or "repository"


def clone(url: str, into: Path, *, submodules: bool, revision: str = "") -> Path:
    """Clone one commit of a repository: the one that is named, else the newest of the default branch.

    Args:
        url: of the repository.
        into: a folder that is not there yet.
        submodules: clone them too.
        revision: a branch, a tag, or a commit that the server hands out.

    Raises:
        UserError: git is missing, the URL is refused, or the clone fails; the message holds what git said.
        OSError: the disk is full.
    """
    if url.startswith(("ext::", "-")):
        raise UserError(f"source {_shown(url)} is refused: a URL that runs a command is not read; use https or ssh")
    if shutil.which("git") is None:
        raise UserError("git is not installed, so a git URL cannot be read; install git or give a folder or archive")
    if revision and not _REVISION.fullmatch(revision):
        raise UserError(f"{revision!r} is no revision of {_shown(url)}; give a branch, a tag or a commit")
    address = url.removeprefix("git+")
    if revision:  # `clone` takes branches and tags alone
        _git(url, "init", "--quiet", "--", str(into))
        _git(url, "-C", str(into), "fetch", "--quiet", "--depth", "1", "--no-tags", "--", address, revision)
        _git(url, "-C", str(into), "checkout", "--quiet", "--detach", "FETCH_HEAD")
        if submodules:
            _git(url, "-C", str(into), "submodule", "--quiet", "update", "--init", "--recursive", "--depth", "1")
        return into
    recurse = ["--recurse-submodules", "--shallow-submodules"] if submodules else []
    whole = ["clone", "--quiet", "--depth", "1", "--no-tags", "--single-branch", *recurse]
    _git(url, *whole, "--", address, str(into))
    return into


def _git(url: str, *arguments: str) -> None:
    safe = ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.symlinks=true"]
    command = ["git", *safe, *arguments]
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
    if done.returncode and os.strerror(errno.ENOSPC) in done.stderr:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if done.returncode:
        said = _shown(" ".join(done.stderr.split()))[-300:]
        raise UserError(f"git cannot clone {_shown(url)}: {said or 'no reason given'}; check the URL and your access")


def _shown(text: str) -> str:
    """A text without the user name and password that URLs in it may carry."""
    return _PASSWORD.sub("", text)
