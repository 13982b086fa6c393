//! Files by name, in memory: an agent's media, or its configurations.

use std::{collections::BTreeMap, sync::Arc};

/// The most all files of one shelf hold together, in bytes.
pub const MOST_BYTES: usize = 256 << 20;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shelf {
    /// Shared, since a bench is copied to try a change.
    files: BTreeMap<String, Arc<[u8]>>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShelfError {
    #[error("\"{0}\" is no file name: it must be one, without folders")]
    BadName(String),
    #[error("file \"{0}\" not found")]
    NotFound(String),
    #[error("no room for file \"{0}\": all files together may have 256 MiB")]
    Full(String),
}

impl Shelf {
    /// The names, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// # Errors
    /// When there is none of this name.
    pub fn get(&self, name: &str) -> Result<&[u8], ShelfError> {
        self.files
            .get(name)
            .map(|bytes| &**bytes)
            .ok_or_else(|| ShelfError::NotFound(name.into()))
    }

    /// Puts a file there, in place of one of the same name.
    ///
    /// # Errors
    /// When the name is none, or the shelf is full.
    pub fn put(&mut self, name: &str, bytes: &[u8]) -> Result<(), ShelfError> {
        if !is_file_name(name) {
            return Err(ShelfError::BadName(name.into()));
        }
        let others = self.files.iter().filter(|(other, _)| *other != name);
        let total = others.map(|(_, bytes)| bytes.len()).sum::<usize>();
        if total.saturating_add(bytes.len()) > MOST_BYTES {
            return Err(ShelfError::Full(name.into()));
        }
        self.files.insert(name.into(), bytes.into());
        Ok(())
    }

    /// # Errors
    /// When there is none of this name.
    pub fn remove(&mut self, name: &str) -> Result<(), ShelfError> {
        self.files
            .remove(name)
            .map(drop)
            .ok_or_else(|| ShelfError::NotFound(name.into()))
    }
}

/// Whether a station could keep a file of this name in one folder.
pub fn is_file_name(name: &str) -> bool {
    let folder = ["", ".", ".."].contains(&name.trim());
    !folder && name.len() <= 255 && !name.contains(|c: char| c.is_control() || "/\\".contains(c))
}
