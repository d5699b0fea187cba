"""What do built-in functions, the standard library and the methods of containers do to values?

Only what hands on objects of the source or calls its functions is modelled; anything else gives an unknown value.
"""

from collections.abc import Callable
from functools import partial

from synth.graph.code.python.flow import access, calls, iteration
from synth.graph.code.python.flow import objects as kinds
from synth.graph.code.python.flow.solver import CONVERSION, FileSolver, Site
from synth.graph.code.python.flow.world import Key

Model = Callable[[FileSolver, Site], None]

TRANSPARENT = frozenset(
    {
        "functools.wraps()", "functools.update_wrapper", "functools.lru_cache", "functools.lru_cache()",
        "functools.cache", "functools.total_ordering", "functools.singledispatch", "abc.abstractmethod",
        "typing.final", "typing.overload", "typing.no_type_check", "typing.runtime_checkable", "copy.copy",
        "copy.deepcopy", "dataclasses.dataclass", "dataclasses.dataclass()", "dataclasses.replace", "attr.s",
        "attr.s()", "attr.attrs", "attr.attrs()", "attr.define", "attr.define()", "attrs.define", "attrs.define()",
        "attrs.frozen", "attrs.frozen()", "attrs.mutable", "attrs.mutable()", "enum.unique", "contextlib.closing",
        "weakref.proxy", "weakref.ref", "functools.partialmethod", "types.MethodType", "asyncio.create_task",
        "asyncio.ensure_future", "asyncio.wait_for", "asyncio.shield", "atexit.register", "typing.type_check_only",
        "warnings.deprecated()", "typing_extensions.deprecated()", "typing_extensions.final", "typing.override",
        "typing_extensions.override", "builtins.staticmethod", "unittest.skip()", "unittest.skipIf()",
        "unittest.skipUnless()",
    }
)  # fmt: skip
"""What gives back its first argument, or something that stands for it."""

PROPERTIES = frozenset({"functools.cached_property", "abc.abstractproperty", "builtins.property"})
MANAGED = frozenset({"contextlib.contextmanager", "contextlib.asynccontextmanager"})

SPECIAL = {
    "len": ("__len__",), "str": ("__str__", "__repr__"), "repr": ("__repr__",), "format": ("__format__", "__str__"),
    "hash": ("__hash__",), "bool": ("__bool__", "__len__"), "int": ("__int__", "__index__"), "float": ("__float__",),
    "abs": ("__abs__",), "bytes": ("__bytes__",), "round": ("__round__",), "dir": ("__dir__",),
    "print": ("__str__", "__repr__"), "complex": ("__complex__",), "divmod": ("__divmod__",), "ascii": ("__repr__",),
}  # fmt: skip
"""The method that a built-in function calls: the first one that the object's class defines."""

COLLECTIONS = frozenset(
    {
        "builtins.list", "builtins.tuple", "builtins.set", "builtins.frozenset", "builtins.sorted",
        "builtins.reversed", "builtins.iter", "collections.deque", "itertools.chain", "itertools.islice",
        "itertools.cycle", "itertools.takewhile", "itertools.dropwhile", "builtins.filter", "weakref.WeakSet",
        "itertools.chain.from_iterable", "collections.OrderedDict", "builtins.dict", "collections.defaultdict",
        "weakref.WeakValueDictionary", "weakref.WeakKeyDictionary", "collections.Counter", "types.MappingProxyType",
        "queue.Queue", "collections.ChainMap",
    }
)  # fmt: skip
DICTIONARIES = frozenset({"OrderedDict", "dict", "defaultdict", "WeakValueDictionary", "WeakKeyDictionary", "Counter"})

ADDERS = frozenset({"append", "add", "appendleft", "put", "push", "put_nowait"})
TAKERS = frozenset({"pop", "popleft", "get", "get_nowait", "__getitem__", "popitem", "setdefault", "__next__"})
SAME = frozenset({"copy", "__iter__", "union", "difference", "intersection", "keys", "__enter__", "most_common"})


def call_known(solver: FileSolver, item: int, site: Site) -> None:
    """Call something that the source does not define."""
    known = solver.objects.known[item]
    if known[0] == kinds.MEMBER:
        _call_member(solver, known[1], known[2], site)
        return
    name: str = known[1]
    model = MODELS.get(name)
    if model is not None:
        model(solver, site)
    elif name in TRANSPARENT:
        if site.positional:
            solver.link(site.positional[0], site.result) if site.result >= 0 else None
            if name.endswith(("lru_cache", "dataclass", "attr.s", "define")):
                return
        _outside(solver, name, site)
    elif name in PROPERTIES and site.positional:
        wrap(solver, "property", site.positional[0], site.result)
    elif name in MANAGED and site.positional:
        _each(solver, site.positional[0], lambda found: _add(solver, site, kinds.MANAGED, found))
    elif name in COLLECTIONS:
        _collect(solver, name.rpartition(".")[2], site)
    elif name.startswith("builtins.") and name[9:] in SPECIAL:
        _call_special(solver, SPECIAL[name[9:]], site)
    else:
        _decorate(solver, name, site)


