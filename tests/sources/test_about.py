"""What a source says of itself."""

import pytest

from synth.sources.about import license_of, package_of

MIT = """MIT License

Copyright (c) 2020 Somebody

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"PKG-INFO": "Name: x\nLicense-Expression: BSD-3-Clause\n"}, "BSD-3-Clause"),
        ({"PKG-INFO": "Name: x\nClassifier: License :: OSI Approved :: MIT License\n"}, "MIT"),
        ({"PKG-INFO": "Name: x\nLicense: MIT\n"}, "MIT"),
        ({"pyproject.toml": '[project]\nname = "x"\nlicense = "Apache-2.0 OR MIT"\n'}, "Apache-2.0 OR MIT"),
        ({"pyproject.toml": '[project]\nname = "x"\nlicense = {text = "MIT"}\n'}, "MIT"),
        ({"LICENSE": MIT}, "MIT"),
        ({"LICENSE.txt": MIT}, "MIT"),
        ({"LICENSE": "All rights reserved. Nobody may do anything with this."}, ""),
        ({"pyproject.toml": "not toml ["}, ""),
        ({"PKG-INFO": b"\xff\xfe"}, ""),
        ({}, ""),
    ],
)
def test_the_licence_comes_from_metadata_or_its_file(write, files, expected):
    assert license_of(write(files)) == expected


def test_name_and_version_come_from_the_metadata(write):
    assert package_of(write({"PKG-INFO": "Name: Thing\nVersion: 2.0\n"})) == ("Thing", "2.0")


@pytest.mark.parametrize("name", ["../x", "a b", "", "x" * 200])
def test_a_name_that_no_package_has_is_not_taken(write, name):
    assert package_of(write({"PKG-INFO": f"Name: {name}\nVersion: 2.0\n"})) == ("", "")
