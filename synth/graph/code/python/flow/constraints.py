"""From the code of one file to the constraints that its solver works through."""

from collections.abc import Callable, Sequence
from functools import partial

from synth.graph.code.python.flow import access, calls, iteration, models
from synth.graph.code.python.flow import objects as kinds
from synth.graph.code.python.flow.instructions import PARAMETER_KINDS, Op
from synth.graph.code.python.flow.solver import CONVERSION, FileSolver, Site
from synth.graph.code.python.flow.world import Key, World, instructions
from synth.graph.code.python.units import Symbol, Unit

Operands = Sequence[int]

CLASS_METHODS = frozenset({"__new__", "__init_subclass__", "__class_getitem__"})
TESTS = {"__bool__": ("__bool__", "__len__"), "__format__": ("__format__", "__str__", "__repr__")}
CONTAINS = ("__contains__", "__iter__", "__getitem__")


class Builder:
    """Adds the constraints of one file to its solver."""

    def __init__(self, solver: FileSolver) -> None:
        self.solver = solver
        self.names = solver.unit.facts.names
        self.symbols = solver.unit.symbols
        self.positions: dict[int, int] = {}  # how many parameters of each definition were seen
        self.used: dict[int, set[str]] = {}  # attributes that are read of parameters of which nothing is promised

    def symbol(self, definition: int) -> str:
        """The node id of a definition."""
        return self.symbols[definition].node_id


def open_solver(world: World, unit: Unit, receive: Callable[[Key], set[int]]) -> FileSolver:
    """Make the solver of a file, with all of its constraints and nothing worked through yet."""
    solver = FileSolver(world, unit)
    solver.receive = receive
    code = unit.facts.code
    solver.reserve(code[0] if code else 0)
    builder = Builder(solver)
    for op, operands in instructions(code):
        handler = HANDLERS.get(op)
        if handler is not None:
            handler(builder, operands)
    for variable, names in builder.used.items():
        cls = world.used_as(names)
        if cls is not None:
            solver.add(variable, (world.objects.id(kinds.TYPED, cls, kinds.USAGE),))
    return solver


def _function(build: Builder, operands: Operands) -> None:
    variable, definition = operands
    build.solver.add(variable, (build.solver.objects.id(kinds.FUNCTION, build.symbol(definition)),))


def _class(build: Builder, operands: Operands) -> None:
    variable, definition = operands
    build.solver.add(variable, (build.solver.objects.id(kinds.CLASS, build.symbol(definition)),))


def _copy(build: Builder, operands: Operands) -> None:
    target, source = operands
    build.solver.link(source, target)


def _name(build: Builder, operands: Operands) -> None:
    variable, _, name = operands
    solver = build.solver
    solver.flow_from(solver.world.name(solver.unit, build.names[name]), variable)


def _import(build: Builder, operands: Operands) -> None:
    variable, index = operands
    solver = build.solver
    solver.flow_from(solver.world.imported(solver.unit, solver.unit.facts.imports[index]), variable)


def _string(build: Builder, operands: Operands) -> None:
    variable, name = operands
    build.solver.literals[variable] = build.names[name]
    build.solver.add(variable, (build.solver.objects.id(kinds.STRING, build.names[name]),))


def _attribute(build: Builder, operands: Operands) -> None:
    target, base, name, owner, line = operands
    solver, text = build.solver, build.names[name]
    if base in build.used:
        build.used[base].add(text)
    solver.watch(base, lambda item: access.read_attribute(solver, item, text, target, owner, line))


def _set_attribute(build: Builder, operands: Operands) -> None:
    base, name, value, owner, line = operands
    solver, text = build.solver, build.names[name]
    solver.watch(base, lambda item: access.set_attribute(solver, item, text, value, owner, line))


def _new(build: Builder, operands: Operands) -> None:
    variable, name = operands
    solver = build.solver
    solver.add(variable, (solver.objects.id(kinds.CONTAINER, build.names[name], solver.unit.path, variable),))


