"""What reads an input, and what must be true when it has been read? One `Reader` for each kind of input.

`check` takes some inputs, gives them to the code that a run gives them to, and returns in silence where each was used
or set aside with a reason. Where an input is all that a user gave, a `UserError` is a reason. All else is a finding.
"""

import logging
import os
import shutil
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import NamedTuple

from fuzzer import answers, seeds
from fuzzer.flow import demand, read_tree
from fuzzer.mutations import odd_name, spoil, spoil_archive, spoil_json
from synth.config import load_config, load_settings
from synth.errors import UserError
from synth.graph.code import LANGUAGES
from synth.sources.decode import Undecodable
from synth.sources.extract.formats import extract
from synth.sources.languages import LANGUAGES as SUFFIXES
from synth.sources.skips import Skip
from synth.train.rows import read_rows
from synth.train.settings import TrainFile

DOCUMENTS = ("markdown", "rst", "text", "html", "pdf", "docx", "epub", "notebook")
MANIFESTS = (
    "pyproject.toml", "PKG-INFO", "LICENSE", ".gitignore", "go.mod", "go.work", "package.json", "tsconfig.json",
    "Cargo.toml", "pom.xml", "build.gradle", "compile_commands.json", "CMakeLists.txt", "x.csproj", "x.gemspec",
)  # fmt: skip
Make = Callable[[Random, Sequence[bytes]], bytes]


log = logging.getLogger(__name__)


class Reader(NamedTuple):
    """One kind of input."""

    begin: Callable[[Sequence[Path]], list[bytes]]
    """Inputs to spoil, from folders of real files."""
    make: Make
    check: Callable[[Sequence[bytes], Path], None]
    """Reads inputs, in an empty folder."""
    guide: Callable[[bytes, Path], None]
    """Reads one input wholly in this process, so that its coverage can be seen."""


def _spoilt(spoil_: Callable[[Random, bytes, Sequence[bytes]], bytes]) -> Make:
    return lambda draw, pool: spoil_(draw, draw.choice(pool), pool)


def _check_files(names: Callable[[int], str], inputs: Sequence[bytes], folder: Path) -> None:
    root = folder / "source"
    root.mkdir()
    for number, data in enumerate(inputs):
        (root / names(number)).write_bytes(data)
    read_tree(root, folder / "work", len(inputs))


def _check_manifests(inputs: Sequence[bytes], folder: Path) -> None:
    """Give each input some names of manifests, beside a file of each language that has such."""
    for number, data in enumerate(inputs):
        root = folder / f"source-{number}"
        (root / "src").mkdir(parents=True)
        for name in Random(data).sample(MANIFESTS, 5):
            (root / name).write_bytes(data)
        for suffix in (".py", ".go", ".js", ".rs", ".java", ".cpp", ".cs", ".rb"):
            (root / "src" / f"main{suffix}").write_bytes(b"import a\n")
        read_tree(root, folder / f"work-{number}", None)


def _check_one_by_one(read: Callable[[Path, Path], object], suffix: str, inputs: Sequence[bytes], folder: Path) -> None:
    for number, data in enumerate(inputs):
        place = folder / str(number)
        place.mkdir()
        path = place / f"input{suffix}"
        path.write_bytes(data)
        try:
            read(path, place)
        except UserError as error:
            demand("\n" not in str(error), f"a message of several lines: {error}")
        outside = {item.name for item in place.iterdir()} - {path.name, "work"}
        demand(not outside and not Path("/absolute.py").exists(), f"written outside: {outside}")
        shutil.rmtree(place)


def _read_source(path: Path, place: Path) -> None:
    listed = read_tree(path, place / "work", None)
    names = list(zip(listed["collection"].to_pylist(), listed["path"].to_pylist(), strict=True))
    demand(len(names) == len(set(names)), "a file is listed twice")


def _read_settings(path: Path, place: Path) -> None:
    for model in (load_config, partial(load_settings, TrainFile, overrides=None, what="pipeline")):
        try:
            model(path)
        except UserError as error:
            demand("\n" not in str(error), f"a message of several lines: {error}")


def _read_rows(path: Path, place: Path) -> None:
    for stage in ("cpt", "sft"):
        try:
            for row in read_rows(str(path), stage, "train"):
                (row.text + row.reasoning + "".join(message["content"] for message in row.messages)).encode()
        except UserError as error:
            demand("\n" not in str(error), f"a message of several lines: {error}")


def _guide_document(language: str, data: bytes, folder: Path) -> None:
    try:
        extract(data, language)
    except (Skip, Undecodable):
        pass
    except Exception as error:  # noqa: BLE001 - in a run this fails in a process of its own; whether it does, `check` tells
        log.debug("%s: %r", language, error)


