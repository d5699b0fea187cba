"""What does a chain stand for? Names, members, calls and elements, without running anything.

A resolver is built up of parts: `packages`, `scopes` and `inference` answer what bare names and types mean. Where two
things could be meant, or the source does not say, the answer is None: nothing is guessed.
"""

from collections.abc import Sequence

from synth.graph.code.facts import Import
from synth.graph.code.toolkit.callbacks import handed
from synth.graph.code.toolkit.inference import Inference
from synth.graph.code.toolkit.members import Members
from synth.graph.code.toolkit.notation import LITERAL, arity_of, is_call, split_chain
from synth.graph.code.toolkit.overloads import agreed
from synth.graph.code.toolkit.rules import Rules
from synth.graph.code.toolkit.units import Space, Spaces, Symbol, Unit
from synth.graph.code.toolkit.values import (
    External,
    Found,
    Function,
    Group,
    Instance,
    Many,
    Several,
    Super,
    TypeParameter,
    Universal,
    Value,
)


class Resolver(Inference):
    """Answers what names mean in the files of one collection."""

    def __init__(self, rules: Rules, units: Sequence[Unit], spaces: Spaces) -> None:
        super().__init__(rules, units, spaces)
        self.members = Members(self, ())

    def make_members(self, units: Sequence[Unit]) -> Members:
        """The classes of the collection, once every definition has its parent."""
        return Members(self, units)

    def trace(self, unit: Unit, scope: int, chain: str, line: int, last: str = ".") -> list[Found | None]:
        """What each beginning of a chain stands for; it ends early where one is not known.

        `last` is the link that follows the chain, such as a call.
        """
        root, *links = split_chain(chain)
        after = [*links[:1], last][0]
        found = self._root(unit, scope, root, line, called=is_call(after))
        if found is None and root in self.rules.universal and is_call(after):
            found = Found(Universal(self.rules.universal[root]), "self")
        steps = [found]
        receiver = self._implied(unit, scope, found) if links and is_call(links[0]) else None
        for position, link in enumerate(links):
            if found is None and link not in self.rules.universal:
                break
            if is_call(link):
                found = None if found is None else self._result(unit, found, receiver, arity_of(link))
            elif link[0] == "^":
                found = None if found is None else handed(self, found, receiver, link)
            else:
                receiver = None if found is None else self.settle(found, receiver)
                found = None if receiver is None or found is None else self._step(unit, receiver, found, link)
                if found is None and link in self.rules.universal:
                    found = Found(Universal(self.rules.universal[link]), "type")
                after = links[position + 1] if position + 1 < len(links) else last
                found = found if found is None else self._narrow(found, called=is_call(after))
            steps.append(found)
        return steps

    def _narrow(self, found: Found, *, called: bool) -> Found:
        """Of members that share a name those that can be called, or those that cannot, where these are apart."""
        if called and isinstance(found.value, Space):
            return self.rules.call_of(self, found.value) or found
        if not isinstance(found.value, Group) or not (self.rules.has_method_names or self.rules.has_field_names):
            return found
        symbols = [symbol for symbol in found.value.symbols if (symbol.kind in {"function", "method"}) == called]
        if not symbols:
            return found
        return Found(symbols[0] if len(symbols) == 1 else Group(tuple(symbols)), found.how)

    def evaluate(self, unit: Unit, scope: int, chain: str, line: int) -> Found | None:
        """What a chain stands for, seen from a scope."""
        return self.trace(unit, scope, chain, line)[-1]

    def _root(self, unit: Unit, scope: int, root: str, line: int, *, called: bool) -> Found | None:
        if root.endswith("{}"):
            found = self.object_of(unit, scope, root.removesuffix("{}"))
            return None if found is None else found.through("type")
        if root[0] == LITERAL:
            return self.object_of(unit, 0, root[1:])
        if root in self.rules.selves:
            cls = unit.class_of(scope)
            return None if cls is None else Found(Instance(cls), "self")
        if root in self.rules.supers:
            cls = unit.class_of(scope)
            return None if cls is None else Found(Super(cls), "self")
        if root in self.rules.roots:
            return self.rules.root_of(self, unit, scope, root)
        found = self.lookup(unit, scope, root, line, called=called)
        return None if found is None else self._narrow(found, called=called)

    def _step(self, unit: Unit, holder: Found, unsettled: Found, link: str) -> Found | None:
        if link == "[]":
            return self._element(holder, unsettled)
        if link == "!":
            return self._awaited(holder)
        parts = self._parts_of(holder, unsettled)
        if link[0] == "#" and link[1:].isdigit():
            if parts is not None:
                return _found(parts[int(link[1:])], holder) if int(link[1:]) < len(parts) else None
            return holder if link == "#0" else None
        if parts and isinstance(unsettled.value, Symbol) and unsettled.value.variety == "enum_member":
            names = [item.name for item in unsettled.value.unit.parameters.get(unsettled.value.index, ())]
            return _found(parts[names.index(link)], holder) if link in names else self.member(holder, link, unit)
        return self.member(holder, link, unit)

    def _awaited(self, holder: Found) -> Found | None:
        value = holder.value
        if isinstance(value, Instance) and isinstance(value.of, External) and value.arguments:
            return _found(value.arguments[0], holder) if self.rules.is_gone_through(value) else holder
        return holder

    def _parts_of(self, holder: Found, unsettled: Found) -> tuple[Value | None, ...] | None:
        """What `#0`, `#1` … are of several results, a class that is made of several types, or a member of an enum."""
        value, member = holder.value, unsettled.value
        if isinstance(value, Several):
            return value.values
        if isinstance(member, Symbol) and member.variety == "enum_member" and member.fact.returns:
            held = self.object_of(member.unit, member.fact.scope, member.fact.returns)
            return held.value.values if held is not None and isinstance(held.value, Several) else None
        if isinstance(value, Instance) and isinstance(value.of, Symbol) and value.of.kind == "class":
            made = self.declared(value.of)
            filled = None if made is None else self.fill(made.value, value.of, value.arguments)
            return filled.values if isinstance(filled, Several) else None
        return None

    def _implied(self, unit: Unit, scope: int, found: Found | None) -> Found | None:
        """The object that a bare name is called on, where it is a method of the class around."""
        value = None if found is None else found.value
        symbol = value.symbols[0] if isinstance(value, Group) else value
        if not self.rules.has_implicit_members or not isinstance(symbol, Symbol) or symbol.kind != "method":
            return None
        cls = unit.class_of(scope)
        return None if cls is None else Found(Instance(cls), "self")

    def _element(self, holder: Found, unsettled: Found) -> Found | None:
        value = holder.value
        if isinstance(value, Many):
            return _found(value.element, holder)
        if isinstance(value, Instance) and isinstance(value.of, External) and value.arguments:
            return _found(value.arguments[-1], holder)
        if isinstance(value, Instance) and isinstance(value.of, Symbol):
            alias = self.declared(value.of)
            if alias is not None and isinstance(alias.value, Many):
                return self._element(alias, alias)
            if self.rules.indexer:
                member = self.members.find(value.of, self.rules.indexer)
                return None if member is None else self._result(value.of.unit, member, holder, -1)
            return self._pointed_at(holder, value.of) if self.rules.has_pointers else None
        return unsettled if isinstance(value, Symbol | Group) else None  # a generic with its type arguments

    def _pointed_at(self, holder: Found, cls: Symbol) -> Found | None:
        """What `p[i]` is: what the class says, else one of the objects that a pointer points at."""
        operator = self.members.find(cls, "operator[]")
        return holder if operator is None else self._result(cls.unit, operator, holder, 1)

    def member(self, holder: Found, name: str, unit: Unit) -> Found | None:
        """What `holder.name` stands for, where what holds it is no variable."""
        value = holder.value
        found: Found | None = None
        if isinstance(value, Space):
            found = self.space_member(value, name, unit)
        elif isinstance(value, External):
            found = Found(External(f"{value.name}{self.rules.separator}{name}"))
        elif isinstance(value, Super):
            found = self.members.find(value.cls, name, above=True)
        elif isinstance(value, Symbol) and value.kind == "class":
            found = self.members.find(value, name)
        elif isinstance(value, Instance):
            found = self._of_instance(value, name, unit)
        elif isinstance(value, TypeParameter):
            bound = self._bound_of(value)
            found = None if bound is None else self.member(bound, name, unit)
        if found is None or isinstance(found.value, External):
            found = self.rules.find_member(self, unit, holder, name) or found
        return None if found is None else found.through(holder.how)

    def _of_instance(self, value: Instance, name: str, unit: Unit) -> Found | None:
        if isinstance(value.of, TypeParameter):
            bound = self._bound_of(value.of)
            return None if bound is None else self.member(bound, name, unit)
        if isinstance(value.of, External):
            return Found(External(f"{value.of.name}{self.rules.separator}{name}"))
        return self.members.find(value.of, name)

    def called(self, unit: Unit, callee: Found, receiver: Found | None) -> Found | None:
        """What calling a function, or a method of a receiver, gives."""
        return self._result(unit, callee, receiver, -1)

    def _result(self, unit: Unit, callee: Found, receiver: Found | None, arity: int) -> Found | None:
        """What calling something gives."""
        settled = self.settle(callee, receiver)
        if settled is None:
            return None
        value = settled.value
        if isinstance(callee.value, Symbol) and callee.value.variety in self.rules.accessors:
            return settled
        if isinstance(value, External):
            given = None if receiver is None else self.rules.outside_result(self, receiver.value, value)
            return _found(given, settled) or Found(External(f"{value.name}()"), settled.how).through("type")
        symbol = agreed(value.symbols, arity) if isinstance(value, Group) else value
        if isinstance(symbol, Symbol):
            return self._made_by(symbol, receiver)
        if isinstance(value, Universal):
            return self.object_of(unit, 0, value.returns)
        return _found(value.result, settled) if isinstance(value, Function) else None

    def _made_by(self, symbol: Symbol, receiver: Found | None) -> Found | None:
        """An object of a class that is called, or what a function returns."""
        if symbol.kind == "class":
            return Found(Instance(symbol), "type")
        if symbol.kind not in {"function", "method"}:
            return None
        promised = self._memo.answer(("returns", symbol), lambda: self._find_returned(symbol))
        return None if promised is None else self.fill_for(promised, receiver, symbol)

    def import_of(self, unit: Unit, item: Import) -> Found | None:
        """What an import stands for."""
        return self._memo.answer(("import", unit, item), lambda: self.rules.resolve_import(self, unit, item))

    def elsewhere(self, unit: Unit, name: str) -> Found | None:
        """What wildcard imports bring, and what the language itself has."""
        return self.rules.find_elsewhere(self, unit, name)


def _found(value: Value | None, holder: Found) -> Found | None:
    return None if value is None else Found(value, holder.how).through("annotation")
