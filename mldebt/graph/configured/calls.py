"""Calls: what loads a configuration, asks it for a key, or is a function whose parameters get it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mldebt.graph.configured.flow import NOTHING, OTHER, Target, Values
from mldebt.read.facts import Expr

if TYPE_CHECKING:
    from mldebt.graph.configured.expressions import Expressions as Walker

GETTERS = frozenset({"get", "pop", "getint", "getfloat", "getboolean", "setdefault", "getlist"})
ASKING = frozenset({"has_option", "has_section", "__contains__"})
READERS = ("read", "read_file", "readfp", "read_string", "read_dict")
COPIES = frozenset({"copy", "deepcopy", "dict", "__copy__"})
HARMLESS = frozenset({"isinstance", "len", "type", "id", "bool", "callable", "hasattr"})


def call(walker: Walker, expression: Expr) -> Values:
    _, function, args, kwargs, _, ordinal = expression
    said = walker.flow.settings.get((walker.file, ordinal), ())
    loaded = frozenset(walker.flow.roots.get(one) for one in said if one[0] in ("load", "compose", "parse"))
    if any(loaded):
        return _loaded(walker, function, args, kwargs, loaded)
    if any(what == "overlay" for what, _ in said):
        return _passed_on(walker, args, kwargs)
    if any(what == "select" for what, _ in said):
        return _selected(walker, args, kwargs)
    if function[0] == "attr" and (found := _of_table(walker, function, args, kwargs)) is not None:
        return found
    if function[0] == "name" and (found := _builtin(walker, function[1], args, kwargs)) is not None:
        return found
    return _function(walker, function, args, kwargs)


def _loaded(walker: Walker, function: Expr, args: Any, kwargs: Any, roots: Values) -> Values:
    """What a call loads; `parser.read(path)` puts it into the parser."""
    _use_all(walker, args, kwargs)
    if function[0] == "attr" and function[2] in READERS and not any(walker.of(function[1]) - roots):
        walker.store(function[1], roots)
    return roots


def _passed_on(walker: Walker, args: Any, kwargs: Any) -> Values:
    found: Values = NOTHING
    for argument in args:
        found |= walker.of(argument[1] if argument[0] == "star" else argument)
    for _, value in kwargs:
        found |= walker.of(value)
    for table in walker.tables(found) if len(args) + len(kwargs) > 1 else ():
        table.stored = True
    return found or OTHER


def _selected(walker: Walker, args: Any, kwargs: Any) -> Values:
    if len(args) > 1 and args[1][0] == "const" and isinstance(args[1][1], str):
        _use_all(walker, args[2:], kwargs)
        return walker.child(walker.of(args[0]), args[1][1], soft=True, dotted=True)
    _use_all(walker, args, kwargs)
    return OTHER


def _of_table(walker: Walker, function: Expr, args: Any, kwargs: Any) -> Values | None:
    """A method of a table; None where its base is none."""
    bases = walker.of(function[1])
    if not any(bases):
        return None
    name = function[2]
    if all(table.child(name) is not None for table in walker.tables(bases)):
        return None
    if name in GETTERS and args and args[0][0] == "const" and isinstance(args[0][1], str):
        return _got(walker, bases, name, args, kwargs)
    if name in ASKING:
        _asked(walker, bases, args)
        return OTHER
    if name == "copy" and not args:
        return bases
    if name in ("update", "merge", "merge_with", "set", "__setitem__", "add_section"):
        for table in walker.tables(bases):
            table.stored = True
        _use_all(walker, args, kwargs)
        return OTHER
    if None in bases:
        return None  # it may be a function of ours: what it does with its receiver isn't known
    walker.use(bases)
    _use_all(walker, args, kwargs)
    return OTHER


def _got(walker: Walker, bases: Values, name: str, args: Any, kwargs: Any) -> Values:
    """`config.get("key", default)`, `parser.getint("section", "option")`."""
    by_section = len(args) > 1 and args[1][0] == "const" and isinstance(args[1][1], str)
    found = walker.child(bases, args[0][1], soft=True, dotted=True)
    if by_section and any(table.child(args[1][1]) for table in walker.tables(found)):
        _use_all(walker, args[2:], kwargs)
        return walker.child(found, args[1][1], soft=len(args) > 2 or bool(kwargs))
    given: Values = NOTHING
    for default in (*args[1:], *(value for _, value in kwargs)):
        given |= walker.of(default)
    return found | (given if any(given) or found else OTHER)


def _asked(walker: Walker, bases: Values, args: Any) -> None:
    for argument in args:
        if argument[0] != "const" or not isinstance(argument[1], str):
            walker.use(walker.of(argument) | bases)
            return
        bases = walker.child(bases, argument[1], soft=True)


def _builtin(walker: Walker, name: str, args: Any, kwargs: Any) -> Values | None:
    if name in HARMLESS and not kwargs:
        values = [walker.of(argument) for argument in args]
        if name == "hasattr" and len(args) == 2 and args[1][0] == "const":
            walker.child(values[0], str(args[1][1]), soft=True)
        elif name == "hasattr":
            walker.use(values[0])
        return OTHER
    if name == "getattr" and len(args) >= 2 and args[1][0] == "const" and isinstance(args[1][1], str):
        found = walker.child(walker.of(args[0]), args[1][1], soft=len(args) > 2)
        return found | (walker.of(args[2]) if len(args) > 2 else NOTHING)
    if name in COPIES and len(args) == 1 and not kwargs:
        return walker.of(args[0])
    return None


def _function(walker: Walker, function: Expr, args: Any, kwargs: Any) -> Values:
    """A call of a function of the repository hands tables to its parameters; to any other, they are lost."""
    name = function[-1] if function[0] in ("name", "attr") else ""
    if function[0] == "attr":
        walker.of(function)
    elif function[0] != "name":
        walker.use(walker.of(function))
    name = walker.seen.imported.get(name, name)
    spread = any(argument[0] == "star" for argument in args) or any(key is None for key, _ in kwargs)
    given = [walker.of(argument) for argument in args]
    named = {key: walker.of(value) for key, value in kwargs}
    if name in COPIES and len(given) == 1 and not named:
        return given[0]
    holds = any(any(values) for values in (*given, *named.values()))
    if holds:
        walker.flow.follow(name)
    targets = walker.flow.functions(name)
    if holds and (not targets or spread):
        for values in (*given, *named.values()):
            walker.use(values)
    else:
        for target in targets:
            _bind(walker, target, given, named, holds)
    return _given_back(walker, name, args, kwargs)


def _given_back(walker: Walker, name: str, args: Any, kwargs: Any) -> Values:
    """What a function gives; of several files that it may load, those that the call names."""
    values = walker.flow.read(("ret", name)) if name else NOTHING
    if len(values) < 2:
        return values or OTHER
    texts = [part for part in _texts((args, kwargs)) if "." in part or len(part) > 3]
    named = frozenset(
        table for table in values
        if table is not None and not table.path and any(_is_named(table.file, text) for text in texts)
    )  # fmt: skip
    return named or values or OTHER


def _is_named(file: str, text: str) -> bool:
    last = file.rpartition("/")[2]
    return text.rpartition("/")[2] in (last, last.partition(".")[0])


def _texts(part: Any) -> list[str]:
    if not isinstance(part, tuple):
        return []
    if len(part) == 2 and part[0] == "const":
        return [part[1]] if isinstance(part[1], str) else []
    return [text for one in part for text in _texts(one)]


def _bind(walker: Walker, target: Target, given: list[Values], named: dict[Any, Values], holds: bool) -> None:
    for number, values in enumerate(given):
        if number < len(target.positional):
            walker.flow.put(target.positional[number], values)
        elif target.rest or holds:
            walker.use(values)
    for key, values in named.items():
        if key in target.named:
            walker.flow.put(target.named[key], values)
        else:
            walker.use(values)


def _use_all(walker: Walker, args: Any, kwargs: Any) -> None:
    for argument in args:
        walker.use(walker.of(argument))
    for _, value in kwargs:
        walker.use(walker.of(value))
