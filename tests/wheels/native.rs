//! Wheels with compiled code, when a module of theirs is imported; and what pure ones carry beside modules.

use std::io::Write as _;

use serde_json::json;

use crate::package::Package;

/// A wheel with these files.
pub fn wheel(files: &[(&str, &str)]) -> Vec<u8> {
    let mut wheel = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated);
    for (name, text) in files {
        wheel.start_file(*name, options).expect("an entry");
        wheel.write_all(text.as_bytes()).expect("its bytes");
    }
    wheel.finish().expect("a wheel").into_inner()
}

#[test]
fn importing_a_module_of_a_compiled_wheel_names_the_wheel() {
    let compiled = wheel(&[
        ("fastlib/__init__.py", "from fastlib._core import *\n"),
        ("fastlib/_core.cpython-311-x86_64-linux-gnu.so", ""),
        ("_single.abi3.so", ""),
        (
            "fastlib-1.0.dist-info/METADATA",
            "Name: fastlib\nVersion: 1.0\n",
        ),
    ]);
    let code = r#"
import importlib, importlib.util

def f():
    told = [importlib.util.find_spec("fastlib") is None]
    for module in ("fastlib.part", "_single", "fastlib_other"):
        try:
            importlib.import_module(module)
        except ImportError as error:
            told.append(f"{type(error).__name__}: {error}")
    return told
"#;
    let name = "fastlib-1.0-cp311-cp311-manylinux2014_x86_64.whl";
    let ran = Package::with(code)
        .file(&format!("wheels/{name}"), compiled)
        .step("f", "")
        .run(&[])
        .passed();
    let told = |module: &str| {
        format!(
            "ImportError: No module named '{module}': wheels/{name} has it, and holds compiled code, which Rehearsal's Python \
             cannot load; look for a wheel of it whose name ends in -none-any.whl, or for a library in Python that does the same"
        )
    };
    assert_eq!(
        ran.attempt("f")["returned"],
        json!([
            true,
            told("fastlib"),
            told("_single"),
            "ModuleNotFoundError: No module named 'fastlib_other'"
        ])
    );
}

#[test]
fn data_metadata_and_entry_points_are_found_in_wheels() {
    let pure = wheel(&[
        ("gadget/__init__.py", "def answer():\n    return 42\n"),
        ("gadget/data/limits.txt", "low=1\n"),
        (
            "gadget-1.5.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: gadget\nVersion: 1.5\n",
        ),
        (
            "gadget-1.5.dist-info/entry_points.txt",
            "[gadgets]\none = gadget:answer\n",
        ),
    ]);
    let code = r#"
import importlib.metadata, importlib.resources, pkgutil

def f():
    (entry,) = importlib.metadata.entry_points(group="gadgets")
    with importlib.resources.as_file(importlib.resources.files("gadget") / "data" / "limits.txt") as path:
        copied = path.read_text()
    return [importlib.resources.files("gadget").joinpath("data/limits.txt").read_text(), copied, pkgutil.get_data("gadget", "data/limits.txt").decode(),
            importlib.metadata.version("gadget"), entry.load()()]
"#;
    let ran = Package::with(code)
        .file("wheels/gadget-1.5-py3-none-any.whl", pure)
        .step("f", "")
        .run(&[])
        .passed();
    assert_eq!(
        ran.attempt("f")["returned"],
        json!(["low=1\n", "low=1\n", "low=1\n", "1.5", 42])
    );
}
