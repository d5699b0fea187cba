"""What does a name hold at this point of a function? Versions of names, and their merging where ways meet."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tree_sitter import Node

from synth.graph.code.facts import Binding, Import
from synth.graph.code.python.flow.instructions import Op

Env = dict[str, int]
"""The variable that holds the present version of each name, and of each path such as `self.x` that was assigned."""


@dataclass(slots=True)
class Frame:
    """A module, class, function or lambda while its statements are read."""

    kind: str  # module | class | function | lambda
    scope: int  # in the file's facts, -1 for a lambda
    owner: int  # the definition that makes its calls, -1 for the module
    parent: "Frame | None"
    lines: dict[str, list[int]]  # where it binds its names
    outer: dict[str, str] = field(default_factory=dict)  # names declared `global` or `nonlocal`
    env: Env = field(default_factory=dict)
    dead: bool = False  # whether no way leads to the next statement
    versions: dict[str, list[int]] = field(default_factory=dict)
    cells: dict[str, int] = field(default_factory=dict)  # all versions of a name in one variable
    hidden: list[Env] = field(default_factory=list)  # of comprehensions, innermost last
    narrowed: dict[int, int] = field(default_factory=dict)  # variables that narrow another one for a while
    parameters: list[str] = field(default_factory=list)
    parameter_vars: list[int] = field(default_factory=list)
    declared: list[int] = field(default_factory=list)  # what annotation and default say of each parameter
    receiver: str = ""  # the name of `self`
    mangles: str = ""  # of a class: its name in private names


@dataclass(slots=True)
class Assembler:
    """The code of one file so far."""

    bindings: list[Binding]
    imports: list[Import]
    code: list[int] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=dict)
    variables: int = 0
    frame: Frame = field(init=False)
    globals: dict[str, int] = field(default_factory=dict)  # names that no frame of the file binds
    lines_of: dict[int, dict[str, list[int]]] = field(default_factory=dict)
    outer_of: dict[int, dict[str, str]] = field(default_factory=dict)
    sources: dict[int, tuple[int, ...]] = field(default_factory=dict)  # of variables that merge others
    attributes: dict[int, tuple[int, str]] = field(default_factory=dict)  # object and name of those that were read
    callees: dict[int, int] = field(default_factory=dict)  # what was called for those that hold a result

    def __post_init__(self) -> None:
        for item in self.bindings:
            if item.kind in {"global", "nonlocal"}:
                self.outer_of.setdefault(item.scope, {})[item.name] = item.kind
            elif item.kind != "attribute":
                self.lines_of.setdefault(item.scope, {}).setdefault(item.name, []).append(item.line)
        for imported in self.imports:
            name = imported.alias or imported.module.partition(".")[0]
            if imported.symbol != "*":
                self.lines_of.setdefault(imported.scope, {}).setdefault(name, []).append(imported.line)

    def new(self) -> int:
        """A fresh variable."""
        self.variables += 1
        return self.variables - 1

    def name(self, text: str) -> int:
        """The position of a string among the names."""
        return self.names.setdefault(text, len(self.names))

    def emit(self, op: Op, *operands: int) -> None:
        """Append an instruction."""
        self.code.append(op)
        self.code.extend(operands)

    def open(self, kind: str, scope: int, owner: int, parent: Frame | None) -> Frame:
        """A frame for a scope of the facts."""
        return Frame(kind, scope, owner, parent, self.lines_of.get(scope, {}), self.outer_of.get(scope, {}))

    def merge(self, variables: Iterable[int]) -> int:
        """A variable that holds what any of these holds."""
        distinct = tuple(dict.fromkeys(variable for variable in variables if variable >= 0))
        if len(distinct) <= 1:
            return distinct[0] if distinct else -1
        merged = self.new()
        self.sources[merged] = distinct
        for variable in distinct:
            self.emit(Op.COPY, merged, variable)
        return merged

    # Names

    def read(self, name: str) -> int:
        """The variable of a name as the present frame sees it."""
        frame = self.frame
        for hidden in reversed(frame.hidden):
            if name in hidden:
                return hidden[name]
        if name in frame.env:
            return frame.env[name]
        holder = self._holder(frame, name)
        return self._global(name) if holder is None else self.cell(holder, name)

    def _holder(self, frame: Frame, name: str) -> Frame | None:
        """The frame that binds a name, None where the file does not."""
        here: Frame | None = frame
        while here is not None:
            if here.outer.get(name) == "global":
                here = self._module(here)
                return here if name in here.lines else None
            bound = name in here.lines and name not in here.outer
            if bound and (here is frame or here.kind != "class"):
                return here
            here = here.parent
        return None

    def mangled(self, name: str) -> str:
        """A private name of a class, as Python calls it outside of the class."""
        if not name.startswith("__") or name.endswith("__"):
            return name
        frame: Frame | None = self.frame
        while frame is not None and not frame.mangles:
            frame = frame.parent
        return name if frame is None else f"_{frame.mangles}{name}"

    def _module(self, frame: Frame) -> Frame:
        while frame.parent is not None:
            frame = frame.parent
        return frame

    def cell(self, frame: Frame, name: str) -> int:
        """The variable with every version of a name, for functions that outlive the present one."""
        if name not in frame.cells:
            frame.cells[name] = self.new()
        return frame.cells[name]

    def _global(self, name: str) -> int:
        if name not in self.globals:
            self.globals[name] = self.new()
            self.emit(Op.NAME, self.globals[name], 0, self.name(name))
        return self.globals[name]

    def assign(self, name: str, variable: int) -> None:
        """Bind a name to what a variable holds."""
        frame = self.frame
        if frame.hidden and name in frame.hidden[-1]:
            frame.hidden[-1][name] = variable
            return
        if name in frame.outer:
            holder = self._module(frame) if frame.outer[name] == "global" else self._holder(frame, name)
            if variable >= 0 and holder is not None:
                holder.versions.setdefault(name, []).append(variable)
                self.emit(Op.COPY, self.cell(holder, name), variable)
            return
        frame.env = {path: var for path, var in frame.env.items() if path.isidentifier() or _root(path) != name}
        frame.env[name] = variable
        if variable >= 0:
            frame.versions.setdefault(name, []).append(variable)

    def close(self, frame: Frame) -> None:
        """Fill the cells of a frame, whose inner functions have all been read."""
        for name, cell in frame.cells.items():
            final = frame.env.get(name, -1)
            whole = frame.kind == "module" and final >= 0 and len(frame.outer) == 0
            for version in dict.fromkeys([final] if whole else frame.versions.get(name, ())):
                if version not in {cell, -1}:
                    self.emit(Op.COPY, cell, version)

    # Ways that part and meet

    def branch(self) -> Env:
        """The present versions, to come back to."""
        return dict(self.frame.env)

    def restore(self, before: Env) -> None:
        """Forget what was narrowed since, and keep what was assigned."""
        frame = self.frame
        kept = {name: var for name, var in frame.env.items() if var not in frame.narrowed and name.isidentifier()}
        frame.env = {**before, **kept}

    def join(self, ways: list[tuple[Env, bool]]) -> None:
        """Go on from several ends, each with its versions and whether it is dead."""
        frame = self.frame
        alive = [env for env, dead in ways if not dead]
        frame.dead = not alive
        envs = alive or [env for env, _ in ways]
        if len(envs) == 1:
            frame.env = envs[0]
            return
        merged: Env = {}
        for name in dict.fromkeys(name for env in envs for name in env):
            variables = {env[name] for env in envs if name in env}
            if len(variables) > 1:
                variables = {self._widened(variable) for variable in variables}
            if "." not in name or (len(variables) == 1 and all(name in env for env in envs)):
                merged[name] = self.merge(sorted(variables))
        frame.env = merged

    def _widened(self, variable: int) -> int:
        while variable in self.frame.narrowed:
            variable = self.frame.narrowed[variable]
        return variable

    def loop(self, node: Node) -> Env:
        """Give each name that a loop binds a variable that the end of the body can flow into."""
        frame = self.frame
        first, last = node.start_point[0] + 1, node.end_point[0] + 1
        heads: Env = {}
        frame.env = {name: variable for name, variable in frame.env.items() if name.isidentifier()}
        for name, variable in list(frame.env.items()):
            if any(first <= line <= last for line in frame.lines.get(name, ())):
                heads[name] = self.new()
                if variable >= 0:
                    self.emit(Op.COPY, heads[name], variable)
                frame.env[name] = heads[name]
        return heads

    def repeat(self, heads: Env) -> None:
        """Let the end of a loop's body flow into its beginning."""
        for name, head in heads.items():
            end = self.frame.env.get(name, -1)
            if end not in {head, -1}:
                self.emit(Op.COPY, head, end)


def _root(path: str) -> str:
    """The name that a path such as `a.b["c"]` begins with."""
    return path.partition(".")[0].partition("[")[0]
