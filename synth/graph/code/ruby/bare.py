"""Which bare names are calls? What no statement of the method binds is a method of the object, without parentheses.

Chains are rewritten so that each call is seen as one: `user.name` becomes `user(0).name` where `user` is no local.
"""

from collections.abc import Iterator, Sequence

from synth.graph.code.facts import Definition, FileFacts, Scope, Use
from synth.graph.code.toolkit.notation import is_call, join_links, split_chain

BARRIERS = frozenset({"", "singleton"})  # varieties, as captured, of methods that see no local around them
_KEPT = frozenset({"self", "super", "described_class"})


class Locals:
    """The local variables of a file."""

    def __init__(self, facts: FileFacts) -> None:
        self._scopes: Sequence[Scope] = facts.scopes
        self._definitions: Sequence[Definition] = facts.definitions
        self._names: list[set[str]] = [set() for _ in facts.scopes]
        self._answers: dict[tuple[int, str], bool] = {}
        for item in facts.bindings:
            if item.kind != "definition" and item.name[0] != "!":
                self._names[item.scope].add(item.name)

    def is_local(self, scope: int, name: str) -> bool:
        """Whether a name is a variable where it stands."""
        question = (scope, name)
        if question not in self._answers:
            self._answers[question] = self._search(scope, name)
        return self._answers[question]

    def _search(self, scope: int, name: str) -> bool:
        while scope >= 0:
            if name in self._names[scope]:
                return True
            here = self._scopes[scope]
            if here.definition >= 0 and ends_locals(here, self._definitions[here.definition]):
                return False
            scope = here.parent
        return False

    def rewrite(self, scope: int, chain: str) -> str:
        """A chain with its root called, where that is no variable."""
        root = root_of(chain)
        rest = chain[len(root) :]
        if not is_bare(root) or rest[:1] == "(" or self.is_local(scope, root):
            return chain
        return f"{root}(0){rest}"


def ends_locals(scope: Scope, definition: Definition) -> bool:
    """Whether what is inside of a definition sees no local variable around it."""
    return definition.variety in BARRIERS if scope.kind == "function" else definition.variety != "group"


def is_bare(root: str) -> bool:
    """Whether a chain begins with a name that may be a local variable or a method."""
    return (root[:1].islower() or root[:1] == "_") and root not in _KEPT and not root.endswith("}")


def root_of(chain: str) -> str:
    """The name that a chain begins with."""
    for position, mark in enumerate(chain):
        if mark in ".([{#" and position:
            return chain[:position]
    return chain


def called_uses(facts: FileFacts, local: Locals) -> Iterator[Use]:
    """The uses of a file, with a call for each bare name that is one and for each setter."""
    seen: set[tuple[int, int, str]] = set()
    for use in facts.uses:
        root = root_of(use.chain)
        chain = use.chain if use.role == "call" and root == use.chain else local.rewrite(use.scope, use.chain)
        if use.role not in {"load", "call", "return"} or (chain == use.chain and chain[-1:] != "="):
            yield use
            continue
        caller = _caller(facts.definitions, use.owner)
        if use.role != "return" and chain != use.chain and (use.scope, caller, root) not in seen:
            seen.add((use.scope, caller, root))
            is_alias = caller >= 0 and facts.definitions[caller].variety.endswith("alias")
            yield use._replace(role="call", chain=root, owner=caller, arity=-1 if is_alias else 0)
        if use.role == "load" and chain[-1:] == "=":
            yield from _calls_in(use, chain, caller)
            yield use._replace(role="call", chain=chain, owner=caller, arity=1)
        elif use.role == "return" or use.chain != root:
            yield use._replace(chain=chain)


def _calls_in(use: Use, chain: str, caller: int) -> Iterator[Use]:
    """The calls that lie on the way to a setter."""
    links = split_chain(chain)
    for position, link in enumerate(links):
        if is_call(link):
            arity = int(link[1:-1]) if len(link) > 2 else -1
            yield use._replace(role="call", chain=join_links(list(links[:position])), owner=caller, arity=arity)


def _caller(definitions: Sequence[Definition], owner: int) -> int:
    while owner >= 0 and definitions[owner].kind == "variable":
        owner = definitions[owner].parent
    return owner
