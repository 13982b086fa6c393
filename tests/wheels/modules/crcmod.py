import importlib.metadata

import crcmod
import crcmod.predefined


def work():
    assert crcmod.mkCrcFun(0x104C11DB7, initCrc=0, xorOut=0xFFFFFFFF)(b"123456789") == 0xCBF43926
    assert crcmod.predefined.mkCrcFun("modbus")(b"123456789") == 0x4B37 and crcmod.predefined.mkCrcFun("crc-ccitt-false")(b"123456789") == 0x29B1
    running = crcmod.predefined.Crc("crc-8")
    running.update(b"12345")
    running.update(b"6789")
    assert running.crcValue == 0xF4
    return importlib.metadata.version("crcmod")
