"""What does a call do? Arguments reach parameters, results come back, and who calls whom is noted."""

from functools import partial

from synth.graph.code.python.flow import access, models
from synth.graph.code.python.flow import objects as kinds
from synth.graph.code.python.flow.solver import FileSolver, Site
from synth.graph.code.python.flow.world import Key

MAX_ARGUMENTS = 40
"""A call with more arguments than this, once those of partial objects are counted, is one that runs in a circle."""

MAX_POSITIONS = 6  # items of `*args` that keep their places when they are moved


def call(solver: FileSolver, item: int, site: Site, how: str = "") -> None:
    """Call an object at a site; `how` it was told which, where that is not for the object to say."""
    if len(site.positional) > MAX_ARGUMENTS or not solver.first_time("call", item, site):
        return
    known = solver.objects.known[item]
    kind = known[0]
    if kind == kinds.FUNCTION:
        apply(solver, known[1], site, how or "flow")
    elif kind == kinds.CLOSURE:
        apply(solver, known[1], site, how or "flow", closure=item)
    elif kind == kinds.BOUND:
        told = how or _told_by(solver.objects.known[known[2]])
        first = solver.constant(known[2])
        call(solver, known[1], site._replace(positional=(first, *site.positional)), told)
    elif kind == kinds.CLASS:
        instantiate(solver, known[1], site, how or "flow")
    elif kind in {kinds.INSTANCE, kinds.TYPED}:
        call_method(
            solver, item, "__call__", site.positional, site.result, site.owner, site.line, site.place[0], "type", site
        )
    elif kind == kinds.PARTIAL:
        _call_partial(solver, item, site, how)
    elif kind == kinds.MANAGED:
        result = solver.objects.id(kinds.MANAGER, known[1])
        call(solver, known[1], site._replace(result=-1), how)
        solver.add(site.result, (result,))
    elif kind == kinds.WRAPPED:
        _call_wrapped(solver, item, site, how)
    elif kind in {kinds.EXTERNAL, kinds.MEMBER}:
        models.call_known(solver, item, site)


def _told_by(receiver: kinds.Object) -> str:
    """How it was told which method of a receiver is called."""
    if receiver[-1] == kinds.USAGE:
        return "unique_name"
    return {kinds.TYPED: "annotation", kinds.INSTANCE: "type", kinds.CLASS: "type"}.get(receiver[0], "flow")


def _call_wrapped(solver: FileSolver, item: int, site: Site, how: str) -> None:
    _, wrapper, inner = solver.objects.known[item]
    if wrapper in {"setter", "deleter", "getter"}:
        if site.positional and wrapper == "setter":
            function = solver.objects.known[inner][2]
            solver.link(site.positional[0], solver.place(Key("item", function, "setter")))
        solver.add(site.result, (inner,))
    else:
        call(solver, inner, site, how)


def _call_partial(solver: FileSolver, item: int, site: Site, how: str) -> None:
    count = solver.objects.known[item][3]
    kept = tuple(solver.place(Key("item", item, str(position))) for position in range(count))
    extended = site._replace(positional=(*kept, *site.positional))
    solver.watch(
        solver.place(Key("item", item, "callee")), lambda callee: call(solver, callee, extended, how or "flow")
    )


def apply(solver: FileSolver, function: str, site: Site, how: str, closure: int = -1) -> None:
    """Call a function of the source."""
    solver.record(site, function, how)
    bind_arguments(solver, function, site)
    give_result(solver, function, site, closure)


def give_result(solver: FileSolver, function: str, site: Site, closure: int = -1) -> None:
    """Let what a function gives back reach the result of a call."""
    world = solver.world
    fact = world.symbols[function].fact
    summary = world.summary(function)
    _keep(solver, function, site)
    if site.result < 0:
        return
    result = site.result
    if fact.is_async and not fact.is_generator:
        solver.add(result, (solver.objects.id(kinds.COROUTINE, function),))
        return
    if fact.is_generator:
        solver.add(result, (solver.objects.id(kinds.GENERATOR, function),))
        return
    returned = solver.place(Key("result", function, ""))
    if summary.makes_closures:
        solver.watch(returned, partial(_close, solver, function, site))
    else:
        solver.link(returned, result)
    for position in summary.returned:
        solver.link(argument(solver, function, position, site), result)
    receiver = site.positional[0] if site.positional else -1
    for name in summary.returned_attributes:
        solver.watch(receiver, partial(_give_attribute, solver, name, site))
    for position in summary.returned_own_calls:
        given = argument(solver, function, position, site)
        given = given if given >= 0 else solver.place(Key("parameter", function, position))
        solver.watch(given, partial(_give_inner, solver, site._replace(positional=(), named=())))
    if closure >= 0:
        for position in summary.returned_calls:
            captured = solver.place(Key("captured", closure, position))
            solver.watch(captured, partial(_give_inner, solver, site))