def _outside(solver: FileSolver, name: str, site: Site) -> None:
    if site.result >= 0 and not name.endswith("()()"):
        solver.add(site.result, solver.objects.outside(f"{name}()"))


def _decorate(solver: FileSolver, name: str, site: Site) -> None:
    """A decorator of another package, as a rule, gives back what behaves like the function or class it was given."""
    _outside(solver, name, site)
    only = len(site.positional) == 1 and not site.named and site.star < 0 and site.double_star < 0
    if only and site.result >= 0 and not name.startswith("builtins."):
        given = site.positional[0]
        _each(solver, given, lambda found: _hand_on(solver, found, site))


def _hand_on(solver: FileSolver, item: int, site: Site) -> None:
    if solver.objects.known[item][0] in {kinds.FUNCTION, kinds.CLASS, kinds.CLOSURE, kinds.MANAGED}:
        solver.add(site.result, (item,))


def _each(solver: FileSolver, variable: int, action: Callable[[int], None]) -> None:
    solver.watch(variable, action)


def _add(solver: FileSolver, site: Site, kind: str, *parts: object) -> None:
    if site.result >= 0:
        solver.add(site.result, (solver.objects.id(kind, *parts),))


def wrap(solver: FileSolver, name: str, function: int, result: int) -> None:
    """`property`, `staticmethod` or `classmethod` of what reaches a variable."""
    if result >= 0:
        solver.watch(function, lambda item: solver.add(result, (solver.objects.id(kinds.WRAPPED, name, item),)))


def _container(solver: FileSolver, kind: str, site: Site) -> int:
    return solver.objects.id(kinds.CONTAINER, kind, solver.unit.path, site.result)


def _collect(solver: FileSolver, name: str, site: Site) -> None:
    """`list(x)`, `dict(a=1)` and their kind: a container of what iterating over the arguments gives."""
    kind = "dict" if name in DICTIONARIES else "list"
    container = _container(solver, kind, site)
    arguments = site.positional
    if name in {"filter", "takewhile", "dropwhile"} and len(arguments) == 2:
        predicate, iterable = arguments
        element = iteration.iterate(solver, iterable, site.owner, site.line)
        call_each(solver, predicate, (element,), site, -1)
        arguments = (iterable,)
    if name == "defaultdict" and arguments:
        made = solver.new()
        call_each(solver, arguments[0], (), site, made)
        access.put(solver, container, "*", made)
        arguments = arguments[1:]
    key = dict(site.named).get("key", -1)
    for argument in arguments:
        if kind == "dict":
            access.put(solver, container, "**", argument)
            continue
        element = iteration.iterate(solver, argument, site.owner, site.line)
        if name == "from_iterable":
            element = iteration.iterate(solver, element, site.owner, site.line)
        access.put(solver, container, "*", element)
        _hold(solver, site, container, element)
        call_each(solver, key, (element,), site, -1)
    if kind == "dict":
        for word, value in site.named:
            if value >= 0:
                access.put(solver, container, f"'{word}", value)
    if site.result >= 0 and (not site.positional or kind == "dict"):
        solver.add(site.result, (container,))


def _hold(solver: FileSolver, site: Site, container: int, item: int) -> None:
    """Give a container as the result of a call once something of the source is in it."""
    if site.result >= 0:
        solver.hold(site.result, solver.constant(container), item)


def call_each(solver: FileSolver, callee: int, arguments: tuple[int, ...], site: Site, result: int) -> None:
    """Call what reaches a variable, as a built-in function does with a function that it is given."""
    inner = Site((solver.new(), ""), result, site.owner, site.line, arguments, (), -1, -1)
    solver.watch(callee, lambda item: calls.call(solver, item, inner, "flow"))


def _call_special(solver: FileSolver, names: tuple[str, ...], site: Site) -> None:
    how = CONVERSION if "__str__" in names or "__bool__" in names else "protocol"
    for argument in site.positional:
        solver.watch(argument, partial(call_first, solver, names, -1, site.owner, site.line, argument, how))


