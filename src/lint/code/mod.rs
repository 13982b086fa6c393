//! The rules that read a package's Python: L16, L21, L22, L24, L26, L30 and L35.

pub mod absolute_path;
pub mod imports;
pub mod limits;
mod lint;
pub mod one_function;
pub mod pip;
mod search_path;
pub mod signatures;
pub mod unmeasured;
mod words;

pub use lint::lint;
