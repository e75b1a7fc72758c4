"""Which files are settings, and what is written in them: all that code sees of them depends on that."""

from __future__ import annotations

from pathlib import Path

LIMIT = 1 << 20
FORMATS = (".yaml", ".yml", ".json", ".toml", ".ini", ".cfg")


def format_of(name: str) -> str:
    """The ending that says how a file of that name is to be read, ".env" for all of these; "" for no settings."""
    name = name.lower()
    if name == ".env" or name.startswith(".env.") or name.endswith(".env"):
        return ".env"
    ending = name[name.rfind(".") :] if "." in name else ""
    return ending if ending in FORMATS else ""


def settings_text(path: Path) -> bytes | None:
    """What is written in a settings file; None for another file, and for one that is too large or can't be read."""
    try:
        if not format_of(path.name) or path.stat().st_size > LIMIT:
            return None
        return path.read_bytes()
    except OSError:
        return None
