"""The generator under `random`, seeded from the host."""

from _rehearsal_random import Random as _Random
from _rehearsal import random as _entropy


_MOST_BITS = 1 << 32


class Random(_Random):
    def seed(self, n=None, /):
        super().seed(int.from_bytes(_entropy(32), "little") if n is None else n)

    def getrandbits(self, k, /):
        # The generator reserves their memory without asking whether it is there, which would end the process.
        if k > _MOST_BITS:
            raise MemoryError
        return super().getrandbits(k)


Random.__module__ = "_random"
