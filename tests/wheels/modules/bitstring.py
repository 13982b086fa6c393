import bitstring


def work():
    bits = bitstring.pack("uint:4=n, hex:8=tag, intle:16=v, bool=on", n=5, tag="a7", v=-2, on=True)
    assert bits.bin == "0101" + "10100111" + "1111111011111111" + "1" and bits.unpack("uint:4, hex:8, intle:16, bool") == [5, "a7", -2, True]
    stream = bitstring.BitStream("0x0102ff")
    assert stream.read("uint:8") == 1 and stream.peek("uintbe:16") == 0x2FF and stream.find("0xff") == (16,)
    array = bitstring.BitArray(float=0.5, length=32)
    array.reverse(0, 8)
    array.invert(0)
    assert len(array) == 32 and bitstring.Bits(bytes=b"\x0f")[4:].uint == 15 and ("0b1" + bitstring.Bits("0b01")).bin == "101"
    return bitstring.__version__
