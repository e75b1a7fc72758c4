"""Configuration as code sees it: parsed files as values, references between their keys followed, several laid over."""

from __future__ import annotations

import re

from mldebt.evaluate.joins import join
from mldebt.evaluate.strings import concatenate, to_text
from mldebt.evaluate.values import Const, Instance, Map, Seq, Text, Unknown, Value, hole, options_of, text

MAX_DEPTH = 8
MISSING = "???"
_REFERENCE = re.compile(r"\$\{|%\((?P<ini>\w+)\)s|\$(?P<shell>[A-Z][A-Z0-9_]+)|\{\{\s*(?P<jinja>[^{}]*?)\s*\}\}")
_OF_INI = re.compile(r"\.(ini|cfg|conf)#")
_RESOLVER = re.compile(r"^(?P<name>[A-Za-z_][\w.]*):(?P<rest>.*)$", re.DOTALL)
_SHELL_DEFAULT = re.compile(r"^(?P<name>[A-Z_][A-Z0-9_]*):?-(?P<rest>.*)$", re.DOTALL)


def to_value(settings: object, origin: str, depth: int = MAX_DEPTH) -> Value:
    """A parsed configuration as an abstract value, with the references in it followed."""
    return followed(_plain(settings, origin, depth))


def _plain(settings: object, origin: str, depth: int) -> Value:
    if isinstance(settings, dict) and depth:
        entries: dict[object, Value] = {
            key: _plain(value, _within(origin, key), depth - 1) for key, value in settings.items()
        }
        return Map(entries, False, None, origin)
    if isinstance(settings, list) and depth:
        return Seq([_plain(value, origin, depth - 1) for value in settings[:64]], len(settings) > 64)
    if isinstance(settings, str):
        return text(settings)
    return Const(settings) if isinstance(settings, (int, float, bool, type(None))) else Unknown("configuration value")


def _within(origin: str, key: object) -> str:
    """Where the value under a key comes from: the file and the path of keys in it."""
    return f"{origin}.{key}" if "#" in origin else f"{origin}#{key}" if origin else ""


def followed(value: Value) -> Value:
    """The value with the references between its keys replaced by what they refer to."""
    return _follow(value, (), value, MAX_DEPTH) if isinstance(value, Map) else value


def _follow(value: Value, path: tuple[object, ...], root: Value, depth: int) -> Value:
    if isinstance(value, Map) and depth:
        entries = {key: _follow(item, (*path, key), root, depth - 1) for key, item in value.entries.items()}
        return Map(entries, value.open, value.rest, value.origin)
    if isinstance(value, Seq) and depth:
        return Seq([_follow(item, path, root, depth - 1) for item in value.items], value.open, value.kind)
    if not isinstance(value, Text) or value.literal is None:
        return value
    if value.literal == MISSING:
        return hole(str(path[-1]) if path else "value", "cli")
    return _expanded(value.literal, path, root, depth) if _REFERENCE.search(value.literal) else value


def _expanded(literal: str, path: tuple[object, ...], root: Value, depth: int) -> Value:
    """A text with its references; one that is nothing but a reference is what it refers to, be it a table."""
    parts: list[Value] = []
    at = 0
    while match := _REFERENCE.search(literal, at):
        if match.start() > at:
            parts.append(text(literal[at : match.start()]))
        at = match.end()
        if match[0] == "${":
            end = _closing(literal, at)
            parts.append(_referred(literal[at:end], path, root, depth))
            at = min(len(literal), end + 1)
        elif match["ini"]:
            parts.append(_looked_up((*path[:-1], match["ini"]), ("DEFAULT", match["ini"]), root, depth))
        else:
            parts.append(hole(_last_word(match["shell"] or match["jinja"]), "env"))
    if at < len(literal):
        parts.append(text(literal[at:]))
    if len(parts) == 1:
        return parts[0]
    return concatenate([to_text(part) for part in parts])


def _closing(literal: str, at: int) -> int:
    """Where the brace that is open at a position closes."""
    level = 1
    for number in range(at, len(literal)):
        level += {"{": 1, "}": -1}.get(literal[number], 0)
        if level == 0:
            return number
    return len(literal)


