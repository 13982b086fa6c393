"""Types for data, and what is done with functions."""

from . import differs_in_the_sandbox, probe, raises


@probe("array", differs_in_the_sandbox("items of `l` and `L` have 4 bytes", lambda: __import__("array").array("l").itemsize == 4))
def _():
    from array import array

    values = array("H", [1, 2, 3])
    values.byteswap()
    assert values.tolist() == [256, 512, 768] and values.itemsize == 2 and array("d", b"\0" * 8)[0] == 0.0
    values.extend([1])
    assert memoryview(values).nbytes == 8 and array("b", [-1]).tobytes() == b"\xff"
    raises(OverflowError, array, "B", [256])


@probe("bisect")
def _():
    import bisect

    values = [1, 3, 3, 5]
    bisect.insort(values, 4)
    assert values == [1, 3, 3, 4, 5] and bisect.bisect_left(values, 3) == 1 and bisect.bisect(values, -3, key=lambda v: -v) in (0, 5)


@probe("calendar")
def _():
    import calendar

    assert calendar.monthrange(2024, 2) == (3, 29) and calendar.isleap(2024) and calendar.timegm((1970, 1, 2, 0, 0, 0)) == 86400
    assert "February 2024" in calendar.month(2024, 2) and list(calendar.day_abbr)[0] == "Mon"


@probe("collections")
def _():
    from collections import ChainMap, Counter, OrderedDict, UserDict, abc, defaultdict, deque, namedtuple

    Point = namedtuple("Point", "x y", defaults=[0])
    assert Point(1)._replace(y=5) == (1, 5) and repr(Point(1)) == "Point(x=1, y=0)"
    assert Counter("aab").most_common(1) == [("a", 2)] and ChainMap({"a": 1}, {"a": 2, "b": 3})["b"] == 3
    ring = deque([1, 2, 3], maxlen=3)
    ring.append(4)
    ring.rotate(1)
    assert list(ring) == [4, 2, 3] and defaultdict(list)["a"] == [] and isinstance({}, abc.MutableMapping)
    ordered = OrderedDict(a=1, b=2)
    ordered.move_to_end("a")
    assert list(ordered) == ["b", "a"] and UserDict(a=1)["a"] == 1


@probe("contextlib")
def _():
    import contextlib, io

    seen = []

    @contextlib.contextmanager
    def step(name):
        seen.append(name)
        try:
            yield name
        finally:
            seen.append("end " + name)

    with contextlib.ExitStack() as stack:
        stack.enter_context(step("a"))
        stack.callback(seen.append, "callback")
        with contextlib.suppress(KeyError):
            raise KeyError
    assert seen == ["a", "callback", "end a"]
    with contextlib.redirect_stdout(io.StringIO()) as out:
        print("x")
    assert out.getvalue() == "x\n"
    with contextlib.closing(io.StringIO()) as file, contextlib.nullcontext(1) as one:
        assert one == 1
    assert file.closed


@probe("contextvars")
def _():
    import contextvars

    variable = contextvars.ContextVar("v", default=1)
    context = contextvars.copy_context()
    context.run(variable.set, 2)
    assert variable.get() == 1 and context[variable] == 2
    token = variable.set(3)
    variable.reset(token)
    assert variable.get() == 1


@probe("copy")
def _():
    import copy

    loop = [1, [2]]
    loop.append(loop)
    deep = copy.deepcopy(loop)
    assert deep[2] is deep and deep[1] is not loop[1] and copy.copy(loop)[1] is loop[1]


@probe("copyreg")
def _():
    import copy, copyreg

    class Unit:
        def __init__(self, name):
            self.name = name

    copyreg.pickle(Unit, lambda unit: (Unit, (unit.name + "!",)))
    assert copy.copy(Unit("V")).name == "V!"


@probe("dataclasses")
def _():
    import dataclasses

    @dataclasses.dataclass(order=True, frozen=True, slots=True)
    class Limit:
        low: float
        high: float = 1.0
        tags: list = dataclasses.field(default_factory=list, compare=False)

    assert Limit(0.5) < Limit(0.6) and dataclasses.replace(Limit(0.5), high=2.0).high == 2.0
    assert dataclasses.asdict(Limit(0.1)) == {"low": 0.1, "high": 1.0, "tags": []} and [f.name for f in dataclasses.fields(Limit)] == ["low", "high", "tags"]
    raises(dataclasses.FrozenInstanceError, setattr, Limit(0.1), "low", 2)