def _item(build: Builder, operands: Operands) -> None:
    target, base, name, owner, line = operands
    solver, key = build.solver, build.names[name]
    if key.startswith("@"):
        solver.watch(base, lambda item: _unpack(solver, item, key[1:], target, owner, line))
    else:
        solver.watch(base, lambda item: access.read_item(solver, item, key, target, owner, line))


def _unpack(solver: FileSolver, item: int, key: str, target: int, owner: int, line: int) -> None:
    """What a part of a tuple of names is bound to."""
    known = solver.objects.known[item]
    if known[0] == kinds.CONTAINER and known[1] != "dict":
        access.read_contents(solver, item, key, target)
    elif key.startswith(":"):
        access.gather(solver, iteration.iterate(solver, solver.constant(item), owner, line), target)
    else:
        iteration.begin(solver, target, owner, line, False, item)


def _set_item(build: Builder, operands: Operands) -> None:
    base, name, value, owner, line = operands
    solver, key = build.solver, build.names[name]
    solver.watch(base, lambda item: access.set_item(solver, item, key, value, owner, line))


def _call(build: Builder, operands: Operands) -> None:
    result, callee, owner, line, positional, named, star, double_star = operands[:8]
    words = operands[8 + positional :]
    pairs = tuple((build.names[words[2 * index]], words[2 * index + 1]) for index in range(named))
    site = Site((result, ""), result, owner, line, tuple(operands[8 : 8 + positional]), pairs, star, double_star)
    solver = build.solver
    solver.watch(callee, lambda item: calls.call(solver, item, site))


def _decorate(build: Builder, operands: Operands) -> None:
    result, decorator, owner, line, decorated = operands
    site = Site((result, ""), result, owner, line, (decorated,), (), -1, -1)
    build.solver.watch(decorator, lambda item: calls.call(build.solver, item, site, "protocol"))


def _return(build: Builder, operands: Operands) -> None:
    definition, value = operands
    if definition >= 0:
        build.solver.link(value, build.solver.place(Key("result", build.symbol(definition), "")))


def _yield(build: Builder, operands: Operands) -> None:
    definition, value = operands
    if definition >= 0:
        build.solver.link(value, build.solver.place(Key("yields", build.symbol(definition), "")))


def _yield_from(build: Builder, operands: Operands) -> None:
    result, definition, value, line = operands
    if definition < 0:
        return
    solver = build.solver
    solver.link(
        iteration.iterate(solver, value, definition, line),
        solver.place(Key("yields", build.symbol(definition), "")),
    )
    solver.watch(value, lambda item: _give_generator_result(solver, item, result))


def _give_generator_result(solver: FileSolver, item: int, result: int) -> None:
    known = solver.objects.known[item]
    if known[0] == kinds.GENERATOR:
        solver.link(solver.place(Key("result", known[1], "")), result)


def _iterate(build: Builder, operands: Operands) -> None:
    element, iterable, owner, line, is_async = operands
    build.solver.watch(iterable, partial(iteration.begin, build.solver, element, owner, line, bool(is_async)))


def _enter(build: Builder, operands: Operands) -> None:
    result, manager, owner, line, is_async = operands
    build.solver.watch(manager, partial(iteration.enter, build.solver, result, owner, line, bool(is_async)))


def _await(build: Builder, operands: Operands) -> None:
    result, awaited, owner, line = operands
    build.solver.watch(awaited, partial(iteration.wait, build.solver, result, owner, line))


def _operate(build: Builder, operands: Operands) -> None:
    result, left, right, name, owner, line = operands
    solver, word = build.solver, build.names[name]
    given = (right,) if right >= 0 else ()

    def forward(item: int) -> None:
        names = (f"__{word}__", f"__{word[1:]}__") if word[0] == "i" and word != "invert" else (f"__{word}__",)
        if word == "ne":
            names = ("__ne__", "__eq__")
        for method in names:
            if calls.call_method(solver, item, method, given, result, owner, line, result):
                return
        if solver.objects.known[item][0] == kinds.CONTAINER:
            solver.add(result, (item,))

    solver.watch(left, forward)
    if right >= 0:
        solver.watch(right, partial(_reflect, solver, word, left, result, owner, line))


