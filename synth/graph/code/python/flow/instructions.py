"""What can a statement do to values? The instructions that a file's code is made of, as flat integers.

An instruction is its number followed by its operands: `v…` are variables of the file, `d` a definition (-1 for the
module), `n` the position of a string in the file's names, `line` a line. An unknown value is the variable -1. Calls
and whatever may call a method unasked carry the definition that makes the call, and the line.
"""

from enum import IntEnum


class Op(IntEnum):
    """An instruction; the comment shows its operands."""

    FUNCTION = 0  # v d: a function object
    CLASS = 1  # v d: a class object
    COPY = 2  # v_to v_from
    NAME = 3  # v scope n: what a global or built-in name stands for
    IMPORT = 4  # v i: what the import `i` binds
    STRING = 5  # v n: a string literal
    ATTRIBUTE = 6  # v v_object n d line: reads an attribute
    SET_ATTRIBUTE = 7  # v_object n v_value d line
    NEW = 8  # v n: a container of the kind that `n` names
    ITEM = 9  # v v_object n d line: reads an item; key `n`, or -1 where it is computed
    SET_ITEM = 10  # v_object n v_value d line
    CALL = 11  # v v_callee d line positional named v_star v_double_star, then v…, then n v…
    RETURN = 12  # d v
    YIELD = 13  # d v
    YIELD_FROM = 14  # v d v_iterable line
    ITERATE = 15  # v v_iterable d line is_async
    ENTER = 16  # v v_manager d line is_async
    AWAIT = 17  # v v_awaited d line
    OPERATE = 18  # v v_left v_right n d line: the operator's method and its reflection
    METHOD = 19  # v v_object n d line: calls a special method without arguments
    NARROW = 20  # v v_from v_class keep: keeps the objects of the class, or all others
    SUPER = 21  # v d v_self: `super()` in a method of the class `d`
    TYPE = 22  # v scope n: an object of the class that the chain `n` names
    PARAMETER = 23  # d v kind n v_type: in the order of the definition
    RETURN_PARAMETER = 24  # d position: returns what it was given
    RETURN_ATTRIBUTE = 25  # d n: returns an attribute of its first parameter
    RETURN_CALL = 26  # d position: returns what the parameter of the enclosing function returns when called
    KEEP_PARAMETER = 27  # d n position: stores a parameter as an attribute of its first one
    CLASS_NAME = 28  # d n v: what a class body binds a name to in the end
    MODULE_NAME = 29  # n v: what the module binds a name to in the end
    WRAP = 30  # v n v_function: `property`, `staticmethod` or `classmethod`
    FIELD = 31  # d n v_type: an annotated name of a class body, in order
    TYPE_CLASS = 32  # v scope n: the class itself, from `type[C]`
    HOLD = 33  # v v_container v_item: the container, once it holds something of the source
    RAISE = 34  # v d line: raises a value; of a class, that makes an object
    DECORATE = 35  # v v_decorator d line v_decorated
    RETURN_OWN_CALL = 36  # d position: returns what one of its own parameters returns when called


ARITY = {
    Op.FUNCTION: 2, Op.CLASS: 2, Op.COPY: 2, Op.NAME: 3, Op.IMPORT: 2, Op.STRING: 2, Op.ATTRIBUTE: 5,
    Op.SET_ATTRIBUTE: 5, Op.NEW: 2, Op.ITEM: 5, Op.SET_ITEM: 5, Op.RETURN: 2, Op.YIELD: 2, Op.YIELD_FROM: 4,
    Op.ITERATE: 5, Op.ENTER: 5, Op.AWAIT: 4, Op.OPERATE: 6, Op.METHOD: 5, Op.NARROW: 4, Op.SUPER: 3, Op.TYPE: 3,
    Op.PARAMETER: 5, Op.RETURN_PARAMETER: 2, Op.RETURN_ATTRIBUTE: 2, Op.RETURN_CALL: 2, Op.KEEP_PARAMETER: 3,
    Op.CLASS_NAME: 3, Op.MODULE_NAME: 2, Op.WRAP: 3, Op.FIELD: 3, Op.TYPE_CLASS: 3,
    Op.HOLD: 3, Op.RAISE: 3, Op.RETURN_OWN_CALL: 2, Op.DECORATE: 5,
}  # fmt: skip
"""How many operands follow; a `CALL` says so itself."""

PARAMETER_KINDS = ("positional_only", "positional", "var_positional", "keyword_only", "var_keyword")
"""As in `synth.schema.PARAMETER`; an instruction holds the position."""
