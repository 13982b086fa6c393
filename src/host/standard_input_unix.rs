//! Standard input of a POSIX system, without a buffer: what is not read is left for the programs that share it.

use std::io;

pub fn read(data: &mut [u8]) -> io::Result<usize> {
    loop {
        match rustix::io::read(rustix::stdio::stdin(), &mut *data) {
            Err(rustix::io::Errno::INTR) => {}
            result => return result.map_err(io::Error::from),
        }
    }
}
