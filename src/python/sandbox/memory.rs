//! Copies of a guest's memory: where it differs from the image.

use std::io::{self, IoSliceMut, Read};

use super::pages;

/// The unit in which memory is compared and kept, in bytes.
pub const PAGE: usize = 4096;

/// The size, and the changed pages one after the other.
#[derive(Clone, Default)]
pub struct Saved {
    pub size: usize,
    pub pages: Vec<u32>,
    pub bytes: Vec<u8>,
}

impl Saved {
    /// Copies what has changed, in the room of an earlier one.
    pub fn take(&mut self, memory: &[u8]) {
        let changed = pages::changed(memory);
        self.size = memory.len();
        self.pages.clear();
        self.bytes.clear();
        for (number, page) in memory.chunks_exact(PAGE).enumerate() {
            let is_changed = changed
                .as_ref()
                .is_none_or(|changed| changed.get(number).copied().unwrap_or(true));
            if let (true, Ok(number)) = (is_changed, u32::try_from(number)) {
                self.pages.push(number);
                self.bytes.extend_from_slice(page);
            }
        }
    }
}

/// Puts pages, in ascending order, into a memory that has been grown to their size.
///
/// # Errors
/// When `bytes` ends early, or a page lies outside.
pub fn put(pages: &[u32], bytes: &mut dyn Read, memory: &mut [u8]) -> io::Result<()> {
    let mut places = places(pages, memory).ok_or(io::ErrorKind::InvalidData)?;
    let mut places = &mut *places;
    while !places.is_empty() {
        match bytes.read_vectored(places) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => IoSliceMut::advance_slices(&mut places, count),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// What lies side by side is one place.
fn places<'m>(pages: &[u32], memory: &'m mut [u8]) -> Option<Vec<IoSliceMut<'m>>> {
    let mut places = Vec::new();
    let (mut at, mut rest) = (0, memory);
    for run in pages.chunk_by(|before, after| before.checked_add(1) == Some(*after)) {
        let start = *run.first()? as usize * PAGE;
        let (_, from) = rest.split_at_mut_checked(start.checked_sub(at)?)?;
        let (place, after) = from.split_at_mut_checked(run.len() * PAGE)?;
        at = start + place.len();
        places.push(IoSliceMut::new(place));
        rest = after;
    }
    Some(places)
}
