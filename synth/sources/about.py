"""What a source says of itself: name and version from its packaging metadata, licence from there or its own file."""

import re
import tomllib
from email.parser import HeaderParser
from pathlib import Path

from identify.identify import license_id

_FILE_NAMES = re.compile(r"^(LICEN[CS]E|COPYING|UNLICENSE)([.\-][\w.\-]+)?$", re.IGNORECASE)
_MAX_BYTES = 200_000
_CLASSIFIERS = {
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: ISC License (ISCL)": "ISC",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "License :: OSI Approved :: GNU General Public License v3 (GPLv3)": "GPL-3.0-only",
    "License :: OSI Approved :: GNU General Public License v2 (GPLv2)": "GPL-2.0-only",
    "License :: OSI Approved :: The Unlicense (Unlicense)": "Unlicense",
}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._\-]{0,99}")
_SPDX = re.compile(r"^[A-Za-z0-9.+\-]+( (AND|OR|WITH) [A-Za-z0-9.+\-]+)*$")


def license_of(root: Path) -> str:
    """The SPDX expression of the source in a folder, or an empty string where none is recognised."""
    return _from_metadata(root) or _from_pyproject(root) or _from_files(root)


def package_of(root: Path) -> tuple[str, str]:
    """The name and version of an unpacked sdist or wheel, or empty strings."""
    headers = HeaderParser().parsestr(_read(root / "PKG-INFO"))
    name, version = str(headers.get("Name", "")).strip(), str(headers.get("Version", "")).strip()
    return (name, version) if _NAME.fullmatch(name) else ("", "")


def _read(path: Path) -> str:
    if not path.is_file() or path.is_symlink() or path.stat().st_size > _MAX_BYTES:
        return ""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _from_metadata(root: Path) -> str:
    for path in sorted([root / "PKG-INFO", *root.glob("*.dist-info/METADATA"), *root.glob("*.egg-info/PKG-INFO")]):
        headers = HeaderParser().parsestr(_read(path))
        named = [*headers.get_all("License-Expression", []), *headers.get_all("License", [])]
        if found := next((name for name in named if _SPDX.match(name) and len(name) < 60), ""):
            return found if found in headers.get_all("License-Expression", []) else _known(found)
        for classifier in headers.get_all("Classifier", []):
            if classifier in _CLASSIFIERS:
                return _CLASSIFIERS[classifier]
    return ""


def _known(name: str) -> str:
    """A free-form licence field, where it happens to be an SPDX id."""
    return name if name in {*_CLASSIFIERS.values(), "BSD-3-Clause", "BSD-2-Clause", "0BSD", "Zlib"} else ""


def _from_pyproject(root: Path) -> str:
    try:
        project = tomllib.loads(_read(root / "pyproject.toml")).get("project", {})
    except (ValueError, RecursionError):  # besides its own error, of numbers that are too long and of nesting
        return ""
    named = project.get("license", "") if isinstance(project, dict) else ""
    if isinstance(named, dict):
        named = _known(str(named.get("text", "")))
    if isinstance(named, str) and _SPDX.match(named):
        return named
    return ""


def _from_files(root: Path) -> str:
    for path in sorted(root.iterdir()) if root.is_dir() else ():
        if _FILE_NAMES.match(path.name) and _read(path) and (found := license_id(str(path))):
            return str(found)
    return ""