def _reflect(solver: FileSolver, word: str, left: int, result: int, owner: int, line: int, item: int) -> None:
    """The right side's method is asked where the left side is nothing of the source."""
    if solver.objects.known[item][0] == kinds.CONTAINER:
        solver.add(result, (item,))
    elif left < 0:
        name = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le", "eq": "eq", "ne": "ne"}.get(word, f"r{word}")
        calls.call_method(solver, item, f"__{name}__", (), result, owner, line, result)


def _method(build: Builder, operands: Operands) -> None:
    result, base, name, owner, line = operands
    solver, word = build.solver, build.names[name]
    words = CONTAINS if word == "__contains__" else TESTS.get(word, (word,))
    how = CONVERSION if word in TESTS else "protocol"
    solver.watch(base, partial(models.call_first, solver, words, result, owner, line, result, how))


def _narrow(build: Builder, operands: Operands) -> None:
    target, source, cls, keep = operands
    solver = build.solver
    if keep:
        solver.watch(cls, lambda item: _keep(solver, item, source, target))
        return
    held = [solver.objects.known[item] for item in solver.values.get(cls, ())] if cls >= 0 else []
    without = {item[1] for item in held if item[0] == kinds.CLASS}
    outside = any(item[0] == kinds.EXTERNAL for item in held)

    def pass_on(item: int) -> None:
        cls_of = solver.class_of(item)
        if cls_of is None:
            solver.add(target, (item,))
        elif outside and solver.world.has_foreign_base(cls_of):
            return  # it may well be one of them
        elif not any(solver.world.is_subclass(cls_of, other) for other in without):
            solver.add(target, (item,))

    solver.watch(source, pass_on)


def _keep(solver: FileSolver, item: int, source: int, target: int) -> None:
    """Objects of a class; where none are known, it is known that they are of that class."""
    known = solver.objects.known[item]
    if known[0] == kinds.CONTAINER:
        solver.watch(solver.place(Key("item", item, "all")), lambda inner: _keep(solver, inner, source, target))
        return
    if known[0] != kinds.CLASS:
        return
    solver.add(target, (solver.objects.id(kinds.TYPED, known[1]),))

    def pass_on(found: int) -> None:
        held = solver.class_of(found)
        if held is not None and solver.world.is_subclass(held, known[1]):
            solver.add(target, (found,))

    solver.watch(source, pass_on)


def _super(build: Builder, operands: Operands) -> None:
    result, definition, receiver = operands
    solver, cls = build.solver, build.symbol(definition)
    solver.watch(receiver, lambda item: solver.add(result, (solver.objects.id(kinds.SUPER, cls, item),)))


def _type(build: Builder, operands: Operands) -> None:
    variable, scope, name = operands
    cls = build.solver.world.promised(build.solver.unit, scope, build.names[name])
    if cls is not None:
        build.solver.add(variable, (build.solver.objects.id(kinds.TYPED, cls),))


def _type_class(build: Builder, operands: Operands) -> None:
    variable, scope, name = operands
    cls = build.solver.world.promised(build.solver.unit, scope, build.names[name])
    if cls is not None:
        build.solver.add(variable, (build.solver.objects.id(kinds.CLASS, cls),))


def _parameter(build: Builder, operands: Operands) -> None:
    """What a parameter holds: what calls give it, as far as its annotation allows, and what that promises."""
    definition, variable, kind, _, promised = operands
    solver = build.solver
    function = solver.unit.symbols[definition]
    position = build.positions.get(definition, 0)
    build.positions[definition] = position + 1
    given = solver.place(Key("parameter", function.node_id, position))
    word = PARAMETER_KINDS[kind]
    if word in {"var_positional", "var_keyword"}:
        container = "tuple" if word == "var_positional" else "dict"
        solver.add(variable, (solver.objects.id(kinds.CONTAINER, container, function.node_id, position),))
        solver.link(given, variable)
        return
    solver.link(promised, variable)
    allowed = _receiver(solver, function, variable) if position == 0 else None
    if allowed is None and promised >= 0:
        allowed = _allowed(solver, promised)
    elif allowed is None:
        build.used[variable] = set()
    if allowed is None:
        solver.link(given, variable)
    else:
        solver.watch(given, partial(_admit, solver, allowed, variable))


