from hypothesis import given
from hypothesis import strategies as st

from synth.shards import assign_split


def test_known_files_keep_their_split_on_every_machine() -> None:
    splits = [assign_split("flask", f"flask/m{index}.py", 0, 0.2) for index in range(30)]
    assert [index for index, split in enumerate(splits) if split == "validation"] == [1, 11, 13, 21, 22]


def test_the_share_of_validation_files_is_about_the_one_asked_for() -> None:
    splits = [assign_split("flask", f"pkg/m{index}.py", 0, 0.05) for index in range(20_000)]
    assert 0.045 < splits.count("validation") / len(splits) < 0.055


def test_seed_and_collection_change_which_files_are_held_out() -> None:
    def held_out(collection: str, seed: int) -> set[int]:
        return {index for index in range(500) if assign_split(collection, f"{index}.py", seed, 0.1) == "validation"}

    assert held_out("flask", 0) != held_out("flask", 1)
    assert held_out("flask", 0) != held_out("django", 0)


@given(st.text(), st.integers(0, 2**63 - 1), st.floats(0, 1, exclude_max=True), st.floats(0, 1, exclude_max=True))
def test_a_larger_share_only_adds_files(path: str, seed: int, share: float, other: float) -> None:
    small, large = sorted((share, other))
    if assign_split("c", path, seed, small) == "validation":
        assert assign_split("c", path, seed, large) == "validation"


@given(st.text())
def test_nothing_is_held_out_when_no_validation_is_wanted(path: str) -> None:
    assert assign_split("c", path, 0, 0.0) == "train"
