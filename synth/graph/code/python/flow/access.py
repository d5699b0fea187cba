"""What does reading or setting an attribute or an item of an object do?"""

from functools import partial

from synth.graph.code.python.flow import calls
from synth.graph.code.python.flow import objects as kinds
from synth.graph.code.python.flow.solver import CONVERSION, FileSolver, Site
from synth.graph.code.python.flow.world import Key


def read_attribute(solver: FileSolver, item: int, name: str, target: int, owner: int, line: int) -> None:
    """Let what `object.name` is reach a variable."""
    if not solver.first_time("read", item, name, target):
        return
    known = solver.objects.known[item]
    kind = known[0]
    if kind in {kinds.INSTANCE, kinds.TYPED}:
        _read_instance(solver, item, known[1], name, target, owner, line)
    elif kind == kinds.CLASS:
        _read_class(solver, item, known[1], name, target)
    elif kind == kinds.MODULE:
        solver.flow_from(solver.world.member(solver.world.units[known[1]], name), target)
    elif kind == kinds.NAMESPACE:
        solver.flow_from(solver.world.below(known[1], name), target)
    elif kind == kinds.EXTERNAL:
        solver.add(target, solver.objects.outside(f"{known[1]}.{name}"))
    elif kind == kinds.SUPER:
        _read_super(solver, known[1], known[2], name, target, owner, line)
    elif kind in {kinds.CONTAINER, kinds.GENERATOR, kinds.MANAGED}:
        solver.add(target, (solver.objects.id(kinds.MEMBER, item, name),))
    elif kind == kinds.WRAPPED and known[1] == "property" and name in {"setter", "deleter", "getter"}:
        solver.add(target, (solver.objects.id(kinds.WRAPPED, name, item),))
    elif kind == kinds.FUNCTION:
        solver.link(solver.place(Key("attribute", known[1], name)), target)


def _read_instance(solver: FileSolver, item: int, cls: str, name: str, target: int, owner: int, line: int) -> None:
    world = solver.world
    definer = world.definer(cls, name)
    bind = partial(_bind, solver, item, target, owner, line)
    for ancestor in world.order(cls):
        solver.link(solver.place(Key("attribute", ancestor, name)), target)
    for ancestor in world.order(cls):
        solver.watch(solver.place(Key("member", ancestor, name)), bind)
        if ancestor == definer:
            break
    if name == "__class__":
        solver.add(target, (solver.objects.id(kinds.CLASS, cls),))
    elif definer is None and not world.stores(cls, name) and not name.startswith("__"):
        calls.call_method(solver, item, "__getattr__", (), target, owner, line, target, CONVERSION)


def _bind(solver: FileSolver, receiver: int, target: int, owner: int, line: int, item: int) -> None:
    """What a member of the class is when it is read from an object."""
    known = solver.objects.known[item]
    kind = known[0]
    if kind in {kinds.FUNCTION, kinds.CLOSURE, kinds.MANAGED}:
        solver.add(target, (solver.objects.id(kinds.BOUND, item, receiver),))
    elif kind == kinds.WRAPPED and known[1] == "property":
        site = Site((target, "get"), target, owner, line, (solver.constant(receiver),), (), -1, -1)
        calls.call(solver, known[2], site, CONVERSION if _is_abstract(solver, known[2]) else "protocol")
    elif kind == kinds.WRAPPED and known[1] == "classmethod":
        cls = solver.class_of(receiver)
        if cls is not None:
            solver.add(target, (solver.objects.id(kinds.BOUND, known[2], solver.objects.id(kinds.CLASS, cls)),))
    elif kind == kinds.WRAPPED and known[1] == "staticmethod":
        solver.add(target, (known[2],))
    elif kind in {kinds.INSTANCE, kinds.TYPED} and solver.world.definer(known[1], "__get__"):
        calls.call_method(solver, item, "__get__", (solver.constant(receiver),), target, owner, line, target)
    else:
        solver.add(target, (item,))


