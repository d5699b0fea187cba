"""Which language is a file in, is it a test, is it somebody else's? Told by its path and its first line."""

import re
from pathlib import PurePosixPath

from identify import identify

LANGUAGES = {
    ".py": "python", ".pyw": "python",
    ".md": "markdown", ".rst": "rst", ".txt": "text",
}  # fmt: skip
PROSE = {"markdown", "rst", "text"}
VENDORED = {
    "node_modules", "site-packages", "dist-packages", "vendor", "vendored", "_vendor", "third_party", "thirdparty",
    "3rdparty", "extern", ".venv", "venv", ".tox", ".nox", ".eggs", "__pycache__", "__pypackages__", ".mypy_cache",
    ".pytest_cache", ".ruff_cache", ".ipynb_checkpoints",
}  # fmt: skip
VENDORED_ENDS = (".egg-info", ".dist-info", ".data")
GENERATED = re.compile(r"(_pb2(_grpc)?\.pyi?|_rc\.py|parsetab\.py|lextab\.py)$")
_TEST_FILE = re.compile(r"(^|/)(test_[^/]*|[^/]*_tests?|conftest|tests)\.pyi?$")
_TEST_FOLDERS = {"test", "tests", "testing"}


def language_of(path: str, first_line: bytes) -> str:
    """The language of a file, or an empty string; a file without a suffix is judged by its `#!` line."""
    suffix = PurePosixPath(path).suffix.lower()
    if suffix:
        return LANGUAGES.get(suffix, "")
    if first_line.startswith(b"#!") and b"python" in first_line:
        return "python"
    return ""


def is_binary_name(path: str) -> bool:
    """Whether the file type that the name stands for is a binary one."""
    return "binary" in identify.tags_from_filename(PurePosixPath(path).name)


def is_vendored(path: str) -> bool:
    """Whether a folder of the path is customarily a copy of other people's code or an environment."""
    folders = path.split("/")[:-1]
    return any(folder in VENDORED or folder.endswith(VENDORED_ENDS) for folder in folders)


def is_test(path: str) -> bool:
    """Whether the file is a test or belongs to tests, by pytest's and unittest's conventions."""
    folders = path.split("/")[:-1]
    return bool(_TEST_FILE.search(path)) or not _TEST_FOLDERS.isdisjoint(folders)
