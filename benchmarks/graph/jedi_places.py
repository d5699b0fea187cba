"""Run by the interpreter that has jedi: reads places from standard input, prints where what they name is defined.

The input is `{"root": folder, "sites": [[path, line, column], ...]}`, lines from 1 and columns from 0; the output is
one list of `[path, line, name]` for each.
"""

import json
import sys
from pathlib import Path

import jedi  # type: ignore[import-not-found, unused-ignore]

FUNCTIONS = ("function", "class")


def main() -> None:
    asked = json.load(sys.stdin)
    root = Path(asked["root"])
    project = jedi.Project(root, sys_path=[str(root)], smart_sys_path=False)
    scripts: dict[str, jedi.Script] = {}
    answers = []
    for path, line, column in asked["sites"]:
        script = scripts.get(path) or scripts.setdefault(path, jedi.Script(path=root / path, project=project))
        answers.append(sorted(places(script, line, column, root)))
    json.dump(answers, sys.stdout)


def places(script: "jedi.Script", line: int, column: int, root: Path) -> set[tuple[str, int, str]]:
    """Where the functions and classes that a name may stand for are defined; of an object, its `__call__`."""
    try:
        found = script.goto(line, column, follow_imports=True)
        if not any(name.type in FUNCTIONS for name in found):
            found = script.infer(line, column)
            found += [call for name in found if name.type == "instance" for call in calls(name)]
    except Exception as error:  # noqa: BLE001 - one name that jedi fails on must not end the rest
        print(f"jedi: {error!r}", file=sys.stderr)
        return set()
    named = [name for name in found if name.type in FUNCTIONS and name.module_path and name.line]
    inside = [name for name in named if root in Path(name.module_path).parents]
    return {(Path(name.module_path).relative_to(root).as_posix(), name.line, name.name) for name in inside}


def calls(name: "jedi.api.classes.Name") -> list["jedi.api.classes.Name"]:
    return [item for item in name.defined_names() if item.name == "__call__"]


if __name__ == "__main__":
    main()
