//! Compiles the crate again when the Python side of the operating system has changed.

fn main() {
    println!("cargo::rerun-if-changed=src/python");
}