def _give_attribute(solver: FileSolver, name: str, site: Site, receiver: int) -> None:
    access.read_attribute(solver, receiver, name, site.result, site.owner, site.line)


def _give_inner(solver: FileSolver, site: Site, callee: int) -> None:
    """What a wrapper gives back of the function that it wraps; that it calls it is told in the wrapper."""
    known = solver.objects.known[callee]
    if not solver.first_time("inner", callee, site):
        return
    if known[0] in {kinds.FUNCTION, kinds.CLOSURE}:
        give_result(solver, known[1], site, callee if known[0] == kinds.CLOSURE else -1)
    elif known[0] == kinds.CLASS:
        solver.add(site.result, (solver.objects.id(kinds.INSTANCE, known[1]),))


def _close(solver: FileSolver, function: str, site: Site, returned: int) -> None:
    """A function that is made anew by each call remembers what this call was given."""
    known = solver.objects.known[returned]
    inner = solver.world.symbols[known[1]] if known[0] == kinds.FUNCTION else None
    if inner is None or inner.parent is None or inner.parent.node_id != function:
        solver.add(site.result, (returned,))
        return
    closure = solver.objects.id(kinds.CLOSURE, known[1], solver.unit.path, site.result)
    for position in solver.world.summary(known[1]).returned_calls:
        given = argument(solver, function, position, site)
        solver.link(given, solver.place(Key("captured", closure, position)))
    solver.add(site.result, (closure,))


def argument(solver: FileSolver, function: str, position: int, site: Site) -> int:
    """The variable that a call gives for the parameter at a position, -1 for none that is written."""
    formals = solver.world.formals(function)
    if position >= len(formals):
        return -1
    formal = formals[position]
    if formal.kind in {"positional", "positional_only"} and position < len(site.positional):
        return site.positional[position]
    return dict(site.named).get(formal.name, -1)


def _keep(solver: FileSolver, function: str, site: Site) -> None:
    """Parameters that a method stores in its object are those of this call."""
    for name, position in solver.world.summary(function).kept:
        value = argument(solver, function, position, site)
        if value >= 0 and site.positional:
            store = partial(_store, solver, name, value, site)
            solver.watch(site.positional[0], store)


def _store(solver: FileSolver, name: str, value: int, site: Site, receiver: int) -> None:
    access.set_attribute(solver, receiver, name, value, site.owner, site.line)


def bind_arguments(solver: FileSolver, function: str, site: Site) -> None:
    """Let the arguments of a call reach the parameters of a function."""
    formals = solver.world.formals(function)
    named = dict(site.named)
    taken = len(site.positional)
    for position, formal in enumerate(formals):
        place = Key("parameter", function, position)
        if formal.kind == "var_positional":
            _bind_rest(solver, function, position, site)
        elif formal.kind == "var_keyword":
            known = {item.name for item in formals}
            container = solver.objects.id(kinds.CONTAINER, "dict", function, position)
            for name, value in site.named:
                if name not in known and value >= 0:
                    access.put(solver, container, f"'{name}", value)
            solver.link(site.double_star, solver.place(place))
        elif formal.kind != "keyword_only" and position < taken:
            if site.positional[position] >= 0:
                solver.link(site.positional[position], solver.place(place))
        elif formal.name in named:
            if named[formal.name] >= 0:
                solver.link(named[formal.name], solver.place(place))
        else:
            _bind_spread(solver, formal.name, formal.kind, position - taken, place, site)


