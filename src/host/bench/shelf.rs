//! Files by name, in folders, in memory: an agent's media, its configurations, and what else it keeps.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// The most all files of one shelf hold together, in bytes.
pub const MOST_BYTES: usize = 256 << 20;
/// The longest path, in bytes.
const MOST_PATH: usize = 1024;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shelf {
    /// By path, without a slash at either end; every folder around an item is there, too.
    items: BTreeMap<String, Item>,
}

/// A file or a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// None for a folder; shared, since a bench is copied to try a change.
    content: Option<Arc<[u8]>>,
    /// By the bench's clock; none when it has been there from the start.
    pub modified: Option<Duration>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShelfError {
    #[error("\"{0}\" is no file name: it must be one, without folders")]
    BadName(String),
    #[error("file \"{0}\" not found")]
    NotFound(String),
    #[error("no room for file \"{0}\": all files together may have 256 MiB")]
    Full(String),
    #[error(
        "\"{0}\" is no path: it must be names with / between them, without \".\", \"..\" and backslashes"
    )]
    BadPath(String),
    #[error("\"{0}\" not found")]
    NothingThere(String),
    #[error("folder \"{0}\" not found: create it first")]
    NoFolder(String),
    #[error("\"{0}\" is a folder")]
    IsFolder(String),
    #[error("\"{0}\" is a file")]
    IsFile(String),
    #[error("\"{0}\" exists already: send overwrite=true to replace a file")]
    Exists(String),
    #[error("folder \"{0}\" is not empty: send recursive=true to delete what it holds, too")]
    NotEmpty(String),
    #[error("folder \"{0}\" cannot be moved into itself")]
    IntoItself(String),
}

impl Item {
    /// Bytes; none for a folder.
    pub fn size(&self) -> Option<usize> {
        self.content.as_ref().map(|content| content.len())
    }
}