def _is_abstract(solver: FileSolver, getter: int) -> bool:
    """Whether a property is only there to be replaced, maybe by a plain attribute."""
    known = solver.objects.known[getter]
    if known[0] not in {kinds.FUNCTION, kinds.CLOSURE}:
        return False
    return any("abstract" in decorator for decorator in solver.world.symbols[known[1]].fact.decorators)


def _read_class(solver: FileSolver, item: int, cls: str, name: str, target: int) -> None:
    world = solver.world
    definer = world.definer(cls, name)

    def bind(found: int) -> None:
        known = solver.objects.known[found]
        if known[0] == kinds.WRAPPED and known[1] == "classmethod":
            solver.add(target, (solver.objects.id(kinds.BOUND, known[2], item),))
        elif known[0] == kinds.WRAPPED and known[1] == "staticmethod":
            solver.add(target, (known[2],))
        elif name in {"__new__", "__init_subclass__", "__class_getitem__"} and name != "__new__":
            solver.add(target, (solver.objects.id(kinds.BOUND, found, item),))
        else:
            solver.add(target, (found,))

    for ancestor in world.order(cls):
        solver.watch(solver.place(Key("member", ancestor, name)), bind)
        if ancestor == definer:
            break


def _read_super(solver: FileSolver, cls: str, receiver: int, name: str, target: int, owner: int, line: int) -> None:
    """The next class after this one in the order of the object's own class."""
    world = solver.world
    known = solver.objects.known[receiver]
    if known[0] not in {kinds.INSTANCE, kinds.TYPED, kinds.CLASS}:
        return
    order = world.order(known[1])
    if cls not in order:
        order = world.order(cls)
    for ancestor in order[order.index(cls) + 1 :]:
        if known[0] == kinds.CLASS:
            found = solver.new()
            solver.link(solver.place(Key("member", ancestor, name)), found)
            solver.watch(found, partial(_bind_to_class, solver, receiver, target, name))
        else:
            bind = partial(_bind, solver, receiver, target, owner, line)
            solver.watch(solver.place(Key("member", ancestor, name)), bind)
        if world.defines(ancestor, name):
            break


def _bind_to_class(solver: FileSolver, receiver: int, target: int, name: str, item: int) -> None:
    known = solver.objects.known[item]
    if known[0] == kinds.WRAPPED and known[1] == "classmethod":
        solver.add(target, (solver.objects.id(kinds.BOUND, known[2], receiver),))
    elif known[0] == kinds.WRAPPED and known[1] == "staticmethod":
        solver.add(target, (known[2],))
    elif name == "__init_subclass__":
        solver.add(target, (solver.objects.id(kinds.BOUND, item, receiver),))
    else:
        solver.add(target, (item,))


def set_attribute(solver: FileSolver, item: int, name: str, value: int, owner: int, line: int) -> None:
    """Let a variable reach what `object.name` is."""
    if not solver.first_time("set", item, name, value):
        return
    known = solver.objects.known[item]
    kind = known[0]
    if kind in {kinds.INSTANCE, kinds.TYPED}:
        _set_instance(solver, item, known[1], name, value, owner, line)
    elif kind == kinds.CLASS:
        solver.link(value, solver.place(Key("member", known[1], name)))
    elif kind == kinds.MODULE:
        solver.link(value, solver.place(Key("name", known[1], name)))
    elif kind == kinds.FUNCTION:
        solver.link(value, solver.place(Key("attribute", known[1], name)))


def _set_instance(solver: FileSolver, item: int, cls: str, name: str, value: int, owner: int, line: int) -> None:
    definer = solver.world.definer(cls, name)

    def assign(found: int) -> None:
        known = solver.objects.known[found]
        if known[0] == kinds.WRAPPED and known[1] == "property":
            setter = solver.place(Key("item", known[2], "setter"))
            site = Site((value, "set"), -1, owner, line, (solver.constant(item), value), (), -1, -1)
            solver.watch(setter, lambda function: calls.call(solver, function, site, "protocol"))
        elif known[0] in {kinds.INSTANCE, kinds.TYPED} and solver.world.definer(known[1], "__set__"):
            calls.call_method(solver, found, "__set__", (solver.constant(item), value), -1, owner, line, value)

    if definer is not None:
        solver.watch(solver.place(Key("member", definer, name)), assign)
    solver.link(value, solver.place(Key("attribute", cls, name)))


