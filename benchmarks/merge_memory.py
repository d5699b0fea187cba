"""How much memory does a merge take, how fast is it, and is it the formula? Models of random weights of a given size.

    python benchmarks/merge_memory.py [--gigabytes 2] [--method wise] [--folder SCRATCH]

Models of random weights are made, merged by `synth train merge` in a process of its own, and checked against the
formula in float64, read with the safetensors library. Memory is the peak of that process's resident set: all that it
holds, PyTorch's libraries and pages of mapped files among it. Beside it, in the same run: a plain copy of one model,
and mergekit, if that is installed.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

HIDDEN, INNER, VOCABULARY = 2048, 5632, 32_000
WEIGHT = 0.3
FORMULAS = {
    "wise": {"base": 1 - WEIGHT, "trained": WEIGHT},
    "residual": {"trained": 1, "instruct": WEIGHT, "base": -WEIGHT},
}
LIMIT_MB = 1000
CLI = "from synth.cli import main; main()"


class Run(NamedTuple):
    """What a command took."""

    seconds: float
    cpu: float
    peak_mb: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gigabytes", type=float, default=2, help="of one model")
    parser.add_argument("--method", choices=sorted(FORMULAS), default="wise")
    parser.add_argument("--folder", type=Path, help="on the disk to measure; by default that of temporary files")
    options = parser.parse_args()
    for dtype in ("BF16", "F32"):
        with tempfile.TemporaryDirectory(dir=options.folder) as name:
            measure(Path(name), options.method, int(options.gigabytes * 1e9), dtype)


def measure(folder: Path, method: str, n_bytes: int, dtype: str) -> None:
    """Make, merge, check, compare; nothing large is in this process, whose children's peaks begin with its own."""
    names = sorted(FORMULAS[method])
    apart(make_models, folder, names, n_bytes, dtype)
    size = sum(file.stat().st_size for file in (folder / "base").glob("*.safetensors"))
    print(f"{method} of {len(names)} models of {size / 1e9:.2f} GB, {dtype}")
    started = time.perf_counter()
    copy(folder / "base", folder / "copy")
    seconds = time.perf_counter() - started
    print(f"  plain copy of one        {size / 1e6 / seconds:7,.0f} MB/s written")
    shutil.rmtree(folder / "copy")
    merged = run([sys.executable, "-c", CLI, *merge_command(folder, method)])
    report("synth train merge", merged, size)
    assert merged.peak_mb < LIMIT_MB, f"a merge must stay under {LIMIT_MB} MB"
    apart(check, folder, FORMULAS[method], dtype)
    mergekit = shutil.which("mergekit-yaml")
    if mergekit is not None:
        (folder / "merge.yaml").write_text(mergekit_config(folder, method, dtype))
        other = run([mergekit, str(folder / "merge.yaml"), str(folder / "other")])
        report("mergekit", other, size)


def merge_command(folder: Path, method: str) -> list[str]:
    command = ["train", "merge", "--method", method, "--weight", str(WEIGHT), "--out", str(folder / "out")]
    command += ["--base", str(folder / "base"), "--trained", str(folder / "trained")]
    return [*command, "--instruct", str(folder / "instruct")] if method == "residual" else command


def mergekit_config(folder: Path, method: str, dtype: str) -> str:
    others = {name: 1.0 if method == "residual" and name == "trained" else WEIGHT for name in FORMULAS[method]}
    others.pop("base")
    models = [{"model": str(folder / name), "parameters": {"weight": weight}} for name, weight in others.items()]
    out = {"BF16": "bfloat16", "F32": "float32"}[dtype]
    settings = {"merge_method": "task_arithmetic", "base_model": str(folder / "base"), "models": models, "dtype": out}
    return json.dumps(settings | {"parameters": {"normalize": False}})


def copy(source: Path, target: Path) -> None:
    """Copy a folder, down to the disk, as a merge does."""
    shutil.copytree(source, target)
    for file in target.iterdir():
        with file.open("rb") as stream:
            os.fsync(stream.fileno())


