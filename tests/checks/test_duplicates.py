"""Duplicates, exact and near."""

import os
import random
import subprocess
import sys
from pathlib import Path

from checks.conftest import make_sample
from synth.checks.base import turns
from synth.checks.duplicates import Duplicates, exact_hash, shingles, signature

LONG = [f"word{index}" for index in range(200)]


def add(duplicates: Duplicates, name: str, sample: dict) -> dict[str, bool]:
    return {item.name: item.passed for item in duplicates.add(name, exact_hash(sample), signature(sample))}


def test_the_same_words_are_an_exact_duplicate_whatever_the_white_space():
    duplicates = Duplicates(0.8)
    assert add(duplicates, "a", make_sample("Who  is it?", "It is\nme, yes.")) == {
        "exact_duplicate": True,
        "near_duplicate": True,
    }
    assert add(duplicates, "b", make_sample("Who is it?", "It is me,  yes.")) == {"exact_duplicate": False}


def test_another_answer_to_the_same_question_is_no_duplicate():
    duplicates = Duplicates(0.8)
    add(duplicates, "a", make_sample("Who is it?", " ".join(LONG[:50])))
    assert all(add(duplicates, "b", make_sample("Who is it?", " ".join(LONG[100:150]))).values())


def test_one_changed_word_in_many_is_a_near_duplicate_of_the_first():
    duplicates = Duplicates(0.8)
    add(duplicates, "first", make_sample(answer=" ".join(LONG)))
    changed = make_sample(answer=" ".join([*LONG[:100], "other", *LONG[101:]]))
    verdict = duplicates.add("second", exact_hash(changed), signature(changed))[-1]
    assert (verdict.name, verdict.passed) == ("near_duplicate", False)
    assert "as first" in verdict.detail


def test_a_turned_down_sample_does_not_turn_others_down():
    duplicates = Duplicates(0.8)
    add(duplicates, "a", make_sample(answer=" ".join(LONG)))
    near = make_sample(answer=" ".join([*LONG[:100], "other", *LONG[101:]]))
    add(duplicates, "b", near)
    verdicts = duplicates.add("c", exact_hash(near), signature(near))
    assert "as a" in verdicts[-1].detail


def test_windows_of_files_are_compared_exactly_alone():
    sample = make_sample(stage="cpt", text="x = 1\n" * 50, messages=None, reasoning=None)
    duplicates = Duplicates(0.8)
    assert add(duplicates, "a", sample) == {"exact_duplicate": True}
    assert add(duplicates, "b", {**sample, "text": sample["text"] + "y = 1\n"}) == {"exact_duplicate": True}
    assert add(duplicates, "c", sample) == {"exact_duplicate": False}


def test_the_estimate_is_near_the_true_similarity_and_pairs_above_the_threshold_are_found():
    errors = []
    for seed in range(150):
        draw = random.Random(seed)
        one = [f"word{draw.randrange(600)}" for _ in range(150)]
        changed = draw.random() * 0.05
        two = ["other" if draw.random() < changed else word for word in one]
        first, second = make_sample(answer=" ".join(one)), make_sample(answer=" ".join(two))
        sets = [set(shingles("\n".join(turns(sample).values()))) for sample in (first, second)]
        true = len(sets[0] & sets[1]) / len(sets[0] | sets[1])
        duplicates = Duplicates(0.01)
        duplicates.add("one", b"1", signature(first))
        verdict = duplicates.add("two", b"2", signature(second))[-1]
        if true >= 0.8:
            assert not verdict.passed
            errors.append(abs(float(verdict.detail.split()[0]) - true))
    assert len(errors) > 50
    assert max(errors) < 0.11  # 3.5 standard errors of 256 permutations
    assert sum(errors) / len(errors) < 0.03


def test_a_signature_is_the_same_in_every_process_and_small():
    code = "from checks.test_duplicates import *; print(signature(make_sample()).hex())"
    found = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[1])}
        found.add(subprocess.check_output([sys.executable, "-c", code], env=environment, text=True).strip())
    assert found == {signature(make_sample()).hex()}
    assert len(signature(make_sample())) < 1500


def test_two_texts_of_a_teacher_that_are_nearly_the_same_are_told():
    about = {"stage": "cpt", "recipe": "rephrase.easy", "engine": "vllm", "messages": None, "reasoning": None}
    one, other = (make_sample(text=" ".join([*LONG, word]), **about) for word in ("one", "other"))
    duplicates = Duplicates(0.8)
    assert all(add(duplicates, "a", one).values())
    assert add(duplicates, "b", other) == {"exact_duplicate": True, "near_duplicate": False}
