"""What a graph knows beside its nodes and edges: stages of tools, environments, flags that nothing can turn."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct

from mldebt.sites import Site


class Touch(NamedTuple):
    """A place where the code of a stage reads, writes or parses (`kind`: reads, writes, settings) a stored thing.

    `kind` key: it asks for a key of a file of settings, `config:params.yaml#train.seed`.
    """

    node: str
    kind: str
    site: Site
    evidence: str


class Stage(Struct, frozen=True):
    """A job of a tool that is told what it takes and makes, and what its code does.

    `tool`: dvc, snakemake, make, kedro, luigi. `reads`, `writes`: the declared paths, from the root; `parameters`: what
    it declares to depend on in files of settings (`params.yaml:train.seed`, no key for a whole file). `reruns`:
    changed, always, never. `runs`: the files of code that its commands start, `words`: those of all commands that start
    them.
    `opaque`: it runs something that can't be seen into. `touches`: what the code that is reached from there does with
    stored things. `modules`: other files of code in which data is worked on then, with the place that imports them;
    `loaded`: all files that are imported. `present`: the names of what is touched and lies in the repository.
    `folder`: where the commands run. `filled`: the keys of files of settings that its own words are filled with, as in
    `parameters`. `unspoken`: declared paths whose names neither the commands nor code or settings
    that are reached speak of; `absent`: declared files of code that there aren't.
    """

    job: str
    name: str
    tool: str
    site: Site
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    reruns: str = "changed"
    runs: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    opaque: bool = False
    touches: tuple[Touch, ...] = ()
    modules: tuple[tuple[str, Site], ...] = ()
    loaded: tuple[str, ...] = ()
    present: tuple[str, ...] = ()
    folder: str = ""
    filled: tuple[str, ...] = ()
    unspoken: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


class Claim(Struct, frozen=True):
    """Something that a framework is told and that the code doesn't keep to, or that it isn't told.

    `tool`: mlflow, kedro, dbt, kubeflow, airflow. `what` it is about: a parameter, an entry of a catalog, a source, a
    table, an input, an output, a dataset. `side`: unused, where it is declared only; undeclared, where it is used only.
    `owner`: the entry point, project or function that declares. `names`, each with its place.
    """

    tool: str
    what: str
    side: str
    owner: str
    site: Site
    names: tuple[tuple[str, Site], ...]


class OpenPackage(NamedTuple):
    """A package that training code imports (`module`), of which the newest version will do; `wanted`: as written.

    `files`: the files that train and import it themselves.
    """

    name: str
    wanted: str
    module: str
    site: Site
    files: tuple[str, ...] = ()


class Environment(Struct, frozen=True):
    """What is installed where models are trained, as far as files say it.

    `files` declare the packages, `locks` settle all of them (lock files, images by digest). `open`: packages that the
    code imports and that may be of any newer version, `bound`: those that may not, `named`: how many there are in all.
    `units`: the files that train, `imported`: the modules from outside that they import. `unknown`: packages may be
    named where that can't be read.
    """

    folder: str
    files: tuple[str, ...] = ()
    locks: tuple[str, ...] = ()
    open: tuple[OpenPackage, ...] = ()
    bound: tuple[str, ...] = ()
    named: int = 0
    units: tuple[str, ...] = ()
    imported: tuple[str, ...] = ()
    unknown: bool = False


class DeadWork(NamedTuple):
    """Something that dead code would do: `word` (reads, trains, predicts, makes features, …) and by which call."""

    word: str
    call: str
    site: Site


class DeadBranch(NamedTuple):
    """Code that never runs: its condition always `holds`, and it is what would run otherwise, or never does."""

    condition: Site
    code: Site
    holds: bool
    work: tuple[DeadWork, ...]


class Detour(NamedTuple):
    """Data that is `written`, handed to a program in a command, and `read` back: ids, each with its place."""

    program: str
    site: Site
    written: str
    write: Site
    read: str
    back: Site


class Prompt(NamedTuple):
    """A place where code waits for a person (`call`), and the command that starts it without one (`root`)."""

    call: str
    site: Site
    root: Site


class DeadCode(NamedTuple):
    """A function that nothing speaks of (a module where it has no name), and the work on data that it would do."""

    file: str
    name: str
    site: Site
    work: tuple[DeadWork, ...]


class StuckFlag(Struct, frozen=True):
    """A name that has one value and that nothing can give another, and the work with data or models that it shuts off.

    `scope`: the function that binds it, "" for a module. Without a name, it is a condition that is written as constant.
    """

    name: str
    file: str
    scope: str
    value: object
    site: Site
    branches: tuple[DeadBranch, ...]
