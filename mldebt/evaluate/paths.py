"""Paths: joining them, and the methods of `pathlib` and `os.path`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from posixpath import basename, dirname, normpath, splitext

from mldebt.evaluate.joins import join
from mldebt.evaluate.strings import alternatives, concatenate
from mldebt.evaluate.values import Hole, Seq, Text, Unknown, Value, hole, options_of, text
from mldebt.read.facts import Expr

MAX_COMBINATIONS = 8


def join_paths(values: Sequence[Value], *, labels: Sequence[Expr | None] = (), path: bool = True) -> Value:
    """`a / b / c` and `os.path.join(a, b, c)`: an absolute part starts afresh."""
    results: list[list[Text]] = [[]]
    for number, value in enumerate(values):
        label = labels[number] if number < len(labels) else None
        if isinstance(value, Seq) and not value.open:
            choices_per_item = [alternatives(item) for item in value.items]
        else:
            choices_per_item = [alternatives(value, label)]
        for choices in choices_per_item:
            kept = choices if len(results) * len(choices) <= MAX_COMBINATIONS else choices[:1]
            results = [[*result, choice] for result in results for choice in kept]
    return join(_join_texts(result, path) for result in results)


FROM_THE_TOP = re.compile(r"/|[A-Za-z]:[/\\]")
"""How a path begins that lies below no other one."""


def _join_texts(texts: Sequence[Text], path: bool) -> Text:
    joined: list[Text] = []
    for one in texts:
        first = one.parts[0] if one.parts else ""
        if isinstance(first, str) and FROM_THE_TOP.match(first):
            joined = []
        if one.parts == ("",):
            continue
        if joined and not _ends_with_slash(joined[-1]):
            joined.append(text("/"))
        joined.append(one)
    return _tidy(concatenate(joined, path))


def _ends_with_slash(one: Text) -> bool:
    return isinstance(one.parts[-1], str) and one.parts[-1].endswith("/")


def _tidy(one: Text) -> Text:
    if one.literal is None or "://" in one.literal or not one.literal:
        return one
    return Text((normpath(one.literal),), one.path, one.assumed, one.sources, rooted=one.rooted)


def join_urls(base: Text, other: Text) -> Text:
    """`urljoin(base, other)`: beside the last part of the base, or below its host."""
    first, last = other.parts[0], base.parts[-1]
    if isinstance(first, str) and "://" in first:
        return other
    if isinstance(first, str) and first.startswith("/"):
        host = re.match(r"\w+://[^/]*", base.parts[0]) if isinstance(base.parts[0], str) else None
        return concatenate([text(host[0]) if host else base, other])
    if isinstance(last, Hole):
        return concatenate([base, text("/"), other])
    beside = last[: last.rfind("/") + 1]
    return concatenate([Text((*base.parts[:-1], beside), False, base.assumed, base.sources), other])


def as_path(value: Value, expression: Expr | None = None) -> Value:
    texts = alternatives(value, expression)
    return join(Text(one.parts, True, one.assumed, one.sources, rooted=one.rooted) for one in texts)


def path_attribute(receiver: Text, name: str) -> Value | None:
    """An attribute of a pathlib object; None for what it doesn't have."""
    if name == "parent":
        return parent(receiver)
    if name == "parents":
        chain = [parent(receiver)]
        while len(chain) < 6:
            chain.append(parent(chain[-1]))
        return Seq(list(chain))
    if name in ("name", "stem", "suffix"):
        return part_of(receiver, name)
    if name == "parts" and receiver.literal is not None:
        return Seq([text(part) for part in receiver.literal.split("/")], kind="tuple")
    if name == "path":
        return receiver  # the path of a target that stands for a file
    if name in ("anchor", "root", "drive"):
        return text("/")
    return None


def parent(receiver: Text) -> Text:
    if receiver.literal is not None:
        literal = normpath(receiver.literal or ".")
        upper = ".." if literal == "." else f"{literal}/.." if literal.endswith("..") else dirname(literal) or "."
        return Text((upper,), True, receiver.assumed, rooted=receiver.rooted)
    head, last = receiver.parts[:-1], receiver.parts[-1]
    if isinstance(last, str) and "/" in last:
        return Text((*head, last.rpartition("/")[0]), True, receiver.assumed, rooted=receiver.rooted)
    if isinstance(last, Hole) and head and isinstance(head[-1], str) and head[-1].endswith("/"):
        return Text((*head[:-1], head[-1].rstrip("/")), True, receiver.assumed, rooted=receiver.rooted)
    return hole("folder")


def _without_slash(folder: Text) -> Text:
    """`os.path.dirname("models/")` is the folder itself, unlike the parent of a `Path`."""
    trimmed = str(folder.parts[-1]).rstrip("/") or "/"
    return Text((*folder.parts[:-1], trimmed), folder.path, folder.assumed, rooted=folder.rooted)


