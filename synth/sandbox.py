"""How is code that nobody has read run without harm? In a sandbox of Linux namespaces, with limits.

The program sees a file system of its own: the system's programs and libraries and the folders that the caller names,
all read-only, and one scratch folder in memory, which is gone afterwards. It has no network, no environment of ours, no
rights, and sees no other process. When it ends or is ended, so do all processes that it started. What is needed is the
kernel alone (5.14 or newer, with user namespaces): no program to install, no root. `synth.sandbox_init` builds it.
"""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from synth import sandbox_init
from synth.errors import UserError

WORK = sandbox_init.WORK
"""Where the files are in the sandbox; the program starts there."""
TAIL_BYTES = 64 << 10
SCRATCH_BYTES = 256 << 20
GRACE_SECONDS = 60  # for a busy machine to make the sandbox; then it is ended from outside
MEND_PROGRAM = "set checks.execution_python to an interpreter that every user may run, or checks.execution=false"
MEND_SANDBOX = (
    "allow user namespaces (sysctl user.max_user_namespaces=10000, and where they exist "
    "kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0; "
    "in a container --privileged), or set checks.execution=false"
)
ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": WORK,
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",
}


@dataclass(frozen=True)
class Outcome:
    """How a program ended.

    `exit_code` is negative for the signal that ended it. `stdout` and `stderr` are the last 64 KiB of each.
    `out_of_memory` is said where the program and its children together took too much; one process that is refused more
    memory learns so itself, as a `MemoryError` in Python.
    """

    exit_code: int
    stdout: str
    stderr: str
    timed_out: bool = False
    out_of_memory: bool = False


def run_sandboxed(
    command: Sequence[str],
    files: Mapping[str, str],
    *,
    seconds: float,
    memory_mb: int,
    readable: Sequence[Path] = (),
    environment: Mapping[str, str] | None = None,
) -> Outcome:
    """Run a program in a sandbox and wait for its end.

    Args:
        command: the program, by its absolute path or by a name on the system's path, and its arguments.
        files: texts by their path, relative to the scratch folder in which the program starts.
        seconds: of real time, and of processor time for each process.
        memory_mb: for each process, and for all of them together.
        readable: absolute paths that the program may read beside the system's own.
        environment: variables beside `ENVIRONMENT`.

    Raises:
        ValueError: a path in `files` is absolute or leads out of the scratch folder.
        UserError: the sandbox cannot be made, or the program cannot be started in it.
    """
    _refuse_outside(files)
    request = {
        "command": list(command),
        "files": dict(files),
        "environment": {**ENVIRONMENT, **(environment or {})},
        "readable": [str(path) for path in readable],
        "seconds": seconds,
        "memory_bytes": memory_mb << 20,
        "scratch_bytes": SCRATCH_BYTES + 2 * sum(map(len, files.values())),
    }
    report_end, report = os.pipe()
    with os.fdopen(os.memfd_create("request"), "wb+") as stdin, os.fdopen(report_end, "rb") as reader:
        try:
            stdin.write(json.dumps(request).encode())
            stdin.seek(0)
            process = _start(stdin, report)
        finally:
            os.close(report)
        with process:
            tails = _collect(process, reader, seconds + GRACE_SECONDS)
    return _outcome(*tails)


def sandbox_fault() -> str:
    """Why no sandbox can be made here and how to mend it, in one line; empty where one can."""
    if not sys.platform.startswith("linux"):
        return "generated code can only be run in a sandbox on Linux; set checks.execution=false"
    try:
        outcome = run_sandboxed(["sh", "-c", "exit 0"], {}, seconds=60, memory_mb=64)
    except UserError as error:
        return str(error)
    return "" if outcome.exit_code == 0 else f"a sandbox was made, but sh fails in it: {outcome.stderr.strip()[-200:]}"


def _refuse_outside(files: Mapping[str, str]) -> None:
    for path in files:
        parts = PurePosixPath(path).parts
        if not parts or parts[0] == "/" or ".." in parts or "\0" in path:
            raise ValueError(f"{path!r} is no path within the scratch folder")


def _start(stdin: IO[bytes], report: int) -> "subprocess.Popen[bytes]":
    # A group of its own, so that it can be ended whole, and none of our variables.
    return subprocess.Popen(  # noqa: S603 - our own file
        [sys.executable, "-I", "-S", sandbox_init.__file__, str(report), str(os.getpid())],
        stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, pass_fds=(report,), env={}, cwd="/",
        start_new_session=True,
    )  # fmt: skip


def _collect(process: "subprocess.Popen[bytes]", report: IO[bytes], seconds: float) -> list[bytes]:
    """The ends of the report and of both outputs, read until all are closed; what takes longer is ended."""
    streams = (report, process.stdout, process.stderr)
    tails = [b""] * len(streams)
    deadline = time.monotonic() + seconds
    is_closed = False
    try:
        with selectors.DefaultSelector() as selector:
            for index, stream in enumerate(streams):
                selector.register(stream or -1, selectors.EVENT_READ, index)
            while selector.get_map() and (left := deadline - time.monotonic()) > 0:
                for key, _ in selector.select(left):
                    if chunk := os.read(key.fd, TAIL_BYTES):
                        tails[key.data] = (tails[key.data] + chunk)[-TAIL_BYTES:]
                    else:
                        selector.unregister(key.fileobj)
            is_closed = not selector.get_map()
    finally:
        if not is_closed:
            os.killpg(process.pid, signal.SIGKILL)
    return tails


def _outcome(report: bytes, stdout: bytes, stderr: bytes) -> Outcome:
    said: list[dict[str, Any]] = [json.loads(line) for line in report.splitlines()]
    errors = stderr.decode(errors="replace")
    for item in said or [{"fault": errors.strip().rpartition("\n")[2] or "it ended without a word"}]:
        if "missing" in item:
            raise UserError(f"cannot start {item['missing']}, in the sandbox for generated code; {MEND_PROGRAM}")
        if "fault" in item:
            raise UserError(f"no sandbox for generated code can be made here ({item['fault']}); {MEND_SANDBOX}")
    return Outcome(stdout=stdout.decode(errors="replace"), stderr=errors, **said[-1])
