"""Which language is a file in, is it a test, is it somebody else's? Told by its path and its first line."""

import re
from collections.abc import Collection
from pathlib import PurePosixPath

from identify import identify

LANGUAGES = {
    ".py": "python", ".pyw": "python",
    ".go": "go",
    ".java": "java",
    ".js": "javascript", ".mjs": "javascript", ".cjs": "javascript", ".jsx": "javascript",
    ".ts": "typescript", ".mts": "typescript", ".cts": "typescript",
    ".tsx": "tsx",
    ".rs": "rust",
    ".c": "c", ".h": "c",
    ".cc": "cpp", ".cpp": "cpp", ".cxx": "cpp", ".c++": "cpp", ".hh": "cpp", ".hpp": "cpp", ".hxx": "cpp",
    ".h++": "cpp", ".ipp": "cpp", ".inl": "cpp", ".tpp": "cpp", ".txx": "cpp", ".ixx": "cpp", ".cppm": "cpp",
    ".cs": "csharp",
    ".rb": "ruby", ".rake": "ruby", ".ru": "ruby",
    ".md": "markdown", ".markdown": "markdown", ".mdx": "markdown", ".rst": "rst", ".rest": "rst",
    ".txt": "text", ".text": "text",
    ".html": "html", ".htm": "html", ".xhtml": "html", ".pdf": "pdf", ".docx": "docx", ".epub": "epub",
    ".ipynb": "notebook",
}  # fmt: skip
"""A header is C; that of a C++ project is read as C++ where the graph is built."""

MANIFEST = "manifest"
"""The language of files that say how a source is laid out, which are read for the graph and for nothing else."""

_ECMASCRIPT = frozenset({"javascript", "typescript", "tsx"})
_JVM = frozenset({"java"})
_C_FAMILY = frozenset({"c", "cpp"})
MANIFESTS: dict[str, frozenset[str]] = {
    "go.mod": frozenset({"go"}), "go.work": frozenset({"go"}),
    "package.json": _ECMASCRIPT, "tsconfig.json": _ECMASCRIPT, "jsconfig.json": _ECMASCRIPT,
    "tsconfig.base.json": _ECMASCRIPT, "tsconfig.app.json": _ECMASCRIPT, "tsconfig.lib.json": _ECMASCRIPT,
    "Cargo.toml": frozenset({"rust"}),
    "pom.xml": _JVM, "build.gradle": _JVM, "build.gradle.kts": _JVM, "settings.gradle": _JVM,
    "settings.gradle.kts": _JVM,
    "compile_commands.json": _C_FAMILY, "CMakeLists.txt": _C_FAMILY,
    ".csproj": frozenset({"csharp"}), "Directory.Build.props": frozenset({"csharp"}),
    "Directory.Build.targets": frozenset({"csharp"}), ".gemspec": frozenset({"ruby"}),
}  # fmt: skip
"""Names and suffixes of manifests, and the languages that need them."""
PROSE = frozenset({"markdown", "rst", "text", "html", "pdf", "docx", "epub", "notebook"})
_PROSE_NAMES = re.compile(r"README|CHANGE(S|LOG)|NEWS|HISTORY|RELEASES?|INSTALL|CONTRIBUTING|HACKING|FAQ|TODO|TUTORIAL")
_NO_DOCUMENT = re.compile(
    r"^((mit|bsd|apache|gpl|lgpl|cc)[-_])?(licen[cs]es?|copying|unlicense|copyright|notice|eula|ofl)([-_.].*)?$"
    r"|^(.*[-_.])?(requirements?|constraints)([-_.].*)?\.(txt|in)$"
    r"|^(authors|contributors|maintainers|committers|owners|credits|thanks|acknowledge?ments)(\.\w+)?$"
    r"|^(robots|humans|ads|security|cname|manifest|runtime|sources|top_level|entry_points|dependency_links|namespace"
    r"_packages|requires|cmakecache|installed-files|checksums?|sha\d+sums?|md5sums?|version|codeowners)\.txt$",
    re.IGNORECASE,
)
_NO_DOCUMENT_FOLDERS = frozenset({"licenses", "licences", "LICENSES", "requirements"})
VENDORED = {
    "node_modules", "bower_components", "site-packages", "dist-packages", "vendor", "vendored", "_vendor",
    "third_party", "thirdparty", "3rdparty", "extern", ".venv", "venv", ".tox", ".nox", ".eggs", "__pycache__",
    "__pypackages__", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".ipynb_checkpoints",
}  # fmt: skip
VENDORED_ENDS = (".egg-info", ".dist-info", ".data")
GENERATED = re.compile(
    r"(_pb2(_grpc)?\.pyi?|_rc\.py|parsetab\.py|lextab\.py|\.pb(\.gw)?\.(go|cc|h)|zz_generated\.\w+\.go|_generated\.go"
    r"|_pb\.(rb|js|ts|d\.ts)|[-.](min|bundle)\.[cm]?js|\.chunk\.js|\.g\.(i\.)?cs|\.designer\.cs|\.generated\.\w+"
    # Of documentation: coverage reports, highlighted sources, copies of what a page was made from, indexes of names.
    r"|(^|/)(htmlcov|lcov-report|_modules|_sources)/.*|(^|/)(genindex|py-modindex|search)(-[\w.]+)?\.html?"
    r"|(^|/)(index-all|allclasses(-\w+)?|allpackages-index|(package|overview)-(tree|use|frame))\.html?)$",
    re.IGNORECASE,
)
_TEST_FILES = {
    ("python",): r"(test_.*|.*_tests?|conftest|tests)\.pyi?",
    ("go",): r".*_test\.go",
    ("java",): r"(Test[A-Z0-9]\w*|\w+(Test|Tests|TestCase|IT))\.java",
    ("javascript", "typescript", "tsx"): r".*\.(test|tests|spec|specs|e2e|cy)\.[cm]?[jt]sx?",
    ("rust",): r"tests?\.rs|.*_tests?\.rs",
    ("c", "cpp"): r"(test_.*|tests?|.*[_-](test|tests|unittest|unittests))\.\w+|\w*[a-z0-9](Test|Tests)\.\w+",
    ("csharp",): r"\w+Tests?\.cs",
    ("ruby",): r".*_(spec|test)\.rb|test_.*\.rb|spec_helper\.rb",
}
_TEST_FILE = {
    language: re.compile(rf"({pattern})$") for languages, pattern in _TEST_FILES.items() for language in languages
}
_TEST_FOLDERS = frozenset({"test", "tests", "testing"})
_MORE_TEST_FOLDERS = {
    "go": frozenset({"testdata"}),
    "java": frozenset({"androidTest", "integrationTest", "functionalTest", "testFixtures"}),
    **dict.fromkeys(
        ("javascript", "typescript", "tsx"), frozenset({"__tests__", "__mocks__", "e2e", "spec", "cypress"})
    ),
    "ruby": frozenset({"spec"}),
    **dict.fromkeys(_C_FAMILY, frozenset({"unittest", "unittests", "gtest"})),
}
_INTERPRETERS = {b"python": "python", b"pypy": "python", b"node": "javascript", b"ruby": "ruby"}
_INTERPRETER = re.compile(rb"\b(python|pypy|node|ruby)")
_TEST_PROJECT = re.compile(r".*\.(Unit|Integration|Functional)?Tests?$", re.IGNORECASE)  # folders of a C# solution


