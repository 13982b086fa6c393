import construct
from construct import Array, Bitwise, BitsInteger, Byte, Checksum, Const, Enum, Int16ub, Int32ul, PascalString, RawCopy, Struct, this


def work():
    frame = Struct(
        "head" / Const(b"\x02"),
        "body" / RawCopy(Struct(
            "kind" / Enum(Byte, read=1, write=2),
            "flags" / Bitwise(Struct("a" / BitsInteger(3), "b" / BitsInteger(5))),
            "count" / Int16ub,
            "values" / Array(this.count, Int32ul),
            "name" / PascalString(Byte, "utf8"),
        )),
        "sum" / Checksum(Byte, lambda data: sum(data) & 0xFF, this.body.data),
    )
    built = frame.build({"body": {"value": {"kind": "write", "flags": {"a": 5, "b": 2}, "count": 2, "values": [1, 2], "name": "µ"}}})
    assert built.hex() == "0202a200020100000002000000" + "02c2b5" + "22"
    read = frame.parse(built).body.value
    assert str(read.kind) == "write" and read.flags.a == 5 and list(read["values"]) == [1, 2] and read.name == "µ"
    try:
        frame.parse(built[:-1] + b"\0")
    except construct.ChecksumError:
        return construct.__version__
    raise AssertionError
