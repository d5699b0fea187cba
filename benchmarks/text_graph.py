"""How good are the entities that are found without a model, and how do time and memory grow with the size of the text?

    python benchmarks/text_graph.py [--folder DOCUMENTS] [--megabytes 1 10] [--workers 2] [--show]

With `--folder`, in which the ten documents of benchmarks/entities/gold.yaml lie, it compares what is found in each
with what a careful reader listed. An entity is right if one of its surfaces is one of the reader's ways of writing,
case, plurals, hyphens and brackets of calls apart. No reader lists everything: of a document with n listed entities,
precision is the share of right ones among the n that count most, which is their recall too, and recall is that of all
that are kept.

Then it makes texts of the given sizes from the documents of the folder, or from this project's own: copies in which a
third of the words are others in each. They are cut by worker processes and merged in one; memory is the peak of all of
them together. Processor time is given beside the time by the clock, which other work on the machine makes longer.
"""

import argparse
import multiprocessing
import random
import re
import resource
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from synth.config import TextSettings
from synth.graph.text import cut, merge
from synth.graph.text.keys import code_name, key_of
from synth.graph.text.view import TextGraph
from synth.schema import DOCUMENTS, table_from_rows
from synth.sources.extract import Reader
from synth.sources.languages import language_of
from synth.tokens import token_counter

GOLD = Path(__file__).parent / "entities" / "gold.yaml"
OWN = Path(__file__).parent.parent / "docs"
PART_BYTES = 4_000_000
_HEAD = ("MB", "documents", "passages", "mentions", "entities", "links", "cut s", "cut CPU s", "merge s",
         "merge CPU s", "docs/CPU s", "peak MB")  # fmt: skip
_ROW = "{:>5}{:>10}{:>9}{:>10}{:>9}{:>9}{:>8}{:>10}{:>8}{:>12}{:>11}{:>8}"
count_tokens = token_counter(None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, help="where the documents lie")
    parser.add_argument("--megabytes", type=int, nargs="*", default=[1, 10])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--show", action="store_true", help="print what is missed and what is found besides")
    options = parser.parse_args()
    if options.folder:
        print_quality(options.folder, options.show)
    texts = [path.read_text(errors="replace") for path in _prose(options.folder or OWN)]
    print("\n" + _ROW.format(*_HEAD))
    for size in options.megabytes:
        with tempfile.TemporaryDirectory() as scratch:
            print_scale(texts, size, options.workers, Path(scratch))


def print_quality(folder: Path, show: bool) -> None:
    """One line a document, then the means of those that the extractor was tuned on, of the others, and of all."""
    print(f"{'document':<48}{'listed':>8}{'found':>7}{'P = R at n':>12}{'recall':>8}")
    rows = []
    for item in yaml.safe_load(GOLD.read_text()):
        listed = [{normal(way) for way in entity.split("|")} for entity in map(str, item["entities"])]
        found = entities_of(document(folder, item))
        right = [any(ways & names for ways in listed) for names in found]
        at_n = sum(any(ways & names for names in found[: len(listed)]) for ways in listed) / len(listed)
        recall = sum(any(ways & names for names in found) for ways in listed) / len(listed)
        rows.append((item["part"], at_n, recall))
        print(f"{item['path'][-47:]:<48}{len(listed):>8}{len(found):>7}{at_n:>12.2f}{recall:>8.2f}")
        if show:
            print("   missed:", [min(ways) for ways in listed if not any(ways & names for names in found)])
            print(
                "   besides:", [min(names) for names, is_right in zip(found, right, strict=True) if not is_right][:40]
            )
    for part in ("tuned", "held", ""):
        chosen = [row for row in rows if part in {row[0], ""}]
        means = [sum(row[column] for row in chosen) / len(chosen) for column in (1, 2)]
        print(f"{'mean of ' + (part or 'all'):<63}{means[0]:>12.2f}{means[1]:>8.2f}")


def normal(surface: str) -> str:
    """How two ways of writing are compared."""
    return key_of(code_name(surface.strip())).strip(". ")


def document(folder: Path, item: dict[str, Any]) -> pa.Table:
    """One document of the list as the sources room reads it."""
    (path,) = [path for path in folder.rglob(Path(item["path"]).name) if path.as_posix().endswith(item["path"])]
    language = language_of(path.name.removesuffix(".txt") if ".rst" in path.name else path.name, b"")
    with Reader(60) as reader:
        text = path.read_text() if language == "python" else reader.extract(path.read_bytes(), language).text
    if "lines" in item:
        first, last = item["lines"]
        text = text.replace("\xa0", " ")
        text = text[text.rindex(first) : text.rindex(last)]
    return _documents([(item["path"], language, text)])