def language_of(path: str, first_line: bytes) -> str:
    """The language of a file, or an empty string; a file without a suffix is judged by its `#!` line."""
    file = PurePosixPath(path)
    if file.name in MANIFESTS or file.suffix in MANIFESTS:
        return MANIFEST
    suffix = file.suffix.lower()
    if suffix:
        return LANGUAGES.get(suffix, "")
    if file.name in {"Rakefile", "Gemfile"}:
        return "ruby"
    if _PROSE_NAMES.fullmatch(file.name):
        return "text"
    if not first_line.startswith(b"#!"):
        return ""
    interpreter = _INTERPRETER.search(first_line.partition(b"\n")[0])
    return _INTERPRETERS[interpreter[1]] if interpreter else ""


def is_wanted(path: str, first_line: bytes, languages: Collection[str]) -> bool:
    """Whether a file is in one of the selected languages, or a manifest that one of them needs."""
    language = language_of(path, first_line)
    if language != MANIFEST:
        return language in languages
    file = PurePosixPath(path)
    return not MANIFESTS[file.name if file.name in MANIFESTS else file.suffix].isdisjoint(languages)


def is_binary_name(path: str) -> bool:
    """Whether the file type that the name stands for is a binary one that holds no document."""
    return LANGUAGES.get(PurePosixPath(path).suffix.lower()) not in PROSE and "binary" in identify.tags_from_filename(
        PurePosixPath(path).name
    )


def no_document(path: str) -> bool:
    """Whether a file of text is meant for lawyers or programs, by its name, or a mere list of people."""
    file = PurePosixPath(path)
    if language_of(path, b"") not in PROSE:
        return False
    return bool(_NO_DOCUMENT.match(file.name)) or not _NO_DOCUMENT_FOLDERS.isdisjoint(file.parent.parts)


def is_vendored(path: str) -> bool:
    """Whether a folder of the path is customarily a copy of other people's code or an environment."""
    folders = path.split("/")[:-1]
    return any(folder in VENDORED or folder.endswith(VENDORED_ENDS) for folder in folders)


def is_test(path: str) -> bool:
    """Whether the file is a test or belongs to tests, by the conventions of its language's test runners."""
    *folders, name = path.split("/")
    language = "python" if name.endswith(".pyi") else LANGUAGES.get(PurePosixPath(name).suffix.lower(), "")
    pattern = _TEST_FILE.get(language)
    if pattern is not None and pattern.match(name):
        return True
    if language == "csharp" and any(map(_TEST_PROJECT.match, folders)):
        return True
    return not _TEST_FOLDERS.union(_MORE_TEST_FOLDERS.get(language, ())).isdisjoint(folders)