def part_of(receiver: Text, name: str) -> Text:
    last = receiver.parts[-1]
    if receiver.literal is not None:
        base = basename(receiver.literal)
        return text({"name": base, "stem": splitext(base)[0], "suffix": splitext(base)[1]}[name])
    if isinstance(last, str) and name == "suffix":
        return text(splitext(last)[1])
    tail = receiver.template.rpartition("/")[2]
    if isinstance(last, str) and name == "stem":
        tail = splitext(tail)[0]
    return hole(tail.strip("{}") if tail.startswith("{") else name, "loop")


SAME = {
    "resolve", "absolute", "expanduser", "as_posix", "mkdir", "touch", "abspath", "realpath", "normpath", "expandvars",
    "fspath", "__fspath__", "rename", "as_uri",
}  # fmt: skip
TESTS = {"exists", "is_file", "is_dir", "isfile", "isdir", "stat", "samefile", "is_absolute", "isabs", "getsize"}


def path_method(receiver: Text, name: str, args: Sequence[Value]) -> Value | None:
    """The result of a pathlib method without effect on data; None for others."""
    if name == "joinpath":
        return join_paths([receiver, *args])
    if name in SAME:
        return receiver
    if name == "cwd":
        return text(".", path=True)
    if name in TESTS:
        return Unknown("state of the file system")
    if name in ("with_suffix", "with_name", "with_stem") and args:
        return join(_replaced(receiver, name, one) for one in alternatives(args[0]))
    if name in ("glob", "rglob", "iterdir"):
        pattern = args[0] if args else text("*")
        return glob_elements(join_paths([receiver, pattern]))
    if name == "relative_to" and args and isinstance(args[0], Text):
        return _relative(receiver, args[0])
    if name in ("unlink", "rmdir", "chmod"):
        return Unknown("nothing")
    return None


def _relative(receiver: Text, base: Text) -> Value:
    prefix = (base.literal or "").rstrip("/") + "/"
    if receiver.literal and receiver.literal.startswith(prefix):
        return Text((receiver.literal.removeprefix(prefix),), True)
    return Text(receiver.parts, True)


def _replaced(receiver: Text, name: str, new: Text) -> Text:
    if name == "with_suffix":
        last = receiver.parts[-1]
        stem = splitext(last)[0] if isinstance(last, str) else last
        return concatenate([Text((*receiver.parts[:-1], stem), rooted=receiver.rooted), new], True)
    folder = parent(receiver)
    if name == "with_stem":
        new = concatenate([new, part_of(receiver, "suffix")])
    return _join_texts([folder, new], True)


def glob_elements(pattern: Value) -> Value:
    """What a pattern may match: one path with holes for its stars."""
    found = [starred(one) for one in options_of(pattern) if isinstance(one, Text)]
    return Seq(list(found) or [Unknown("unknown folder listing")], True)


def starred(one: Text) -> Text:
    parts: list[str | Hole] = []
    for part in one.parts:
        if not isinstance(part, str):
            parts.append(part)
            continue
        pieces = part.replace("**/", "*/").split("*")
        for number, piece in enumerate(pieces):
            if number:
                parts.append(Hole("file", "loop"))
            if piece:
                parts.append(piece)
    return Text(tuple(parts) or ("",), True, one.assumed, rooted=one.rooted)


def library_path(how: str, args: Sequence[Value], labels: Sequence[Expr | None] = ()) -> Value:
    """A function of `os.path` and its kin, by what it does."""
    if how == "join":
        return join_paths(args, labels=labels, path=False)
    if how == "url" and len(args) > 1:
        return join(join_urls(base, other) for base in alternatives(args[0]) for other in alternatives(args[1]))
    if how == "make":
        return as_path(join_paths(args, labels=labels)) if args else text(".", path=True)
    if how == "told" and args:
        return as_path(args[0], labels[0] if labels else None)
    if how in ("cwd", "home"):
        return text(".", path=True) if how == "cwd" else Text((Hole("home", "env"),), True)
    if not args:
        return Unknown("path without argument")
    return join(_one_path(how, option) for option in options_of(args[0]))


def _walked(folder: Text) -> Value:
    """`os.walk(folder)`: folders in it with the names of what is in them."""
    names = Seq([hole("file", "loop")], True)
    return Seq([Seq([folder, Seq([hole("folder", "loop")], True), names], kind="tuple")], True)


def _one_path(how: str, value: Value) -> Value:
    if not isinstance(value, Text):
        return value if how in ("same", "resolve", "expand") else Unknown("part of an unknown path")
    if how == "parent":
        parts = _without_slash(value).parts if _ends_with_slash(value) else parent(value).parts
        return Text(parts, False, value.assumed, rooted=value.rooted)
    if how in ("name", "stem", "suffix"):
        return part_of(value, how)
    if how == "splitext":
        whole, suffix = splitext(value.template)
        return Seq([Text((whole,)) if value.literal is not None else value, text(suffix)], kind="tuple")
    if how == "split":
        return Seq([parent(value), part_of(value, "name")], kind="tuple")
    if how == "listdir":
        return Seq([hole("file", "loop")], True)
    if how in ("scandir", "walk"):
        return _walked(value) if how == "walk" else glob_elements(join_paths([value, text("*")]))
    if how == "glob":
        return glob_elements(value)
    if how in ("exists", "test", "mkdir"):
        return Unknown("state of the file system")
    return value
