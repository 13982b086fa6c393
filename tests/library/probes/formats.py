"""File formats, and objects as bytes."""

from . import differs, probe, raises


@probe("json")
def _():
    import io, json

    text = json.dumps({"b": [1, 2.5, None, True, "ä\n"], "a": {}}, sort_keys=True, indent=1)
    assert text == '{\n "a": {},\n "b": [\n  1,\n  2.5,\n  null,\n  true,\n  "\\u00e4\\n"\n ]\n}' and json.loads(text)["b"][4] == "ä\n"
    assert json.loads("[1e400, NaN]")[0] == float("inf") and json.loads("1" * 30) == int("1" * 30) and json.dumps("ä", ensure_ascii=False) == '"ä"'
    assert json.loads('{"a": 1.10}', parse_float=str) == {"a": "1.10"} and json.load(io.StringIO('{"a": 1, "a": 2}'), object_pairs_hook=len) == 2
    error = raises(json.JSONDecodeError, json.loads, '{"a": 1,\n "b" 2}')
    assert (error.lineno, error.colno, error.msg) == (2, 6, "Expecting ':' delimiter")
    assert "not JSON serializable" in str(raises(TypeError, json.dumps, {1, 2})) and json.dumps({1}, default=list) == "[1]"


@probe("csv")
def _():
    import csv, io

    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerows([["a", 1, 2.5], ['say "x"', "b;c", None]])
    assert out.getvalue() == 'a;1;2.5\r\n"say ""x""";"b;c";\r\n'
    assert list(csv.reader(io.StringIO(out.getvalue(), newline=""), delimiter=";"))[1] == ['say "x"', "b;c", ""]
    rows = list(csv.DictReader(["name,volts", "a,1", "b,2,3"]))
    assert rows[0] == {"name": "a", "volts": "1"} and rows[1][None] == ["3"] and csv.Sniffer().sniff("a;b\nc;d\n").delimiter == ";"
    table = io.StringIO()
    named = csv.DictWriter(table, ["x"], quoting=csv.QUOTE_ALL, lineterminator="\n")
    named.writeheader()
    named.writerow({"x": "1\n2"})
    assert table.getvalue() == '"x"\n"1\n2"\n'
    raises(csv.Error, csv.reader, [""], delimiter="ab") if False else raises(TypeError, csv.reader, [""], delimiter="ab")


@probe("configparser")
def _():
    import configparser, io

    parser = configparser.ConfigParser()
    parser.read_string("[DEFAULT]\nroot = /a\n[dut]\npath = %(root)s/b\nvolts: 3.3\nlong = x\n  y\non = yes\n")
    assert parser["dut"]["path"] == "/a/b" and parser.getfloat("dut", "volts") == 3.3 and parser["dut"].getboolean("on") and parser["dut"]["long"] == "x\ny"
    out = io.StringIO()
    parser.write(out)
    assert "[dut]" in out.getvalue() and parser.get("dut", "none", fallback="f") == "f"
    raises(configparser.NoSectionError, parser.get, "none", "x")
    raises(configparser.DuplicateOptionError, parser.read_string, "[a]\nb=1\nb=2\n")


@probe("tomllib")
def _():
    import datetime, tomllib

    read = tomllib.loads('a = 1\n[b]\nc = [1.5, "x"]\nd = 2026-11-23T10:20:00Z\n[[e]]\nf = 0x1F\n')
    assert read["b"]["c"] == [1.5, "x"] and read["b"]["d"].tzinfo == datetime.timezone.utc and read["e"] == [{"f": 31}]
    raises(tomllib.TOMLDecodeError, tomllib.loads, "a = ")


@probe("netrc")
def _():
    import netrc, os, tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "n")
        with open(path, "w") as file:
            file.write("machine host login me password secret\n")
        assert netrc.netrc(path).authenticators("host") == ("me", "", "secret") or netrc.netrc(path).authenticators("host")[0] == "me"


@probe("plistlib")
def _():
    import plistlib

    value = {"a": [1, 2.5, True, b"x"], "b": "text"}
    for kind in (plistlib.FMT_XML, plistlib.FMT_BINARY):
        assert plistlib.loads(plistlib.dumps(value, fmt=kind)) == value


@probe("pickle")
def _():
    import io, pickle
    from collections import OrderedDict
    from datetime import datetime
    from decimal import Decimal

    value = [1, 2**100, 2.5, "ä", b"x", None, (1,), {1, 2}, {"a": [1]}, OrderedDict(a=1), datetime(2026, 1, 2), Decimal("1.5"), range(3), slice(1), 1j, len]
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(value, protocol)) == value, protocol
    shared = [[]] * 2
    again = pickle.loads(pickle.dumps(shared))
    assert again[0] is again[1]
    error = pickle.loads(pickle.dumps(KeyError("k")))
    assert type(error) is KeyError and error.args == ("k",)

    class Safe(pickle.Unpickler):
        def find_class(self, module, name):
            raise pickle.UnpicklingError(name)

    raises(pickle.UnpicklingError, Safe(io.BytesIO(pickle.dumps(OrderedDict()))).load)
    raises((pickle.PicklingError, AttributeError), pickle.dumps, lambda: 0)


@probe("pickletools")
def _():
    import io, pickle, pickletools

    out = io.StringIO()
    pickletools.dis(pickle.dumps([1], 2), out)
    assert "BININT1" in out.getvalue() and pickle.loads(pickletools.optimize(pickle.dumps([1, 2]))) == [1, 2]


