"""How much of the prompts about documents does a teacher really compute? Asks about all pairs of entities of each.

    python benchmarks/prefix_cache.py FOLDER [--documents 20] [--entities 10] [--model PATH] [--answer-tokens 16]

Every prompt holds a whole document; a loop that sends them one by one to a server without a prefix cache computes all
of it (1.0). Here real vLLM answers, and says how many prompt tokens its cache gave. Without --model a tiny model of
random weights is made on the spot: the share does not depend on what a model says.
"""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from tiny_model import make_model

from synth.config import load_config
from synth.run import corpus

WANTED = 0.1
ON_CPU = "{dtype: bfloat16, max_model_len: 8192, enforce_eager: true, max_num_seqs: 32, block_size: 32}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, default=20)
    parser.add_argument("--entities", type=int, default=10)
    parser.add_argument("--model", help="a model with a chat template; else a tiny one")
    parser.add_argument("--answer-tokens", type=int, default=16)
    options = parser.parse_args()
    os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", "2")
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        model = options.model or str(make_model(scratch / "model"))
        source = choose(options.folder, scratch / "source", options.documents)
        settings = [
            f"recipes={{entigraph.pair: {{max_entities: {options.entities}, context_tokens: 6000}}}}",
            "text.extractor=spacy", f"tokenizer={model}", "teacher.context_tokens=6000",
            "engine.name=vllm", f"engine.model={model}", f"engine.vllm.args={ON_CPU}",
            f"engine.sampling.max_tokens={options.answer_tokens}",
        ]  # fmt: skip
        metrics = corpus([source], scratch / "out", load_config(None, settings))
    sent, cached = metrics.engine.prompt_tokens, metrics.engine.cached_tokens
    share = (sent - cached) / sent
    print(f"{metrics.files.used} documents, {metrics.tasks['entigraph.pair'].answered:,} prompts")
    print(f"{sent:,} prompt tokens sent, {sent - cached:,} computed: {share:.3f} (wanted: at most {WANTED})")
    print(f"{metrics.timings['answer']:.0f} s of asking")


def choose(folder: Path, target: Path, count: int) -> Path:
    """Copy the first documents of a folder, those of some length."""
    target.mkdir()
    long = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.stat().st_size > 4_000]
    for number, path in enumerate(long[:count]):
        shutil.copy(path, target / f"{number:02d}-{path.name}")
    return target


if __name__ == "__main__":
    main()
