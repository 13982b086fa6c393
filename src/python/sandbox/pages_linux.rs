//! Which pages of a sandbox's memory differ from the image, as Linux keeps account of it.

use std::{fs::File, io, os::unix::fs::FileExt};

use super::memory::PAGE;

const PRESENT: u64 = 1 << 63;
const SWAPPED: u64 = 1 << 62;
/// Still the file's: never written to.
const SHARED: u64 = 1 << 61;

/// For every page whether it was written to, or may have been; none when the kernel does not tell.
pub fn changed(memory: &[u8]) -> Option<Vec<bool>> {
    if rustix::param::page_size() != PAGE {
        return None;
    }
    let first = memory.as_ptr().addr() / PAGE;
    let mut entries = vec![0; memory.len() / PAGE * 8];
    read(&mut entries, first as u64 * 8).ok()?;
    let entries = entries.as_chunks::<8>().0.iter();
    Some(
        entries
            .map(|entry| {
                let entry = u64::from_ne_bytes(*entry);
                entry & (PRESENT | SWAPPED) != 0 && entry & SHARED == 0
            })
            .collect(),
    )
}

fn read(entries: &mut [u8], from: u64) -> io::Result<()> {
    File::open("/proc/self/pagemap")?.read_exact_at(entries, from)
}