def _documents(files: list[tuple[str, str, str]]) -> pa.Table:
    rows = [
        {"doc_id": path, "collection": "c", "path": path, "media": "code" if language == "python" else "prose",
         "language": language, "title": "", "text": text}
        for path, language, text in files
    ]  # fmt: skip
    return table_from_rows(rows, DOCUMENTS)


def entities_of(documents: pa.Table) -> list[set[str]]:
    """The entities of one document, those that count most first, each as the normal forms of its surfaces."""
    settings = TextSettings()
    passages, mentions = cut(documents, settings, count_tokens)
    graph = TextGraph.from_tables("c", passages, *merge(passages, [mentions], {}, settings))
    found = graph.entities_of(documents["path"][0].as_py())
    return [{normal(surface) for surface in entity.surfaces} for entity in found]


def _prose(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.suffix in {".md", ".rst", ".txt"} and path.is_file())


def print_scale(texts: list[str], megabytes: int, workers: int, scratch: Path) -> None:
    """One line: what was made of so many megabytes, in which time, and with how much memory."""
    parts = write_parts(texts, megabytes * 1_000_000, scratch)
    with Peak() as peak:
        started = _clocks()
        with multiprocessing.get_context("spawn").Pool(workers) as pool:
            n_documents = sum(pool.imap_unordered(cut_part, parts))
            pool.close()
            pool.join()
        has_cut = _clocks()
        passages = pa.concat_tables(pq.read_table(part.with_suffix(".passages")) for part in parts)
        mentions = (pq.read_table(part.with_suffix(".mentions")) for part in parts)
        entities, links = merge(passages, mentions, {}, TextSettings())
        has_merged = _clocks()
    n_mentions = sum(pq.read_metadata(part.with_suffix(".mentions")).num_rows for part in parts)
    seconds = [f"{after - before:.1f}" for before, after in zip(started + has_cut, has_cut + has_merged, strict=True)]
    rate = n_documents / (has_merged[1] - started[1])
    sizes = (n_documents, passages.num_rows, n_mentions, entities.num_rows, links.num_rows)
    print(_ROW.format(megabytes, *sizes, *seconds, f"{rate:.0f}", f"{peak.megabytes:.0f}"), flush=True)


def _clocks() -> tuple[float, float]:
    """Seconds by the clock, and of the processors for this process and its children that ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return time.monotonic(), sum(one.ru_utime + one.ru_stime for one in used)


def cut_part(path: Path) -> int:
    """Cut one file of documents, as a worker of a run does."""
    documents = pq.read_table(path)
    passages, mentions = cut(documents, TextSettings(), count_tokens)
    pq.write_table(passages, path.with_suffix(".passages"))
    pq.write_table(mentions, path.with_suffix(".mentions"))
    return documents.num_rows


def write_parts(texts: list[str], size: int, scratch: Path) -> list[Path]:
    """Documents of so many bytes together, in files of about `PART_BYTES`."""
    parts: list[Path] = []
    files: list[tuple[str, str, str]] = []
    held = written = number = 0
    while written < size:
        text = change(texts[number % len(texts)], number)
        files.append((f"{number}.md", "markdown", text))
        held, written, number = held + len(text), written + len(text), number + 1
        if held >= PART_BYTES or written >= size:
            parts.append(scratch / f"{len(parts)}.documents")
            pq.write_table(_documents(files), parts[-1])
            files, held = [], 0
    return parts


def change(text: str, number: int) -> str:
    """The same text about other things: a third of its longer words are words of this copy."""
    chance = random.Random(number)
    words = sorted(set(re.findall(r"[A-Za-z]{5,}", text)))
    new = {
        word: word[:2] + "".join(chance.choices("aeioulnrst", k=3)) + word[4:]
        for word in words
        if chance.random() < 0.33
    }
    return re.sub(r"[A-Za-z]{5,}", lambda match: new.get(match[0], match[0]), text)


class Peak:
    """The most memory that this process and its children held at once; a context manager that looks every 0.2 s."""

    def __enter__(self) -> "Peak":
        self.megabytes = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        process = psutil.Process()
        while not self._done.wait(0.2):
            total = 0
            for one in (process, *process.children(recursive=True)):
                try:
                    total += one.memory_full_info().pss
                except psutil.Error:  # it ended meanwhile
                    continue
            self.megabytes = max(self.megabytes, total / 1e6)


if __name__ == "__main__":
    main()
