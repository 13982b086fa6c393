"""Files as memory: read whole when they are mapped. What is written stays in memory, so a shared mapping that writes is refused."""

import errno as _errno
import os as _os

error = OSError
ACCESS_DEFAULT, ACCESS_READ, ACCESS_WRITE, ACCESS_COPY = range(4)
MAP_SHARED, MAP_PRIVATE, MAP_ANON = 1, 2, 32
MAP_ANONYMOUS = MAP_ANON
PROT_READ, PROT_WRITE, PROT_EXEC = 1, 2, 4
PAGESIZE = ALLOCATIONGRANULARITY = 4096


def _content(fileno, length, offset):
    size = _os.fstat(fileno).st_size
    if offset > size or length > size - offset:
        raise ValueError("mmap length is greater than file size")
    wanted = length or size - offset
    if not wanted:
        raise ValueError("cannot mmap an empty file")
    before = _os.lseek(fileno, 0, _os.SEEK_CUR)
    try:
        _os.lseek(fileno, offset, _os.SEEK_SET)
        data = bytearray()
        while len(data) < wanted and (more := _os.read(fileno, wanted - len(data))):
            data += more
    finally:
        _os.lseek(fileno, before, _os.SEEK_SET)
    return data


class _Absent:
    """A method of a bytearray's that a memory map has not."""

    def __set_name__(self, owner, name):
        self._name = name

    def __get__(self, instance, owner):
        raise AttributeError(f"'mmap.mmap' object has no attribute '{self._name}'")


class mmap(bytearray):
    for _name in dir(bytearray):
        if not _name.startswith("_"):
            locals()[_name] = _Absent()
    del _name

    def __init__(self, fileno, length, flags=MAP_SHARED, prot=PROT_READ | PROT_WRITE, access=ACCESS_DEFAULT, offset=0, *, trackfd=True):
        if length < 0 or offset < 0:
            raise OverflowError("memory mapped length and offset must be positive")
        if fileno == -1:
            if not length:
                raise OSError(_errno.EINVAL, "Invalid argument")
            super().__init__(length)
        else:
            shared = access == ACCESS_WRITE or (access == ACCESS_DEFAULT and flags & MAP_SHARED and prot & PROT_WRITE)
            if shared:
                raise OSError(
                    _errno.EACCES,
                    "a shared mapping that writes is not available to test code; map with access=ACCESS_READ or ACCESS_COPY, and write() to the file",
                )
            super().__init__(_content(fileno, length, offset))
        self._fixed = access == ACCESS_READ or not prot & PROT_WRITE
        self._place, self.closed = 0, False

    def _open(self):
        if self.closed:
            raise ValueError("mmap closed or invalid")

    def __getitem__(self, index):
        self._open()
        found = super().__getitem__(index)
        return bytes(found) if isinstance(index, slice) else found

    def __setitem__(self, index, value):
        self._open()
        if self._fixed:
            raise TypeError("mmap can't modify a readonly memory map.")
        if isinstance(index, slice) and len(range(*index.indices(len(self)))) != len(value):
            raise IndexError("mmap slice assignment is wrong size")
        super().__setitem__(index, value)

    def _refuse(self, *_):
        raise TypeError("the size of a memory map is fixed")

    resize = __delitem__ = __iadd__ = __imul__ = _refuse

    def __iter__(self):
        self._open()
        return (bytes((byte,)) for byte in super(mmap, self).__iter__())

    def __reversed__(self):
        return (self[place : place + 1] for place in range(len(self) - 1, -1, -1))

    def __contains__(self, byte):
        self._open()
        return isinstance(byte, (bytes, bytearray, memoryview)) and len(byte) == 1 and super().__contains__(bytes(byte))

    def seekable(self):
        return True

    def size(self):
        return len(self)

    def tell(self):
        self._open()
        return self._place

    def seek(self, pos, whence=0):
        self._open()
        place = pos + (0, self._place, len(self))[whence]
        if not 0 <= place <= len(self):
            raise ValueError("seek out of range")
        self._place = place
        return place

    def read(self, n=None):
        end = len(self) if n is None or n < 0 else min(len(self), self._place + n)
        data = self[self._place : end]
        self._place = end
        return data

    def read_byte(self):
        data = self.read(1)
        if not data:
            raise ValueError("read byte out of range")
        return data[0]

    def readline(self):
        end = super().find(b"\n", self._place)
        return self.read(None if end < 0 else end + 1 - self._place)

    def write(self, data):
        data = bytes(data)
        if self._place + len(data) > len(self):
            raise ValueError("data out of range")
        self[self._place : self._place + len(data)] = data
        self._place += len(data)
        return len(data)

    def write_byte(self, byte):
        self.write(bytes((byte,)))

    def move(self, dest, src, count):
        if min(dest, src, count) < 0 or max(dest, src) + count > len(self):
            raise ValueError("source, destination, or count out of range")
        self[dest : dest + count] = self[src : src + count]

    def find(self, sub, start=None, end=None):
        return super().find(sub, self._place if start is None else start, len(self) if end is None else end)

    def rfind(self, sub, start=None, end=None):
        return super().rfind(sub, self._place if start is None else start, len(self) if end is None else end)

    def flush(self, offset=0, size=None):
        self._open()

    def madvise(self, option, start=0, length=None):
        self._open()

    def close(self):
        self.closed = True

    def __enter__(self):
        self._open()
        return self

    def __exit__(self, *_):
        self.close()

    def __repr__(self):
        return f"<mmap.mmap closed={self.closed}, length={len(self)}, pos={self._place}>"
