"""Which row kills the process that works on it? Found out in processes of their own, which may die.

A parser that crashes or a row that eats all memory ends the process without a word, and whoever starts the work again
meets the same end. So a part that has lost its process before is made by a child with bounded memory, and where the
child dies too, the part is halved until the row is found.
"""

import os
import pickle
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa

from synth.errors import UserError

MEMORY_SHARE = 0.5
"""Of the memory that is free: a child that wants more must fail before the system ends its neighbours."""
LEAST_MEMORY = 1 << 30
OUT_OF_MEMORY = 77  # how a child exits that was refused memory

Work = Callable[..., Mapping[str, pa.Table]]


class _Died(Exception):
    """A child ended without an answer; says of what."""


def make_apart(function: Work, inputs: Sequence[pa.Table], stage: str) -> Mapping[str, pa.Table]:
    """Call a stage's function in a child process.

    Args:
        function: importable by name, or a partial of such a one.
        inputs: its tables; the rows of the first one are halved to find the one to blame.
        stage: its name, for the message.

    Raises:
        UserError: the child died, and again on fewer rows; names the row that it died of.
        Exception: what the function itself raises.
    """
    try:
        return _in_child(function, inputs)
    except _Died as died:
        cause = str(died)
    found = _culprit(function, inputs)
    what = _name(found) if found is not None else f"{inputs[0].num_rows} rows together"
    raise UserError(
        f"{what}: stage `{stage}` {cause}; leave the file out of the source, or give the run more memory, and run again"
    )


def _culprit(function: Work, inputs: Sequence[pa.Table]) -> dict[str, Any] | None:
    """The row of the first table that kills a child by itself; None where it takes several."""
    rows, *others = inputs
    while rows.num_rows > 1:
        middle = rows.num_rows // 2
        halves = (rows.slice(0, middle), rows.slice(middle))
        killing = next((half for half in halves if _kills(function, [half, *others])), None)
        if killing is None:
            return None
        rows = killing
    return dict(rows.to_pylist()[0]) if rows.num_rows else None


def _kills(function: Work, inputs: Sequence[pa.Table]) -> bool:
    try:
        _in_child(function, inputs)
    except _Died:
        return True
    except Exception:  # noqa: BLE001 - half a part may make no sense to the function; what matters is that it lived
        return False
    return False


def _name(row: Mapping[str, Any]) -> str:
    """What a user knows a row by."""
    path = row.get("path") or row.get("source_path")
    return f"{row.get('collection', '')}/{path}" if path else f"task {row.get('task_id', row.get('id', 'unknown'))}"


def _in_child(function: Work, inputs: Sequence[pa.Table]) -> Mapping[str, pa.Table]:
    with TemporaryDirectory(prefix="synth-") as folder:
        request, answer = Path(folder) / "request", Path(folder) / "answer"
        request.write_bytes(pickle.dumps((function, list(inputs), _memory())))
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        command = [sys.executable, "-m", "synth.apart", folder]
        quiet: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
        done = subprocess.run(command, env=environment, check=False, **quiet)  # noqa: S603 - this module itself
        if done.returncode or not answer.exists():
            raise _Died(_cause(done.returncode))
        result = pickle.loads(answer.read_bytes())  # noqa: S301 - written by our own child
    if isinstance(result, Exception):
        raise result
    tables: Mapping[str, pa.Table] = result
    return tables


def _cause(code: int) -> str:
    if code == OUT_OF_MEMORY:
        return f"needs more than {_memory() >> 20:,} MB of memory for it"
    return f"dies of it ({signal.Signals(-code).name})" if code < 0 else f"dies of it (exit code {code})"


def _memory() -> int:
    """Bytes that a child may take."""
    free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return max(LEAST_MEMORY, int(free * MEMORY_SHARE))


def main() -> None:
    """Answer the request in the folder that the command line names."""
    folder = Path(sys.argv[1])
    function, inputs, memory = pickle.loads((folder / "request").read_bytes())  # noqa: S301 - written by our own parent
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    try:
        result: Any = dict(function(*inputs))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except Exception as error:  # noqa: BLE001 - raised again by the parent
        result = error
    (folder / "answer").write_bytes(pickle.dumps(result))


if __name__ == "__main__":
    main()