@probe("marshal")
def _():
    import marshal

    value = [1, 2**70, 2.5, "ä", b"x", None, (1,), {"a": True}, frozenset([1]), 1j]
    assert marshal.loads(marshal.dumps(value)) == value
    code = marshal.loads(marshal.dumps(compile("a = 1 + 1", "f", "exec")))
    space = {}
    exec(code, space)
    assert space["a"] == 2


@probe("base64")
def _():
    import base64

    data = bytes(range(256))
    for encode, decode in (("b64encode", "b64decode"), ("b32encode", "b32decode"), ("b16encode", "b16decode"), ("b85encode", "b85decode"), ("a85encode", "a85decode"), ("urlsafe_b64encode", "urlsafe_b64decode")):
        assert getattr(base64, decode)(getattr(base64, encode)(data)) == data, encode
    assert base64.b64encode(b"\xfb\xff") == b"+/8=" and base64.urlsafe_b64encode(b"\xfb\xff") == b"-_8=" and base64.b32hexencode(b"a") == b"C4======"
    raises(ValueError, base64.b64decode, "a", validate=True)


@probe("binascii")
def _():
    import binascii

    assert binascii.hexlify(b"\xde\xad\xbe", "-") == b"de-ad-be" and binascii.unhexlify("0aff") == b"\n\xff" and binascii.crc32(b"123456789") == 0xCBF43926
    assert binascii.crc_hqx(b"123456789", 0) == 0x31C3 and binascii.b2a_uu(b"abc") == b"#86)C\n" and binascii.b2a_qp(b"a=\xff") == b"a=3D=FF"
    raises(binascii.Error, binascii.unhexlify, "0")


@probe("quopri")
def _():
    import quopri

    assert quopri.encodestring("ä=".encode()) == b"=C3=A4=3D" and quopri.decodestring(b"=C3=A4") == "ä".encode()


@probe("xml", differs("a malformed document raises the same exceptions, in other words, when it has been read to its end", lambda: _other_words()))
def _():
    import io
    import xml.dom.minidom, xml.sax, xml.sax.saxutils
    import xml.etree.ElementTree as ET

    root = ET.fromstring('<r xmlns:p="urn:p"><a x="1">t&amp;u<b/>tail</a><p:c>µ</p:c></r>')
    assert root.find("a").get("x") == "1" and root.find("a").text == "t&u" and root.find("a/b").tail == "tail" and root.findtext("{urn:p}c") == "µ"
    assert [e.tag for e in root.iter()] == ["r", "a", "b", "{urn:p}c"] and root.findall(".//a[@x='1']")
    made = ET.Element("limits")
    ET.SubElement(made, "low", unit="V").text = "<3>"
    ET.indent(made)
    assert ET.tostring(made) == b'<limits>\n  <low unit="V">&lt;3&gt;</low>\n</limits>' and ET.tostring(made, "unicode").startswith("<limits")
    out = io.BytesIO()
    ET.ElementTree(made).write(out, "utf-8", xml_declaration=True)
    assert [event for event, _ in ET.iterparse(io.BytesIO(out.getvalue()), ("start", "end"))] == ["start", "start", "end", "end"]
    error = raises(ET.ParseError, ET.fromstring, "<a>\n<b></a>")
    assert error.position[0] == 2
    document = xml.dom.minidom.parseString("<a><b c='1'/></a>")
    assert document.getElementsByTagName("b")[0].getAttribute("c") == "1" and "<b c=\"1\"/>" in document.toxml()
    seen = []

    class Handler(xml.sax.ContentHandler):
        def startElement(self, name, attributes):
            seen.append((name, dict(attributes)))

    xml.sax.parseString(b"<a><b c='1'/></a>", Handler())
    assert seen == [("a", {}), ("b", {"c": "1"})] and xml.sax.saxutils.escape("<") == "&lt;"


def _other_words():
    import xml.etree.ElementTree as ET

    return "mismatched tag" not in str(raises(ET.ParseError, ET.fromstring, "<a><b></a>"))


@probe("pyexpat", differs("as xml", lambda: _other_words()))
def _():
    import pyexpat

    parser, seen = pyexpat.ParserCreate(), []
    parser.StartElementHandler = lambda name, attributes: seen.append((name, attributes))
    parser.CharacterDataHandler = seen.append
    parser.Parse(b"<a b='1'>c</a>", True)
    assert seen == [("a", {"b": "1"}), "c"]
    raises(pyexpat.ExpatError, pyexpat.ParserCreate().Parse, "<a>", True)


@probe("wave")
def _():
    import io, wave

    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\0\1" * 10)
    with wave.open(io.BytesIO(out.getvalue())) as file:
        assert file.getnframes() == 10 and file.readframes(2) == b"\0\1\0\1"


@probe("mimetypes")
def _():
    import mimetypes

    assert mimetypes.guess_type("a.json") == ("application/json", None) and mimetypes.guess_type("a.tar.gz") == ("application/x-tar", "gzip")
    assert mimetypes.guess_extension("text/html") in (".html", ".htm")


@probe("mailbox")
def _():
    import mailbox, os, tempfile

    with tempfile.TemporaryDirectory() as folder:
        box = mailbox.Maildir(os.path.join(folder, "m"))
        key = box.add("Subject: a\n\nb\n")
        assert box[key]["subject"] == "a" and len(box) == 1
        box.close()
