"""Modules, packages and where they come from."""

import contextlib
import os
import sys
import tempfile

from . import probe, raises


@contextlib.contextmanager
def on_path(files, name="entry"):
    """A folder, or with a name in .zip a zip file, with these files, in front of sys.path."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, name)
        if name.endswith(".zip"):
            import zipfile

            with zipfile.ZipFile(path, "w") as archive:
                for file, text in files.items():
                    archive.writestr(file, text)
        else:
            for file, text in files.items():
                os.makedirs(os.path.dirname(os.path.join(path, file)), exist_ok=True)
                with open(os.path.join(path, file), "w") as out:
                    out.write(text)
        sys.path.insert(0, path)
        before = set(sys.modules)
        try:
            yield path
        finally:
            sys.path.remove(path)
            for module in set(sys.modules) - before:
                if module.startswith("probed"):
                    del sys.modules[module]


FILES = {
    "probed/__init__.py": "from .part import value\n",
    "probed/part.py": "value = 1\ndef shown():\n    return 'shown'\n",
    "probed/data/limits.txt": "low=1\n",
    "probed/data/__init__.py": "",
    "probed-2.1.dist-info/METADATA": "Metadata-Version: 2.1\nName: probed\nVersion: 2.1\nRequires-Dist: other>1; extra == 'x'\n",
    "probed-2.1.dist-info/entry_points.txt": "[probes]\nmain = probed.part:shown\n",
    "probed-2.1.dist-info/RECORD": "probed/__init__.py,,\nprobed/part.py,,\n",
}


@probe("importlib")
def _():
    import importlib, importlib.metadata, importlib.resources, importlib.util

    for name in ("entry", "entry.zip"):
        with on_path(FILES, name):
            importlib.invalidate_caches()
            module = importlib.import_module("probed.part")
            assert module.value == 1 and importlib.util.find_spec("probed").submodule_search_locations and importlib.util.find_spec("no_such_module") is None
            files = importlib.resources.files("probed")
            assert files.joinpath("data", "limits.txt").read_text() == "low=1\n" and sorted(entry.name for entry in (files / "data").iterdir() if entry.name[0] != "_") == ["limits.txt"]
            with importlib.resources.as_file(files / "data" / "limits.txt") as path:
                assert path.read_text() == "low=1\n"
            assert importlib.resources.read_text("probed.data", "limits.txt") == "low=1\n" and importlib.resources.is_resource("probed.data", "limits.txt")
            assert importlib.metadata.version("probed") == "2.1" and importlib.metadata.requires("probed") == ["other>1; extra == 'x'"]
            (entry,) = importlib.metadata.entry_points(group="probes")
            assert entry.load()() == "shown" and importlib.metadata.distribution("probed").read_text("METADATA") and len(importlib.metadata.files("probed")) == 2
            raises(importlib.metadata.PackageNotFoundError, importlib.metadata.version, "no-such-distribution")
            if name == "entry":
                module.value = 5
                assert importlib.reload(module).value == 1
    spec = importlib.util.spec_from_file_location("probed_file", __file__)
    assert importlib.util.module_from_spec(spec).__name__ == "probed_file"
    error = raises(ModuleNotFoundError, importlib.import_module, "no_such_module")
    assert error.name == "no_such_module" and str(error) == "No module named 'no_such_module'"


@probe("pkgutil")
def _():
    import pkgutil

    for name in ("entry", "entry.zip"):
        with on_path(FILES, name) as path:
            assert pkgutil.get_data("probed", "data/limits.txt") == b"low=1\n"
            assert sorted(module.name for module in pkgutil.iter_modules([path])) == ["probed"]
            import probed

            assert sorted(module.name for module in pkgutil.walk_packages(probed.__path__, "probed.")) == ["probed.data", "probed.part"]
    assert pkgutil.resolve_name("os.path:join") is os.path.join


@probe("zipimport")
def _():
    import zipimport

    with on_path(FILES, "entry.zip") as path:
        importer = zipimport.zipimporter(path)
        assert importer.is_package("probed") and importer.get_data(os.path.join(path, "probed", "data", "limits.txt")) == b"low=1\n"
        assert importer.find_spec("probed").loader.get_source("probed").startswith("from .part")
    raises(zipimport.ZipImportError, zipimport.zipimporter, "none.zip")


@probe("modulefinder")
def _():
    import modulefinder

    assert modulefinder.ModuleFinder([]).modules == {}


@probe("runpy")
def _():
    import runpy

    with on_path({"probed_main.py": "result = __name__\n"}) as path:
        assert runpy.run_module("probed_main", run_name="x")["result"] == "x" and runpy.run_path(os.path.join(path, "probed_main.py"))["result"] == "<run_path>"