impl Shelf {
    /// The names of the files outside of folders, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.items
            .iter()
            .filter(|(path, item)| item.content.is_some() && !path.contains('/'))
            .map(|(path, _)| path.as_str())
    }

    /// A file outside of folders.
    ///
    /// # Errors
    /// When there is none of this name.
    pub fn get(&self, name: &str) -> Result<&[u8], ShelfError> {
        self.content(name)
            .filter(|_| !name.contains('/'))
            .ok_or_else(|| ShelfError::NotFound(name.into()))
    }

    /// Puts a file there, outside of folders, in place of one of the same name, as if it had always been there.
    ///
    /// # Errors
    /// When the name is none or that of a folder, or the shelf is full.
    pub fn put(&mut self, name: &str, bytes: &[u8]) -> Result<(), ShelfError> {
        self.put_in(name, bytes, None)
    }

    /// The same, put there now.
    ///
    /// # Errors
    /// As with [`Shelf::put`].
    pub fn upload(&mut self, name: &str, bytes: &[u8], now: Duration) -> Result<(), ShelfError> {
        self.put_in(name, bytes, Some(now))
    }

    fn put_in(
        &mut self,
        name: &str,
        bytes: &[u8],
        modified: Option<Duration>,
    ) -> Result<(), ShelfError> {
        if !is_file_name(name) {
            return Err(ShelfError::BadName(name.into()));
        }
        self.write(name, bytes, modified)
    }

    /// # Errors
    /// When there is no file of this name outside of folders.
    pub fn remove(&mut self, name: &str) -> Result<(), ShelfError> {
        self.get(name)?;
        self.items.remove(name);
        Ok(())
    }

    /// What a folder holds, folders first, each by its name; the empty path is the shelf itself.
    ///
    /// # Errors
    /// When there is no such folder.
    pub fn list(&self, path: &str) -> Result<Vec<(&str, &Item)>, ShelfError> {
        if !path.is_empty() {
            check_path(path)?;
            match self.items.get(path) {
                Some(Item { content: None, .. }) => {}
                Some(_) => return Err(ShelfError::IsFile(path.into())),
                None => return Err(ShelfError::NothingThere(path.into())),
            }
        }
        let mut found: Vec<_> = self
            .below(path)
            .filter(|(name, _)| !name.contains('/'))
            .collect();
        found.sort_by_key(|(_, item)| item.content.is_some());
        Ok(found)
    }

    /// A file's bytes.
    ///
    /// # Errors
    /// When there is no such file.
    pub fn file(&self, path: &str) -> Result<&[u8], ShelfError> {
        check_path(path)?;
        match self.items.get(path) {
            Some(item) => item
                .content
                .as_deref()
                .ok_or_else(|| ShelfError::IsFolder(path.into())),
            None => Err(ShelfError::NotFound(path.into())),
        }
    }

    /// A file or a folder.
    pub fn item(&self, path: &str) -> Option<&Item> {
        self.items.get(path)
    }

    /// Puts a file into its folder.
    ///
    /// # Errors
    /// When the folder is missing, there is a folder of this name, there is such a file and it may not be replaced, or the shelf is full.
    pub fn store(
        &mut self,
        path: &str,
        bytes: &[u8],
        overwrite: bool,
        now: Duration,
    ) -> Result<(), ShelfError> {
        check_path(path)?;
        self.check_around(path)?;
        if self.content(path).is_some() && !overwrite {
            return Err(ShelfError::Exists(path.into()));
        }
        self.write(path, bytes, Some(now))
    }

    /// # Errors
    /// When the folder around it is missing, or something of this name is there.
    pub fn make_folder(&mut self, path: &str, now: Duration) -> Result<(), ShelfError> {
        check_path(path)?;
        self.check_around(path)?;
        if self.items.contains_key(path) {
            return Err(ShelfError::Exists(path.into()));
        }
        let folder = Item {
            content: None,
            modified: Some(now),
        };
        self.items.insert(path.into(), folder);
        Ok(())
    }

    /// Gives a file or a folder, with all it holds, another path. Only a file can be replaced, and only by a file.
    ///
    /// # Errors
    /// When nothing is there, its new folder is missing or within it, or something is at the new path.
    pub fn rename(&mut self, from: &str, to: &str, overwrite: bool) -> Result<(), ShelfError> {
        check_path(from)?;
        check_path(to)?;
        let moved = self
            .items
            .get(from)
            .cloned()
            .ok_or_else(|| ShelfError::NothingThere(from.into()))?;
        if from == to {
            return Ok(());
        }
        if to
            .strip_prefix(from)
            .is_some_and(|rest| rest.starts_with('/'))
        {
            return Err(ShelfError::IntoItself(from.into()));
        }
        self.check_around(to)?;
        if let Some(there) = self.items.get(to) {
            let files = there.content.is_some() && moved.content.is_some();
            if !(overwrite && files) {
                return Err(ShelfError::Exists(to.into()));
            }
        }
        let held: Vec<_> = self
            .below(from)
            .map(|(rest, item)| (format!("{to}/{rest}"), item.clone()))
            .collect();
        self.forget(from);
        self.items.insert(to.into(), moved);
        self.items.extend(held);
        Ok(())
    }

    /// # Errors
    /// When nothing is there, or a folder holds something and only an empty one may go.
    pub fn delete(&mut self, path: &str, recursive: bool) -> Result<(), ShelfError> {
        check_path(path)?;
        if !self.items.contains_key(path) {
            return Err(ShelfError::NothingThere(path.into()));
        }
        if !recursive && self.below(path).next().is_some() {
            return Err(ShelfError::NotEmpty(path.into()));
        }
        self.forget(path);
        Ok(())
    }

    fn forget(&mut self, path: &str) {
        let within = format!("{path}/");
        self.items
            .retain(|other, _| other != path && !other.starts_with(&within));
    }

    /// Everything within a folder, by its path from there.
    fn below(&self, path: &str) -> impl Iterator<Item = (&str, &Item)> {
        let within = match path {
            "" => String::new(),
            path => format!("{path}/"),
        };
        let items = self.items.iter();
        items.filter_map(move |(path, item)| Some((path.strip_prefix(&within)?, item)))
    }

    fn content(&self, path: &str) -> Option<&[u8]> {
        self.items.get(path)?.content.as_deref()
    }

    /// Refuses a path whose folder is not there.
    fn check_around(&self, path: &str) -> Result<(), ShelfError> {
        let Some((folder, _)) = path.rsplit_once('/') else {
            return Ok(());
        };
        match self.items.get(folder) {
            Some(Item { content: None, .. }) => Ok(()),
            Some(_) => Err(ShelfError::IsFile(folder.into())),
            None => Err(ShelfError::NoFolder(folder.into())),
        }
    }

    fn write(
        &mut self,
        path: &str,
        bytes: &[u8],
        modified: Option<Duration>,
    ) -> Result<(), ShelfError> {
        if self
            .items
            .get(path)
            .is_some_and(|item| item.content.is_none())
        {
            return Err(ShelfError::IsFolder(path.into()));
        }
        let others = self.items.iter().filter(|(other, _)| *other != path);
        let total: usize = others.filter_map(|(_, item)| item.size()).sum();
        if total.saturating_add(bytes.len()) > MOST_BYTES {
            return Err(ShelfError::Full(path.into()));
        }
        let file = Item {
            content: Some(bytes.into()),
            modified,
        };
        self.items.insert(path.into(), file);
        Ok(())
    }
}

/// Refuses a path that no folder could have, or that leaves it.
fn check_path(path: &str) -> Result<(), ShelfError> {
    if path.len() <= MOST_PATH && path.split('/').all(is_file_name) {
        Ok(())
    } else {
        Err(ShelfError::BadPath(path.into()))
    }
}

/// Whether a station could keep a file of this name in one folder.
pub fn is_file_name(name: &str) -> bool {
    let folder = ["", ".", ".."].contains(&name.trim());
    !folder && name.len() <= 255 && !name.contains(|c: char| c.is_control() || "/\\".contains(c))
}
