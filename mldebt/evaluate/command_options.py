"""Options of the command line: what a parser declares, what commands pass, and what stands in where nobody says."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from mldebt.evaluate.command_lines import MANY, as_text, flag_lists, flag_values, leaves_out, positional_words
from mldebt.evaluate.containers import written_number
from mldebt.evaluate.joins import join
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.provenance import derived
from mldebt.evaluate.surroundings import note_setting
from mldebt.evaluate.values import (
    NONE,
    Class,
    Const,
    Map,
    Object,
    Seq,
    Symbol,
    Text,
    Unknown,
    Value,
    hole,
    is_none,
)
from mldebt.read.facts import Command
from mldebt.sites import Site
from mldebt.terms import column, const

OPTION = "command-line option"
MAX_CHOICES = 6
"""How many words an option may be given for each of them to be followed."""


def parser(operation: Operation) -> Value:
    given = operation.given("function")
    listed = given.items if isinstance(given, Seq) else [given] if given is not None else []
    classes = [one for one in listed if isinstance(one, Class)]
    return Object("parser", operation.dotted, {"options": Map({}), "classes": classes})


def defaults(operation: Operation) -> Value:
    """`parser.set_defaults(func=train)`: what one of several sub-commands may set."""
    receiver = operation.receiver
    if isinstance(receiver, Object) and isinstance(options := receiver.facts.get("options"), Map):
        for name, value in operation.call.kwargs.items():
            known = options.entries.get(name)
            options.entries[name] = join((known, value)) if known is not None else value
    return NONE


def argument(operation: Operation) -> Value:
    """`parser.add_argument("--path", default=…)`."""
    receiver = operation.receiver if operation.receiver is not None else operation.machine.flags
    given = operation.given("flags")
    listed = given.items if isinstance(given, Seq) else [given] if given is not None else []
    flags = [flag.literal for flag in listed if isinstance(flag, Text) and flag.literal]
    if operation.receiver is None:
        flags = [f"--{flag}" for flag in flags[:1]]
    if not isinstance(receiver, Object) or not flags or "options" not in receiver.facts:
        return NONE
    dest = operation.given("dest")
    long = next((flag for flag in flags if flag.startswith("--")), flags[0])
    name = dest.literal if isinstance(dest, Text) and dest.literal else long.lstrip("-").replace("-", "_")
    machine = operation.machine
    commands = machine.commands.get(machine.root.file or machine.scope.file, ())
    passed: Sequence[Value] = flag_values(commands, flags)
    taken = _taken(operation)
    if not long.startswith("-"):
        receiver.facts.setdefault("positionals", []).append((name, operation.call.kwargs.get("type")))
        passed = []
    elif taken == MANY and passed:
        passed = [Seq([*words]) for words in flag_lists(commands, flags)]
    receiver.facts.setdefault("taken", {}).update(dict.fromkeys(flags, taken))
    values: list[Value] = [*passed] if passed else [_default(operation, name)]
    if passed and long.startswith("-") and leaves_out(commands, flags):
        values += _named_default(operation, name)
    value = join(_as_type(operation.call.kwargs.get("type"), one) for one in values)
    receiver.facts["options"].entries[name] = value
    if not _takes_the_rest(operation):
        receiver.facts.setdefault("declared", {})[name] = operation.site
    return value if operation.receiver is None else NONE


def _taken(operation: Operation) -> int:
    """How many words an option takes."""
    action, number = operation.call.kwargs.get("action"), operation.call.kwargs.get("nargs")
    if isinstance(action, Text) and str(action.literal).startswith(("store_", "count", "help", "version")):
        return 0
    if isinstance(number, Const) and isinstance(number.value, int):
        return number.value if number.value != 1 else MANY
    return MANY if isinstance(number, Text) and number.literal in ("+", "*") else 1


def _given_by_place(receiver: Object, commands: Sequence[Command]) -> dict[object, Value]:
    """What commands pass without a flag. How many words each flag takes is known when all are declared."""
    found: dict[object, Value] = {}
    lines = [positional_words(command, receiver.facts["taken"]) for command in commands]
    for number, (name, made) in enumerate(receiver.facts.get("positionals", ())):
        if passed := [_as_type(made, as_text(line[number])) for line in lines if number < len(line)]:
            found[name] = join(passed)
    return found


def _takes_the_rest(operation: Operation) -> bool:
    """`nargs=argparse.REMAINDER`: what it takes is not for this program."""
    number = operation.call.kwargs.get("nargs")
    return isinstance(number, Symbol) and number.dotted == "argparse.REMAINDER"


def _as_type(made: Value | None, value: Value) -> Value:
    """`type=Path` makes a path of the text that is passed, `type=int` a number that is so in this call."""
    if isinstance(value, Text) and _is_number(made):
        return Unknown(OPTION, term=const(number)) if (number := written_number(value.literal)) is not None else value
    is_path = isinstance(made, Symbol) and made.dotted.startswith("pathlib.")
    return replace(value, path=True) if is_path and isinstance(value, Text) else value


def _default(operation: Operation, name: str) -> Value:
    default = operation.given("default")
    if isinstance(default, Text) and default.literal != "":
        return Text(default.parts, default.path, True)
    action = operation.call.kwargs.get("action")
    if isinstance(action, Text) and str(action.literal).startswith("store_"):
        return Unknown("command-line flag", name)
    if default is None and _is_number(operation.call.kwargs.get("type")):
        return Unknown(OPTION, name, term=column(name))
    if default is None or is_none(default) or isinstance(default, Text):
        return chosen(operation.call.kwargs.get("choices")) or hole(name, "cli")
    if not isinstance(default, Const):
        return default
    term = const(default.value) if not isinstance(default.value, bool) else None
    return replace(derived(OPTION, default, label=name), term=term)


def chosen(choices: Value | None) -> Value | None:
    """One of the few words that an option takes."""
    words = choices.items if isinstance(choices, Seq) and not choices.open else []
    known = [word for word in words if isinstance(word, Text) and word.literal]
    return join(known) if known and len(known) == len(words) <= MAX_CHOICES else None


def _is_number(made: Value | None) -> bool:
    return isinstance(made, Symbol) and made.dotted in ("builtins.int", "builtins.float", "int", "float")


def _named_default(operation: Operation, name: str) -> list[Value]:
    """The default where it is a text, which may name something."""
    default = _default(operation, name)
    return [default] if isinstance(default, Text) and default.literal else []


def arguments_of_class(operation: Operation) -> Value:
    """`parser.add_arguments(Options, dest="options")`: one object of the class, under that name."""
    from mldebt.evaluate.construction import of_classes

    receiver, cls, dest = operation.receiver, operation.given("function"), operation.given("dest")
    known = isinstance(receiver, Object) and isinstance(receiver.facts.get("options"), Map)
    if known and isinstance(cls, Class) and isinstance(dest, Text) and dest.literal:
        made = of_classes(operation.machine, Object("parser", facts={"classes": [cls]}))
        receiver.facts["options"].entries[dest.literal] = made.items[0]  # type: ignore[union-attr]
    return NONE


def parse(operation: Operation) -> Value:
    receiver = operation.receiver if operation.receiver is not None else operation.machine.flags
    if operation.entry.text("returns") == "instances" and isinstance(receiver, Object):
        from mldebt.evaluate.construction import of_classes

        return of_classes(operation.machine, receiver)
    if isinstance(receiver, Object) and isinstance(receiver.facts.get("options"), Map):
        declared: Map = receiver.facts["options"]
        _note_options(operation, receiver)
        if receiver is operation.machine.flags:
            return declared  # what is declared later is there, too
        machine = operation.machine
        placed = _given_by_place(receiver, machine.commands.get(machine.root.file or machine.scope.file, ()))
        options = Map({**declared.entries, **placed}, True, hole("option", "cli"))
        known = operation.entry.text("returns") == "tuple"
        return Seq([options, Seq([], True)], kind="tuple") if known else options
    return Unknown("command-line options")


def _note_options(operation: Operation, receiver: Object) -> None:
    """Which options a parser gives, for the call that parses; one that is built elsewhere is declared there."""
    sites: dict[str, Site] = receiver.facts.get("declared", {})
    if sites and receiver is not operation.machine.flags:
        name = f"{min(site.file for site in sites.values())}::{','.join(sorted(sites)[:3])}"
        operation.machine.trace.options.setdefault(name, {}).update(sites)
        note_setting(operation, "parse", name)
        if operation.entry.text("returns") == "tuple":
            note_setting(operation, "first")


OF_NAMES = frozenset({"str", "Path", "PathLike", "FilePath"})


def is_asked_for(default: Value | None, kinds: Sequence[Value]) -> bool:
    """Whether a parameter of a command is a text that is always given: `data: Path`, `data: Path = typer.Option(...)`.

    `kinds`: what it is annotated with.
    """
    named = [kind.dotted.rpartition(".")[2] for kind in kinds if isinstance(kind, Symbol)]
    always = default is None or (isinstance(default, Unknown) and default.reason == OPTION)
    return always and (not named or not OF_NAMES.isdisjoint(named))


def option(operation: Operation) -> Value:
    """A typer or click option as the default of a parameter."""
    default, flag = operation.given("default"), operation.given("flags")
    if isinstance(flag, Text) and flag.literal:
        machine = operation.machine
        commands = machine.commands.get(machine.root.file or machine.scope.file, ())
        if passed := flag_values(commands, [flag.literal, f"--{flag.literal.lstrip('-')}"]):
            return join(passed)
    if isinstance(default, Text):
        return Text(default.parts, default.path, True) if default.literal != "" else Unknown(OPTION)
    required = isinstance(default, Unknown) and not default.sources  # `...`
    return default if default is not None and not required and not is_none(default) else Unknown(OPTION)
