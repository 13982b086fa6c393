//! Mistakes in a package that is well formed: the rules behind `rehearse check`.

pub mod code;
