import random
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from synth.shards import choose_examples, show_example
from synth.shards.examples import MAX_EXCERPTS, MAX_LINE_CHARACTERS, MAX_LINES

Rows = list[dict[str, Any]]
MakeRows = Callable[..., Rows]
AsTables = Callable[..., list[pa.Table]]


def test_the_choice_depends_on_the_rows_not_on_their_order(make_rows: MakeRows, as_tables: AsTables) -> None:
    rows = make_rows(60, "sft") + make_rows(60, "cpt")
    chosen = choose_examples(as_tables(rows, 17), 10)
    random.Random(1).shuffle(rows)
    assert choose_examples(as_tables(rows, 5), 10) == chosen


def test_recipes_take_turns(make_rows: MakeRows, as_tables: AsTables) -> None:
    chosen = choose_examples(as_tables(make_rows(500, "sft") + make_rows(3, "cpt")), 10)
    assert [row["stage"] for row in chosen] == ["cpt", "sft"] * 3 + ["sft"] * 4


def test_few_rows_are_all_chosen(make_rows: MakeRows, as_tables: AsTables) -> None:
    assert len(choose_examples(as_tables(make_rows(3)), 20)) == 3
    assert choose_examples([], 20) == []


def test_evidence_shows_the_lines_of_the_span(make_rows: MakeRows) -> None:
    (row,) = make_rows(1)
    shown = show_example(
        row, lambda collection, path: f"{collection}\r\n2\r\n3\n4\n5" if path == "flask/app.py" else None
    )
    assert shown["evidence"] == [{"path": "flask/app.py", "start_line": 2, "lines": ["2", "3", "4"], "n_cut": 0}]
    assert shown["messages"][1]["content"] == "It returns 0."
    assert shown["n_more_evidence"] == 0


def test_what_is_cut_is_counted(make_rows: MakeRows) -> None:
    (row,) = make_rows(1)
    row["evidence"] = [{"id": "n", "path": "a.py", "start_line": 1, "end_line": MAX_LINES + 5}] * (MAX_EXCERPTS + 2)
    shown = show_example(row, lambda *_: "\n".join(["x" * (MAX_LINE_CHARACTERS + 9)] * 500))
    assert shown["n_more_evidence"] == 2
    assert len(shown["evidence"]) == MAX_EXCERPTS
    assert shown["evidence"][0]["n_cut"] == 5
    assert shown["evidence"][0]["lines"][0].endswith("x … (9 more characters)")


def test_evidence_of_an_unknown_file_has_no_lines(make_rows: MakeRows) -> None:
    (row,) = make_rows(1)
    assert show_example(row, lambda *_: None)["evidence"][0]["lines"] == []
