"""How is a job handed to a cluster, watched and stopped? Through the job server on its head node, which Ray runs."""

import asyncio
import importlib.util
import logging
import os
import re
import shlex
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from synth.cluster.environment import HOOK
from synth.errors import UserError

ENTRY = ("python", "-m", "synth.cluster")
_TALKATIVE = (
    "ray.dashboard.modules.job.sdk", "ray.dashboard.modules.dashboard_sdk", "ray._private.runtime_env.packaging"
)  # fmt: skip
STOPPED = 143  # what a shell says of a process that was asked to end
WAIT_SECONDS = 1.0  # between two questions about a job
PATIENCE = 60  # questions in a row that may stay without an answer, such as while a head is started again
STOP_SECONDS = 60  # Ray kills a driver that does not end by itself within seconds


class State(NamedTuple):
    """What the job server says of a job."""

    job: str
    status: str
    """PENDING, RUNNING, STOPPED, SUCCEEDED or FAILED."""
    entrypoint: str
    message: str
    started: float
    """In seconds since 1970; 0 if it has not."""
    ended: float
    exit_code: int | None
    """That a shell would see; none while it is not over."""


class JobServer:
    """The job server of one cluster.

    Args:
        address: such as `http://head:8265`.

    Raises:
        UserError: it cannot be reached, or Ray's client for it is not installed.
    """

    def __init__(self, address: str) -> None:
        if not re.match(r"https?://[^/]", address):
            raise UserError(f"{address} is not the address of a job server; write it as http://HEAD:8265")
        if "@" in address:
            raise UserError(
                "leave credentials out of the address of a job server; it is printed, and RAY_AUTH_TOKEN is not"
            )
        if any(importlib.util.find_spec(name) is None for name in ("aiohttp", "requests")):
            raise UserError("Ray's job client is not installed; get it with: pip install 'synth[cluster]'")
        # The client prefers this variable to what it is told; RAY_ADDRESS may be another's.
        os.environ["RAY_API_SERVER_ADDRESS"] = address
        self.address = address
        with self._speaking():
            from ray.job_submission import JobSubmissionClient

            for name in _TALKATIVE:
                logging.getLogger(name).setLevel(logging.WARNING)
            self._client: Any = JobSubmissionClient(address)

    def submit(self, words: Sequence[str], folder: Path, job: str | None = None) -> str:
        """Start a job.

        Args:
            words: what follows `synth`.
            folder: its working directory, with the code; every node that works for it gets a copy.
            job: what to call it; made up if not given.

        Returns:
            The name of the job.

        Raises:
            UserError: the job server does not take it; there is a job of this name, for one.
        """
        with self._speaking():
            name: str = self._client.submit_job(
                entrypoint=shlex.join([*ENTRY, *words]),
                submission_id=job,
                runtime_env={"working_dir": str(folder), "worker_process_setup_hook": HOOK},
            )
        return name

    def follow(self, job: str, write: Callable[[str], None]) -> State:
        """Pass on what a job prints, from its beginning until it is over; a lost connection is made anew.

        Raises:
            UserError: there is no such job, or the job server stopped answering.
        """
        seen = silent = 0
        while True:
            try:
                self.state(job)  # which says whether there is one
                for text in self._printed(job, seen):
                    write(text)
                    seen += len(text)
                state = self.state(job)
                silent = 0
            except _Lost as error:
                silent += 1
                if silent > PATIENCE:
                    raise UserError(f"{error}; come back with: {come_back(job, self.address)}") from None
            else:
                if state.exit_code is not None:
                    return state
            time.sleep(WAIT_SECONDS)

    def logs(self, job: str) -> str:
        """What a job has printed so far.

        Raises:
            UserError: there is no such job.
        """
        with self._speaking():
            text: str = self._client.get_job_logs(job)
        return text

    def state(self, job: str) -> State:
        """How a job is.

        Raises:
            UserError: there is no such job.
        """
        with self._speaking():
            return _state(self._client.get_job_info(job))

    def states(self) -> list[State]:
        """All jobs that were submitted to the cluster, the newest last."""
        with self._speaking():
            found = self._client.list_jobs()
        return sorted((_state(info) for info in found if info.submission_id), key=lambda state: state.started)

    def stop(self, job: str) -> State:
        """End a job, and wait until it has ended.

        Raises:
            UserError: there is no such job, or it does not end.
        """
        with self._speaking():
            self._client.stop_job(job)
        end = time.monotonic() + STOP_SECONDS
        while (state := self.state(job)).exit_code is None:
            if time.monotonic() > end:
                raise UserError(f"{job} was asked to stop and still runs; look at it with: synth submit status {job}")
            time.sleep(WAIT_SECONDS)
        return state

    def _printed(self, job: str, skip: int) -> Iterator[str]:
        """What a job prints, as it comes, less its first characters."""
        with asyncio.Runner() as runner, self._speaking():
            stream = self._client.tail_job_logs(job)
            try:
                while (text := runner.run(anext(stream, None))) is not None:
                    if len(text) > skip:
                        yield text[skip:]
                    skip = max(0, skip - len(text))
            finally:
                runner.run(stream.aclose())

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        """Turn what can go wrong in a conversation with the server into a line that says what to do."""
        import aiohttp
        from ray.exceptions import AuthenticationError

        try:
            yield
        except (OSError, aiohttp.ClientError):
            raise _Lost(
                f"no job server answers at {self.address}; its head needs 'ray[default]', "
                "and a --dashboard-host that can be reached from here"
            ) from None
        except AuthenticationError:
            raise UserError(
                f"the job server at {self.address} wants its token; set RAY_AUTH_MODE=token, "
                "and RAY_AUTH_TOKEN or the file ~/.ray/auth_token"
            ) from None
        except RuntimeError as error:
            raise UserError(f"the job server at {self.address} says: {' '.join(str(error).split())[:300]}") from None


class _Lost(UserError):
    """The job server does not answer, which may pass."""


def come_back(job: str, address: str) -> str:
    """The command that follows a job again."""
    return f"synth submit logs {job} --ray-address {address}"


def _state(info: Any) -> State:
    status = str(info.status.value)
    message = (info.message or "").partition(", last available logs")[0]  # they were followed, or can be
    return State(
        info.submission_id, status, info.entrypoint, " ".join(message.split()),
        (info.start_time or 0) / 1000, (info.end_time or 0) / 1000, _exit_code(status, info.driver_exit_code),
    )  # fmt: skip


def _exit_code(status: str, code: int | None) -> int | None:
    if status in {"PENDING", "RUNNING"}:
        return None
    if status == "SUCCEEDED":
        return 0
    if status == "STOPPED":
        return STOPPED
    # A job that failed before it ran has no code, and a signal has a negative one.
    return 128 - code if code is not None and code < 0 else code or 1
