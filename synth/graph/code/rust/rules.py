"""What do Rust's names mean? Crates and modules, `use`, traits, macros and tests."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from synth.graph.code.facts import Binding, FileFacts, Import
from synth.graph.code.rust.crates import Layout, Package, lay_out
from synth.graph.code.rust.imports import MODULE
from synth.graph.code.rust.library import DERIVED, PRELUDE, UNKNOWN, given_to_closure, last_name, result_of, unwrapped
from synth.graph.code.toolkit.resolver import Resolver
from synth.graph.code.toolkit.rules import COMMON_METHODS, Rules, words
from synth.graph.code.toolkit.units import Place, Space, Symbol, Unit
from synth.graph.code.toolkit.values import External, Found, Function, Instance, Many, TypeParameter, Value

_PRELUDE_MODULES = frozenset({"option", "result", "vec", "string", "boxed"})
STANDARD = frozenset({"std", "core", "alloc", "proc_macro"})
_TEST = re.compile(r"(\w+::)*(test|rstest|test_case|case|wasm_bindgen_test|quickcheck|bench|proptest|test_log)\b")
_ONLY_IN_TESTS = re.compile(r"cfg\s*\(\s*(all\s*\(\s*)?test\b")


class RustRules(Rules):
    """Rust."""

    family = "rust"
    separator = "::"
    selves: frozenset[str] = frozenset()
    supers: frozenset[str] = frozenset()
    roots = frozenset({"self", "crate", "$crate", "super", "mod", "Self"})
    self_types = frozenset({"Self"})
    builtins = PRELUDE
    common_methods = COMMON_METHODS | DERIVED | words(
        "iter iter_mut into_iter unwrap expect as_str as_bytes push_str new_unchecked to_vec is_some is_none is_ok "
        "is_err ok err and_then or_else map_err collect fold extend drain retain resize insert_str chars bytes lines "
        "min_by max_by position peek poll lock unlock flush seek is_file is_dir as_path as_slice metadata file_type "
        "path to_path_buf canonicalize arg args output spawn elapsed as_os_str as_secs to_str to_string_lossy "
        "as_mut_slice parent file_name extension components display env current_dir stdin stdout stderr permissions "
        "modified"
    )  # fmt: skip
    has_field_names = True
    has_closed_modules = True
    nests_modules = True

    def __init__(self) -> None:
        self._layout = Layout({}, {}, {}, {}, {})
        self._macros: dict[str, list[Symbol]] = {}
        self._extensions: dict[tuple[str, str], list[Symbol]] = {}
        self._blankets: dict[str, list[Symbol]] = {}

    def places(self, files: Sequence[FileFacts], manifests: Mapping[str, str]) -> dict[str, Place]:
        """Every file is a module of a crate."""
        self._layout = lay_out(files, manifests)
        return self._layout.places

    def prepare(self, resolver: Resolver, manifests: Mapping[str, str]) -> None:
        """Note the macros, which are not found by modules, and what is implemented for types of others."""
        self._macros, self._extensions, self._blankets = defaultdict(list), defaultdict(list), defaultdict(list)
        for unit in resolver.units:
            for symbol in unit.symbols:
                if symbol.variety == "macro":
                    self._macros[symbol.name].append(symbol)
                elif unit.tables[symbol.fact.body].get(symbol.fact.attached) if symbol.fact.attached else False:
                    self._blankets[symbol.name].append(symbol)
                elif symbol.fact.attached:
                    self._extensions[symbol.fact.attached.rpartition(".")[2], symbol.name].append(symbol)

    def resolve_import(self, resolver: Resolver, unit: Unit, item: Import) -> Found | None:
        """A path from the crate, the module or another crate; what no crate of the source has is outside."""
        if item.module.startswith(MODULE):
            return self._declared_module(resolver, unit, item)
        parts = item.module.removeprefix("extern::").split("::")
        names = parts[1:] if item.symbol in {"", "*"} else [*parts[1:], item.symbol]
        if item.module.startswith("extern::"):
            found: Found | None = self._other_crate(resolver, unit, parts[0], is_said=True)
        else:
            found = self._first(resolver, unit, item, parts[0])
        for name in names:
            found = None if found is None else resolver.member(found, name, unit)
        return found

    def _declared_module(self, resolver: Resolver, unit: Unit, item: Import) -> Found | None:
        module = self._module_of(unit, item.scope)
        name = self._layout.children.get((unit.path, module, item.module.removeprefix(MODULE)))
        space = resolver.spaces.by_name.get(name) if name is not None else None
        return None if space is None else Found(space)

    def _first(self, resolver: Resolver, unit: Unit, item: Import, name: str) -> Found | None:
        """What the path of a `use` begins with."""
        if name in self.roots:
            return self.root_of(resolver, unit, item.scope, "mod" if name == "self" else name)
        module = resolver.spaces.by_name.get(self._module_of(unit, item.scope))
        is_itself = name in {item.alias, item.symbol} or item.symbol == "*"
        if not is_itself and module is not None:
            found = resolver.space_member(module, name, unit)
            if found is not None:
                return found
        elif module is not None and (found := self._inner(resolver, module, name)) is not None:
            return found
        crate = self._crate_of(resolver, unit)
        found = self._other_crate(resolver, unit, name, is_said=False)
        if found is None and crate is not None and crate is not module:
            found = self._inner(resolver, crate, name)
        return found or Found(External(name))

    def _inner(self, resolver: Resolver, module: Space, name: str) -> Found | None:
        """What a module itself defines or declares; its imports are not asked, since one of them is being read."""
        for unit, scope in module.parts:
            for bound in unit.tables[scope].get(name, ()):
                if not isinstance(bound, Import):
                    symbol = unit.symbols[bound.definition]
                    return Found(resolver.spaces.by_name[symbol.qualified_name] if symbol.kind == "module" else symbol)
                if bound.module.startswith(MODULE):
                    return self._declared_module(resolver, unit, bound)
        return None

    def _other_crate(self, resolver: Resolver, unit: Unit, name: str, *, is_said: bool) -> Found | None:
        """The root module of a crate; `is_said` where nothing but a crate can be meant."""
        package = self._package_of(unit)
        if name in STANDARD:
            return Found(External(name))
        folder = package.folder if name == package.library else None
        if name in package.dependencies:
            other, path = package.dependencies[name]
            folder = path or self._layout.packages.get(other)
            if folder not in self._layout.libraries:
                return Found(External(name))
        space = resolver.spaces.by_name.get(self._layout.libraries.get(folder, "")) if folder is not None else None
        if space is not None:
            return Found(space)
        return Found(External(name)) if is_said else None

    def _package_of(self, unit: Unit) -> Package:
        return self._layout.roots[self._root_name(unit)]

    def _root_name(self, unit: Unit) -> str:
        name = unit.place.space
        while name not in self._layout.roots:
            name = name.rpartition("::")[0]
        return name

    def _crate_of(self, resolver: Resolver, unit: Unit) -> Space | None:
        return resolver.spaces.by_name.get(self._root_name(unit))

    def _module_of(self, unit: Unit, scope: int) -> str:
        """The module that a scope lies in."""
        while scope >= 0:
            here = unit.facts.scopes[scope]
            if here.kind == "module" and here.definition >= 0:
                return unit.symbols[here.definition].qualified_name
            scope = here.parent
        return unit.place.space

    def root_of(self, resolver: Resolver, unit: Unit, scope: int, root: str) -> Found | None:
        """`self`, `Self`, `crate`, `super`, and `self` before `::`, which is written `mod`."""
        if root in {"self", "Self"}:
            return self._object(unit, scope, is_type=root == "Self")
        name = self._root_name(unit) if root in {"crate", "$crate"} else self._module_of(unit, scope)
        if root == "super":
            name = name.rpartition("::")[0]
        space = resolver.spaces.by_name.get(name)
        return None if space is None else Found(space)

    def _object(self, unit: Unit, scope: int, *, is_type: bool) -> Found | None:
        """The object of a method or its type; what is implemented for all types has one that only its bounds say."""
        cls = unit.class_of(scope)
        if cls is not None:
            return Found(cls if is_type else Instance(cls), "self")
        while scope >= 0:
            index = unit.facts.scopes[scope].definition
            fact = unit.facts.definitions[index] if index >= 0 else None
            if fact is not None and fact.attached and unit.tables[scope].get(fact.attached):
                of = TypeParameter(unit, index, type_parameters(unit, scope).index(fact.attached))
                return Found(of if is_type else Instance(of), "self")
            scope = unit.facts.scopes[scope].parent
        return None

    def find_elsewhere(self, resolver: Resolver, unit: Unit, name: str) -> Found | None:
        """What a function imports as a whole, macros, other crates, and what Rust itself has."""
        if name.endswith("!"):
            return self._macro(resolver, unit, name)
        for item in unit.facts.imports:
            if item.symbol == "*" and item.reach == "in":
                source = resolver.import_of(unit, item)
                found = None if source is None else resolver.member(source, name, unit)
                if found is not None and not isinstance(found.value, External):
                    return found
        if name in PRELUDE:
            return Found(External(name))
        return self._other_crate(resolver, unit, name, is_said=False)

    def _macro(self, resolver: Resolver, unit: Unit, name: str) -> Found | None:
        """A macro is imported, or of the same crate, or exported by one of the source; else of the language."""
        for item in unit.facts.imports:
            if item.alias == name[:-1] and (found := resolver.import_of(unit, item)) is not None:
                return found
        known = self._macros.get(name[:-1], ())
        root = self._root_name(unit)
        own = [symbol for symbol in known if self._root_name(symbol.unit) == root]
        chosen = own or [symbol for symbol in known if symbol.fact.visibility == "public" and name not in PRELUDE]
        if chosen:
            nearest = [symbol for symbol in chosen if symbol.unit is unit] or chosen
            return Found(nearest[0], "name" if len(nearest) == 1 else "type")
        return Found(External(name)) if name in PRELUDE else None

    def find_member(self, resolver: Resolver, unit: Unit, holder: Found, name: str) -> Found | None:
        """The module above, macros, what `?` and closures are given, `Deref`, and traits for types of others."""
        value = holder.value
        if isinstance(value, Space):
            return self._of_module(resolver, unit, value, name)
        if name == "?":
            return Found(unwrapped(value) or UNKNOWN, holder.how)
        if "|" in name:
            method, _, position = name.partition("|")
            return Found(Function(given_to_closure(value, method, int(position))), holder.how)
        if isinstance(value, External):
            return Found(External(f"{value.name}::{name[:-1]}")) if name.endswith("!") else None
        if isinstance(value, Symbol):
            return self._of_type(resolver, unit, value, name)
        return self._of_object(resolver, unit, value, name)

    def _of_type(self, resolver: Resolver, unit: Unit, cls: Symbol, name: str) -> Found | None:
        """Another name of a type has what the type has."""
        if cls.variety != "type_alias":
            return _derived(name) if cls.kind == "class" else None
        held = resolver.declared(cls)
        made = held.value.of if held is not None and isinstance(held.value, Instance) else None
        return None if made is None else resolver.member(Found(made, "type"), name, unit)

    def _of_object(self, resolver: Resolver, unit: Unit, value: Value, name: str) -> Found | None:
        if isinstance(value, Many):
            return Found(External(f"Vec::{name}"))
        if not isinstance(value, Instance):
            return None
        if isinstance(value.of, TypeParameter):
            return self._by_bound(resolver, unit, value.of, name)
        if isinstance(value.of, Symbol):
            found = self._through_deref(resolver, unit, value, name) or _derived(name)
            return found or _only(self._blankets.get(name, ()))
        return _only(self._extensions.get((last_name(value), name), ()))

    def _of_module(self, resolver: Resolver, unit: Unit, space: Space, name: str) -> Found | None:
        if name == "super":
            above = resolver.spaces.by_name.get(space.name.rpartition("::")[0])
            return None if above is None else Found(above)
        bare = name.removesuffix("!")
        if space.name in self._layout.roots and bare in self._macros:
            own = [item for item in self._macros[bare] if self._root_name(item.unit) == space.name]
            return Found(own[0]) if own else None
        return resolver.space_member(space, f"{name}!", unit) if not name.endswith("!") else None

    def _through_deref(self, resolver: Resolver, unit: Unit, value: Instance, name: str) -> Found | None:
        """`impl Deref` lends a type all that its target has."""
        targets = resolver.members.own(value.of).get("Target", ()) if isinstance(value.of, Symbol) else ()
        held = resolver.declared(targets[0]) if targets else None
        given = resolver.fill(held.value, value.of, value.arguments) if held and isinstance(value.of, Symbol) else None
        return None if given is None else resolver.member(Found(given, "type"), name, unit)

    def call_of(self, resolver: Resolver, space: Space) -> Found | None:
        """`mod f; pub use f::f;` gives both a module and a function."""
        above, _, name = space.name.rpartition("::")
        module = resolver.spaces.by_name.get(above)
        for unit, scope in module.parts if module is not None else ():
            for bound in unit.tables[scope].get(name, ()):
                if not isinstance(bound, Import) and unit.symbols[bound.definition].kind == "function":
                    return Found(unit.symbols[bound.definition])
        return resolver.space_member(space, name, space.parts[0][0]) if space.parts else None

    def _by_bound(self, resolver: Resolver, unit: Unit, of: TypeParameter, name: str) -> Found | None:
        """A type parameter of a type, whose bound only an `impl` says."""
        cls = of.unit.symbols[of.definition]
        own = type_parameters(of.unit, cls.fact.body)
        for methods in resolver.members.own(cls).values() if cls.kind == "class" else ():
            for method in methods:
                scope = method.fact.body
                for bound in method.unit.tables[scope].get(own[of.position], ()) if scope >= 0 else ():
                    if isinstance(bound, Binding) and bound.annotation:
                        held = resolver.object_of(method.unit, scope, bound.annotation)
                        return None if held is None else resolver.member(held, name, unit)
        return None

    def outside_result(self, resolver: Resolver, holder: Value, method: External) -> Value | None:
        """Elements, unwrapped values and the like."""
        return result_of(holder, method.name.rpartition("::")[2])

    def is_builtin(self, name: str) -> bool:
        """The prelude, under its full names too."""
        first, _, rest = name.partition("::")
        return first in PRELUDE or (first in STANDARD and rest.partition("::")[0] in _PRELUDE_MODULES)

    def external_name(self, path: str) -> str:
        """The last part of a path."""
        return path.rpartition("::")[2] or path

    def is_test(self, symbol: Symbol) -> bool:
        """Functions with `#[test]` or the like of a library."""
        return symbol.kind in {"function", "method"} and any(map(_TEST.match, symbol.fact.decorators))

    def is_of_tests(self, symbol: Symbol) -> bool:
        """In a file of tests, or in a module that is only compiled for them."""
        current: Symbol | None = symbol
        while current is not None and current.index >= 0:
            if any(map(_ONLY_IN_TESTS.match, current.fact.decorators)) or self.is_test(current):
                return True
            current = current.parent
        return symbol.unit.facts.is_test


def type_parameters(unit: Unit, scope: int) -> list[str]:
    """The names of the type parameters that a scope binds, in order."""
    firsts = (bound[0] for bound in unit.tables[scope].values())
    return [item.name for item in firsts if isinstance(item, Binding) and item.kind == "type_parameter"]


def _only(symbols: Sequence[Symbol]) -> Found | None:
    return Found(symbols[0], "type") if len(symbols) == 1 else None


def _derived(name: str) -> Found | None:
    return Found(External(f"Clone::{name}"), "type") if name in DERIVED else None
