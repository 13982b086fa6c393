"""Files, folders and archives."""

from . import differs, probe, raises


def folder():
    import tempfile

    return tempfile.TemporaryDirectory()


@probe("io")
def _():
    import io, os

    with folder() as place:
        path = os.path.join(place, "a.bin")
        with open(path, "wb", buffering=0) as raw:
            assert isinstance(raw, io.FileIO) and raw.write(b"line 1\r\nline 2\n") == 15
        with open(path, "rb") as file:
            assert isinstance(file, io.BufferedReader) and file.peek(1)[:1] == b"l" and file.readlines() == [b"line 1\r\n", b"line 2\n"]
        with open(path, newline="") as file:
            assert file.readline() == "line 1\r\n" and file.tell() > 0
        with open(path, "r+", encoding="utf-16", newline="\n") as file:
            raises(UnicodeError, file.read)
        with open(path, "a+b") as file:
            file.write(b"end")
            file.seek(0)
            assert file.read()[-3:] == b"end"
        raises(FileExistsError, open, path, "x")
    text = io.TextIOWrapper(io.BytesIO("ä\nb".encode("latin-1")), "latin-1")
    assert text.read() == "ä\nb" and io.StringIO("a\nb").readlines() == ["a\n", "b"] and io.BytesIO(b"abc").getbuffer()[1] == 98
    raises(io.UnsupportedOperation, io.BytesIO().fileno)


@probe(
    "os",
    differs(
        "there is no `fork()`, `spawn…()`, `posix_spawn()`, `statvfs()`, `pread()`, `pwrite()`, `mkfifo()`, `chown()`, `sysconf()`, `getloadavg()`",
        lambda: _not_in_os("fork spawnv posix_spawn statvfs pread pwrite mkfifo chown sysconf getloadavg"),
    ),
    differs("`exec…()` raises OSError", lambda: _no_exec()),
    differs("`os.link()` and `os.symlink()` raise OSError", lambda: _links_refused()),
)
def _():
    import os

    with folder() as place:
        os.makedirs(os.path.join(place, "a", "b"))
        descriptor = os.open(os.path.join(place, "a", "f"), os.O_RDWR | os.O_CREAT)
        os.write(descriptor, b"abc")
        os.lseek(descriptor, 1, os.SEEK_SET)
        assert os.read(descriptor, 5) == b"bc" and os.fstat(descriptor).st_size == 3
        os.close(descriptor)
        assert [(names, files) for _, names, files in os.walk(place)] == [(["a"], []), (["b"], ["f"]), ([], [])]
        with os.scandir(os.path.join(place, "a")) as entries:
            assert sorted((entry.name, entry.is_dir()) for entry in entries) == [("b", True), ("f", False)]
        os.replace(os.path.join(place, "a", "f"), os.path.join(place, "g"))
        os.removedirs(os.path.join(place, "a", "b"))
        assert os.listdir(place) == ["g"] and os.access(os.path.join(place, "g"), os.R_OK)
        here = os.getcwd()
        os.chdir(place)
        assert os.path.exists("g") and os.path.samefile(os.getcwd(), place)
        os.chdir(here)
    os.environ["REHEARSE_PROBE"] = "x"
    assert os.getenv("REHEARSE_PROBE") == "x" and os.environ.pop("REHEARSE_PROBE") == "x" and len(os.urandom(4)) == 4
    assert os.fspath(os.curdir) == "." and os.getpid() > 0 and os.cpu_count() >= 1 and os.strerror(2) == "No such file or directory"
    assert raises(FileNotFoundError, os.stat, "/no/such").errno == 2 and os.path.expandvars("$HOME") and os.get_exec_path()
    assert os.path.expanduser("~") != "~" and os.path.commonpath(["/a/b", "/a/c"]).endswith("a")


def _not_in_os(names):
    import os

    return not any(hasattr(os, name) for name in names.split())


def _no_exec():
    import errno, os

    try:
        # No program has this name, so that nothing happens where it could.
        os.execv("/no/such/program", ["program"])
    except OSError as error:
        return error.errno == errno.ENOSYS