@probe("datetime")
def _():
    from datetime import date, datetime, time, timedelta, timezone

    zone = timezone(timedelta(hours=2), "CEST")
    moment = datetime(2026, 11, 23, 10, 20, 30, 123456, zone)
    assert moment.isoformat() == "2026-11-23T10:20:30.123456+02:00" and datetime.fromisoformat(moment.isoformat()) == moment
    assert moment.astimezone(timezone.utc).hour == 8 and moment.strftime("%d.%m.%y %H:%M:%S.%f %z %Z %j %A") == "23.11.26 10:20:30.123456 +0200 CEST 327 Monday"
    assert datetime.strptime("23 Nov 2026 10:20:30.5 +0130", "%d %b %Y %H:%M:%S.%f %z").utcoffset() == timedelta(minutes=90)
    assert datetime.strptime("2026-11-23 UTC", "%Y-%m-%d %Z") == datetime(2026, 11, 23)
    assert (date(2026, 3, 1) - date(2026, 2, 1)).days == 28 and date.fromisocalendar(2026, 48, 1) == date(2026, 11, 23)
    assert timedelta(hours=1.5) / timedelta(minutes=1) == 90.0 and str(timedelta(days=-1, seconds=1)) == "-1 day, 0:00:01"
    assert time.fromisoformat("10:20").replace(second=5) == time(10, 20, 5) and datetime.fromtimestamp(0, timezone.utc).year == 1970
    assert f"{date(2026, 1, 2):%Y/%m}" == "2026/01" and datetime.max.year == 9999
    assert "does not match format" in str(raises(ValueError, datetime.strptime, "x", "%Y"))


@probe("enum")
def _():
    import enum

    class State(enum.Enum):
        OFF = 0
        ON = enum.auto()

    class Bits(enum.IntFlag):
        A = 1
        B = 2

    assert State(1) is State.ON and State["OFF"].value == 0 and repr(State.ON) == "<State.ON: 1>" and [s.name for s in State] == ["OFF", "ON"]
    assert Bits.A | Bits.B == 3 and Bits.A in Bits(3) and "5 is not a valid" in str(raises(ValueError, State, 5))
    assert enum.unique(State) is State and enum.Enum("Made", "X Y").Y.value == 2


@probe("functools")
def _():
    import functools

    calls = []

    @functools.lru_cache(maxsize=2)
    def slow(n):
        calls.append(n)
        return n * 2

    assert [slow(1), slow(1), slow(2)] == [2, 2, 4] and calls == [1, 2] and slow.cache_info().hits == 1

    @functools.singledispatch
    def shown(value):
        return "any"

    @shown.register
    def _(value: int):
        return "int"

    assert shown(1) == "int" and shown("") == "any" and functools.reduce(lambda a, b: a * b, [1, 2, 3]) == 6
    assert functools.partial(int, base=2)("101") == 5 and sorted([3, 1], key=functools.cmp_to_key(lambda a, b: a - b)) == [1, 3]

    class Cached:
        @functools.cached_property
        def value(self):
            calls.append("value")
            return 1

    cached = Cached()
    assert cached.value + cached.value == 2 and calls.count("value") == 1

    @functools.total_ordering
    class Ordered:
        def __init__(self, n):
            self.n = n

        def __eq__(self, other):
            return self.n == other.n

        def __lt__(self, other):
            return self.n < other.n

    assert Ordered(1) <= Ordered(1) and Ordered(2) > Ordered(1)


@probe("graphlib")
def _():
    import graphlib

    assert list(graphlib.TopologicalSorter({"c": {"b"}, "b": {"a"}}).static_order()) == ["a", "b", "c"]
    raises(graphlib.CycleError, graphlib.TopologicalSorter({"a": {"a"}}).prepare)


@probe("heapq")
def _():
    import heapq

    heap = [5, 1, 4]
    heapq.heapify(heap)
    heapq.heappush(heap, 0)
    assert [heapq.heappop(heap) for _ in range(4)] == [0, 1, 4, 5] and heapq.nlargest(2, [1, 3, 2]) == [3, 2]
    assert list(heapq.merge([1, 3], [2])) == [1, 2, 3]


@probe("itertools")
def _():
    import itertools

    assert list(itertools.batched("abc", 2)) == [("a", "b"), ("c",)] if hasattr(itertools, "batched") else True
    assert [list(g) for _, g in itertools.groupby("aab")] == [["a", "a"], ["b"]] and list(itertools.pairwise([1, 2, 3])) == [(1, 2), (2, 3)]
    assert list(itertools.accumulate([1, 2, 3])) == [1, 3, 6] and len(list(itertools.product("ab", repeat=2))) == 4
    assert list(itertools.islice(itertools.count(1, 2), 3)) == [1, 3, 5] and list(itertools.chain.from_iterable(["a", "b"])) == ["a", "b"]
    assert list(itertools.zip_longest("a", "bc", fillvalue="-")) == [("a", "b"), ("-", "c")] and len(list(itertools.combinations(range(4), 2))) == 6


@probe("operator")
def _():
    import operator

    assert operator.itemgetter(1, 0)("ab") == ("b", "a") and operator.attrgetter("real")(3) == 3 and operator.methodcaller("upper")("a") == "A"
    assert operator.index(True) == 1 and operator.length_hint([1]) == 1


