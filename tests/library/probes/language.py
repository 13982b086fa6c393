"""Python's own language."""

from . import differs, probe, raises


@probe("__future__")
def _():
    import __future__

    assert __future__.annotations.compiler_flag and "division" in __future__.all_feature_names


@probe("abc")
def _():
    import abc

    class Instrument(abc.ABC):
        @abc.abstractmethod
        def read(self): ...

    class Meter(Instrument):
        def read(self):
            return 1

    assert "abstract" in str(raises(TypeError, Instrument)) and Meter().read() == 1
    Instrument.register(int)
    assert isinstance(1, Instrument)


@probe("annotationlib")
def _():
    import annotationlib

    def function(a: int): ...

    assert annotationlib.get_annotations(function) == {"a": int}


@probe("ast")
def _():
    import ast

    tree = ast.parse("x = [1, 'a'] if y else -2")
    assert isinstance(tree.body[0], ast.Assign) and ast.unparse(tree) == "x = [1, 'a'] if y else -2" and ast.literal_eval("{'a': [1, -2.5, None]}") == {"a": [1, -2.5, None]}
    assert "Constant(value=1)" in ast.dump(tree) and [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)] == ["x", "y"]

    class Doubling(ast.NodeTransformer):
        def visit_Constant(self, node):
            return ast.copy_location(ast.Constant(node.value * 2), node)

    changed = ast.fix_missing_locations(Doubling().visit(ast.parse("3", mode="eval")))
    assert eval(compile(changed, "f", "eval")) == 6
    raises(ValueError, ast.literal_eval, "f()")


@probe("dis", differs("shows RustPython's bytecode", lambda: _other_bytecode()))
def _():
    import dis, io

    out = io.StringIO()
    dis.dis(compile("a + 1", "f", "eval"), file=out)
    assert "LOAD_NAME" in out.getvalue() and "RETURN_VALUE" in out.getvalue()


def _other_bytecode():
    import sys

    return sys.implementation.name == "rustpython"


@probe("opcode")
def _():
    import opcode

    assert opcode.opmap["NOP"] in range(256) and opcode.opname[opcode.opmap["NOP"]] == "NOP"


@probe("symtable")
def _():
    import symtable

    table = symtable.symtable("def f(a):\n    global b\n    return a + b", "x", "exec")
    (function,) = [child for child in table.get_children() if child.get_name() == "f"]
    assert function.get_name() == "f" and function.lookup("a").is_parameter() and function.lookup("b").is_global()


@probe("token")
def _():
    import token

    assert token.tok_name[token.NAME] == "NAME" and token.ISEOF(token.ENDMARKER)


@probe("tokenize")
def _():
    import io, tokenize

    tokens = list(tokenize.generate_tokens(io.StringIO("x = 1 # c\n").readline))
    assert [t.string for t in tokens[:4]] == ["x", "=", "1", "# c"] and tokens[2].start == (1, 4)
    assert tokenize.untokenize(tokens) == "x = 1 # c\n" and tokenize.detect_encoding(io.BytesIO(b"# coding: latin-1\n").readline)[0] == "iso-8859-1"


@probe("keyword")
def _():
    import keyword

    assert keyword.iskeyword("async") and "match" in keyword.softkwlist


@probe("tabnanny")
def _():
    import tabnanny

    assert issubclass(tabnanny.NannyNag, Exception)


@probe("pyclbr")
def _():
    import pyclbr

    assert "Probe" in pyclbr.readmodule_ex("probes.language") or "_other_bytecode" in pyclbr.readmodule_ex("probes.language")


@probe("py_compile")
def _():
    import os, py_compile, tempfile

    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "m.py")
        with open(source, "w") as file:
            file.write("x = 1\n")
        assert os.path.exists(py_compile.compile(source, cfile=os.path.join(folder, "m.pyc"), doraise=True))
        with open(source, "w") as file:
            file.write("x =\n")
        raises(py_compile.PyCompileError, py_compile.compile, source, cfile=os.path.join(folder, "m.pyc"), doraise=True)


@probe("compileall")
def _():
    import compileall, os, tempfile

    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "m.py"), "w") as file:
            file.write("x = 1\n")
        assert compileall.compile_dir(folder, quiet=2)


@probe("sre_compile")
def _():
    _quietly("sre_compile")


@probe("sre_constants")
def _():
    _quietly("sre_constants")


@probe("sre_parse")
def _():
    _quietly("sre_parse")


def _quietly(name):
    import importlib, warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert importlib.import_module(name).__name__