def _receiver(solver: FileSolver, function: Symbol, variable: int) -> set[str] | None:
    """Give the first parameter of a method an object of its class, and let no others in."""
    parent = function.parent
    decorators = function.fact.decorators
    if function.kind != "method" or parent is None or "staticmethod" in decorators:
        return None
    is_class = "classmethod" in decorators or function.name in CLASS_METHODS
    solver.add(variable, (solver.objects.id(kinds.CLASS if is_class else kinds.TYPED, parent.node_id),))
    return {parent.node_id}


def _allowed(solver: FileSolver, promised: int) -> set[str] | None:
    """The classes that an annotation allows; None where it may allow anything else."""
    held = [solver.objects.known[item] for item in solver.values.get(promised, ())]
    return {item[1] for item in held} if held and all(item[0] == kinds.TYPED for item in held) else None


def _admit(solver: FileSolver, allowed: set[str], variable: int, item: int) -> None:
    known = solver.objects.known[item]
    if known[0] in {kinds.INSTANCE, kinds.TYPED, kinds.CLASS} and any(
        solver.world.is_subclass(known[1], cls) for cls in allowed
    ):
        solver.add(variable, (item,))


def _class_name(build: Builder, operands: Operands) -> None:
    definition, name, value = operands
    build.solver.link(value, build.solver.place(Key("member", build.symbol(definition), build.names[name])))


def _module_name(build: Builder, operands: Operands) -> None:
    name, value = operands
    solver = build.solver
    solver.link(value, solver.place(Key("name", solver.unit.path, build.names[name])))


def _hold(build: Builder, operands: Operands) -> None:
    result, container, item = operands
    build.solver.hold(result, container, item)


def _raise(build: Builder, operands: Operands) -> None:
    value, owner, line = operands
    solver = build.solver
    site = Site((value, ""), -1, owner, line, (), (), -1, -1)

    def make(item: int) -> None:
        known = solver.objects.known[item]
        if known[0] == kinds.CLASS:
            calls.instantiate(solver, known[1], site, "flow")

    solver.watch(value, make)


def _wrap(build: Builder, operands: Operands) -> None:
    variable, name, function = operands
    models.wrap(build.solver, build.names[name], function, variable)


def _field(build: Builder, operands: Operands) -> None:
    definition, name, promised = operands
    solver = build.solver
    solver.link(promised, solver.place(Key("attribute", build.symbol(definition), build.names[name])))


HANDLERS: dict[int, Callable[[Builder, Operands], None]] = {
    Op.FUNCTION: _function, Op.CLASS: _class, Op.COPY: _copy, Op.NAME: _name, Op.IMPORT: _import, Op.STRING: _string,
    Op.ATTRIBUTE: _attribute, Op.SET_ATTRIBUTE: _set_attribute, Op.NEW: _new, Op.ITEM: _item, Op.SET_ITEM: _set_item,
    Op.CALL: _call, Op.RETURN: _return, Op.YIELD: _yield, Op.YIELD_FROM: _yield_from, Op.ITERATE: _iterate,
    Op.ENTER: _enter, Op.AWAIT: _await, Op.OPERATE: _operate, Op.METHOD: _method, Op.NARROW: _narrow,
    Op.SUPER: _super, Op.TYPE: _type, Op.TYPE_CLASS: _type_class, Op.PARAMETER: _parameter,
    Op.HOLD: _hold, Op.DECORATE: _decorate, Op.RAISE: _raise, Op.CLASS_NAME: _class_name,
    Op.MODULE_NAME: _module_name, Op.WRAP: _wrap, Op.FIELD: _field,
}  # fmt: skip
