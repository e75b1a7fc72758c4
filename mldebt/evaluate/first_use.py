"""Attributes that are made when they are first used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Made = TypeVar("Made")


class FirstUse(Generic[Made]):
    """An attribute of objects of which there are many, and of which most never use it: `names = FirstUse(dict)`."""

    def __init__(self, make: Callable[[], Made]) -> None:
        self._make = make

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: object, owner: type) -> Made:
        made = instance.__dict__[self._name] = self._make()
        return made
