"""Which uses of a file are worth linking, and in which scope is each one looked up?"""

import re

from synth.graph.code.facts import Scope, Use
from synth.graph.code.toolkit.reading import Reading

_ROOT = re.compile(r"[^.(\[{#<]+")


def settle_uses(reading: Reading) -> list[Use]:
    """Hang each use on the scope that binds its root; leave out local names, and all but the first of equal ones."""
    scopes, blocks = reading.scopes, {index for index, scope in enumerate(reading.scopes) if scope.kind == "block"}
    bound: dict[tuple[int, str], int] = {}
    defined: set[tuple[int, str]] = set()
    for item in reading.bindings:
        bound[item.scope, item.name] = bound.get((item.scope, item.name), 0) + 1
        if item.kind == "definition":
            defined.add((item.scope, item.name))
    for brought in reading.imports:
        bound.setdefault((brought.scope, brought.alias), 1)
    kept: dict[tuple[object, ...], Use] = {}
    for use in reading.uses:
        root, scope = _root_of(use.chain), use.scope
        others = [_root_of(chain) for chain in use.arguments.split(",")] if use.arguments else ()
        while scope in blocks and (scope, root) not in bound and not any((scope, name) in bound for name in others):
            scope = scopes[scope].parent
        if use.role == "load" and root == use.chain and _is_local(scopes, bound, defined, scope, root):
            continue
        line = use.line if bound.get((scope, root), 0) > 1 else 0
        key = (scope, use.owner, use.role, use.chain, use.arity, use.text, use.arguments, line)
        if key not in kept:
            kept[key] = use if scope == use.scope else use._replace(scope=scope)
    return list(kept.values())


def _root_of(chain: str) -> str:
    found = _ROOT.match(chain)
    return found[0] if found else chain


def _is_local(
    scopes: list[Scope], bound: dict[tuple[int, str], int], defined: set[tuple[int, str]], scope: int, root: str
) -> bool:
    while scope > 0 and (scope, root) not in bound:
        scope = scopes[scope].parent
    return scope > 0 and scopes[scope].kind not in {"class", "module"} and (scope, root) not in defined