def read_item(solver: FileSolver, item: int, key: str, target: int, owner: int, line: int) -> None:
    """Let what `object[key]` is reach a variable; `*` is any key and `:` a slice."""
    if not solver.first_time("item", item, key, target):
        return
    known = solver.objects.known[item]
    kind = known[0]
    if kind == kinds.CONTAINER:
        solver.record_other((target, "__getitem__"), owner)
        read_contents(solver, item, key, target)
    elif kind in {kinds.INSTANCE, kinds.TYPED}:
        calls.call_method(solver, item, "__getitem__", (), target, owner, line, target)
        if solver.world.has_foreign_base(known[1]):
            read_contents(solver, item, key, target)
    elif kind in {kinds.CLASS, kinds.EXTERNAL}:
        solver.add(target, (item,))


def read_contents(solver: FileSolver, item: int, key: str, target: int) -> None:
    """Let the items of a container reach a variable."""
    if key == ":":
        solver.add(target, (item,))
    elif key.startswith(":"):
        _slice(solver, item, int(key[1:]), target)
    elif key == "*" or key.startswith("-"):
        solver.link(solver.place(Key("item", item, "all")), target)
    else:
        solver.link(solver.place(Key("item", item, key)), target)
        solver.link(solver.place(Key("item", item, "*")), target)


def gather(solver: FileSolver, element: int, target: int) -> None:
    """A list of what reaches a variable."""
    part = solver.objects.id(kinds.CONTAINER, "list", solver.unit.path, target)
    put(solver, part, "*", element)
    solver.hold(target, solver.constant(part), element)


def _slice(solver: FileSolver, item: int, first: int, target: int) -> None:
    """What `sequence[first:]` holds, each item at its new place."""
    part = solver.objects.id(kinds.CONTAINER, "list", solver.unit.path, target)
    for position in range(calls.MAX_POSITIONS):
        source = solver.place(Key("item", item, str(first + position)))
        put(solver, part, str(position), source)
        solver.hold(target, solver.constant(part), source)
    others = solver.place(Key("item", item, "*"))
    put(solver, part, "*", others)
    solver.hold(target, solver.constant(part), others)


def set_item(solver: FileSolver, item: int, key: str, value: int, owner: int, line: int) -> None:
    """Let a variable reach an item of an object; `#` stands for the keys, `**` for the items of another dictionary."""
    if not solver.first_time("set item", item, key, value):
        return
    known = solver.objects.known[item]
    if known[0] in {kinds.INSTANCE, kinds.TYPED} and key != "#":
        calls.call_method(solver, item, "__setitem__", (-1, value), -1, owner, line, value)
        if solver.world.has_foreign_base(known[1]):
            put(solver, item, key, value)
    elif known[0] == kinds.CONTAINER:
        solver.record_other((value, "__setitem__"), owner)
        put(solver, item, key, value)


def put(solver: FileSolver, container: int, key: str, value: int) -> None:
    """Let a variable reach an item of a container."""
    if key == "**":
        solver.watch(value, lambda other: pour(solver, other, container))
        return
    key = "*" if key.startswith("-") else key
    solver.link(value, solver.place(Key("item", container, key)))
    if key != "#":
        solver.link(value, solver.place(Key("item", container, "all")))


def pour(solver: FileSolver, other: int, container: int) -> None:
    """Put all items of a container into another, at any place."""
    if other == container or solver.objects.known[other][0] != kinds.CONTAINER:
        return
    everything = solver.place(Key("item", other, "all"))
    solver.link(everything, solver.place(Key("item", container, "*")))
    solver.link(everything, solver.place(Key("item", container, "all")))
    solver.link(solver.place(Key("item", other, "#")), solver.place(Key("item", container, "#")))