def run(command: Sequence[str]) -> Run:
    """Run a command to its end."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed")
    return Run(time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6)


def report(name: str, result: Run, size: int) -> None:
    speed = f"{size / 1e6 / result.seconds:7,.0f} MB/s written, start-up included ({result.cpu:.1f} s of processor)"
    print(f"  {name:<24} {speed}; at most {result.peak_mb:,.0f} MB of memory")


def apart(function: object, *arguments: object) -> None:
    """Call a function in a fresh process."""
    process = get_context("spawn").Process(target=function, args=arguments)
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(f"{function} failed")


def make_models(folder: Path, names: Sequence[str], n_bytes: int, dtype: str) -> None:
    """Write Llama models of random weights, a slice at a time."""
    import torch

    from synth.train.tensors import Spec, write_tensors

    layout = {name: Spec(dtype, shape) for name, shape in shapes(n_bytes // {"BF16": 2, "F32": 4}[dtype])}
    for seed, model in enumerate(names):
        generator = torch.Generator().manual_seed(seed)

        def slices(name: str, generator: torch.Generator = generator) -> Iterator[torch.Tensor]:
            spec = layout[name]
            for start in range(0, spec.n_rows, 1000):
                count = min(1000, spec.n_rows - start)
                yield torch.randn((count, *spec.shape[1:]), generator=generator).mul_(0.02)

        (folder / model).mkdir()
        write_tensors(folder / model, layout, slices)
        n_layers = sum(name.endswith("q_proj.weight") for name in layout)
        config = {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": HIDDEN}
        config |= {"intermediate_size": INNER, "vocab_size": VOCABULARY, "num_hidden_layers": n_layers}
        config |= {"num_attention_heads": 16, "num_key_value_heads": 16, "tie_word_embeddings": False}
        (folder / model / "config.json").write_text(json.dumps(config))


def shapes(n_parameters: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Tensors of a Llama that has about so many parameters."""
    yield "model.embed_tokens.weight", (VOCABULARY, HIDDEN)
    layer = 4 * HIDDEN * HIDDEN + 3 * HIDDEN * INNER
    for index in range(max(1, round((n_parameters - 2 * VOCABULARY * HIDDEN) / layer))):
        name = f"model.layers.{index}"
        for part in ("q", "k", "v", "o"):
            yield f"{name}.self_attn.{part}_proj.weight", (HIDDEN, HIDDEN)
        yield f"{name}.mlp.gate_proj.weight", (INNER, HIDDEN)
        yield f"{name}.mlp.up_proj.weight", (INNER, HIDDEN)
        yield f"{name}.mlp.down_proj.weight", (HIDDEN, INNER)
        for part in ("input", "post_attention"):
            yield f"{name}.{part}_layernorm.weight", (HIDDEN,)
    yield "model.norm.weight", (HIDDEN,)
    yield "lm_head.weight", (VOCABULARY, HIDDEN)


def check(folder: Path, factors: dict[str, float], dtype: str) -> None:
    """Compare every tensor with the formula in float64, less what its nearest neighbour in the type is off by."""
    from safetensors import safe_open

    stored = {name: sorted((folder / name).glob("*.safetensors")) for name in [*factors, "out"]}
    worst = 0.0
    for file in stored["out"]:
        with safe_open(file, "pt") as merged:
            for name in merged.keys():  # noqa: SIM118 - no mapping
                expected = sum(factor * read(stored[model], name).double() for model, factor in factors.items())
                found = merged.get_tensor(name)
                nearest = expected.to(found.dtype).double()
                excess = (found.double() - expected).abs() - (nearest - expected).abs()
                worst = max(worst, excess.max().item())
    print(f"  difference from the formula, beyond the rounding of {dtype}: at most {worst:.1e}")
    assert worst < 1e-6


def read(files: Sequence[Path], name: str) -> object:
    """A tensor of a model in shards."""
    from safetensors import safe_open

    for file in files:
        with safe_open(file, "pt") as tensors:
            if name in tensors.keys():  # noqa: SIM118 - no mapping
                return tensors.get_tensor(name)
    raise KeyError(name)


if __name__ == "__main__":
    main()
