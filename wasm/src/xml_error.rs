//! Whether a document is well-formed XML: RustPython's parser stops silently where it is not.

use rustpython_vm::{PyRef, PyResult, VirtualMachine, builtins::PyModule, function::ArgBytesLike};
use xml::{
    common::Position as _,
    reader::{ErrorKind, ParserConfig},
};

/// Adds `xml_error(document)`: None, or what is wrong, its line (from 1), its column (from 0), and whether the document ends too soon.
///
/// # Errors
/// When the module takes no more names.
pub fn add(module: &PyRef<PyModule>, vm: &VirtualMachine) -> PyResult<()> {
    let check = vm.new_function(
        "xml_error",
        |document: ArgBytesLike, vm: &VirtualMachine| match find(&document.borrow_buf()) {
            Some((message, line, column, ended)) => {
                vm.new_tuple((message, line, column, ended)).into()
            }
            None => vm.ctx.none(),
        },
    );
    module.set_attr("xml_error", check, vm)
}

fn find(document: &[u8]) -> Option<(String, u64, u64, bool)> {
    let error = ParserConfig::new()
        .create_reader(document)
        .into_iter()
        .find_map(Result::err)?;
    let place = error.position();
    let (message, ended) = match error.kind() {
        ErrorKind::UnexpectedEof => ("the document ends too soon".to_owned(), true),
        ErrorKind::Syntax(text) => {
            let mut letters = text.chars();
            let first = letters.next().map(|letter| letter.to_ascii_lowercase());
            let message: String = first.into_iter().chain(letters).collect();
            let ended = message.starts_with("unexpected end of stream");
            (message, ended)
        }
        _ => (error.msg().to_string(), false),
    };
    Some((message, place.row + 1, place.column, ended))
}
