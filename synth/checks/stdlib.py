"""What does the standard library hold? Only modules of Python's own folders are looked into, and none of the source."""

import asyncio
import collections
import contextlib
import datetime
import enum
import functools
import importlib
import importlib.util
import io
import os
import re
import string
import sys
import sysconfig
import types
import warnings
from functools import cache
from pathlib import Path
from types import ModuleType

_ACT_WHEN_IMPORTED = {"antigravity", "this", "idlelib", "tkinter", "turtle", "turtledemo"}
_FOLDERS = tuple(Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib"))
_COMMON_TYPES = (
    str, bytes, bytearray, int, float, complex, list, dict, set, frozenset, tuple, range, memoryview, slice, property,
    type, BaseException, ExceptionGroup, types.FunctionType, types.MethodType, types.ModuleType, types.GeneratorType,
    types.CoroutineType, types.AsyncGeneratorType, types.SimpleNamespace, io.TextIOWrapper, io.BufferedRandom,
    io.BytesIO, io.StringIO, re.Match, re.Pattern, Path, os.DirEntry, collections.deque, collections.Counter,
    collections.OrderedDict, collections.defaultdict, collections.ChainMap, contextlib.ExitStack,
    contextlib.AsyncExitStack, functools.partial, functools.cached_property, string.Template, string.Formatter,
    datetime.datetime, datetime.timedelta, enum.Enum, asyncio.Future, asyncio.Task,
)  # fmt: skip
_OF_WRAPPERS = {"cache_info", "cache_clear", "cache_parameters", "register", "dispatch"}  # of functools
COMMON = frozenset(name for kind in _COMMON_TYPES for name in dir(kind)) | _OF_WRAPPERS
"""Attributes of objects that any code may hold, whatever it imports."""
WITHOUT_OBJECTS = frozenset(
    {
        "__future__", "abc", "asyncio", "builtins", "collections", "contextlib", "copy", "dataclasses", "datetime",
        "enum", "functools", "io", "itertools", "math", "operator", "os", "pathlib", "re", "string", "sys", "textwrap",
        "time", "types", "typing", "typing_extensions", "warnings",
    }
)  # fmt: skip
"""Modules that give no objects but those whose attributes `COMMON` holds."""


def is_stdlib(name: str) -> bool:
    """Whether a dotted name starts at a module of the standard library."""
    return name.partition(".")[0] in sys.stdlib_module_names


@cache
def has(name: str) -> bool | None:
    """Whether a dotted name such as `os.path.join` exists in the standard library of this Python.

    Only modules and classes are looked into: what an object has is not told.

    Returns:
        None where it cannot be told: the module is of another platform, or it acts when it is imported.
    """
    root, *rest = name.split(".")
    value: object = _load(root) if root not in _ACT_WHEN_IMPORTED and not root.startswith("_") else None
    if value is None:
        return None
    path = root
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # deprecated names warn when they are looked at
        for part in rest:
            path += f".{part}"
            if not isinstance(value, ModuleType | type):
                return None
            if not hasattr(value, part) and not (isinstance(value, ModuleType) and _load(path)):
                return False
            value = getattr(value, part, None)
    return True


def _load(name: str) -> ModuleType | None:
    """A module, if it comes from Python's own folders and can be imported on this platform."""
    try:
        spec = importlib.util.find_spec(name)
        origin = (spec.origin if spec else None) or ""
        if origin not in {"built-in", "frozen"} and not _is_own(Path(origin)):
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return importlib.import_module(name)
    except (ImportError, ValueError):
        return None


def _is_own(path: Path) -> bool:
    return "site-packages" not in path.parts and any(path.is_relative_to(folder) for folder in _FOLDERS)