def call_first(
    solver: FileSolver, names: tuple[str, ...], result: int, owner: int, line: int, place: int, how: str, item: int
) -> None:
    """Call the first of these special methods that the class of an object defines."""
    for name in names:
        if calls.call_method(solver, item, name, (), result, owner, line, place, how):
            return
        if solver.objects.known[item][0] == kinds.CONTAINER:
            solver.record_other((place, name), owner)


def _call_member(solver: FileSolver, holder: int, name: str, site: Site) -> None:
    """A method of a container, a generator or a managed function."""
    if solver.objects.known[holder][0] != kinds.CONTAINER:
        if solver.objects.known[holder][0] == kinds.GENERATOR and site.result >= 0:
            iteration.step(solver, holder, site.result, site.owner, site.line, is_async=False)
        return
    arguments = site.positional
    if name in ADDERS and arguments:
        access.put(solver, holder, "*", arguments[-1])
    elif name == "insert" and len(arguments) == 2:
        access.put(solver, holder, "*", arguments[1])
    elif name in {"extend", "update"}:
        _extend(solver, holder, site)
    elif name == "sort":
        everything = solver.place(Key("item", holder, "all"))
        call_each(solver, dict(site.named).get("key", -1), (everything,), site, -1)
    elif site.result >= 0:
        _give_member(solver, holder, name, site)


def _extend(solver: FileSolver, holder: int, site: Site) -> None:
    for argument in site.positional:
        if solver.objects.known[holder][1] == "dict":
            access.put(solver, holder, "**", argument)
        else:
            access.put(solver, holder, "*", iteration.iterate(solver, argument, site.owner, site.line))
    for word, value in site.named:
        if value >= 0:
            access.put(solver, holder, f"'{word}", value)


def _give_member(solver: FileSolver, holder: int, name: str, site: Site) -> None:
    arguments = site.positional
    if name in TAKERS:
        _take(solver, holder, name, site)
        for default in arguments[1:2]:
            solver.link(default, site.result)
            if name == "setdefault":
                access.put(solver, holder, "*", default)
    elif name == "values":
        values = _container(solver, "list", site)
        everything = solver.place(Key("item", holder, "all"))
        access.put(solver, values, "*", everything)
        _hold(solver, site, values, everything)
    elif name == "items":
        pairs = _container(solver, "list", site)
        pair = solver.objects.id(kinds.CONTAINER, "pair", solver.unit.path, site.result)
        access.put(solver, pairs, "*", solver.constant(pair))
        for position, part in enumerate(("#", "all")):
            held = solver.place(Key("item", holder, part))
            access.put(solver, pair, str(position), held)
            _hold(solver, site, pairs, held)
    elif name in SAME:
        solver.add(site.result, (holder,))


def _take(solver: FileSolver, holder: int, name: str, site: Site) -> None:
    """An item; under its key, where that is a literal."""
    literal = solver.literals.get(site.positional[0]) if site.positional else None
    if literal is not None and name in {"get", "pop", "setdefault"} and solver.objects.known[holder][1] == "dict":
        access.read_contents(solver, holder, f"'{literal}", site.result)
    else:
        solver.link(solver.place(Key("item", holder, "all")), site.result)


def _map(solver: FileSolver, site: Site) -> None:
    if not site.positional:
        return
    callee, *iterables = site.positional
    elements = tuple(iteration.iterate(solver, iterable, site.owner, site.line) for iterable in iterables)
    made = solver.new()
    call_each(solver, callee, elements, site, made)
    container = _container(solver, "list", site)
    access.put(solver, container, "*", made)
    _hold(solver, site, container, made)


def _zip(solver: FileSolver, site: Site, *, first: int = 0) -> None:
    pair = solver.objects.id(kinds.CONTAINER, "pair", solver.unit.path, site.result)
    container = _container(solver, "list", site)
    access.put(solver, container, "*", solver.constant(pair))
    for position, iterable in enumerate(site.positional):
        element = iteration.iterate(solver, iterable, site.owner, site.line)
        access.put(solver, pair, str(position + first), element)
        _hold(solver, site, container, element)


def _enumerate(solver: FileSolver, site: Site) -> None:
    _zip(solver, site._replace(positional=site.positional[:1]), first=1)


def _next(solver: FileSolver, site: Site) -> None:
    if site.positional and site.positional[0] >= 0:
        result = site.result if site.result >= 0 else solver.new()
        advance = partial(_advance, solver, result, site)
        solver.watch(site.positional[0], advance)
        for default in site.positional[1:2]:
            solver.link(default, result)


def _advance(solver: FileSolver, result: int, site: Site, item: int) -> None:
    iteration.step(solver, item, result, site.owner, site.line, is_async=False)


