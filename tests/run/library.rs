//! Standard library modules that would not work without help, frozen as they are.

use serde_json::json;

use crate::package::Package;

fn returned(code: &str) -> serde_json::Value {
    let ran = Package::with(code).step("f", "").run(&[]).passed();
    ran.attempt("f")["returned"].clone()
}

#[test]
fn a_record_that_cannot_be_formatted_is_reported_and_raises_nothing() {
    let code = r#"
import contextlib, io, logging

def f():
    handler = logging.StreamHandler(io.StringIO())
    text = io.StringIO()
    with contextlib.redirect_stderr(text):
        handler.handle(logging.makeLogRecord({"msg": "%d V", "args": ("five",)}))
    lines = text.getvalue().splitlines()
    return [lines[0], lines[-2:], "handler.handle(" in text.getvalue(), list(logging.__path__)]
"#;
    let own = ["Message: '%d V'", "Arguments: ('five',)"];
    assert_eq!(
        returned(code),
        json!(["--- Logging error ---", own, true, []])
    );
}

#[test]
fn a_day_without_a_year_is_parsed_with_a_warning_about_the_callers_line() {
    let code = r#"
import datetime, os, warnings

def f():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        day = datetime.datetime.strptime("24.12.", "%d.%m.")
    return [str(day), [os.path.basename(warning.filename) for warning in caught]]
"#;
    assert_eq!(returned(code), json!(["1900-12-24 00:00:00", ["m.py"]]));
}

#[test]
fn an_error_names_the_path_as_the_test_code_gave_it() {
    let code = r#"
import os, tempfile

def name(function, *arguments):
    try:
        function(*arguments)
    except OSError as error:
        return [str(error.filename), str(error.filename2)]

def f():
    with tempfile.TemporaryDirectory() as folder:
        before = os.getcwd()
        os.chdir(folder)
        try:
            return [name(open, "a.txt"), name(os.stat, b"a"), name(os.rename, "a", "b"), name(os.listdir, "a")]
        finally:
            os.chdir(before)
"#;
    assert_eq!(
        returned(code),
        json!([
            ["a.txt", "None"],
            ["b'a'", "None"],
            ["a", "b"],
            ["a", "None"]
        ])
    );
}

#[test]
fn enumerations_are_made_from_bytes() {
    let code = r#"
import enum

class State(enum.IntEnum):
    IDLE = 0x0102

class Flags(enum.IntFlag):
    LOW = 1
    HIGH = 2

def f():
    return [State.from_bytes(b"\1\2") is State.IDLE, State.from_bytes(b"\2\1", "little").name, Flags.from_bytes(b"\3").name]
"#;
    assert_eq!(returned(code), json!([true, "IDLE", "LOW|HIGH"]));
}

