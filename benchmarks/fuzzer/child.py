"""The process that makes and reads inputs: what it survives it tells its parent, what kills it the parent sees."""

import argparse
import faulthandler
import json
import resource
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

from fuzzer.readers import Reader, readers

MEMORY_BYTES = 5_000_000_000
SECONDS = 60  # of a processor, for one input
SLOW = 3.0  # seconds; only inputs of a batch that took longer are timed one by one
WATCHED = 20  # every so many batches are read with their coverage watched
SMALL = 20_000  # bytes; to watch a larger input takes too long
FRESH = 0.5  # how often an input begins with a real file rather than with one that reached something new
_OURS = str(Path(__file__).parents[2] / "synth")


def work(name: str, starts: range, arguments: argparse.Namespace) -> None:
    """Read batches of inputs; after each, print a line of JSON."""
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    faulthandler.register(signal.SIGXCPU, chain=True)
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, hard))
    reader = readers()[name]
    seeds = reader.begin(arguments.seeds)
    pool = Pool(arguments.out / "pool" / name)
    for start in starts:
        inputs = {
            number: _input(reader, Random(f"{name}-{arguments.seed}-{number}"), seeds, pool.inputs)
            for number in range(start, min(start + starts.step, starts.stop))
        }
        faults = list(_faults(reader, inputs))
        if start // starts.step % WATCHED == 0 and starts.step > 1 and not faults:
            pool.watch(reader, inputs)
        for fault in faults:
            _keep(arguments.out / "findings", name, fault, inputs[fault["index"]])
        slowest = _slowest(reader, inputs) if _spent.last > _spent.most else [0.0, -1]
        _spent.most = max(_spent.most, slowest[0])
        told = {"done": max(inputs) + 1, "slowest": slowest, "lines": len(pool.reached)}
        told["faults"] = [{key: fault[key] for key in ("index", "kind", "said")} for fault in faults]
        print(json.dumps(told), flush=True)


class _Spent:
    """Seconds of the last batch, and of the slowest input so far."""

    last = 0.0
    most = SLOW


_spent = _Spent()


def _input(reader: Reader, draw: Random, seeds: Sequence[bytes], kept: Sequence[bytes]) -> bytes:
    pool = kept if kept and (not seeds or draw.random() > FRESH) else seeds
    return reader.make(draw, pool)


def _faults(reader: Reader, inputs: dict[int, bytes]) -> Iterator[dict[str, Any]]:
    """What goes wrong with a batch; where it does, each input is tried by itself."""
    before = _seconds()
    fault = _try(reader.check, list(inputs.values()), SECONDS * len(inputs))
    _spent.last = _seconds() - before
    if not fault:
        return
    found = [(number, _try(reader.check, [data], SECONDS)) for number, data in inputs.items()]
    alone = [{"index": number, **said} for number, said in found if said]
    yield from alone or [{"index": min(inputs), **fault, "kind": f"together: {fault['kind']}"}]


def _try(check: Callable[[Sequence[bytes], Path], None], inputs: Sequence[bytes], seconds: int) -> dict[str, str]:
    _limit(seconds)
    with tempfile.TemporaryDirectory(prefix="fuzz-", ignore_cleanup_errors=True) as folder:
        try:
            check(inputs, Path(folder))
        except Exception as error:  # noqa: BLE001 - every exception is a finding, and is kept
            frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(_OURS)]
            where = f"{Path(frames[-1].filename).relative_to(_OURS)}:{frames[-1].lineno}" if frames else "?"
            full = "".join(traceback.format_exception(error))
            return {
                "kind": type(error).__name__,
                "said": f"{where}: {error}"[:300],
                "trace": full[:3000] + full[-3000:],
            }
    return {}


def _limit(seconds: int) -> None:
    """Let the system end this process where it works for longer from now on."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + seconds, hard))


def _slowest(reader: Reader, inputs: dict[int, bytes]) -> list[float]:
    times = []
    for number, data in inputs.items():
        before = _seconds()
        _try(reader.check, [data], SECONDS)
        times.append([round(_seconds() - before, 3), number])
    return max(times)


def _seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def _keep(folder: Path, name: str, fault: dict[str, Any], data: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}-{fault['index']}.bin").write_bytes(data)
    (folder / f"{name}-{fault['index']}.txt").write_text(fault["trace"], errors="replace")


class Pool:
    """Inputs that reached lines which none had reached before; on disk, so that the next process begins with them."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.inputs = [path.read_bytes() for path in sorted(folder.glob("*.bin"))]
        lines = folder / "reached.json"
        self.reached = {tuple(line) for line in json.loads(lines.read_text())} if lines.exists() else set()

    def watch(self, reader: Reader, inputs: dict[int, bytes]) -> None:
        """Read inputs again, and keep those that reach something new."""
        before = len(self.reached)
        for number, data in inputs.items():
            if len(data) > SMALL:
                continue
            known = len(self.reached)
            _limit(20 * SECONDS)
            with tempfile.TemporaryDirectory(prefix="fuzz-", ignore_cleanup_errors=True) as folder:
                sys.settrace(self._trace)
                try:
                    reader.guide(data, Path(folder))
                finally:
                    sys.settrace(None)
            if len(self.reached) > known:
                self.inputs.append(data)
                (self.folder / f"{number:06d}.bin").write_bytes(data)
        if len(self.reached) > before:
            (self.folder / "reached.json").write_text(json.dumps(sorted(self.reached)))

    def _trace(self, frame: FrameType, event: str, argument: object) -> Any:
        return self._line if frame.f_code.co_filename.startswith(_OURS) else None

    def _line(self, frame: FrameType, event: str, argument: object) -> Any:
        self.reached.add((frame.f_code.co_filename[len(_OURS) + 1 :], frame.f_lineno))
        return self._line
