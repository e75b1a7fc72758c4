"""Imports: names of the repository's own modules, else symbols of libraries."""

from __future__ import annotations

from mldebt.evaluate.machine import Machine, Scope
from mldebt.evaluate.values import Class, Env, Function, ModuleValue, Symbol, Unknown, Value
from mldebt.evaluate.varied import mentions
from mldebt.read.facts import Stmt


def import_statement(machine: Machine, statement: Stmt) -> bool:
    for dotted, alias in statement[3]:
        if alias is not None:
            machine.scope.env.set(alias, import_module(machine, dotted))
        else:
            head = dotted.partition(".")[0]
            value = import_module(machine, head)
            if "." in dotted and isinstance(value, ModuleValue):
                import_module(machine, dotted)
            machine.scope.env.set(head, value)
    return True


def import_module(machine: Machine, dotted: str) -> Value:
    library = machine.knowledge.knows_module(dotted)
    file = machine.workspace.module_file(dotted, machine.scope.file, False)
    folder = machine.workspace.is_package_folder(dotted, machine.scope.file) if file is None and not library else None
    if file is None and folder is None and not library:
        file = machine.workspace.module_file(dotted, machine.scope.file, True)
    if file is not None:
        note_import(machine, file)
        return ModuleValue(file)
    return Symbol(dotted) if folder is None else ModuleValue(f"{folder}/")


def note_import(machine: Machine, file: str) -> None:
    """Keep the first place where a file brings in another."""
    imports = machine.trace.imports.setdefault(machine.scope.file, {})
    imports[file] = min(imports.get(file, machine.site()), machine.site())


def from_statement(machine: Machine, statement: Stmt) -> bool:
    _, _, _, module, level, names = statement
    env = machine.scope.env
    if level:
        file = machine.workspace.relative_module(module, level, machine.scope.file)
        source: Value = ModuleValue(file) if file else Unknown("relative import not found", module)
        if file is None and (folder := _relative_folder(machine, module, level)):
            source = ModuleValue(folder)
    else:
        source = import_module(machine, module)
    if names == "*":
        _import_all(machine, source, env)
        return True
    for name, alias in names:
        env.set(alias or name, _imported(machine, source, name))
    return True


def _relative_folder(machine: Machine, module: str, level: int) -> str | None:
    folder = machine.scope.file.split("/")[:-level]
    path = "/".join([*folder, *module.split(".")]) if module else "/".join(folder)
    return f"{path}/"


def _imported(machine: Machine, source: Value, name: str) -> Value:
    if isinstance(source, Symbol):
        from mldebt.evaluate.libraries import symbol_attribute

        return symbol_attribute(machine, f"{source.dotted}.{name}")
    if isinstance(source, ModuleValue):
        if source.file and not source.file.endswith("/"):
            note_import(machine, source.file)
        found = member_of_module(machine, source.file, name)
        return found if found is not None else Unknown("name not found in module", name)
    return Unknown("import not found", name)


def _import_all(machine: Machine, source: Value, env: Env) -> None:
    if isinstance(source, ModuleValue) and not source.file.endswith("/"):
        note_import(machine, source.file)
        for name, value in machine.module(source.file).names.items():
            if not name.startswith("_"):
                env.set(name, value)
    elif isinstance(source, Symbol):
        env.stars.append(source.dotted)


def member_of_module(machine: Machine, file: str, name: str) -> Value | None:
    """A name in a module, or a submodule of a package; in an import cycle, only its defining statement is run."""
    if file.endswith("/"):
        return _submodule(machine, file.rstrip("/"), name)
    env = machine.module(file)
    found = env.names.get(name)
    if found is None:
        found = _define_early(machine if file in machine.own else machine.others.machine(file), file, name, env)
    if found is None and file.endswith("__init__.py"):
        found = _submodule(machine, file.rpartition("/")[0], name)
    return found


def _submodule(machine: Machine, folder: str, name: str) -> Value | None:
    stem = f"{folder}/{name}" if folder else name
    for candidate in (f"{stem}.py", f"{stem}/__init__.py"):
        if machine.workspace.has_code(candidate):
            note_import(machine, candidate)
            return ModuleValue(candidate)
    return None


def _define_early(machine: Machine, file: str, name: str, env: Env) -> Value | None:
    if file not in machine.running:
        return None
    for statement in machine.workspace.facts[file].body:
        if _defines(statement, name):
            with machine.entered(Scope(file, "", file, env)):
                machine.run((statement,))
            return env.names.get(name)
    return None


def _defines(statement: Stmt, name: str) -> bool:
    if statement[0] in ("def", "class"):
        return bool(statement[3] == name)
    if statement[0] == "assign":
        return ("name", name) in statement[3]
    if statement[0] == "from" and statement[5] != "*":
        return any((alias or original) == name for original, alias in statement[5])
    return False


MOST_MEMBERS = 4


def members_to_choose(machine: Machine, file: str) -> list[Value]:
    """What `getattr(module, name)` may give by whatever name: of a module with few classes any of them, else of its few
    functions; none of those that others are built on or make.
    """
    if file.endswith("/"):
        return []
    folder = file.removesuffix("__init__.py") if file.endswith("__init__.py") else file
    members = {
        name: value
        for name, value in machine.module(file).names.items()
        if isinstance(value, (Class, Function)) and value.file.startswith(folder) and not name.startswith("_")
    }
    classes = {name: value for name, value in members.items() if isinstance(value, Class)}
    used = {id(base) for cls in classes.values() for base in cls.bases}
    chosen = [
        value
        for name, value in (classes or members).items()
        if id(value) not in used and not any(_speaks_of(machine, other, name) for other in classes.values())
    ]
    return [*chosen] if len(chosen) <= MOST_MEMBERS else []


def _speaks_of(machine: Machine, cls: Class, name: str) -> bool:
    """Whether a class makes another one of its file."""
    methods = [member for member in cls.members.values() if isinstance(member, Function) and member.owner is cls]
    return cls.qualname != name and any(mentions(machine.body_of(method), [name]) for method in methods)