#[test]
fn the_systems_time_zones_are_found() {
    if !std::path::Path::new("/usr/share/zoneinfo/Europe/Berlin").exists() {
        println!("skipped: this system has no time zones in CPython's usual places");
        return;
    }
    let code = r#"
import datetime, zoneinfo

def f():
    return str(datetime.datetime(2026, 7, 1, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin")))
"#;
    assert_eq!(returned(code), json!("2026-07-01 00:00:00+02:00"));
}

#[test]
fn tzset_takes_the_zone_of_tz_and_goes_back() {
    let code = r#"
import datetime, logging, os, time

SUMMER, WINTER = 1782900000, 1767225600

def shown():
    local = [time.strftime("%H:%M %Z %z", time.localtime(at)) for at in (SUMMER, WINTER)]
    local.append(datetime.datetime.fromtimestamp(SUMMER).strftime("%H:%M"))
    local.append(time.ctime(WINTER))
    local.append(logging.Formatter.converter(SUMMER).tm_hour)
    local.append([time.mktime((2026, 7, 1, 6, 0, 0, 0, 0, summer)) - SUMMER for summer in (-1, 0, 1)])
    local.append([*time.tzname, time.timezone, time.altzone, time.daylight])
    return local

def f():
    before = shown()
    os.environ["TZ"] = "EST+05EDT,M3.2.0,M11.1.0"
    time.tzset()
    there = shown()
    os.environ["TZ"] = "no zone"
    time.tzset()
    nowhere = shown()
    del os.environ["TZ"]
    if old is not None:
        os.environ["TZ"] = old
    time.tzset()
    return [there, nowhere[:2], shown() == before]

old = os.environ.get("TZ")
"#;
    let there = json!([
        "06:00 EDT -0400",
        "19:00 EST -0500",
        "06:00",
        "Wed Dec 31 19:00:00 2025",
        6,
        [0.0, 3600.0, 0.0],
        ["EST", "EDT", 18000, 14400, 1]
    ]);
    let nowhere = ["10:00 UTC +0000", "00:00 UTC +0000"];
    assert_eq!(returned(code), json!([there, nowhere, true]));
}

#[test]
fn folders_and_files_get_the_mode_asked_for_less_the_mask() {
    let code = r#"
import os, tempfile

def mode(path):
    return oct(os.stat(path).st_mode & 0o777)

def f():
    with tempfile.TemporaryDirectory() as folder:
        at = lambda name: os.path.join(folder, name)
        modes = [mode(folder)]
        os.mkdir(at("a"), 0o750)
        old = os.umask(0o077)
        os.mkdir(at("b"))
        os.close(os.open(at("c"), os.O_CREAT | os.O_WRONLY, 0o755))
        open(at("d"), "w").close()
        return modes + [mode(at(name)) for name in "abcd"] + [oct(old), oct(os.umask(old)), oct(os.umask(old))]
"#;
    let masks = ["0o22", "0o77", "0o22"];
    let found = returned(code);
    let found = found.as_array().expect("a list");
    assert_eq!(found[5..], masks);
    if cfg!(unix) {
        assert_eq!(
            found[..5],
            ["0o700", "0o750", "0o700", "0o700", "0o600"],
            "{found:?}"
        );
    }
}

#[test]
fn errors_with_two_bases_keep_their_text() {
    let code = r#"
import http.client, urllib.error

def f():
    lost = http.client.RemoteDisconnected("abc")
    return [
        str(lost), list(lost.args), lost.line, isinstance(lost, ConnectionResetError), str(http.client.RemoteDisconnected()),
        str(http.client.BadStatusLine("x")), str(urllib.error.URLError("no")), str(urllib.error.HTTPError("u", 404, "Not", {}, None)),
    ]
"#;
    assert_eq!(
        returned(code),
        json!([
            "abc",
            ["abc"],
            "''",
            true,
            "",
            "x",
            "<urlopen error no>",
            "HTTP Error 404: Not"
        ])
    );
}

#[test]
fn what_would_last_for_ever_or_take_all_memory_is_refused() {
    let code = r#"
import random, socket, time

def error(function, *arguments):
    try:
        function(*arguments)
    except Exception as error:
        return f"{type(error).__name__}: {error}"

def f():
    time.sleep(False), time.sleep(0.0)
    return [
        *(error(time.sleep, length) for length in (1e300, float("inf"), 2**70, -(2**70), -1, "1", float("nan"))),
        error(socket.socket().settimeout, 1e300),
        error(random.getrandbits, 1 << 60), error(random.getrandbits, -1), random.getrandbits(100) < 2**100, len(random.randbytes(1000)),
    ]
"#;
    let large = "OverflowError: timestamp too large to convert to C PyTime_t";
    let found = returned(code);
    let found = found.as_array().expect("a list");
    assert_eq!(found[..4], [large; 4]);
    assert_eq!(
        found[4..],
        [
            json!("ValueError: sleep length must be non-negative"),
            json!("TypeError: 'str' object cannot be interpreted as an integer"),
            json!("ValueError: Invalid value NaN (not a number)"),
            json!(large),
            json!("MemoryError: "),
            json!("ValueError: number of bits must be non-negative"),
            json!(true),
            json!(1000)
        ]
    );
}

#[test]
fn what_the_system_does_not_offer_says_so() {
    let code = r#"
import errno, os

def f():
    said = []
    for function, arguments in ((os.execvp, ("sh", ["sh"])), (os.execv, ("/bin/sh", ["sh"])), (os.execle, ("/bin/sh", "sh", {}))):
        try:
            function(*arguments)
        except OSError as error:
            said.append([error.errno == errno.ENOSYS, error.strerror])
    return said + [os.sched_getaffinity(0) == set(range(os.cpu_count())), os.EX_USAGE, os.EX_CONFIG]
"#;
    let no = json!([
        true,
        "os.exec…(), which would put a program in place of the run, is not available to test code"
    ]);
    assert_eq!(returned(code), json!([no, no, no, true, 64, 78]));
}

#[test]
fn a_memory_map_is_read_byte_by_byte() {
    let code = r#"
import mmap, re, tempfile

def f():
    with tempfile.TemporaryFile() as file:
        file.write(b"abc")
        file.flush()
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as memory:
            return [
                list(memory) == [b"a", b"b", b"c"], list(reversed(memory)) == [b"c", b"b", b"a"], memory[0],
                b"b" in memory, b"ab" in memory, bytes(memory) == b"abc", re.search(b"c", memory).start(), memory.seekable(),
                [name for name in ("reverse", "append", "upper", "copy", "split", "hex", "pop") if hasattr(memory, name)],
            ]
"#;
    assert_eq!(
        returned(code),
        json!([true, true, 97, true, false, true, 2, true, []])
    );
}
