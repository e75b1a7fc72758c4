"""Shell scripts, those of Windows, and files of commands that say only by their name what they are."""

from __future__ import annotations

import re
from posixpath import basename, dirname

from mldebt.read.facts import Command
from mldebt.read.manifests.command import Context, commands_of

RUNNING = ("python", "torchrun", "accelerate", "spark-submit", "papermill", "deepspeed", "bash")
LONG = 200_000
"""Longer than anybody writes commands down: data, under the name of what it is for."""
REMARK = re.compile(r"\s*(?:@?rem\b|::).*", re.IGNORECASE)
CHANGE = re.compile(r"(?m)^[ \t]*@?(cd)\s+/d\s+", re.IGNORECASE)
SET = re.compile(r"(?m)^[ \t]*@?set\s+\"?(\w+)=([^\"\n]*)\"?[ \t]*$", re.IGNORECASE)
CALLED = re.compile(r"(?m)^[ \t]*@?(?:(?:call|start\s+/\w+)\s+)?", re.IGNORECASE)
PERCENT = re.compile(r"%(\w+)%")


def read(file: str, content: str) -> tuple[Command, ...]:
    """The commands of a script, which is taken to be started in its own folder."""
    return commands_of(content, 1, Context(job=basename(file), directory=dirname(file), home=dirname(file)))


def read_commands(file: str, content: str) -> tuple[Command, ...]:
    """Of a file without an ending only what surely starts a program: it may be anything else than shell."""
    told = content.startswith("#!") and "sh" not in content.partition("\n")[0]
    if told or len(content) > LONG or not any(program in content for program in RUNNING):
        return ()
    return tuple(one for one in read(file, content) if one.program in RUNNING and one.target)


def read_batch(file: str, content: str) -> tuple[Command, ...]:
    """A batch file of Windows, put into the words of a shell line by line."""
    text = "\n".join("" if REMARK.fullmatch(line) else line for line in content.splitlines())
    text = re.sub(
        r"\^[ \t]*\n", "\\\\\n", CALLED.sub("", SET.sub(r"\1='\2'", CHANGE.sub("cd ", text))).replace("\\", "/")
    )
    return read_commands(file, PERCENT.sub(r"${\1}", text.replace("%~dp0", "./").replace("%*", "")))
