"""What the parts of a resolver have in common: the files, and what they may ask each other."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from synth.graph.code.facts import Binding, Import, Use
from synth.graph.code.toolkit.members import Members
from synth.graph.code.toolkit.memo import Memo
from synth.graph.code.toolkit.rules import Rules
from synth.graph.code.toolkit.units import Bound, Space, Spaces, Symbol, Unit
from synth.graph.code.toolkit.values import Found


class Answers(ABC):
    """What the parts of a resolver know and ask of each other; see `synth.graph.code.toolkit.resolver`."""

    members: Members

    def __init__(self, rules: Rules, units: Sequence[Unit], spaces: Spaces) -> None:
        self.rules = rules
        self.units = units
        self.spaces = spaces
        self._memo: Memo[Found] = Memo()
        self._indexes: dict[Space, dict[str, list[tuple[Unit, Bound]]]] = {}
        self._passing: dict[Space, list[tuple[Unit, Import]]] = {}
        self._prefixes = {
            rules.separator.join(parts[:length])
            for parts in (name.split(rules.separator) for name in spaces.by_name)
            for length in range(1, len(parts))
        }
        self.by_path = {unit.path: unit for unit in units}
        self._held: dict[Symbol, list[Binding]] = {}
        self._returned: dict[Symbol, list[Use]] = {}
        for unit in units:
            for binding in unit.facts.bindings:
                if binding.kind == "definition":
                    self._held.setdefault(unit.symbols[binding.definition], []).append(binding)
            for use in unit.facts.uses:
                if use.role == "return":
                    self._returned.setdefault(unit.symbols[use.owner], []).append(use)

    def forget(self) -> None:
        """Drop all answers, because what they rest on has changed."""
        self._memo = Memo()
        self._indexes = {}
        self._passing = {}

    @abstractmethod
    def evaluate(self, unit: Unit, scope: int, chain: str, line: int) -> Found | None:
        """What a chain stands for, seen from a scope."""

    @abstractmethod
    def settle(self, found: Found, receiver: Found | None = None) -> Found | None:
        """Replace a variable by what it holds, for the object that it was found in."""

    @abstractmethod
    def member(self, holder: Found, name: str, unit: Unit) -> Found | None:
        """What `holder.name` stands for, where what holds it is no variable."""

    @abstractmethod
    def object_of(self, unit: Unit, scope: int, written: str) -> Found | None:
        """An object of a type, by the type's name as facts write it."""

    @abstractmethod
    def import_of(self, unit: Unit, item: Import) -> Found | None:
        """What an import stands for."""

    @abstractmethod
    def elsewhere(self, unit: Unit, name: str) -> Found | None:
        """What a bare name stands for that no scope and no package around it binds."""