def _extreme(solver: FileSolver, site: Site) -> None:
    """`max`, `min` and `sum`."""
    result = site.result if site.result >= 0 else solver.new()
    elements = list(site.positional)
    if len(elements) == 1:
        elements = [iteration.iterate(solver, elements[0], site.owner, site.line)]
    for element in elements:
        solver.link(element, result)
        call_each(solver, dict(site.named).get("key", -1), (element,), site, -1)


def _any(solver: FileSolver, site: Site) -> None:
    for argument in site.positional[:1]:
        iteration.iterate(solver, argument, site.owner, site.line)


def _getattr(solver: FileSolver, site: Site) -> None:
    if len(site.positional) < 2 or site.result < 0:
        return
    holder, name, *default = site.positional

    def read(text: int) -> None:
        known = solver.objects.known[text]
        if known[0] == kinds.STRING:
            solver.watch(
                holder,
                lambda item: access.read_attribute(solver, item, known[1], site.result, site.owner, site.line),
            )

    solver.watch(name, read)
    for value in default:
        solver.link(value, site.result)


def _setattr(solver: FileSolver, site: Site) -> None:
    if len(site.positional) != 3 or site.positional[2] < 0:
        return
    holder, name, value = site.positional

    def write(text: int) -> None:
        known = solver.objects.known[text]
        if known[0] == kinds.STRING:
            solver.watch(
                holder, lambda item: access.set_attribute(solver, item, known[1], value, site.owner, site.line)
            )

    solver.watch(name, write)


def _partial(solver: FileSolver, site: Site) -> None:
    if not site.positional or site.result < 0:
        return
    callee, *given = site.positional
    made = solver.objects.id(kinds.PARTIAL, solver.unit.path, site.result, len(given))
    solver.link(callee, solver.place(Key("item", made, "callee")))
    for position, value in enumerate(given):
        solver.link(value, solver.place(Key("item", made, str(position))))
    for name, value in site.named:
        solver.link(value, solver.place(Key("item", made, f"'{name}")))
    solver.add(site.result, (made,))


def _reduce(solver: FileSolver, site: Site) -> None:
    if len(site.positional) < 2:
        return
    callee, iterable, *start = site.positional
    element = iteration.iterate(solver, iterable, site.owner, site.line)
    result = site.result if site.result >= 0 else solver.new()
    for value in (element, *start):
        solver.link(value, result)
    call_each(solver, callee, (result, element), site, result)


def _type(solver: FileSolver, site: Site) -> None:
    def give(item: int) -> None:
        cls = solver.class_of(item)
        if cls is not None:
            _add(solver, site, kinds.CLASS, cls)

    for argument in site.positional if len(site.positional) == 1 else ():
        solver.watch(argument, give)


def _cast(solver: FileSolver, site: Site) -> None:
    if len(site.positional) == 2 and site.result >= 0:
        solver.link(site.positional[1], site.result)
        solver.watch(site.positional[0], lambda item: _instance_of(solver, site, item))


def _instance_of(solver: FileSolver, site: Site, item: int) -> None:
    known = solver.objects.known[item]
    if known[0] == kinds.CLASS:
        _add(solver, site, kinds.TYPED, known[1])


def _run(solver: FileSolver, site: Site) -> None:
    """`asyncio.run(coroutine)`."""
    if site.positional and site.result >= 0:
        waited = partial(iteration.wait, solver, site.result, site.owner, site.line)
        solver.watch(site.positional[0], waited)


def _enter(solver: FileSolver, site: Site) -> None:
    """`stack.enter_context(manager)`."""
    if site.positional and site.positional[0] >= 0:
        result = site.result if site.result >= 0 else solver.new()
        entered = partial(iteration.enter, solver, result, site.owner, site.line, False)
        solver.watch(site.positional[0], entered)


MODELS: dict[str, Model] = {
    "builtins.map": _map,
    "builtins.zip": _zip,
    "itertools.product": _zip,
    "itertools.zip_longest": _zip,
    "builtins.enumerate": _enumerate,
    "builtins.next": _next,
    "builtins.max": _extreme,
    "builtins.min": _extreme,
    "builtins.sum": _extreme,
    "builtins.any": _any,
    "builtins.all": _any,
    "builtins.getattr": _getattr,
    "builtins.setattr": _setattr,
    "builtins.type": _type,
    "functools.partial": _partial,
    "functools.reduce": _reduce,
    "typing.cast": _cast,
    "asyncio.run": _run,
    "contextlib.ExitStack().enter_context": _enter,
}
