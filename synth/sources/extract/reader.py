"""Who reads a document? This process if it is text; if it takes a library, another one, which may crash."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import synth
from synth.sources.extract.base import Extracted
from synth.sources.extract.formats import APART, extract
from synth.sources.skips import Skip

_STOPPED = {signal.SIGXCPU, signal.SIGKILL}


class Reader:
    """Reads documents; a context manager that ends the process it may have started."""

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Reader":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._end()

    def extract(self, data: bytes, language: str) -> Extracted:
        """Read one document.

        Args:
            data: the bytes of its file.
            language: of `synth.sources.languages.PROSE`.

        Raises:
            Skip: it cannot be read, or is no document; the reason says why.
            Undecodable: it is text in an encoding that cannot be told.
        """
        if language not in APART:
            return extract(data, language)
        answer = self._ask(data, language)
        if "reason" in answer:
            raise Skip(answer["reason"], answer["detail"])
        return Extracted(**answer)

    def _ask(self, data: bytes, language: str) -> dict[str, Any]:
        process = self._process = self._process or _start()
        assert process.stdin is not None
        assert process.stdout is not None
        request = {"language": language, "seconds": self._seconds, "n_bytes": len(data)}
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n" + data)
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = b""
        if not line.endswith(b"\n"):
            raise self._cause_of_end()
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _cause_of_end(self) -> Skip:
        code = self._end()
        if code in {-number for number in _STOPPED}:
            return Skip("too_costly", f"stopped after {self._seconds} s")
        said = signal.Signals(-code).name if code < 0 else f"code {code}"
        return Skip("broken", f"its reader crashed: {said}")

    def _end(self) -> int:
        if self._process is None:
            return 0
        process, self._process = self._process, None
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()
        return process.wait()


def _start() -> subprocess.Popen[bytes]:
    """Start a process with the modules of this one, and none of the folder that it happens to run in (`-P`)."""
    paths = [str(Path(synth.__file__).parent.parent), *filter(os.path.isabs, sys.path)]
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "synth.sources.extract.child"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
