"""What do the methods of Rust's own types give? Options, results, lists, maps, cells and iterators."""

from collections.abc import Callable, Mapping

from synth.graph.code.toolkit.rules import words
from synth.graph.code.toolkit.values import External, Instance, Many, Several, Value

UNKNOWN = Several(())
"""Stands for what is not known, where there certainly is something."""

PRELUDE = words(
    "bool char str i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 "
    "Option Some None Result Ok Err Vec String Box ToString ToOwned Clone Copy Send Sync Sized Drop Fn FnMut FnOnce "
    "drop Iterator IntoIterator Extend DoubleEndedIterator ExactSizeIterator Default From Into TryFrom TryInto AsRef "
    "AsMut PartialEq Eq PartialOrd Ord Debug Hash FromIterator derive cfg cfg_attr test ignore should_panic allow warn "
    "deny forbid inline cold must_use deprecated doc non_exhaustive repr no_mangle export_name link link_section "
    "macro_use macro_export global_allocator proc_macro proc_macro_derive proc_macro_attribute target_feature "
    "track_caller path automatically_derived bench rustfmt rustfmt_skip clippy expect feature used "
    "println! print! eprintln! eprint! format! format_args! vec! panic! assert! assert_eq! assert_ne! debug_assert! "
    "debug_assert_eq! debug_assert_ne! todo! unimplemented! unreachable! write! writeln! matches! dbg! concat! "
    "stringify! include_str! include_bytes! include! env! option_env! cfg! line! column! file! module_path! "
    "compile_error! macro_rules! thread_local! try! array"
)
"""What every file knows: primitive types, the prelude, attributes and macros of the language."""

DERIVED = words(
    "clone clone_from default eq ne cmp partial_cmp lt le gt ge max min hash fmt to_string to_owned into from "
    "try_into try_from borrow borrow_mut as_ref as_mut type_id deref deref_mut drop index into_iter by_ref "
    "serialize deserialize"
)
"""Methods of the standard traits, which most types derive or are given unasked."""

_KEEPS = words("clone cloned copied to_owned by_ref as_ref as_mut borrow borrow_mut into deref to_vec as_slice")
_LIST_KEEPS = words(
    "iter iter_mut into_iter drain filter rev skip take skip_while take_while chain cycle fuse inspect peekable "
    "step_by collect to_vec as_slice as_mut_slice into_boxed_slice split_off by_ref cloned copied clone union "
    "intersection difference to_owned sorted as_ref as_mut dedup into_vec"
)
_LIST_OPTIONS = words(
    "next next_back first last first_mut last_mut get get_mut pop pop_front pop_back front back nth find min max "
    "min_by max_by min_by_key max_by_key peek reduce front_mut back_mut iter_next"
)
_LIST_ELEMENTS = words("remove swap_remove get_unchecked index")
_OPTION_UNWRAPS = words(
    "unwrap expect unwrap_or unwrap_or_default unwrap_or_else get_or_insert_with get_or_insert insert unwrap_unchecked"
)
_OPTION_KEEPS = words("as_ref as_mut as_deref as_deref_mut take cloned copied clone or or_else filter replace xor")
_RESULT_UNWRAPS = words("unwrap expect unwrap_or unwrap_or_default unwrap_or_else unwrap_unchecked")
_RESULT_KEEPS = words(
    "as_ref as_mut as_deref map_err context with_context or or_else cloned copied chain_err wrap_err wrap_err_with"
)
_MAP_OPTIONS = words("get get_mut remove insert get_key_value pop_first pop_last")
_MAP_VALUES = words("values values_mut into_values")
_MAP_PAIRS = words("iter iter_mut into_iter drain range")
_ENTRY_VALUES = words("or_insert or_insert_with or_default or_insert_with_key into_mut get get_mut insert")
_CELL_VALUES = words("borrow borrow_mut get get_mut into_inner load take replace get_or_init")
_LOCKS = words("lock read write try_lock into_inner try_borrow try_borrow_mut try_read try_write")
_EACH_OF_LIST = words(
    "map for_each filter any all find filter_map flat_map position take_while skip_while map_while inspect partition "
    "max_by_key min_by_key sort_by_key retain try_for_each find_map sort_unstable_by_key sort_by sort_unstable_by "
    "dedup_by_key max_by min_by rposition group_by sorted_by_key sorted_by drain_filter is_some_and"
)
_SECOND_OF_LIST = words("fold try_fold rfold scan")
_EACH_OF_OPTION = words("map and_then filter map_or map_or_else is_some_and is_ok_and is_none_or inspect")

_MAPS = words("HashMap BTreeMap IndexMap FxHashMap AHashMap DashMap")
_CELLS = words("RefCell Cell UnsafeCell OnceCell LazyCell Once Lazy OnceLock LazyLock AtomicCell Ref RefMut")
_MUTEXES = words("Mutex RwLock ReentrantMutex")


