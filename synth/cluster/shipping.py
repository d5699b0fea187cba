"""What travels to the cluster? The code, and the files of settings that a command names; nothing else.

Only folders of this project are looked into, and in them hidden files (`.git`, `.env`), caches, keys, tables, weights
and corpora are left where they are. So nothing has to be excluded from wherever the command happens to be given.
"""

import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

import synth
from synth.errors import UserError
from synth.prompts import resource

RESOURCES = ("prompts", "pipelines")
STAYS = frozenset(
    {
        ".arrow",
        ".bin",
        ".gguf",
        ".jks",
        ".key",
        ".p12",
        ".parquet",
        ".pem",
        ".pfx",
        ".pt",
        ".pyc",
        ".pyo",
        ".safetensors",
    }
)
"""Suffixes of what is never part of a program."""


def pack(folder: Path, files: Mapping[str, Path], wheel: Path | None = None) -> None:
    """Lay out what a job finds in its working directory.

    Args:
        folder: an empty folder.
        files: more files, by their path in it.
        wheel: of this project, to run instead of the code that runs here.

    Raises:
        UserError: the wheel is not one of this project.
    """
    if wheel is None:
        _copy_code(folder)
    else:
        _unpack(wheel, folder)
    for name, path in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / name)


def _copy_code(folder: Path) -> None:
    package = folder / "synth"
    shutil.copytree(Path(synth.__file__).parent, package, ignore=_stays)
    for kind in RESOURCES:  # as they lie in a wheel
        shutil.copytree(resource(kind), package / "_resources" / kind, ignore=_stays, dirs_exist_ok=True)


def _stays(folder: str, names: list[str]) -> set[str]:
    """Which of the names in a folder do not travel."""
    if ".run" in names:  # a corpus, or a model in training
        return set(names)
    return {
        name
        for name in names
        if name.startswith((".", "id_rsa", "id_ed25519", "credentials"))
        or name == "__pycache__"
        or Path(name).suffix.lower() in STAYS
        or (Path(folder) / name / "pyvenv.cfg").exists()
        or (Path(folder) / name).is_symlink()
    }


def _unpack(wheel: Path, folder: Path) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive:
            if "synth/cli.py" not in archive.namelist():
                raise UserError(f"{wheel} is no wheel of synth; make one with: pip wheel --no-deps .")
            archive.extractall(folder)
    except FileNotFoundError:
        raise UserError(f"{wheel} does not exist; make a wheel with: pip wheel --no-deps .") from None
    except (OSError, zipfile.BadZipFile) as error:
        raise UserError(f"{wheel} cannot be read as a wheel: {error}") from None
