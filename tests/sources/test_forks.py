"""Near-copies of files of other collections: which of them go, and that nothing else does."""

import random
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from synth.sources.forks import find_copies, signature

WORDS = 400


def text(seed: int, changed: int = 0) -> bytes:
    """A text of its own for each seed, with so many words changed."""
    words = [f"word{random.Random(f'{seed}-{number}').randrange(10**9)}" for number in range(WORDS)]
    for number in range(changed):
        words[number * (WORDS // changed)] = f"changed{number}"
    return " ".join(words).encode()


def find(files: list[tuple[int, bytes]], threshold: float = 0.85):
    """The copies among files of these collections."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "signatures"
        path.write_bytes(b"".join(signature("a.py", data) or b"" for _, data in files))
        return find_copies(path, [collection for collection, _ in files], threshold)


def test_the_first_of_its_kind_stays_and_its_likeness_is_told():
    (copy,) = find([(0, text(1)), (0, text(2)), (1, text(1, changed=4))])
    assert (copy.file, copy.original) == (2, 0)
    assert 0.85 <= copy.similarity < 1


def test_files_of_one_collection_may_be_alike():
    assert find([(0, text(1)), (0, text(1, changed=4))]) == []


def test_a_file_that_is_half_new_is_no_copy():
    assert find([(0, text(1)), (1, text(1, changed=40))]) == []


def test_the_threshold_says_how_near_a_copy_is():
    files = [(0, text(1)), (1, text(1, changed=12))]  # three in four of their 5-grams are the same
    assert find(files) == []
    assert [copy.file for copy in find(files, threshold=0.6)] == [1]


def test_small_files_markers_and_bytes_that_are_no_text_are_never_copies():
    assert signature("a.py", b"import os\n" * 3) is None
    assert signature("pkg/__init__.py", text(1)) is None
    assert signature("a.pdf", b"%PDF\0" + text(1)) is None
    assert signature("a.py", text(1)) is not None


def test_a_thousand_forks_of_one_file_leave_one():
    files = [(number, text(1, changed=number % 3)) for number in range(1_000)]
    assert len(find(files)) == 999


kinds = st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(0, 3))


@settings(deadline=None, max_examples=50)
@given(st.lists(kinds, max_size=20))
def test_whatever_goes_is_like_an_earlier_file_of_another_collection_that_stays(chosen):
    files = [(collection, text(seed, changed)) for collection, seed, changed in chosen]
    copies = find(files)
    gone = {copy.file for copy in copies}
    for copy in copies:
        assert copy.original < copy.file
        assert copy.original not in gone
        assert files[copy.original][0] != files[copy.file][0]
        assert chosen[copy.original][1] == chosen[copy.file][1]
        assert copy.similarity >= 0.85
    first = {}
    for number, (collection, seed, changed) in enumerate(chosen):
        owner, earlier = first.setdefault((seed, changed), (collection, number))
        if owner != collection and earlier not in gone:
            assert number in gone
