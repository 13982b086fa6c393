//! What is known of functions: where they come from, what they take, what they return.

use rehearsal::code::{Callable, Function, Lookup, Signature};

use crate::package::Package;

/// `a, b?, *c` of a signature: optional ones with a question mark, those by name only with a star before them.
fn takes(signature: &Option<Signature>) -> String {
    let Some(signature) = signature else {
        return "unknown".into();
    };
    let only = signature
        .positional_only
        .iter()
        .map(|one| format!("{}/", one.name));
    let named = signature.named.iter().map(|one| {
        let star = if one.keyword_only { "*" } else { "" };
        let optional = if one.required { "" } else { "?" };
        format!("{star}{}{optional}", one.name)
    });
    let mut all: Vec<String> = only.chain(named).collect();
    all.extend(signature.more_positions.then(|| "*".into()));
    all.extend(signature.more_names.then(|| "**".into()));
    all.join(" ")
}

#[test]
fn a_function_takes_what_its_definition_says() {
    for (python, expected) in [
        ("def f(): pass", ""),
        ("def f(a, b=1, *, c, d=2): pass", "a b? *c *d?"),
        ("def f(a, /, b, *args, **more): pass", "a/ b * **"),
        ("async def f(a): pass", "a"),
        ("f = lambda a, b=2: a", "a b?"),
        ("def g(a): pass\nf = g", "a"),
        (
            "import functools\ndef g(a, b, c): pass\nf = functools.partial(g, 1, c=3)",
            "b c?",
        ),
        (
            "from functools import partial\ndef g(a): pass\nf = partial(g, 1, 2)",
            "unknown",
        ),
        (
            "import functools\n@functools.lru_cache(maxsize=1)\ndef f(a): pass",
            "a",
        ),
        (
            "from tools import logged\n@logged\ndef f(a): pass",
            "unknown",
        ),
        ("def f(a): pass\ndef f(b): pass", "b"),
    ] {
        let read = Package::python(python).read();
        assert_eq!(takes(&read.function("f").signature), expected, "{python}");
    }
}

#[test]
fn a_name_leads_to_where_it_was_defined() {
    let package = Package::python(
        "from helpers import measure as f, VALUE\nfrom pkg import *\nfrom json import dumps\nfrom pkg.sub import missing\nfrom . import helpers\n",
    )
    .file("python_modules/helpers.py", "def measure(channel): pass\nVALUE = 3\n")
    .file("python_modules/pkg/__init__.py", "from .sub import inner\nfrom ..m import nothing\n")
    .file("python_modules/pkg/sub.py", "def inner(a): pass\nclass C: pass\n");
    let read = package.read();
    assert_eq!(takes(&read.function("f").signature), "channel");
    assert_eq!(
        read.sources.place(read.function("f").at).file,
        "python_modules/helpers.py"
    );
    assert_eq!(takes(&read.function("inner").signature), "a");
    assert!(matches!(read.lookup("VALUE"), Lookup::NotCallable(_)));
    assert_eq!(read.lookup("dumps"), Lookup::Unknown);
    assert_eq!(read.lookup("missing"), Lookup::Unknown);
    assert_eq!(read.lookup("helpers"), Lookup::Unknown);
    assert_eq!(read.lookup("nowhere"), Lookup::Missing);
    for (written, name) in [
        ("python_modules/pkg/sub.py", "pkg.sub"),
        ("pkg/sub.py", "pkg.sub"),
        ("pkg.sub", "pkg.sub"),
        ("pkg", "pkg"),
        ("./python_modules/helpers.py", "helpers"),
    ] {
        assert_eq!(read.code.module(written).expect(written).name, name);
    }
    assert!(read.code.module("sub").is_none());
}

#[test]
fn what_depends_on_how_the_code_runs_is_unknown() {
    for python in [
        "try:\n    from fast import f\nexcept ImportError:\n    def f(): pass\n",
        "import sys\nif sys.argv:\n    f = 1\nelse:\n    def f(): pass\n",
        "def f(): pass\ndef g():\n    global f\n    f = 3\n",
        "f = make()\n",
        "globals()['f'] = print\n",
        "from nowhere import *\n",
        "def __getattr__(name): return print\n",
        "f = f\n",
        "for f in (print, repr): pass\n",
        "f = print\n",
    ] {
        assert_eq!(
            Package::python(python).read().lookup("f"),
            Lookup::Unknown,
            "{python}"
        );
    }
}

