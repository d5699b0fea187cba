"""What do loops, `with` and `await` get out of an object?"""

from functools import partial

from synth.graph.code.python.flow import access, calls
from synth.graph.code.python.flow import objects as kinds
from synth.graph.code.python.flow.solver import FileSolver
from synth.graph.code.python.flow.world import Key


def iterate(solver: FileSolver, iterable: int, owner: int, line: int) -> int:
    """A variable for what iterating over another one gives."""
    if iterable < 0:
        return -1
    element = solver.new()
    solver.watch(iterable, partial(begin, solver, element, owner, line, False))
    return element


def begin(solver: FileSolver, element: int, owner: int, line: int, is_async: bool, item: int) -> None:
    """Iterate over an object: its `__iter__`, then the steps of what that gives."""
    if not solver.first_time("iterate", item, element):
        return
    known = solver.objects.known[item]
    if known[0] in {kinds.INSTANCE, kinds.TYPED}:
        iterator = solver.new()
        solver.watch(iterator, lambda found: step(solver, found, element, owner, line, is_async=is_async))
        name = "__aiter__" if is_async else "__iter__"
        if not calls.call_method(solver, item, name, (), iterator, owner, line, element):
            if not is_async and _is_sequence(solver, known[1]):
                calls.call_method(solver, item, "__getitem__", (), element, owner, line, element)
            if solver.world.has_foreign_base(known[1]):
                access.read_contents(solver, item, "*", element)
    else:
        if known[0] == kinds.CONTAINER:
            solver.record_other((element, "__iter__"), owner)
            solver.record_other((element, "__next__"), owner)
        step(solver, item, element, owner, line, is_async=is_async)


def _is_sequence(solver: FileSolver, cls: str) -> bool:
    """Whether iterating over an object without `__iter__` asks its `__getitem__` for one place after the other."""
    return not solver.world.has_foreign_base(cls) and solver.world.definer(cls, "keys") is None


def step(solver: FileSolver, item: int, element: int, owner: int, line: int, *, is_async: bool) -> None:
    """What the next step of an iterator gives."""
    if not solver.first_time("step", item, element):
        return
    known = solver.objects.known[item]
    if known[0] == kinds.GENERATOR:
        solver.link(solver.place(Key("yields", known[1], "")), element)
    elif known[0] == kinds.CONTAINER:
        solver.link(solver.place(Key("item", item, "#" if known[1] == "dict" else "all")), element)
    elif known[0] in {kinds.INSTANCE, kinds.TYPED}:
        if not is_async:
            calls.call_method(solver, item, "__next__", (), element, owner, line, element)
            return
        awaited = solver.new()
        solver.watch(awaited, partial(wait, solver, element, owner, line))
        calls.call_method(solver, item, "__anext__", (), awaited, owner, line, element)


def wait(solver: FileSolver, result: int, owner: int, line: int, item: int) -> None:
    """What awaiting an object gives."""
    known = solver.objects.known[item]
    if known[0] == kinds.COROUTINE:
        solver.link(solver.place(Key("result", known[1], "")), result)
    elif known[0] in {kinds.INSTANCE, kinds.TYPED}:
        calls.call_method(solver, item, "__await__", (), -1, owner, line, result)
    else:
        solver.add(result, (item,))


def enter(solver: FileSolver, result: int, owner: int, line: int, is_async: bool, item: int) -> None:
    """What `with` binds, and the calls that it makes."""
    if not solver.first_time("enter", item, result):
        return
    known = solver.objects.known[item]
    if known[0] == kinds.MANAGER:
        inner = solver.objects.known[known[1]]
        if inner[0] == kinds.BOUND:
            inner = solver.objects.known[inner[1]]
        if inner[0] in {kinds.FUNCTION, kinds.CLOSURE}:
            solver.link(solver.place(Key("yields", inner[1], "")), result)
    elif known[0] in {kinds.INSTANCE, kinds.TYPED}:
        _enter_instance(solver, item, known[1], result, owner, line, is_async)


def _enter_instance(
    solver: FileSolver, item: int, cls: str, result: int, owner: int, line: int, is_async: bool
) -> None:
    first, last = ("__aenter__", "__aexit__") if is_async else ("__enter__", "__exit__")
    given = solver.new() if is_async else result
    if is_async:
        solver.watch(given, partial(wait, solver, result, owner, line))
    if not calls.call_method(solver, item, first, (), given, owner, line, result) and solver.world.has_foreign_base(
        cls
    ):
        solver.add(result, (item,))
    calls.call_method(solver, item, last, (), -1, owner, line, result)