def _links_refused():
    import os

    with folder() as place:
        refused = 0
        for act in (os.link, os.symlink):
            with open(os.path.join(place, "f"), "w"):
                pass
            try:
                act(os.path.join(place, "f"), os.path.join(place, act.__name__))
            except OSError:
                refused += 1
        return refused == 2


@probe("posix")
def _():
    import posix

    assert posix.stat(".").st_mode and b"PATH" in posix.environ


@probe("posixpath")
def _():
    import posixpath

    assert posixpath.normpath("a/../b//c") == "b/c" and posixpath.splitext("a.tar.gz") == ("a.tar", ".gz") and posixpath.relpath("/a/b", "/a/c") == "../b"


@probe("ntpath")
def _():
    import ntpath

    assert ntpath.join("C:\\a", "b") == "C:\\a\\b" and ntpath.splitdrive("C:\\a") == ("C:", "\\a") and ntpath.normpath("a/../b") == "b"


@probe("genericpath")
def _():
    import genericpath

    assert genericpath.commonprefix(["abc", "abd"]) == "ab"


@probe("nturl2path")
def _():
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import nturl2path

        assert nturl2path.url2pathname("///C:/a") == "C:\\a"


@probe("pathlib")
def _():
    import pathlib

    with folder() as place:
        root = pathlib.Path(place)
        (root / "a" / "b").mkdir(parents=True)
        file = root / "a" / "log.tar.gz"
        file.write_text("grün\n", encoding="utf-8")
        assert file.read_bytes() == "grün\n".encode() and file.stat().st_size == 6 and file.suffixes == [".tar", ".gz"] and file.with_suffix(".x").name == "log.tar.x"
        assert sorted(p.relative_to(root).as_posix() for p in root.rglob("*")) == ["a", "a/b", "a/log.tar.gz"] and [p.name for p in root.glob("*/l*")] == ["log.tar.gz"]
        file.rename(root / "moved")
        assert (root / "moved").is_file() and not file.exists() and (root / "a" / ".." / "moved").resolve() == (root / "moved").resolve()
        (root / "moved").unlink()
        raises(FileNotFoundError, (root / "moved").read_text)
    assert pathlib.PurePosixPath("/a/b").is_relative_to("/a") and pathlib.PureWindowsPath("C:/a").drive == "C:"


@probe("stat")
def _():
    import os, stat

    assert stat.S_ISDIR(os.stat(".").st_mode) and stat.filemode(0o100644) == "-rw-r--r--"


@probe("tempfile")
def _():
    import os, tempfile

    with tempfile.TemporaryFile() as file, tempfile.NamedTemporaryFile("w+", suffix=".txt", delete=False) as named:
        file.write(b"a")
        named.write("b")
        named.flush()
        assert open(named.name).read() == "b"
    os.remove(named.name)
    with tempfile.SpooledTemporaryFile(max_size=2) as spooled:
        spooled.write(b"abc")
        spooled.seek(0)
        assert spooled.read() == b"abc"
    made = tempfile.mkdtemp()
    descriptor, name = tempfile.mkstemp(dir=made)
    os.close(descriptor)
    os.remove(name)
    os.rmdir(made)
    assert os.path.isdir(tempfile.gettempdir())


@probe("shutil", differs("no `disk_usage()`", lambda: not hasattr(__import__("shutil"), "disk_usage")))
def _():
    import os, shutil

    with folder() as place:
        a = os.path.join(place, "a")
        os.mkdir(a)
        with open(os.path.join(a, "f.txt"), "w") as file:
            file.write("x" * 10)
        shutil.copytree(a, os.path.join(place, "b"), ignore=shutil.ignore_patterns("*.bak"))
        shutil.copy2(os.path.join(a, "f.txt"), os.path.join(place, "g.txt"))
        shutil.move(os.path.join(place, "g.txt"), os.path.join(place, "b"))
        for kind, name in (("zip", "z.zip"), ("gztar", "z.tar.gz")):
            made = shutil.make_archive(os.path.join(place, "z"), kind, place, "b")
            assert os.path.basename(made) == name
            shutil.unpack_archive(made, os.path.join(place, kind), **({"filter": "data"} if kind == "gztar" else {}))
            assert sorted(os.listdir(os.path.join(place, kind, "b"))) == ["f.txt", "g.txt"]
        shutil.rmtree(a)
        assert not os.path.exists(a)
    assert shutil.get_terminal_size((10, 5)).columns and shutil.which("no such program") is None


