"""What are the namespaces called that macros begin? `FOO_BEGIN_NAMESPACE` stands for `namespace foo {`."""

import re
from collections.abc import Sequence

from synth.graph.code.facts import Definition, FileFacts

_OPENING = re.compile(r"(?<!inline )\bnamespace\s+([A-Za-z_][\w:]*)\s*\{")
_NAME = re.compile(r"[A-Za-z_][\w:]*$")
_MACRO = re.compile(r"[A-Z][A-Z0-9_]+$")
MAX_STEPS = 4  # macros that stand for macros


def name_namespaces(files: Sequence[FileFacts]) -> None:
    """Give the namespaces of all files their names, as far as one of the files defines the macro.

    Args:
        files: their definitions are changed.
    """
    hidden = {item.name for file in files for item in file.definitions if _is_hidden(item)}
    if not hidden:
        return
    values = {
        item.name: item.value
        for file in sorted(files, key=lambda file: file.path, reverse=True)
        for item in file.definitions
        if item.variety == "macro" and item.value
    }
    names = {macro: name for macro in hidden if (name := _meaning(macro, values))}
    for file in files:
        for index, item in enumerate(file.definitions):
            file.definitions[index] = _renamed(item, names)
        for index, binding in enumerate(file.bindings):
            known = file.definitions[binding.definition] if binding.kind == "definition" else None
            if known is not None and known.kind == "module" and binding.name in names:
                file.bindings[index] = binding._replace(name=names[binding.name])


def _is_hidden(item: Definition) -> bool:
    return item.kind == "module" and bool(_MACRO.match(item.name))


def _meaning(macro: str, values: dict[str, str]) -> str:
    """The namespace that a macro begins, or is the name of; empty where that is not known."""
    text = values.get(macro, "")
    for _ in range(MAX_STEPS):
        found = _OPENING.findall(text)
        name = "::".join(found) or text.strip()
        if not _NAME.match(name):
            return ""
        if name not in values or not _MACRO.match(name):
            return name
        text = values[name]
    return ""


def _renamed(item: Definition, names: dict[str, str]) -> Definition:
    if item.variety == "macro":
        return item
    first, mark, rest = item.local_name.partition("::")
    parts = [names.get(part, part) for part in (first, *rest.split("::"))] if mark else [names.get(first, first)]
    local_name = "::".join(parts)
    name = names.get(item.name, item.name) if item.kind == "module" else item.name
    return item if local_name == item.local_name else item._replace(local_name=local_name, name=name)
