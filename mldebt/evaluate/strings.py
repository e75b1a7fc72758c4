"""Strings with holes: joining, formatting, and the methods of `str`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec.structs import replace

from mldebt.evaluate.joins import join
from mldebt.evaluate.provenance import derived, sources_of
from mldebt.evaluate.values import (
    CONSTANT,
    Choice,
    Const,
    Frame,
    Hole,
    Map,
    Seq,
    Symbol,
    Text,
    Unknown,
    Value,
    hole,
    options_of,
)
from mldebt.read.facts import Expr
from mldebt.terms import Term
from mldebt.terms.clock import bounds_a_window
from mldebt.terms.words import one_of

MAX_TEXT = 4000
SHORT = 2
"""So many letters make a matrix, `X`, and no place."""
_PERCENT = re.compile(r"%(?:\((?P<name>\w+)\))?[-#0 +]*\d*(?:\.\d+)?[diouxXeEfFgGcrsa]|%%")
_DOLLARS = re.compile(r"\$(?:\$|(?P<name>\w+)|\{(?P<braced>\w+)\})")
_WIDE = re.compile(r"\d{4}")
"""A width or precision that is not for names."""
_BRACES = re.compile(r"\{\{|\}\}|\{(?P<field>[^{}!:]*)(?:![rsa])?(?::(?P<spec>[^{}]*))?\}")


def label_of(expression: Expr | None) -> str:
    """What a reader would call the value of an expression: its last name."""
    if expression is None:
        return ""
    if expression[0] in ("name", "attr"):
        return str(expression[-1])
    if expression[0] == "index":
        key = expression[2]
        return str(key[1]) if key[0] == "const" and isinstance(key[1], str) else label_of(expression[1])
    if expression[0] == "call":
        inner = label_of(expression[1])
        first = expression[2][0] if expression[2] else None
        return (label_of(first) or inner) if inner in ("str", "int", "float", "Path", "format") else inner
    if expression[0] in ("fstr", "bin"):
        return ""
    return ""


def to_text(value: Value, expression: Expr | None = None) -> Text:
    """A value as part of a string; what is not known becomes a hole with the name that the code has for it.

    A constant of a module that is not there, as of a `config.py` that nobody commits, is one thing by its name.
    """
    if isinstance(value, Text):
        return value
    if isinstance(value, Const) and value.value is not None:
        return Text((str(value.value),))
    if isinstance(value, Choice):
        texts = [to_text(option, expression) for option in value.options if not isinstance(option, Unknown)]
        if len(texts) == 1:
            return texts[0]
    if isinstance(value, Symbol) and (constant := value.dotted.rpartition(".")[2]).isupper() and len(constant) > SHORT:
        return hole(constant, CONSTANT)
    name = (value.label if isinstance(value, Unknown) else "") or label_of(expression) or "value"
    counted = isinstance(value, Unknown) and value.term is not None and bounds_a_window(value.term)
    return Text((Hole(name, "time" if counted else "any"),), sources=sources_of(value))


def alternatives(value: Value, expression: Expr | None = None) -> list[Text]:
    return [to_text(option, expression) for option in options_of(value)]


def concatenate(texts: Sequence[Text], path: bool = False) -> Text:
    parts: list[str | Hole] = []
    length = 0
    for one in texts:
        for part in one.parts:
            if isinstance(part, str) and parts and isinstance(parts[-1], str):
                parts[-1] += part
            elif isinstance(part, Hole) and parts and isinstance(parts[-1], Hole):
                continue
            else:
                parts.append(part)
            length += len(part) if isinstance(part, str) else 1
        if length > MAX_TEXT:
            break
    sources: frozenset[str] = frozenset().union(*(one.sources for one in texts)) if texts else frozenset()
    rooted = bool(texts) and texts[0].rooted
    return Text(tuple(parts) or ("",), path, any(one.assumed for one in texts), sources, rooted=rooted)


def from_parts(parts: Sequence[tuple[Value, Expr | None]]) -> Value:
    """An f-string; a part with few alternatives multiplies the result, parts that ask the same vary together."""
    results: list[tuple[list[Text], dict[Expr, int]]] = [([], {})]
    for value, expression in parts:
        choices, test = alternatives(value, expression), _asked(value, expression)
        answered = test is not None and test in results[0][1]
        if not answered and len(results) * len(choices) > 8:
            choices, test = [to_text(Unknown("too many alternatives"), expression)], None
        results = [
            ([*texts, choice], answers if test is None else {**answers, test: number})
            for texts, answers in results
            for number, choice in enumerate(choices)
            if test is None or answers.get(test, number) == number
        ]
    return join(concatenate(texts) for texts, _ in results)


def _asked(value: Value, expression: Expr | None) -> Expr | None:
    """The condition of `a if condition else b`, where it may be either."""
    either = expression is not None and expression[0] == "if" and len(options_of(value)) == 2
    return expression[1] if either and expression is not None else None


def add_texts(left: Value, right: Value, expression: Expr | None = None) -> Value:
    if any(isinstance(value, (Seq, Map, Frame)) for value in (left, right)):
        return derived("text added to data", left, right)
    return from_parts([(left, None), (right, expression)])


def format_percent(template: Text, arguments: Value) -> Value:
    if template.literal is None:
        return template
    items: list[Value] = list(arguments.items) if isinstance(arguments, Seq) else [arguments]
    parts: list[tuple[Value, Expr | None]] = []
    at = 0
    for match in _PERCENT.finditer(template.literal):
        parts.append((Text((template.literal[at : match.start()],)), None))
        at = match.end()
        if match[0] == "%%":
            parts.append((Text(("%",)), None))
        else:
            parts.append((_in_format(match[0], _argument(match["name"], items, arguments)), None))
    parts.append((Text((template.literal[at:],)), None))
    return from_parts(parts)


def parts_in_percent(template: Text, arguments: Value) -> list[Value]:
    """The texts and values that `"%s_%s" % (a, b)` puts together; none where they get a form of their own."""
    texts = (template.literal or "").split("%s")
    values = list(arguments.items) if isinstance(arguments, Seq) else [arguments]
    if len(values) != len(texts) - 1 or any("%" in one for one in texts):
        return []
    after = [part for value, one in zip(values, texts[1:], strict=True) for part in (value, Text((one,)))]
    return [Text((texts[0],)), *after]


def _in_format(directive: str, value: Value) -> Value:
    """A known number as a directive writes it: `%05d`."""
    if isinstance(value, Const) and isinstance(value.value, (int, float)) and not _WIDE.search(directive):
        try:
            return Text((re.sub(r"\(\w+\)", "", directive) % value.value,))
        except (TypeError, ValueError):
            return value
    return value


def with_format(value: Value, spec: str | None) -> Value:
    """A known number in the form that a format asks for: `{3:02d}`."""
    if spec and isinstance(value, Const) and isinstance(value.value, (int, float)) and not _WIDE.search(spec):
        try:
            return Text((format(value.value, spec),))
        except ValueError:
            return value
    return value


def _argument(name: str | None, items: list[Value], arguments: Value) -> Value:
    if name is None:
        return items.pop(0) if items else Unknown("missing argument")
    if isinstance(arguments, Map):
        return arguments.entries.get(name, Unknown("unknown key", name))
    return Unknown("unknown key", name)


def format_braces(template: Text, args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
    """`template.format(*args, **kwargs)`."""
    if template.literal is None:
        return template
    parts: list[tuple[Value, Expr | None]] = []
    at, position = 0, 0
    for match in _BRACES.finditer(template.literal):
        parts.append((Text((template.literal[at : match.start()],)), None))
        at = match.end()
        if match["field"] is None:
            parts.append((Text((match[0][0],)), None))
            continue
        field = re.split(r"[.\[]", match["field"])[0]
        number = int(field) if field.isdigit() else position
        position += not field
        if field and not field.isdigit():
            value: Value = kwargs.get(field, Unknown("unknown field", field))
        else:
            value = args[number] if number < len(args) else Unknown("missing argument")
        named = ("name", field) if field and not field.isdigit() else None
        parts.append((with_format(value, match["spec"]), named))
    parts.append((Text((template.literal[at:],)), None))
    return from_parts(parts)


_WORD = re.compile(r"%[-#]?[A-Za-z]")


def moment_in(form: Text) -> Value | None:
    """A time in a format with words of its own: the words, and holes for the time; None where it is only a time."""
    if form.literal is None or not re.search(r"\w", _WORD.sub("", form.literal)):
        return None
    parts: list[str | Hole] = []
    at = 0
    for match in _WORD.finditer(form.literal):
        parts += [part for part in (form.literal[at : match.start()], Hole("date", "time")) if part]
        at = match.end()
    if at < len(form.literal):
        parts.append(form.literal[at:])
    return Text(_merged(parts), form.path, form.assumed)


def _merged(parts: list[str | Hole]) -> tuple[str | Hole, ...]:
    """The parts, where what only separates two times is a part of one time."""
    merged: list[str | Hole] = []
    for part in parts:
        between = merged[-1] if len(merged) > 1 and isinstance(merged[-2], Hole) else ""
        if isinstance(part, Hole) and isinstance(between, str) and between and not re.search(r"[\w/]", between):
            merged.pop()
            continue
        if isinstance(part, Hole) and merged and isinstance(merged[-1], Hole):
            continue
        merged.append(part)
    return tuple(merged)


def substitute(template: Value, args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
    """`Template("$folder/x").substitute(folder=…)`."""
    if not isinstance(template, Text) or template.literal is None:
        return template
    given = dict(kwargs)
    if args and isinstance(args[0], Map):
        given = {**{str(key): value for key, value in args[0].entries.items()}, **given}
    parts: list[tuple[Value, Expr | None]] = []
    at = 0
    for match in _DOLLARS.finditer(template.literal):
        parts.append((Text((template.literal[at : match.start()],)), None))
        at = match.end()
        name = match["name"] or match["braced"]
        value = given.get(name, Unknown("unknown field", name)) if name else Text(("$",))
        parts.append((value, ("name", name) if name else None))
    parts.append((Text((template.literal[at:],)), None))
    return from_parts(parts)


SIMPLE = {
    "lower", "upper", "strip", "lstrip", "rstrip", "title", "capitalize", "replace", "removeprefix", "removesuffix",
    "zfill", "casefold", "swapcase", "ljust", "rjust", "center", "expandtabs",
}  # fmt: skip
PREDICATES = {"startswith", "endswith", "isdigit", "isalpha", "isalnum", "isnumeric", "isupper", "islower", "isspace"}


def string_method(receiver: Text, name: str, args: Sequence[Value], kwargs: dict[str, Value]) -> Value | None:
    """The result of a method of `str`; None for a name that str doesn't have."""
    if name == "format":
        return format_braces(receiver, args, kwargs)
    if name in ("substitute", "safe_substitute"):
        return _substituted(receiver, args, kwargs)
    if name == "format_map" and args and isinstance(args[0], Map):
        return format_braces(receiver, (), {str(key): value for key, value in args[0].entries.items()})
    if name == "join":
        return _joined(receiver, args)
    if name in ("split", "rsplit", "splitlines", "partition", "rpartition"):
        return _split(receiver, name, args)
    if name == "replace" and _is_ending(receiver, args):
        return concatenate([Text((*receiver.parts,)), args[1]])  # type: ignore[list-item]
    if name in SIMPLE or name in PREDICATES:
        return _apply(receiver, name, args)
    if name in ("encode", "decode", "__str__"):
        return receiver
    if name in ("find", "index", "count", "rfind", "rindex"):
        return Unknown("position in a text")
    return None


