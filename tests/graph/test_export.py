"""The graph as other tools read it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tables import edge, node, tables

from synth.errors import UserError
from synth.graph import export
from synth.graph.export import FORMATS, export_graph
from synth.schema import CONFIDENCES, EDGE_KINDS, EDGES, HOW, NODE_KINDS, NODES, VISIBILITIES

ODD = "a <b> & \"c\" 'd' ]]> \t\n é 漢 😀 \u2028"
PROJECT = Path(__file__).parents[1] / "projects" / "shop"
PARAMETER = {"name": "x", "kind": "positional", "annotation": "int", "default": None}


def small() -> tuple[pa.Table, pa.Table]:
    nodes = [
        node("m", "module", docstring=ODD),
        node("m.f", parameters=[PARAMETER], decorators=["cache"], is_test=True, start_line=7),
        node("os.path.join", "external", path="", start_line=None),
    ]
    edges = [
        edge("m", "m.f", "contains"),
        edge("m", "m.f", "references", line=3, confidence="inferred"),
        edge("m.f", "os.path.join"),
        edge("m.f", None, target="unknown"),
    ]
    return tables(nodes, edges)


def test_parquet_and_json_lines_hold_every_column_of_every_row(tmp_path: Path) -> None:
    nodes, edges = small()
    for form in ("parquet", "jsonl"):
        assert export_graph(nodes, edges, tmp_path, form).n_left_out == 0
    assert pq.read_table(tmp_path / "nodes.parquet").equals(nodes)
    assert pq.read_table(tmp_path / "edges.parquet").equals(edges)
    for name, table in (("nodes", nodes), ("edges", edges)):
        lines = (tmp_path / f"{name}.jsonl").read_text(encoding="utf-8").split("\n")
        assert [json.loads(line) for line in lines[:-1]] == table.to_pylist()


def test_graphml_opens_in_networkx_with_typed_attributes(tmp_path: Path) -> None:
    nodes, edges = small()
    export_graph(nodes, edges, tmp_path, "graphml")
    graph = nx.read_graphml(tmp_path / "graph.graphml")
    assert set(graph) == {"m", "m.f", "os.path.join"}
    assert graph.nodes["m"]["docstring"] == ODD
    assert graph.nodes["m.f"]["label"] == "m.f"
    assert graph.nodes["m.f"]["is_test"] is True
    assert graph.nodes["m.f"]["start_line"] == 7
    assert json.loads(graph.nodes["m.f"]["parameters"]) == [PARAMETER]
    assert json.loads(graph.nodes["m.f"]["decorators"]) == ["cache"]
    assert "start_line" not in graph.nodes["os.path.join"]  # a null is no attribute


def test_graphml_keeps_edges_of_several_kinds_between_two_nodes(tmp_path: Path) -> None:
    export_graph(*small(), tmp_path, "graphml")
    graph = nx.read_graphml(tmp_path / "graph.graphml")
    both = {data["kind"]: (data["line"], data["confidence"]) for data in graph["m"]["m.f"].values()}
    assert both == {"contains": (1, "exact"), "references": (3, "inferred")}


def test_graphml_counts_the_edges_that_it_cannot_hold(tmp_path: Path) -> None:
    done = export_graph(*small(), tmp_path, "graphml")
    assert done.n_left_out == 1
    assert nx.read_graphml(tmp_path / "graph.graphml").number_of_edges() == 3


def test_graphml_spells_out_what_no_xml_file_may_hold(tmp_path: Path) -> None:
    nodes, edges = tables([node("m", docstring="a\x00b\x1bc\ufffed\r\ne", value="\r")])
    export_graph(nodes, edges, tmp_path, "graphml")
    found = nx.read_graphml(tmp_path / "graph.graphml").nodes["m"]
    assert found["docstring"] == "a⟨U+0000⟩b⟨U+001B⟩c⟨U+FFFE⟩d\r\ne"
    assert found["value"] == "\r"


@pytest.mark.parametrize("form", FORMATS)
def test_batches_change_nothing(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [path.read_bytes() for path in export_graph(*small(), tmp_path / "whole", form).paths]
    monkeypatch.setattr(export, "BATCH_ROWS", 1)
    assert [path.read_bytes() for path in export_graph(*small(), tmp_path / "parts", form).paths] == whole


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_graph_can_be_written(form: str, tmp_path: Path) -> None:
    done = export_graph(NODES.empty_table(), EDGES.empty_table(), tmp_path, form)
    assert all(path.exists() for path in done.paths)
    if form == "graphml":
        assert len(nx.read_graphml(done.paths[0])) == 0


@pytest.mark.parametrize("form", FORMATS)
def test_a_failed_export_leaves_what_was_there(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = export_graph(*small(), tmp_path, form).paths
    before = [path.read_bytes() for path in paths]

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(UserError, match="No space left on device"):
        export_graph(*tables([node("other")]), tmp_path, form)
    assert [path.read_bytes() for path in paths] == before
    assert sorted(tmp_path.iterdir()) == sorted(paths)


def test_an_unknown_format_and_an_unusable_folder_are_one_line_each(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"^--format dot is not known; choose parquet, jsonl, graphml$"):
        export_graph(*small(), tmp_path, "dot")
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=r"^--out .*file cannot be written: .*; choose another folder$"):
        export_graph(*small(), tmp_path / "file", "jsonl")


def synth_graph(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "synth.cli", "graph", PROJECT, *arguments]
    environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment)


def test_the_command_writes_a_graph_for_other_tools_and_a_page(tmp_path: Path) -> None:
    out, page = tmp_path / "out", tmp_path / "pages" / "shop.html"
    done = synth_graph("--out", out, "--format", "graphml", "--html", page, "--workers", "0")
    assert (done.returncode, done.stderr) == (0, "")
    graph = nx.read_graphml(out / "graph.graphml")
    assert len(graph) == pq.read_table(out / "nodes.parquet").num_rows
    assert f"Wrote {out}: {len(graph)} nodes" in done.stdout
    assert f"Wrote {page}: {page.stat().st_size / 1e6:.1f} MB; open it in a browser" in done.stdout
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_the_command_writes_a_page_alone(tmp_path: Path) -> None:
    assert synth_graph("--html", tmp_path / "shop.html").returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["shop.html"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "nothing to write; name a folder for the tables with --out, a file for the page with --html"),
        (["--out", "OUT", "--format", "dot"], "--format dot is not known; choose parquet, jsonl, graphml"),
        (["--html", "x.html", "--format", "jsonl"], "--format jsonl has no folder to go to; name one with --out"),
        (["--html", PROJECT], "is a folder; name a file in it"),
        (["--html", "/proc/nowhere/page.html"], "cannot be written: No such file or directory; choose another file"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(arguments: list[str | Path], words: str, tmp_path: Path) -> None:
    done = synth_graph(*(tmp_path / "out" if item == "OUT" else item for item in arguments))
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_documentation_explains_every_column_kind_and_confidence() -> None:
    page = (Path(__file__).parents[2] / "docs" / "graph.md").read_text(encoding="utf-8")
    columns, kinds = [*NODES.names, *EDGES.names], [*NODE_KINDS, *EDGE_KINDS, *CONFIDENCES, *VISIBILITIES]
    assert [name for name in columns if not re.search(rf"^\| [^|]*`{name}`[^|]* \|", page, re.MULTILINE)] == []
    assert [name for name in kinds if f"`{name}`" not in page] == []
    assert [name for name in HOW if f"\n| `{name}` |" not in page] == []
    assert [form for form in FORMATS if form != "parquet" and f"--format {form}" not in page] == []


def test_the_example_in_python_runs(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "graph.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    code = code.replace("path/to/repo", str(PROJECT)) + "print(max(dependants), len(cycles))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "graph.html").exists()
    assert (tmp_path / "graph-folder" / "graph.graphml").exists()
