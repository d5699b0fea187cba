"""What a file is, by its path and first line."""

import pytest

from synth.sources.languages import GENERATED, is_binary_name, is_test, is_vendored, is_wanted, language_of, no_document


@pytest.mark.parametrize(
    ("path", "first", "language"),
    [
        ("a.py", b"", "python"), ("A.PY", b"", "python"), ("run", b"#!/usr/bin/env python3\n", "python"),
        ("run", b"#!/bin/sh\n", ""), ("README.md", b"", "markdown"), ("a.zig", b"", ""), (".profile", b"", ""),
        ("a.go", b"", "go"), ("A.java", b"", "java"), ("a.mjs", b"", "javascript"), ("a.jsx", b"", "javascript"),
        ("a.d.ts", b"", "typescript"), ("a.tsx", b"", "tsx"), ("a.rs", b"", "rust"), ("a.h", b"", "c"),
        ("a.hpp", b"", "cpp"), ("a.cc", b"", "cpp"), ("A.cs", b"", "csharp"), ("a.rb", b"", "ruby"),
        ("Rakefile", b"", "ruby"), ("run", b"#!/usr/bin/env node\n", "javascript"),
        ("run", b"#!/usr/bin/ruby -w\n", "ruby"), ("run", b"#!/bin/sh\nexec python\n", ""),
        ("go.mod", b"", "manifest"), ("app/package.json", b"", "manifest"), ("data.json", b"", ""),
        ("x/App.csproj", b"", "manifest"), ("CMakeLists.txt", b"", "manifest"),
        ("notes.txt", b"", "text"), ("a.PDF", b"", "pdf"), ("a.docx", b"", "docx"), ("a.epub", b"", "epub"),
        ("a.htm", b"", "html"), ("a.ipynb", b"", "notebook"), ("README", b"", "text"), ("sub/NEWS", b"", "text"),
        ("Readme", b"", ""),
    ],
)  # fmt: skip
def test_languages(path, first, language):
    assert language_of(path, first) == language


def test_a_manifest_is_wanted_by_the_languages_that_need_it():
    assert is_wanted("go.mod", b"", ("python", "go"))
    assert not is_wanted("go.mod", b"", ("python",))
    assert is_wanted("tsconfig.json", b"", ("tsx",))
    assert is_wanted("lib/App.csproj", b"", ("csharp",))
    assert not is_wanted("a.go", b"", ("python",))


@pytest.mark.parametrize(
    "path",
    [
        "tests/a.py", "pkg/test_a.py", "pkg/a_test.py", "conftest.py", "pkg/tests.py", "x/testing/h.py", "a/b_test.go",
        "testdata/a.go", "src/test/java/A.java", "x/FooTest.java", "x/FooTests.java", "x/FooIT.java", "x/TestFoo.java",
        "src/a.test.ts", "src/a.spec.js", "src/__tests__/a.tsx", "src/a.test.jsx", "crate/tests/a.rs", "src/tests.rs",
        "x/foo_test.cc", "x/foo_unittest.cc", "test_x.cpp", "x/FooTest.cpp", "test/a.c", "X.Tests/Foo.cs",
        "src/FooTests.cs", "spec/a.rb", "lib/a_spec.rb", "lib/a_test.rb", "a/tests.pyi",
    ],
)  # fmt: skip
def test_tests(path):
    assert is_test(path)


@pytest.mark.parametrize(
    "path",
    [
        "pkg/contest.py", "pkg/attest.py", "latest/a.py", "pkg/testimony.py", "protest.py", "latest.go", "Contest.java",
        "Testament.java", "spec.js", "src/latest.ts", "contest.rs", "contest.cc", "Contest.cs", "Latest/A.cs",
        "lib/inspect.rb", "x/Manifest.java", "x/conftest.go",
    ],
)  # fmt: skip
def test_what_only_sounds_like_a_test(path):
    assert not is_test(path)


@pytest.mark.parametrize("path", ["vendor/a.py", "pip/_vendor/a.py", "x.egg-info/SOURCES.txt", ".venv/lib/a.py"])
def test_vendored(path):
    assert is_vendored(path)


@pytest.mark.parametrize("path", ["vendors/a.py", "pkg/vendor.py", "venv.py"])
def test_not_vendored(path):
    assert not is_vendored(path)


def test_binary_names():
    assert is_binary_name("logo.png")
    assert not is_binary_name("a.py")
    assert not is_binary_name("manual.pdf")


@pytest.mark.parametrize(
    "path",
    [
        "LICENSE.txt", "LICENCE.md", "COPYING.rst", "MIT-LICENSE.txt", "LICENSE-APACHE.md", "licenses/bsd.txt",
        "requirements.txt", "requirements-dev.txt", "dev-requirements.txt", "requirements/base.txt", "constraints.txt",
        "robots.txt", "static/humans.txt", "AUTHORS.md", "CONTRIBUTORS.txt", "pkg/top_level.txt", "SHA256SUMS.txt",
    ],
)  # fmt: skip
def test_text_that_is_no_document(path):
    assert no_document(path)


@pytest.mark.parametrize(
    "path",
    [
        "README.md", "CHANGELOG.md", "docs/licensing.rst", "docs/requirements.rst", "docs/authors-guide.md", "NEWS",
        "docs/security.md", "CMakeLists.txt", "notices.py", "docs/install.txt", "copyright.py", "LICENSE",
    ],
)  # fmt: skip
def test_what_is_a_document_or_no_text_at_all(path):
    assert not no_document(path)


@pytest.mark.parametrize(
    "path",
    [
        "a_pb2.py",
        "api/a.pb.go",
        "a.pb.cc",
        "zz_generated.deepcopy.go",
        "app.min.js",
        "dist/app.bundle.js",
        "A.g.cs",
        "htmlcov/a.html",
        "docs/_modules/pkg/a.html",
        "html/_sources/a.rst.txt",
        "html/genindex.html",
        "apidocs/allclasses-index.html",
    ],
)
def test_names_of_generated_files(path):
    assert GENERATED.search(path)


@pytest.mark.parametrize(
    "path",
    ["admin.js", "bundle.js", "min.js", "gen.go", "pb.go", "Designer.cs", "docs/research.html", "my_modules/a.html"],
)
def test_names_that_only_sound_generated(path):
    assert not GENERATED.search(path)