def as_told(value: Text | Seq, term: Term | None) -> Value:
    """What a method made of a text that is data, with how it is computed."""
    if term is None:
        return value
    if isinstance(value, Text):
        return value if value.literal is not None else replace(value, term=term)
    if term.op == "split" and value.open and len(value.items) == 1 and isinstance(value.items[0], Unknown):
        value.items = [replace(value.items[0], term=one_of(term))]
    return value


_DOLLAR = re.compile(r"\$\$|\$(?:\{(\w+)\}|(\w+))")


def _substituted(receiver: Text, args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
    """`Template("data/$name.csv").substitute(name="x")`."""
    if receiver.literal is None:
        return receiver
    given = {str(key): value for one in args if isinstance(one, Map) for key, value in one.entries.items()}
    literal = receiver.literal.replace("{", "{{").replace("}", "}}")
    literal = re.sub(r"\$\{\{(\w+)\}\}", r"${\1}", literal)
    braces = _DOLLAR.sub(lambda match: "$" if match[0] == "$$" else "{" + (match[1] or match[2]) + "}", literal)
    return format_braces(Text((braces,)), (), {**given, **kwargs})


def _is_ending(receiver: Text, args: Sequence[Value]) -> bool:
    """`path.replace(".csv", "_model.pkl")` of an unknown path puts an ending in the place of another."""
    if len(args) < 2 or not isinstance(args[0], Text) or not isinstance(args[1], Text):
        return False
    return isinstance(receiver.parts[-1], Hole) and (args[0].literal or "").startswith(".") and args[1].known


def _literals(args: Sequence[Value]) -> list[object] | None:
    values: list[object] = []
    for value in args:
        if isinstance(value, Text) and value.literal is not None:
            values.append(value.literal)
        elif isinstance(value, Const):
            values.append(value.value)
        else:
            return None
    return values


def _apply(receiver: Text, name: str, args: Sequence[Value]) -> Value:
    values = _literals(args)
    if values is None or (name in PREDICATES and receiver.literal is None):
        return Unknown("test of a text") if name in PREDICATES else receiver
    try:
        if name in PREDICATES:
            return Const(getattr(receiver.literal, name)(*values))
        parts = tuple(getattr(p, name)(*values) if isinstance(p, str) else p for p in _edge_safe(receiver, name))
    except (TypeError, ValueError):
        return receiver
    return Text(parts, receiver.path, receiver.assumed, receiver.sources)


def _edge_safe(receiver: Text, name: str) -> tuple[str | Hole, ...]:
    """Stripping and padding only mean something for a whole text; leave the parts of a template alone."""
    whole = {"strip", "lstrip", "rstrip", "zfill", "ljust", "rjust", "center", "title", "capitalize"}
    if name in whole and len(receiver.parts) > 1:
        return tuple(Hole(part.name, part.kind) if isinstance(part, Hole) else _Fixed(part) for part in receiver.parts)
    return receiver.parts


class _Fixed(str):
    """A part of a template that methods on whole texts leave as it is."""

    def _same(self, *_: object) -> _Fixed:
        return self

    strip = lstrip = rstrip = zfill = ljust = rjust = center = title = capitalize = _same


def _joined(receiver: Text, args: Sequence[Value]) -> Value:
    if not args or not isinstance(args[0], Seq) or args[0].open:
        return derived("joined text", *args)
    texts: list[Text] = []
    for number, item in enumerate(args[0].items):
        if number:
            texts.append(receiver)
        texts.append(to_text(item))
    return concatenate(texts)


def _split(receiver: Text, name: str, args: Sequence[Value]) -> Value:
    values = _literals(args)
    whole = not (receiver.path and receiver.literal in (".", ""))  # folders of the place where the program runs
    if receiver.literal is not None and values is not None and whole:
        try:
            return Seq([Text((str(part),)) for part in getattr(receiver.literal, name)(*values)])
        except (TypeError, ValueError):
            return Seq([], True)
    return Seq([derived("part of a text", receiver)], True)
