"""How well do the laws of mixtures predict? On curves that are known, and on pilots of a tiny model.

    python benchmarks/mixture_laws.py curves
    python benchmarks/mixture_laws.py pilots --corpus OUT --general FOLDER --work FOLDER [--tokens 200000]

`curves`: losses are made from a D-CPT law or from a course of the critical ratio, and noise is added. Told is the error
of the predicted loss at ratios that no pilot had, within the pilots and at ten times their tokens; the error of the
recommended ratio; and how often the true ratio lies in the interval.

`pilots`: a tiny model of random weights learns general text first, else there were nothing to forget. Then pilots of
it run on the corpus. Of the five, each is left out in turn and predicted from the others, one more ratio is trained
that the laws have not seen, and longer runs follow what is recommended for them. General text is a folder of text
files. Set OMP_NUM_THREADS=1: the matrices are too small for more threads, which only wait for each other.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from synth.progress import silent
from synth.train.advice import advise, expected_domain, fit_general
from synth.train.cmrlaw import UNIT, fit_critical_ratio, fit_runs
from synth.train.mixlaw import Law, fit_law, largest_share
from synth.train.pilotruns import measurements, pilot_settings, run_pilots
from synth.train.pilots import Measurement, Pilots, gather
from synth.train.settings import TrainSettings

RATIOS = (1.0, 0.75, 0.5, 1 / 3, 0.25)
HELD_OUT = (0.4, 0.6, 0.9)
GENERAL = Law(1.8, 0.0, 1.0, 0.02, 0.25, 0.6, 0.3, 0.5, 0.1)
DOMAIN = Law(1.2, 0.0, 1.0, 0.02, 0.25, 0.6, 0.4, 0.4, 0.1)
PILOT, TIMES, TOLERANCE, SEEDS = 2e6, 8, 0.05, 5
START = 2.35
NOISES = (0.0005, 0.002, 0.01)
EXTRA = 0.6
LONGER = 3
"""How many times the tokens of the pilots a run has that follows the recommendation."""
BASE_TOKENS = 5
"""How many times the tokens of a pilot the tiny model learns before."""
PARAGRAPH = 2000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=["curves", "pilots"])
    parser.add_argument("--corpus")
    parser.add_argument("--general", type=Path)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--tokens", type=int, default=200_000)
    parser.add_argument("--rate", type=float, default=1e-3, help="learning rate of the pilots")
    options = parser.parse_args()
    if options.part == "curves":
        dcpt_curves()
        cmr_curves()
    else:
        real_pilots(options.corpus, options.general, options.work, options.tokens, options.rate)


def dcpt_curves() -> None:
    """Losses that follow a D-CPT law; noise is a share of the loss."""
    print(f"D-CPT law, {len(RATIOS)} pilots, {TIMES} measurements each, {SEEDS} seeds")
    print("   noise  loss within  loss at 10x  D-CPT ratio  CMR ratio   in interval   seconds")
    truth = largest_share(GENERAL, 10 * PILOT, START + TOLERANCE)
    shares = np.array(HELD_OUT)
    for noise in NOISES:
        rows, inside, seconds = [], 0, 0.0
        for seed in range(SEEDS):
            pilots = made(noise, seed)
            started = time.process_time()
            advice = advise(pilots, 10 * PILOT, TOLERANCE, seed, draws=20)
            seconds += time.process_time() - started
            within, beyond = (
                np.abs(advice.general.loss(tokens, 1 - shares) / GENERAL.loss(tokens, 1 - shares) - 1).mean()
                for tokens in (PILOT, 10 * PILOT)
            )
            rows.append((within, beyond, *(abs(one.ratio - truth) for one in advice.opinions)))
            inside += any(one.low <= truth <= one.high for one in advice.opinions)
        within, beyond, dcpt, cmr = np.mean(rows, axis=0)
        print(
            f"{noise:>8.2%}{within:>13.3%}{beyond:>13.3%}{dcpt:>13.3f}{cmr:>11.3f}"
            f"{inside:>11}/{SEEDS}{seconds / SEEDS:>10.1f}"
        )


def made(noise: float, seed: int) -> Pilots:
    """Pilots that follow the laws above."""
    rng = np.random.default_rng(seed)
    rows = [Measurement(1.0, 0, 2.6, START)]
    for ratio in RATIOS:
        for step in range(1, TIMES + 1):
            tokens = round(PILOT * step / TIMES)
            domain = float(DOMAIN.loss(tokens, ratio)) * np.exp(rng.normal(0, noise))
            general = float(GENERAL.loss(tokens, 1 - ratio)) * np.exp(rng.normal(0, noise))
            rows.append(Measurement(ratio, tokens, domain, general))
    return gather(rows)


def cmr_curves() -> None:
    """Rises of the general loss that reach the tolerance at a known critical ratio; noise is in nats."""
    print(f"CMR law, {len(RATIOS)} pilots up to 4B tokens, {TIMES} measurements each, {SEEDS} seeds")
    print("   noise   ratio at 4B  ratio at 40B")
    ratio, tokens = np.repeat(RATIOS, TIMES), np.tile(np.linspace(0.5e9, 4e9, TIMES), len(RATIOS))
    run = [f"{one:g}" for one in ratio]
    rise = (TOLERANCE + 0.08) * (ratio / critical(tokens)) ** 1.3 - 0.08
    for noise in (0.0, 0.001, 0.003, 0.01):
        errors = []
        for seed in range(SEEDS):
            noisy = rise + np.random.default_rng(seed).normal(0, noise, len(rise))
            found = fit_critical_ratio(ratio, tokens, noisy, run, TOLERANCE)
            errors.append([abs(found.at(at) - critical(at)) for at in (4e9, 40e9)])
        near, far = np.mean(errors, axis=0)
        print(f"{noise:>8.3f}{near:>14.3f}{far:>14.3f}")


def critical(tokens: float) -> float:
    return 0.12 * (tokens / UNIT) ** 0.27 + 0.1


def real_pilots(corpus: str, general: Path, work: Path, tokens: int, rate: float) -> None:
    """Pilots of a tiny model, what they predict of each other, and of one ratio more."""
    from synth.train.loop import train

    work.mkdir(parents=True, exist_ok=True)
    text = write_text(general, work / "general.jsonl")
    base = make_base(work, text, BASE_TOKENS * tokens)
    settings = shape(rate)
    measured = run_pilots([corpus], [str(text)], str(base), work / "pilots", tokens, settings, silent)
    pilots = gather(measured)
    report("within the tokens of the pilots", pilots, pilots)
    for run in dict.fromkeys(pilots.run):
        report(
            f"left out: {float(run):.0%} of the corpus", pilots.take(pilots.run != run), pilots.take(pilots.run == run)
        )
    folder = work / f"extra-{EXTRA:g}"
    folders = [str(work / "pilots" / "general" / "1")]
    results = train("cpt", [corpus], str(base), folder, pilot_settings(settings, EXTRA, tokens, folders), silent)
    extra = gather([*measured, *measurements(EXTRA, results or {}, folder)])
    report(f"never seen: {EXTRA:.0%} of the corpus", pilots, extra.take(extra.run == f"{EXTRA:g}"))
    early = pilots.tokens <= tokens * 0.52
    report("twice the tokens, from the first half", pilots.take(early), pilots.take(pilots.tokens > tokens * 0.95))
    for tolerance in (0.02, TOLERANCE):
        advice = advise(pilots, LONGER * tokens, tolerance)
        trusted = advice.trusted(tolerance)
        if not trusted:
            print(f"no law fits for a tolerance of {tolerance:g}")
            continue
        ratio = round(min(one.ratio for one in trusted), 2)
        folder = work / f"longer-{ratio:g}"
        longer = pilot_settings(settings, ratio, LONGER * tokens, folders)
        last = measurements(ratio, train("cpt", [corpus], str(base), folder, longer, silent) or {}, folder)[-1]
        print(
            f"{LONGER} times the tokens with the recommended {ratio:.0%}: the general loss rose by "
            f"{last.general_loss - pilots.start_general:+.4f} (tolerance {tolerance:g}), the corpus loss is "
            f"{last.domain_loss:.4f} (predicted {expected_domain(advice, pilots, LONGER * tokens, ratio):.4f})"
        )


def report(what: str, fitted: Pilots, asked: Pilots) -> None:
    """Print how far the losses predicted lie from those measured."""
    general = fit_general(fitted, 0).loss(asked.tokens, 1 - asked.ratio)
    domain = fit_law(fitted.tokens, fitted.ratio, fitted.domain).loss(asked.tokens, asked.ratio)
    rises = fit_runs(fitted.ratio, fitted.tokens, fitted.general - fitted.start_general, fitted.run, is_general=True)
    cmr = fitted.start_general + rises.fitted(asked.ratio, asked.tokens)
    print(f"{what}: mean error of the predicted loss")
    for name, predicted, measured in (
        ("general, D-CPT", general, asked.general), ("general, CMR", cmr, asked.general),
        ("corpus, D-CPT", domain, asked.domain),
    ):  # fmt: skip
        errors = np.abs(predicted / measured - 1)
        print(f"    {name:<16}{errors.mean():>8.2%}, at the end {errors[-1]:.2%} ({measured[-1]:.4f})")


def shape(rate: float) -> TrainSettings:
    """Settings that suit a tiny model."""
    return TrainSettings.model_validate(
        {
            "data": {"max_length": 256, "workers": 1, "replay": {"max_epochs": 1000}},
            "optimizer": {"batch": 16, "peak_lr": rate, "micro_batch": 16},
            "evaluation": {"rows": 48},
            "workers": {"count": 0, "threads": 1},
            "log": {"tensorboard": False},
        }
    )


def write_text(folder: Path, out: Path) -> Path:
    """The files of a folder as JSONL, a row for each few paragraphs."""
    rows = []
    for path in sorted(folder.rglob("*.txt")):
        text = path.read_text(encoding="utf-8", errors="replace")
        rows += [text[start : start + PARAGRAPH] for start in range(0, len(text), PARAGRAPH)]
    np.random.default_rng(0).shuffle(rows)
    out.write_text("".join(json.dumps({"text": row}) + "\n" for row in rows))
    return out


def make_base(work: Path, text: Path, tokens: int) -> Path:
    """A tiny model that has learned general text."""
    from tiny_model import make_model

    from synth.train.loop import train

    start = make_model(work / "random")
    settings = pilot_settings(shape(2e-3), 1.0, tokens, [])
    settings = settings.model_copy(update={"evaluation": settings.evaluation.model_copy(update={"rows": 0})})
    train("cpt", [str(text)], str(start), work / "base", settings, silent)
    return work / "base"


if __name__ == "__main__":
    main()