def _bind_rest(solver: FileSolver, function: str, position: int, site: Site) -> None:
    container = solver.objects.id(kinds.CONTAINER, "tuple", function, position)
    for index, value in enumerate(site.positional[position:]):
        if value >= 0:
            access.put(solver, container, str(index), value)
    if site.star < 0:
        return
    shift = len(site.positional) - position
    if shift == 0:
        solver.link(site.star, solver.place(Key("parameter", function, position)))
    else:
        solver.watch(site.star, partial(_shift, solver, container, shift))


def _shift(solver: FileSolver, container: int, shift: int, source: int) -> None:
    if source == container or solver.objects.known[source][0] != kinds.CONTAINER:
        return
    for index in range(MAX_POSITIONS):
        if index + shift >= 0:
            access.put(solver, container, str(index + shift), solver.place(Key("item", source, str(index))))
    access.put(solver, container, "*", solver.place(Key("item", source, "*")))


def _bind_spread(solver: FileSolver, name: str, kind: str, offset: int, place: Key, site: Site) -> None:
    """Take an argument out of `*args` or `**kwargs`."""

    def unpack(key: str, source: int) -> None:
        if solver.objects.known[source][0] == kinds.CONTAINER:
            target = solver.place(place)
            solver.link(solver.place(Key("item", source, key)), target)
            solver.link(solver.place(Key("item", source, "*")), target)

    if kind != "keyword_only" and offset >= 0:
        solver.watch(site.star, partial(unpack, str(offset)))
    solver.watch(site.double_star, partial(unpack, f"'{name}"))


def instantiate(solver: FileSolver, cls: str, site: Site, how: str) -> None:
    """Make an object of a class."""
    made = solver.objects.id(kinds.INSTANCE, cls)
    solver.record(site, cls, how)
    world = solver.world
    if site.result >= 0:
        solver.add(site.result, (made,))
    creator = world.definer(cls, "__new__")
    if creator is not None:
        first = solver.constant(solver.objects.id(kinds.CLASS, cls))
        extended = site._replace(positional=(first, *site.positional))
        solver.watch(solver.place(Key("member", creator, "__new__")), partial(_create, solver, extended))
    definer = world.definer(cls, "__init__")
    if definer is None:
        for position, name in enumerate(world.fields(cls)):
            value = dict(site.named).get(name, -1)
            if position < len(site.positional):
                value = site.positional[position]
            if value >= 0:
                access.set_attribute(solver, made, name, value, site.owner, site.line)
        return
    extended = site._replace(result=-1, positional=(solver.constant(made), *site.positional))
    solver.watch(solver.place(Key("member", definer, "__init__")), partial(_initialize, solver, extended))


def _create(solver: FileSolver, site: Site, item: int) -> None:
    known = solver.objects.known[item]
    inner = known[2] if known[0] == kinds.WRAPPED else item
    _run_quietly(solver, inner, site)


def _initialize(solver: FileSolver, site: Site, item: int) -> None:
    _run_quietly(solver, item, site)


def _run_quietly(solver: FileSolver, item: int, site: Site) -> None:
    """Run a function that the making of an object calls: the edge to the class stands for it."""
    known = solver.objects.known[item]
    if known[0] in {kinds.FUNCTION, kinds.CLOSURE} and solver.first_time("quiet", item, site):
        bind_arguments(solver, known[1], site)
        give_result(solver, known[1], site, item if known[0] == kinds.CLOSURE else -1)
    elif known[0] not in {kinds.FUNCTION, kinds.CLOSURE}:
        call(solver, item, site, "protocol")


def call_method(
    solver: FileSolver, item: int, name: str, arguments: tuple[int, ...], target: int, owner: int, line: int,
    place: int, how: str = "protocol", site: Site | None = None,
) -> bool:  # fmt: skip
    """Call a special method of an object, where its class defines one; says whether it does."""
    cls = solver.class_of(item)
    definer = solver.world.definer(cls, name) if cls is not None else None
    if definer is None:
        return False
    positional = (solver.constant(item), *arguments)
    written = site or Site((place, name), target, owner, line, (), (), -1, -1)
    extended = written._replace(positional=positional)
    if solver.first_time("method", item, name, extended.place, target, owner, line, arguments):
        solver.watch(solver.place(Key("member", definer, name)), lambda function: call(solver, function, extended, how))
    return True