@probe("queue")
def _():
    import queue

    waiting = queue.PriorityQueue()
    for n in (3, 1, 2):
        waiting.put(n)
    assert [waiting.get() for _ in range(3)] == [1, 2, 3]
    raises(queue.Empty, queue.Queue().get, timeout=0.01)
    full = queue.LifoQueue(1)
    full.put(1)
    raises(queue.Full, full.put_nowait, 2)
    simple = queue.SimpleQueue()
    simple.put("a")
    assert simple.get() == "a" and simple.empty()


@probe(
    "struct",
    differs_in_the_sandbox("the native sizes of `l`, `L`, `n`, `N` and `P` are 4", lambda: __import__("struct").calcsize("lP") == 8),
)
def _():
    import struct

    assert struct.pack("<HhIfd4s?", 1, -2, 3, 0.5, 0.25, b"ab", True).hex() == "0100feff030000000000003f000000000000d03f6162000001"
    assert struct.unpack(">3sxH", b"abc\0\x01\x02") == (b"abc", 258) and struct.calcsize("=BQ") == 9 and struct.pack("e", 1.5) == b"\x00>"
    buffer = bytearray(6)
    struct.pack_into("!I", buffer, 2, 0xDEADBEEF)
    assert buffer.hex() == "0000deadbeef" and list(struct.iter_unpack("<H", b"\1\0\2\0")) == [(1,), (2,)]
    raises(struct.error, struct.pack, "B", 256)
    raises(struct.error, struct.unpack, "H", b"a")


@probe("types")
def _():
    import types

    space = types.SimpleNamespace(a=1)
    space.b = 2
    assert repr(space) == "namespace(a=1, b=2)" and isinstance(lambda: 0, types.FunctionType)
    proxy = types.MappingProxyType({"a": 1})
    raises(TypeError, exec, "proxy['a'] = 2", {"proxy": proxy})
    made = types.new_class("Made", (int,), {}, lambda names: names.update(x=1))
    assert made(3) + made.x == 4 and types.ModuleType("m").__name__ == "m"


@probe("typing")
def _():
    import typing

    class Reading(typing.TypedDict, total=False):
        volts: float

    class Point(typing.NamedTuple):
        x: int
        y: int = 0

    T = typing.TypeVar("T")

    class Box(typing.Generic[T]):
        pass

    @typing.runtime_checkable
    class Closes(typing.Protocol):
        def close(self): ...

    def function(a: int, b: "str | None" = None) -> typing.List[int]: ...

    assert Reading(volts=1.0) == {"volts": 1.0} and Point(1) == (1, 0) and typing.get_args(Box[int]) == (int,)
    assert typing.get_type_hints(function) == {"a": int, "b": typing.Optional[str], "return": typing.List[int]}
    assert isinstance(open, object) and not isinstance(1, Closes) and typing.get_origin(dict[str, int]) is dict
    assert typing.cast(int, "a") == "a" and typing.Literal["a"].__args__ == ("a",)


@probe("weakref")
def _():
    import weakref

    class Thing:
        pass

    thing, gone = Thing(), []
    reference = weakref.ref(thing, gone.append)
    table = weakref.WeakValueDictionary(a=thing)
    finalizer = weakref.finalize(thing, gone.append, "final")
    assert reference() is thing and table["a"] is thing and finalizer.alive
    del thing
    assert reference() is None and len(gone) == 2 and "a" not in table


@probe("zoneinfo")
def _():
    import zoneinfo
    from datetime import datetime, timedelta, timezone

    berlin = zoneinfo.ZoneInfo("Europe/Berlin")
    winter, summer = datetime(2026, 1, 15, 12, tzinfo=berlin), datetime(2026, 7, 15, 12, tzinfo=berlin)
    assert winter.utcoffset() == timedelta(hours=1) and summer.tzname() == "CEST" and berlin.key == "Europe/Berlin"
    assert summer.astimezone(timezone.utc).hour == 10 and datetime(2060, 7, 1, tzinfo=berlin).utcoffset() == timedelta(hours=2)
    assert {"UTC", "America/New_York", "Asia/Kolkata"} <= zoneinfo.available_timezones()
    assert zoneinfo.ZoneInfo("Asia/Kolkata").utcoffset(winter) == timedelta(hours=5, minutes=30)
    raises(zoneinfo.ZoneInfoNotFoundError, zoneinfo.ZoneInfo, "Mars/Base")


@probe("statistics")
def _():
    import statistics

    values = [1.0, 2.0, 4.0, 7.0]
    assert statistics.mean(values) == 3.5 and statistics.median(values) == 3.0 and round(statistics.stdev(values), 6) == 2.645751
    assert statistics.quantiles(values, n=4) == [1.25, 3.0, 6.25] and statistics.mode("aab") == "a" and statistics.pvariance([1, 3]) == 1
    assert statistics.linear_regression([1, 2, 3], [2, 4, 6]).slope == 2.0 and round(statistics.NormalDist(0, 1).cdf(1.96), 3) == 0.975
    raises(statistics.StatisticsError, statistics.mean, [])
