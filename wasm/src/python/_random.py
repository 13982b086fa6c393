"""The generator under `random`, seeded from the host."""

from _rehearsal_random import Random as _Random
from _rehearsal import random as _entropy


class Random(_Random):
    def seed(self, n=None, /):
        super().seed(int.from_bytes(_entropy(32), "little") if n is None else n)


Random.__module__ = "_random"
