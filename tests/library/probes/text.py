"""Text, its encodings and languages."""

from . import probe, raises


@probe("string")
def _():
    import string

    assert string.capwords("two words") == "Two Words" and string.hexdigits[-1] == "F"
    assert string.Template("$a ${b}").substitute(a=1, b=2) == "1 2"
    assert string.Formatter().format("{0:>5}|{x!r}", 7, x="y") == "    7|'y'"


@probe("re")
def _():
    import re

    found = re.match(r"(?P<volts>\d+(?:\.\d+)?)\s*V\b", "3.30 V dc")
    assert found["volts"] == "3.30" and found.span("volts") == (0, 4)
    assert re.sub(r"(?<=\d),(?=\d)", ".", "1,5 2,5") == "1.5 2.5"
    assert re.findall(rb"\x02(.+?)\x03", b"\x02ab\x03\x02c\x03") == [b"ab", b"c"]
    assert re.compile(r"^\w+$", re.M).findall("ä1\nb c\nd") == ["ä1", "d"]
    assert "unterminated" in str(raises(re.error, re.compile, "["))


@probe("difflib")
def _():
    import difflib

    lines = list(difflib.unified_diff(["a", "b"], ["a", "c"], lineterm=""))
    assert lines[-3:] == [" a", "-b", "+c"]
    assert difflib.get_close_matches("volage", ["voltage", "current"]) == ["voltage"]
    assert difflib.SequenceMatcher(None, "abcd", "bcde").ratio() == 0.75


@probe("textwrap")
def _():
    import textwrap

    assert textwrap.wrap("one two three", 8) == ["one two", "three"]
    assert textwrap.dedent("  a\n   b\n") == "a\n b\n" and textwrap.indent("a\n", "> ") == "> a\n"
    assert textwrap.shorten("one two three", 11, placeholder="...") == "one two..."


@probe("unicodedata")
def _():
    import unicodedata

    assert unicodedata.name("Ω") == "GREEK CAPITAL LETTER OMEGA" and unicodedata.lookup("MICRO SIGN") == "µ"
    assert unicodedata.normalize("NFD", "é") == "e\u0301" and unicodedata.normalize("NFKC", "µΩ") == "μΩ"
    assert unicodedata.category("1") == "Nd" and unicodedata.numeric("½") == 0.5 and unicodedata.east_asian_width("中") == "W"
    assert unicodedata.combining("\u0301") == 230 and unicodedata.bidirectional("א") == "R" and unicodedata.mirrored("(")


@probe("stringprep")
def _():
    import stringprep

    assert stringprep.in_table_b1("\u00ad") and stringprep.map_table_b2("ß") == "ss"


@probe("codecs")
def _():
    import codecs, io

    text = "Größe µ"
    for name in ("utf-8", "utf-16", "utf-16-le", "utf-32", "utf-8-sig", "latin-1", "cp1252", "cp437", "utf-7", "unicode_escape", "mac-roman"):
        assert text.encode(name).decode(name) == text, name
    assert "日本".encode("shift_jis") == b"\x93\xfa\x96{" and "日本".encode("euc-jp").decode("euc-jp") == "日本"
    assert b"\xc4\xe3".decode("gbk") == "你" and "中".encode("big5").decode("big5") == "中"
    assert "ключ".encode("koi8-r").decode("koi8-r") == "ключ" and "bücher".encode("punycode") == b"bcher-kva"
    assert "bücher.example".encode("idna") == b"xn--bcher-kva.example"
    assert codecs.encode(b"ab", "hex") == b"6162" and codecs.decode("nop", "rot13") == "abc" and codecs.encode(b"ab", "base64") == b"YWI=\n"
    assert codecs.decode(codecs.encode(b"a" * 50, "zlib"), "zlib") == b"a" * 50
    assert b"a\xff".decode("utf-8", "replace") == "a\ufffd" and b"a\xff".decode("utf-8", "backslashreplace") == "a\\xff"
    assert "aµ".encode("ascii", "xmlcharrefreplace") == b"a&#181;" and b"\xff".decode("utf-8", "surrogateescape") == "\udcff"
    decoder = codecs.getincrementaldecoder("utf-8")()
    assert decoder.decode(b"\xc3") + decoder.decode(b"\xa4", True) == "ä"
    reader = codecs.getreader("utf-16")(io.BytesIO("ab\ncd".encode("utf-16")))
    assert reader.read() == "ab\ncd"
    codecs.register_error("probe", lambda error: ("?", error.end))
    assert "aµb".encode("ascii", "probe") == b"a?b"
    assert raises(UnicodeDecodeError, b"a\xff".decode, "utf-8").start == 1
    raises(LookupError, "a".encode, "no-such-codec")


@probe("encodings")
def _():
    import encodings.aliases

    assert encodings.normalize_encoding("UTF 8") == "UTF_8" and encodings.aliases.aliases["latin1"]


@probe("locale")
def _():
    import locale

    old = locale.setlocale(locale.LC_ALL)
    assert locale.setlocale(locale.LC_ALL, "C") == "C" and locale.localeconv()["decimal_point"] == "."
    assert locale.atof("1.5") == 1.5 and locale.format_string("%.2f", 1234.5, grouping=True) == "1234.50"
    assert locale.getpreferredencoding(False) and locale.strcoll("a", "b") < 0 and locale.normalize("de") == "de_DE.ISO8859-1"
    raises(locale.Error, locale.setlocale, locale.LC_ALL, "xx_NOWHERE")
    locale.setlocale(locale.LC_ALL, old)