def _guide_by_check(check: Callable[[Sequence[bytes], Path], None], data: bytes, folder: Path) -> None:
    check([data], folder)


def _reader(
    begin: Callable[[Sequence[Path]], list[bytes]], make: Make, check: Callable[[Sequence[bytes], Path], None]
) -> Reader:
    return Reader(begin, make, check, partial(_guide_by_check, check))


def _code(language: str) -> Reader:
    suffix = next(suffix for suffix, name in SUFFIXES.items() if name == language)
    check = partial(_check_files, lambda number: f"m{number}{suffix}")
    return _reader(partial(seeds.files_of, language), _spoilt(spoil), check)


def _document(language: str) -> Reader:
    suffix = next(suffix for suffix, name in SUFFIXES.items() if name == language)
    by_format = {"docx": spoil_archive, "epub": spoil_archive, "notebook": spoil_json}
    check = partial(_check_files, lambda number: f"d{number}{suffix}")
    begin = lambda folders: [*seeds.documents(language), *seeds.files_of(language, folders)]  # noqa: E731
    return _reader(begin, _spoilt(by_format.get(language, spoil)), check)._replace(
        guide=partial(_guide_document, language)
    )


def _made(
    make: Callable[[Random], bytes], spoil_: Callable[[Random, bytes, Sequence[bytes]], bytes], share: float
) -> Make:
    """Inputs that are made anew each time, and a share of them spoilt, or taken from what coverage kept."""

    def either(draw: Random, pool: Sequence[bytes]) -> bytes:
        data = draw.choice(pool) if pool and draw.random() < 0.2 else make(draw)
        return spoil_(draw, data, [make(draw), *pool[:3]]) if draw.random() < share else data

    return either


def _made_reader(make: Make, read: Callable[[Path, Path], object], suffix: str) -> Reader:
    return _reader(_nothing, make, partial(_check_one_by_one, read, suffix))


def _nothing(folders: Sequence[Path]) -> list[bytes]:
    return []  # such inputs are made anew each time


def _name(draw: Random) -> bytes:
    return odd_name(draw).encode()


def _yaml(folders: Sequence[Path]) -> list[bytes]:
    bombs = [
        b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
        b"&a [*a]\n",
        b"&a {recipes: *a}\n",
        b"!!python/object/apply:os.system [x]\n",
    ]
    return [path.read_bytes() for path in sorted((seeds.ROOT / "pipelines").rglob("*.yaml"))] + bombs


def _manifests(folders: Sequence[Path]) -> list[bytes]:
    names = {*MANIFESTS, "METADATA", "setup.cfg", "LICENSE.txt"}
    found = [
        path
        for folder in (seeds.ROOT / "tests" / "projects", *folders)
        for path in sorted(folder.rglob("*"))
        if path.name in names
    ]
    return [path.read_bytes()[:20_000] for path in found[: seeds.MOST]]


@cache
def readers() -> dict[str, Reader]:
    """Every kind of input by name."""
    lines = _made(seeds.lines, lambda *given: (spoil_json if given[0].random() < 0.5 else spoil)(*given), 0.9)
    return {
        **{language: _code(language) for language in LANGUAGES},
        **{language: _document(language) for language in DOCUMENTS},
        "manifests": _reader(_manifests, _spoilt(spoil), _check_manifests),
        "tar": _made_reader(_made(partial(seeds.archive, kind="tar"), spoil, 0.5), _read_source, ".tar"),
        "zip": _made_reader(_made(partial(seeds.archive, kind="zip"), spoil_archive, 0.5), _read_source, ".zip"),
        "wheel": _made_reader(_made(partial(seeds.archive, kind="zip"), spoil_archive, 0.5), _read_source, ".whl"),
        "parquet": _made_reader(_made(seeds.parquet, spoil, 0.4), _read_source, ".parquet"),
        "jsonl": _made_reader(lines, _read_source, ".jsonl"),
        "yaml": _reader(_yaml, _spoilt(spoil), partial(_check_one_by_one, _read_settings, ".yaml")),
        "names": _reader(_nothing, _made(_name, spoil, 0.3), _check_names),
        "answers": _reader(answers.begin, answers.make, answers.check),
        "rows.jsonl": _made_reader(lines, _read_rows, ".jsonl"),
        "rows.parquet": _made_reader(_made(seeds.parquet, spoil, 0.4), _read_rows, ".parquet"),
    }


def _check_names(inputs: Sequence[bytes], folder: Path) -> None:
    """Files whose names are the inputs, as far as the file system takes them."""
    root = folder / "source"
    root.mkdir()
    for data in inputs:
        name = os.fsdecode(data.replace(b"/", b"_").replace(b"\0", b"_")[:200])
        if name not in {"", ".", ".."}:
            (root / name).write_bytes(b"def f():\n    return 1\n")
    read_tree(root, folder / "work", None)
