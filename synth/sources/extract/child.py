"""The process that reads documents for another: one request after the other from its input, until that ends.

A request is a line of JSON with `language`, `seconds` and `n_bytes`, then the bytes. The answer is a line of JSON:
`text`, `title` and `encoding`, or the `reason` and `detail` of a skip.
"""

import json
import math
import os
import resource
import sys
from typing import Any

from synth.sources.decode import Undecodable
from synth.sources.extract.formats import extract
from synth.sources.skips import Skip

MEMORY_BYTES = 4_000_000_000


def main() -> None:
    """Answer requests; the time that each may take is enforced by the system, which ends this process."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, hard))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the answers
    while line := sys.stdin.buffer.readline():
        request = json.loads(line)
        data = sys.stdin.buffer.read(request["n_bytes"])
        _limit(request["seconds"])
        answers.write(json.dumps(_answer(data, request["language"])).encode() + b"\n")
        answers.flush()


def _limit(seconds: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used.ru_utime + used.ru_stime) + seconds, hard))


def _answer(data: bytes, language: str) -> dict[str, Any]:
    try:
        return extract(data, language)._asdict()
    except Skip as skip:
        return {"reason": skip.reason, "detail": skip.detail}
    except Undecodable as error:
        return {"reason": "undecodable", "detail": str(error)}
    except MemoryError:
        return {"reason": "too_costly", "detail": f"over {MEMORY_BYTES:,} bytes of memory"}
    except Exception as error:  # noqa: BLE001 - whatever a library makes of a hostile file costs that file alone
        return {"reason": "broken", "detail": f"its reader failed: {type(error).__name__}: {error}"[:300]}


if __name__ == "__main__":
    main()
