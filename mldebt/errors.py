"""What a user can do wrong, said in one sentence."""

from __future__ import annotations

from collections.abc import Iterable


class UsageError(Exception):
    """Something that the user can put right; its text is one clear sentence, the exit code is 2."""

    def __str__(self) -> str:
        """What it quotes from a file may hold signs that break lines or steer a terminal."""
        text = super().__str__()
        return text if text.isprintable() else "".join(sign if sign.isprintable() else _escaped(sign) for sign in text)


def _escaped(sign: str) -> str:
    return sign.encode("unicode_escape", "surrogatepass").decode("ascii")


def near_name_hint(name: str, known: Iterable[str]) -> str:
    """`; did you mean "x"?` where a known name is close, else the empty string."""
    from difflib import SequenceMatcher, get_close_matches  # only mistakes pay for it

    close = get_close_matches(name, sorted(known), n=3, cutoff=0.6)
    if not close:
        return ""
    likeness = {word: SequenceMatcher(None, word, name).ratio() for word in close}
    nearest = max(close, key=lambda word: (likeness[word], _shared_beginning(name, word)))
    return f'; did you mean "{nearest}"?'


def _shared_beginning(one: str, other: str) -> int:
    return next((number for number, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
