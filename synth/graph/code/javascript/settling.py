"""What does the whole file say of its definitions? Which functions are classes, and what is exported later on."""

from synth.graph.code.facts import Definition, FileFacts
from synth.graph.code.toolkit.notation import split_chain

_PROTOTYPE = ".prototype"
_EXPORTS = "exports."
_ARROW = "=>"


def with_classes(facts: FileFacts) -> FileFacts:
    """Make functions classes that have a prototype or a base, or whose name has a capital and that `new` is said of."""
    owners = {
        item.attached.removesuffix(_PROTOTYPE) for item in facts.definitions if item.attached.endswith(_PROTOTYPE)
    }
    owners |= {use.text for use in facts.uses if use.role == "base" and use.text}
    made = {use.chain.partition("<")[0] for use in facts.uses if use.role == "new"}
    owners |= {name for name in made if name[:1].isupper()}
    if not owners:
        return facts
    return facts._replace(definitions=[_settled(item, owners) for item in facts.definitions])


def _settled(item: Definition, owners: set[str]) -> Definition:
    if item.attached.endswith(_PROTOTYPE):
        attached = item.attached.removesuffix(_PROTOTYPE)
        return item._replace(attached=attached, local_name=f"{attached}.{item.name}")
    if item.kind != "function" or item.name not in owners or item.attached or item.signature.endswith(_ARROW):
        return item
    return item._replace(kind="class", variety="function")


def with_exported_members(facts: FileFacts) -> FileFacts:
    """Let what `exports` is given, even as a key of an object, belong to the file."""
    exported = {item.definition for item in facts.bindings if item.name.startswith(_EXPORTS)}
    if not exported:
        return facts
    return facts._replace(
        definitions=[
            item._replace(kind="function") if index in exported and item.kind == "method" and item.parent < 0 else item
            for index, item in enumerate(facts.definitions)
        ],
        bindings=[item._replace(scope=0) if item.name.startswith(_EXPORTS) else item for item in facts.bindings],
    )


def with_exports(facts: FileFacts) -> FileFacts:
    """Make public what is exported apart from its definition; a script that is no module hides nothing."""
    handed = {
        split_chain(item.symbol)[0]
        for item in facts.imports
        if item.reach != "in" and not item.module and item.scope == 0 and item.symbol
    }
    is_module = bool(facts.imports) or any(item.visibility == "public" for item in facts.definitions if item.parent < 0)
    if is_module and not handed:
        return facts
    return facts._replace(
        definitions=[
            item._replace(visibility="public")
            if item.parent < 0 and item.visibility == "private" and (not is_module or item.name in handed)
            else item
            for item in facts.definitions
        ]
    )
