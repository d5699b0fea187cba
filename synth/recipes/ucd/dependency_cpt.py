"""`ucd.dependency_cpt`: windows of files along dependency paths, the dependent file first (UCD-Training, section 2.2).

The paper enumerates depth-first paths and slides a window over each. Its pseudo-code drops the tail of a path, does not
end on a file longer than the window, and the number of paths explodes. Here edges are covered instead of paths: each
walk follows `depends_on` edges that no walk has used, so there are at most as many walks as edges, also where files
import each other in a cycle; every edge joins neighbours in at least one window.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import networkx as nx

from synth.config import DependencyCptSettings
from synth.recipes.base import Draft, Source, claim
from synth.recipes.segments import Segment, header, segment_file, text_of

NAME = "ucd.dependency_cpt"
STAGE = "cpt"
HEAD_SHARE = 8  # part of a window that the head of a file which was shown before may take


def drafts(source: Source, settings: DependencyCptSettings) -> Iterator[Draft]:
    """Yield one draft a window, dependents first."""
    files = {node.path: node.node_id for node in source.graph.nodes.values() if node.kind == "file"}
    paths = sorted(path for path in files if source.texts[path].strip())
    segments = {path: segment_file(source, path, settings.context_tokens // 2) for path in paths}
    heads = {path: segment_file(source, path, settings.context_tokens // HEAD_SHARE)[:1] for path in paths}
    seen: set[tuple[Segment, ...]] = set()
    shown: set[str] = set()
    for walk in walks(_dependencies(source, files)):
        sequence: list[Segment] = []
        for path in walk:
            # A file that earlier walks showed whole is joined to its new neighbour by its head alone.
            sequence += heads[path] if path in shown else segments[path]
            shown.add(path)
        for window in windows(sequence, settings.context_tokens):
            if window not in seen:
                seen.add(window)
                yield _draft(source, window, files)


def _dependencies(source: Source, files: dict[str, str]) -> "nx.DiGraph[str]":
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(path for path in sorted(files) if source.texts[path].strip())
    paths = {node_id: path for path, node_id in files.items()}
    for path in sorted(files):
        for edge in source.graph.out(files[path], "depends_on"):
            target = paths.get(edge.dst or "", "")
            if {path, target} <= graph.nodes and target != path and source.split_of(path) == source.split_of(target):
                graph.add_edge(path, target)
    return graph


def walks(graph: "nx.DiGraph[str]") -> Iterator[list[str]]:
    """Cover every node and edge with walks along unused edges, from the files that nothing depends on.

    Args:
        graph: files as nodes, an edge from each file to one that it depends on; cycles are allowed.

    Yields:
        Lists of distinct nodes in which each neighbour pair is an edge. Together they hold every edge exactly once and
        every node at least once.
    """
    condensed = nx.condensation(graph)
    order = [
        path
        for component in nx.lexicographical_topological_sort(
            condensed, key=lambda component: min(condensed.nodes[component]["members"])
        )
        for path in sorted(condensed.nodes[component]["members"])
    ]
    unused = {path: sorted(graph.successors(path), reverse=True) for path in graph}
    visited: set[str] = set()
    for start in order:
        while unused[start] or start not in visited:
            walk = [start]
            while unused[walk[-1]]:
                following = unused[walk[-1]][-1]
                if following in walk:
                    break
                unused[walk[-1]].pop()
                walk.append(following)
            visited.update(walk)
            yield walk


def windows(sequence: Sequence[Segment], limit: int) -> Iterator[tuple[Segment, ...]]:
    """Cut a sequence of segments into windows of at most `limit` tokens that overlap by one segment; keep the tail."""
    start = 0
    while True:
        end, total = start, 0
        while end < len(sequence) and (total + sequence[end].tokens <= limit or end <= start + 1):
            total += sequence[end].tokens
            end += 1
        yield tuple(sequence[start:end])
        if end >= len(sequence):
            return
        start = end - 1


def _draft(source: Source, window: Sequence[Segment], files: dict[str, str]) -> Draft:
    claims = [
        claim(files[one.path], "depends_on", files[two.path]) for one, two in pairwise(window) if one.path != two.path
    ]
    return Draft(
        unit="|".join(f"{item.path}:{item.start_line}-{item.end_line}" for item in window),
        kind="window",
        prompt_id="ucd.dependency_cpt",
        source_path=window[0].path,
        evidence=[
            {"id": files[item.path], "path": item.path, "start_line": item.start_line, "end_line": item.end_line}
            for item in window
        ],
        facts={
            "project": [source.collection],
            "headers[]": [header(source, item) for item in window],
            "texts[]": [text_of(source, item) for item in window],
        },
        claims=claims,
        difficulty=len({item.path for item in window}),
    )