@probe("gettext")
def _():
    import gettext, io, struct

    ids, texts = b"", b""
    pairs = sorted([(b"", b"Content-Type: text/plain; charset=UTF-8\n"), (b"voltage", "Spännung".encode())])
    offsets = []
    for key, value in pairs:
        offsets.append((len(ids), len(key), len(texts), len(value)))
        ids, texts = ids + key + b"\0", texts + value + b"\0"
    start = 7 * 4 + 16 * len(pairs)
    keys = b"".join(struct.pack("<ii", size, start + at) for at, size, _, _ in offsets)
    values = b"".join(struct.pack("<ii", size, start + len(ids) + at) for _, _, at, size in offsets)
    head = struct.pack("<Iiiiiii", 0x950412DE, 0, len(pairs), 28, 28 + len(keys), 0, 0)
    assert gettext.GNUTranslations(io.BytesIO(head + keys + values + ids + texts)).gettext("voltage") == "Spännung"
    assert gettext.gettext("same") == "same" and gettext.ngettext("one", "many", 2) == "many" and gettext.find("none") is None


@probe("html")
def _():
    import html, html.entities, html.parser

    assert html.escape("<a b='c'>&") == "&lt;a b=&#x27;c&#x27;&gt;&amp;" and html.unescape("&ohm;&lt;&#181;&auml;") == "Ω<µä"
    seen = []

    class Parser(html.parser.HTMLParser):
        def handle_starttag(self, tag, attributes):
            seen.append((tag, attributes))

        def handle_data(self, data):
            seen.append(data)

    Parser().feed("<p class=x>a<br>b &amp; c</p>")
    assert seen[:3] == [("p", [("class", "x")]), "a", ("br", [])] and "".join(seen[3:]) == "b & c"
    assert html.entities.html5["micro;"] == "µ"


@probe("shlex")
def _():
    import shlex

    assert shlex.split("a 'b c' \"d\\\"e\" # f", comments=True) == ["a", "b c", 'd"e'] and shlex.quote("a b") == "'a b'"
    assert shlex.join(["a b", "c"]) == "'a b' c"


@probe("pprint")
def _():
    import pprint

    value = {"b": list(range(30)), "a": {"x": "y" * 40, "z": (1,)}}
    text = pprint.pformat(value, width=60)
    assert text.startswith("{'a': {'x': '" + "y" * 40 + "',\n") and eval(text) == value
    assert pprint.saferepr([1, "a"]) == "[1, 'a']" and pprint.isreadable([1])


@probe("reprlib")
def _():
    import reprlib

    assert reprlib.repr(list(range(10))) == "[0, 1, 2, 3, 4, 5, ...]"

    class Node:
        @reprlib.recursive_repr()
        def __repr__(self):
            return f"<{self!r}>"

    assert repr(Node()) == "<...>"


@probe("cmd")
def _():
    import cmd, io

    class Shell(cmd.Cmd):
        def do_say(self, line):
            self.stdout.write(line)

        def do_EOF(self, line):
            return True

    out = io.StringIO()
    shell = Shell(stdin=io.StringIO("say hello\nEOF\n"), stdout=out)
    shell.use_rawinput = False
    shell.cmdloop("hi")
    assert "hello" in out.getvalue() and out.getvalue().startswith("hi\n")


@probe("getopt")
def _():
    import getopt

    assert getopt.getopt(["-a", "1", "--long=x", "rest"], "a:", ["long="]) == ([("-a", "1"), ("--long", "x")], ["rest"])
    raises(getopt.GetoptError, getopt.getopt, ["-z"], "a")


@probe("optparse")
def _():
    import optparse

    parser = optparse.OptionParser()
    parser.add_option("-n", type="int", default=1)
    options, rest = parser.parse_args(["-n", "5", "x"])
    assert options.n == 5 and rest == ["x"]


@probe("argparse")
def _():
    import argparse, contextlib, io

    parser = argparse.ArgumentParser(prog="p", description="d")
    parser.add_argument("--volts", type=float, default=3.3)
    parser.add_argument("names", nargs="*")
    sub = argparse.ArgumentParser(prog="q").add_subparsers(dest="command")
    sub.add_parser("run").add_argument("-v", action="count")
    parsed = parser.parse_args(["--volts", "5", "a", "b"])
    assert parsed.volts == 5.0 and parsed.names == ["a", "b"] and parser.format_usage() == "usage: p [-h] [--volts VOLTS] [names ...]\n"
    error = io.StringIO()
    with contextlib.redirect_stderr(error):
        assert raises(SystemExit, parser.parse_args, ["--volts", "x"]).code == 2
    assert "argument --volts: invalid float value: 'x'" in error.getvalue()


@probe("curses")
def _():
    import curses

    assert curses.KEY_UP


@probe("readline")
def _():
    import readline

    readline.set_completer(None)


@probe("rlcompleter")
def _():
    import rlcompleter

    completer = rlcompleter.Completer({"voltage": 1})
    assert completer.complete("volt", 0) == "voltage"


@probe("tkinter")
def _():
    import tkinter

    assert tkinter.TkVersion >= 8


@probe("turtle")
def _():
    import turtle

    assert turtle.Vec2D(1, 2) + turtle.Vec2D(1, 1) == (2, 3)


@probe("getpass")
def _():
    import getpass, os

    old = os.environ.get("LOGNAME")
    os.environ["LOGNAME"] = "operator"
    assert getpass.getuser() == "operator"
    if old is None:
        del os.environ["LOGNAME"]
    else:
        os.environ["LOGNAME"] = old
    assert issubclass(getpass.GetPassWarning, UserWarning)