def last_name(value: Value | None) -> str:
    """The bare name of a type that is outside of the source."""
    return value.of.name.rpartition("::")[2] if isinstance(value, Instance) and isinstance(value.of, External) else ""


def option_of(value: Value | None) -> Value:
    """`Option<T>`."""
    return Instance(External("Option"), (value,))


def unwrapped(holder: Value) -> Value | None:
    """What `?` gives."""
    if last_name(holder) in {"Option", "Result", "IoResult", "LocalResult"} or last_name(holder).endswith("Result"):
        return _argument(holder, 0)
    return None


def result_of(holder: Value, name: str) -> Value | None:
    """What a method gives for an object; None where that is not known."""
    if isinstance(holder, Many):
        return _of_list(holder, name)
    kind = last_name(holder)
    read = _READERS.get("Result" if kind.endswith("Result") else kind)
    if read is not None:
        return read(holder, name)
    return holder if name in _KEEPS else None


def given_to_closure(holder: Value, method: str, position: int) -> Value | None:
    """What a method hands to the closure that it is given, as its argument at a position."""
    if isinstance(holder, Many):
        if method in _SECOND_OF_LIST:
            return holder.element if position == 1 else None
        return holder.element if method in _EACH_OF_LIST else None
    kind = last_name(holder)
    if kind == "Option" or kind.endswith("Result"):
        if method in {"map_err", "or_else", "unwrap_or_else"}:
            return _argument(holder, 1)
        return _argument(holder, 0) if method in _EACH_OF_OPTION else None
    return None


def _argument(holder: Value, position: int) -> Value | None:
    given = holder.arguments if isinstance(holder, Instance) else ()
    return given[position] if -len(given) <= position < len(given) else None


def _of_list(holder: Many, name: str) -> Value | None:
    if name in _LIST_KEEPS:
        return holder
    if name in _LIST_OPTIONS:
        return option_of(holder.element)
    if name in _LIST_ELEMENTS:
        return holder.element
    if name == "enumerate":
        return Many(Several((None, holder.element)))
    if name == "zip":
        return Many(Several((holder.element, None)))
    return Many(holder) if name in {"chunks", "windows", "split"} else None


def _of_option(holder: Value, name: str) -> Value | None:
    if name in _OPTION_UNWRAPS:
        return _argument(holder, 0)
    if name in _OPTION_KEEPS:
        return holder
    if name in {"ok_or", "ok_or_else", "context", "with_context"}:
        return Instance(External("Result"), (_argument(holder, 0),))
    return Many(_argument(holder, 0)) if name in {"iter", "into_iter", "iter_mut"} else None


def _of_result(holder: Value, name: str) -> Value | None:
    if name in _RESULT_UNWRAPS:
        return _argument(holder, 0)
    if name in _RESULT_KEEPS:
        return Instance(External("Result"), (_argument(holder, 0),))
    if name in {"unwrap_err", "expect_err"}:
        return _argument(holder, 1)
    if name == "err":
        return option_of(_argument(holder, 1))
    return option_of(_argument(holder, 0)) if name == "ok" else None


def _of_map(holder: Value, name: str) -> Value | None:
    if name in _MAP_OPTIONS:
        return option_of(_argument(holder, -1))
    if name in _MAP_VALUES:
        return Many(_argument(holder, -1))
    if name in {"keys", "into_keys"}:
        return Many(_argument(holder, 0))
    if name in _MAP_PAIRS:
        return Many(Several((_argument(holder, 0), _argument(holder, -1))))
    if name == "entry":
        return Instance(External("std::collections::hash_map::Entry"), (_argument(holder, -1),))
    return holder if name == "clone" else None


def _of_entry(holder: Value, name: str) -> Value | None:
    return _argument(holder, -1) if name in _ENTRY_VALUES else None


def _of_cell(holder: Value, name: str) -> Value | None:
    return _argument(holder, 0) if name in _CELL_VALUES else None


def _of_lock(holder: Value, name: str) -> Value | None:
    return Instance(External("Result"), (_argument(holder, 0),)) if name in _LOCKS else None


def _of_conversion(holder: Value, name: str) -> Value | None:
    return _argument(holder, 0) if name in _KEEPS else None


_READERS: Mapping[str, Callable[[Value, str], Value | None]] = {
    "Option": _of_option,
    "Result": _of_result,
    "Entry": _of_entry,
    **dict.fromkeys(_MAPS, _of_map),
    **dict.fromkeys(_CELLS, _of_cell),
    **dict.fromkeys(_MUTEXES, _of_lock),
    **dict.fromkeys(("AsRef", "AsMut", "Into", "Borrow", "Deref"), _of_conversion),
}
