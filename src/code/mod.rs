//! A package's Python, read without running it.