@probe("glob")
def _():
    import glob, os

    with folder() as place:
        os.makedirs(os.path.join(place, "a", "b"))
        for name in ("1.txt", "2.txt", "3.bin"):
            open(os.path.join(place, "a", name), "w").close()
        assert sorted(glob.glob("**/*.txt", root_dir=place, recursive=True)) == [os.path.join("a", "1.txt"), os.path.join("a", "2.txt")]
        assert len(glob.glob(os.path.join(place, "a", "[12].*"))) == 2 and glob.escape("[x]") == "[[]x]"


@probe("fnmatch")
def _():
    import fnmatch

    assert fnmatch.filter(["a.py", "b.txt"], "*.py") == ["a.py"] and fnmatch.fnmatchcase("ab", "[a-c]?")


@probe("filecmp")
def _():
    import filecmp, os

    with folder() as place:
        for name, text in (("a", "x"), ("b", "x"), ("c", "y")):
            with open(os.path.join(place, name), "w") as file:
                file.write(text)
        paths = [os.path.join(place, name) for name in "abc"]
        assert filecmp.cmp(paths[0], paths[1], shallow=False) and not filecmp.cmp(paths[0], paths[2], shallow=False)
        assert filecmp.dircmp(place, place).common_files == ["a", "b", "c"]


@probe("fileinput")
def _():
    import fileinput, os

    with folder() as place:
        path = os.path.join(place, "f")
        with open(path, "w") as file:
            file.write("a\nb\n")
        with fileinput.input([path], inplace=True) as lines:
            for line in lines:
                print(line.upper(), end="")
        with fileinput.input([path]) as lines:
            assert [(lines.lineno(), line) for line in lines] == [(1, "A\n"), (2, "B\n")]


@probe("linecache")
def _():
    import linecache, os

    with folder() as place:
        path = os.path.join(place, "f.py")
        with open(path, "w") as file:
            file.write("a\nb\n")
        assert linecache.getline(path, 2) == "b\n" and linecache.getline("none", 1) == ""


@probe("zlib")
def _():
    import zlib

    data = b"voltage " * 100
    packed = zlib.compress(data, 9)
    assert zlib.decompress(packed) == data and len(packed) < 40 and zlib.crc32(b"123456789") == 0xCBF43926 and zlib.adler32(b"abc") == 0x24D0127
    stream = zlib.compressobj(wbits=-15)
    raw = stream.compress(data) + stream.flush()
    inflate = zlib.decompressobj(wbits=-15)
    assert inflate.decompress(raw, 10) == data[:10] and inflate.decompress(inflate.unconsumed_tail) + inflate.flush() == data[10:]
    assert zlib.decompress(zlib.compress(b"a"), bufsize=1) == b"a"
    raises(zlib.error, zlib.decompress, b"junk")


@probe("gzip")
def _():
    import gzip, os

    with folder() as place:
        path = os.path.join(place, "f.gz")
        with gzip.open(path, "wt", encoding="utf-8") as file:
            file.write("grün\n" * 3)
        with gzip.open(path, "rt", encoding="utf-8") as file:
            assert file.readlines() == ["grün\n"] * 3
    assert gzip.decompress(gzip.compress(b"abc", mtime=0)) == b"abc"
    raises(gzip.BadGzipFile, gzip.decompress, b"junk data")


@probe("bz2")
def _():
    import bz2, io

    assert bz2.decompress(bz2.compress(b"abc" * 50)) == b"abc" * 50
    with bz2.open(io.BytesIO(bz2.compress(b"a\nb\n")), "rt") as file:
        assert file.read() == "a\nb\n"


