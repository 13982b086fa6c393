//! Standard input where it is a console of UTF-16: the standard library turns it into UTF-8, and keeps a buffer.

use std::io::{self, Read};

pub fn read(data: &mut [u8]) -> io::Result<usize> {
    io::stdin().lock().read(data)
}