def _referred(inside: str, path: tuple[object, ...], root: Value, depth: int) -> Value:
    """What `${inside}` stands for: another key, an environment variable with its default, or what a resolver makes."""
    if depth <= 0:
        return hole(_last_word(inside))
    if shell := _SHELL_DEFAULT.match(inside):
        return _assumed(_expanded(shell["rest"], path, root, depth - 1), shell["name"])
    if resolver := _RESOLVER.match(inside):
        name, rest = resolver["name"], resolver["rest"]
        if (found := lookup(root, (name, rest))) is not None:
            return _follow(found, (name, rest), root, depth - 1)
        variable, _, default = rest.partition(",")
        if name.endswith("env"):
            return _assumed(_expanded(default.strip(), path, root, depth - 1), variable.strip())
        return hole(_last_word(rest), "time" if name == "now" else "any")
    stem = inside.lstrip(".")
    base = path[: len(path) - (len(inside) - len(stem))] if inside != stem else ()
    return _looked_up((*base, *_steps(stem)), (), root, depth)


def _steps(dotted: str) -> tuple[str, ...]:
    return tuple(re.sub(r"\[([^\]]*)\]", r".\1", dotted).split("."))


def _looked_up(path: tuple[object, ...], other: tuple[object, ...], root: Value, depth: int) -> Value:
    for place in (path, other):
        found = lookup(root, place) if place else None
        if found is not None:
            return _follow(found, place, root, depth - 1) if depth > 0 else hole(str(place[-1]))
    name = str(path[-1])
    return hole(name, "env" if name.isupper() else "any")


def _assumed(default: Value, name: str) -> Value:
    if isinstance(default, Text) and default.parts != ("",):
        return Text(default.parts, default.path, True, default.sources)
    return hole(name, "env")


def _last_word(inside: str) -> str:
    words = re.findall(r"\w+", inside)
    return words[-1] if words else "value"


def key_in(settings: Map, key: object) -> object:
    """The key as a table of settings has it: an option of an INI file is the same in upper and lower case."""
    in_ini = isinstance(key, str) and key not in settings.entries and _OF_INI.search(settings.origin)
    return key.lower() if in_ini and isinstance(key, str) and key.lower() in settings.entries else key


def lookup(value: Value, path: tuple[object, ...]) -> Value | None:
    """The value under a path of keys, None where there is none."""
    for key in path:
        if isinstance(value, Map):
            found = value.entries.get(key)
            if found is None and isinstance(key, str) and key.isdigit():
                found = value.entries.get(int(key))
        elif isinstance(value, Seq) and str(key).isdigit() and int(str(key)) < len(value.items):
            found = value.items[int(str(key))]
        else:
            return None
        if found is None:
            return None
        value = found
    return value


def as_map(value: Value) -> Map | None:
    """A value as a table of keys, where it is one."""
    if isinstance(value, Map):
        return value
    if isinstance(value, Instance):
        return Map(dict(value.fields.items()))
    return None


def overlaid(values: list[Value]) -> Map:
    """Several tables laid over each other: the later one counts, key by key."""
    result = Map({})
    for value in values:
        found = [one for one in (as_map(option) for option in options_of(value)) if one is not None]
        result = _laid(result, _any_of(found)) if found else Map(result.entries, True, result.rest, result.origin)
    return result


def _any_of(tables: list[Map]) -> Map:
    """A table that is one of several."""
    if len(tables) == 1:
        return tables[0]
    keys = dict.fromkeys(key for one in tables for key in one.entries)
    entries = {key: join(one.entries[key] for one in tables if key in one.entries) for key in keys}
    return Map(entries, any(one.open for one in tables))


def _laid(below: Map, above: Map) -> Map:
    entries = dict(below.entries)
    for key, value in above.entries.items():
        under = entries.get(key)
        entries[key] = _laid(under, value) if isinstance(under, Map) and isinstance(value, Map) else value
    return Map(entries, below.open or above.open, above.rest or below.rest, above.origin or below.origin)


__all__ = ["as_map", "followed", "lookup", "overlaid", "to_value"]