@probe("lzma")
def _():
    import io, lzma

    assert lzma.decompress(lzma.compress(b"abc" * 50)) == b"abc" * 50
    target = io.BytesIO()
    with lzma.open(target, "w") as file:
        file.write(b"some data")
    assert lzma.open(io.BytesIO(target.getvalue())).read() == b"some data"
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 6}]
    assert lzma.decompress(lzma.compress(b"raw", lzma.FORMAT_RAW, filters=filters), lzma.FORMAT_RAW, filters=filters) == b"raw"
    assert lzma.decompress(lzma.compress(b"alone", lzma.FORMAT_ALONE)) == b"alone"
    raises(lzma.LZMAError, lzma.decompress, b"junk")


@probe("compression")
def _():
    from compression import gzip, zlib

    assert gzip.decompress(gzip.compress(b"a")) == b"a" and zlib.crc32(b"") == 0


@probe("zipfile")
def _():
    import io, zipfile

    for kind in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", kind) as archive:
            archive.writestr("a/b.txt", "text" * 20)
        with zipfile.ZipFile(target) as archive:
            assert archive.namelist() == ["a/b.txt"] and archive.read("a/b.txt") == b"text" * 20 and archive.testzip() is None
            assert zipfile.Path(archive, "a/").joinpath("b.txt").read_text().startswith("text") and archive.getinfo("a/b.txt").file_size == 80
    raises(zipfile.BadZipFile, zipfile.ZipFile, io.BytesIO(b"junk"))


@probe("tarfile")
def _():
    import io, os, tarfile

    with folder() as place:
        with open(os.path.join(place, "f"), "w") as file:
            file.write("abc")
        for mode in ("w", "w:gz", "w:bz2", "w:xz"):
            path = os.path.join(place, "t.tar")
            with tarfile.open(path, mode) as archive:
                archive.add(os.path.join(place, "f"), "d/f")
                info = tarfile.TarInfo("g")
                info.size = 2
                archive.addfile(info, io.BytesIO(b"xy"))
            with tarfile.open(path) as archive:
                assert archive.getnames() == ["d/f", "g"] and archive.extractfile("g").read() == b"xy"
                archive.extractall(os.path.join(place, "out"), filter="data")
            assert open(os.path.join(place, "out", "d", "f")).read() == "abc"
    raises(tarfile.ReadError, tarfile.open, fileobj=io.BytesIO(b"junk" * 200))


@probe("zipapp")
def _():
    import os, zipapp

    with folder() as place:
        os.mkdir(os.path.join(place, "app"))
        with open(os.path.join(place, "app", "__main__.py"), "w") as file:
            file.write("print(1)")
        zipapp.create_archive(os.path.join(place, "app"), os.path.join(place, "app.pyz"))
        assert open(os.path.join(place, "app.pyz"), "rb").read(2) == b"PK"


@probe("dbm")
def _():
    import dbm.dumb, os

    with folder() as place:
        with dbm.dumb.open(os.path.join(place, "d"), "c") as table:
            table["a"] = "1"
        with dbm.open(os.path.join(place, "d"), "r") as table:
            assert table[b"a"] == b"1" and dbm.whichdb(os.path.join(place, "d")) == "dbm.dumb"


@probe("shelve")
def _():
    import dbm.dumb, os, shelve

    with folder() as place:
        with shelve.open(os.path.join(place, "s")) as shelf:
            shelf["limits"] = {"low": [1, 2.5]}
        with shelve.open(os.path.join(place, "s"), writeback=True) as shelf:
            shelf["limits"]["low"].append(3)
        with shelve.open(os.path.join(place, "s")) as shelf:
            assert shelf["limits"] == {"low": [1, 2.5, 3]}


@probe("sqlite3")
def _():
    import sqlite3

    connection = sqlite3.connect(":memory:")
    connection.execute("create table t (a, b)")
    connection.executemany("insert into t values (?, ?)", [(1, "x"), (2, "y")])
    assert connection.execute("select b from t where a = 2").fetchall() == [("y",)]
    connection.close()
