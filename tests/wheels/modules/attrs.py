import importlib.metadata

import attr
import attrs


@attrs.define(order=True)
class Limit:
    low: float = attrs.field(converter=float, validator=attrs.validators.ge(0))
    names: list = attrs.field(factory=list, eq=False)


@attr.s(frozen=True, slots=True)
class Old:
    a = attr.ib(default=1)


def work():
    limit = Limit("1.5")
    assert limit == Limit(1.5, ["x"]) and attrs.asdict(limit) == {"low": 1.5, "names": []} and repr(limit) == "Limit(low=1.5, names=[])"
    assert attrs.evolve(limit, low=2) > limit and Old().a == 1
    for act, kind in ((lambda: Limit(-1), ValueError), (lambda: setattr(Old(), "a", 2), attr.exceptions.FrozenInstanceError)):
        try:
            act()
        except kind:
            continue
        raise AssertionError
    return importlib.metadata.version("attrs")