#[test]
fn functions_whose_body_does_not_run_are_told_apart() {
    for (python, expected) in [
        ("async def f(): return 1", Callable::Coroutine),
        ("def f():\n    yield 1", Callable::Generator),
        ("async def f():\n    yield 1", Callable::Generator),
        (
            "def f():\n    def g():\n        yield 1\n    return list(g())",
            Callable::Plain,
        ),
        ("def f(): return sum(x for x in y)", Callable::Plain),
        ("@wrapped\nasync def f(): return 1", Callable::Plain),
    ] {
        assert_eq!(
            Package::python(python).read().function("f").callable,
            expected,
            "{python}"
        );
    }
}

/// `a b+ …`: the keys, with a plus those whose value is a number, and dots if there may be more; `result`, `number`.
fn gives(function: &Function) -> String {
    let returns = &function.returns;
    let mut all: Vec<String> = returns
        .keys
        .iter()
        .map(|key| format!("{}{}", key.name, if key.number { "+" } else { "" }))
        .collect();
    all.extend((!returns.complete).then(|| "...".into()));
    all.extend(returns.result.then(|| "result".into()));
    all.extend(returns.number.map(|_| "number".into()));
    all.join(" ")
}

#[test]
fn a_function_gives_what_its_returns_say() {
    for (body, expected) in [
        ("pass", ""),
        ("return", ""),
        ("return None", ""),
        ("return 5", "result"),
        ("return float(read())", "result number"),
        ("return read()", "... result"),
        ("return 'x'", "result"),
        ("return {}", ""),
        ("return {'a': 1, 'b': float(x())}", "a b+"),
        ("return {'a': 1} if x() else None", "a"),
        ("return {'a': 1} if x() else 'none'", "a result"),
        ("return dict(a=1, **{'b': 2})", "a b"),
        ("return dict(x())", "... result"),
        ("return {key(): 1, 'a': 2}", "a ..."),
        ("return {**rest(), 'a': 2}", "a ... result"),
        ("return {f'c{n}': n for n in x()}", "..."),
        (
            "if x():\n        return {'a': 1}\n    return {'b': 2}",
            "a b",
        ),
        (
            "r = {}\n    r['a'] = 1\n    r.update({'b': 2}, c=3)\n    r.update(d=4)\n    return r",
            "a b c d",
        ),
        ("r = {'a': 1}\n    r |= {'b': 2}\n    return r", "a b"),
        ("r = {'a': 1}\n    fill(r)\n    return r", "a ..."),
        ("r = {'a': 1}\n    r[key()] = 1\n    return r", "a ..."),
        (
            "r = {'a': 1}\n    s = r\n    s['b'] = 2\n    return r",
            "a ...",
        ),
        (
            "r = {'a': 1}\n    print(r, r['a'], len(r), f'{r}')\n    for k in r.items(): pass\n    return r",
            "a",
        ),
        (
            "r = {'a': 1}\n    r = other()\n    return r",
            "a ... result",
        ),
        ("for r in x():\n        return r", "... result"),
        (
            "with x() as r:\n        r = {'a': 1}\n        return r",
            "a ... result",
        ),
        (
            "v = float(x())\n    check(v)\n    return {'v': v, 'w': v * 1000, 'n': 3, 't': 'a' * 3, 's': '%d' % v}",
            "v+ w+ n t s",
        ),
        (
            "v = x()\n    return {'half': v / 2, 'two': v * 2, 'less': v - 1.5}",
            "half+ two less+",
        ),
        ("v = 2.5\n    return v", "result"),
        (
            "def g():\n        return {'inner': 1}\n    return {'outer': 2}",
            "outer",
        ),
        ("f = lambda: {'inner': 1}\n    return {'outer': 2}", "outer"),
        ("r = r2\n    r2 = r\n    return r", "... result"),
        ("return a or {}", "... result"),
        ("return {'a': 1} | {'b': 2}", "a b"),
        ("return {'a': 1} | more()", "a ... result"),
        ("return await x()", "... result"),
    ] {
        let keyword = if body.contains("await") {
            "async def"
        } else {
            "def"
        };
        let read = Package::python(&format!("{keyword} f():\n    {body}\n")).read();
        assert_eq!(gives(&read.function("f")), expected, "{body}");
    }
    let read = Package::python("def f(r):\n    r['a'] = 1\n    return r\n").read();
    assert_eq!(gives(&read.function("f")), "... result");
    let read = Package::python("@odd\ndef f():\n    return {'a': 1}\n").read();
    assert_eq!(gives(&read.function("f")), "...");
    let read = Package::python("f = lambda: {'a': 1}\n").read();
    assert_eq!(gives(&read.function("f")), "a");
}
