//! Files and folders of the machine; relative paths start at the package root.

use std::{
    collections::HashMap,
    fs::{self, DirBuilder, File, FileTimes, Metadata, OpenOptions},
    io::{Read, Seek, Write},
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, UNIX_EPOCH},
};

use super::{
    error::{bad_handle, from_io},
    system::{device, folder_mode, identity, mode, open_mode, set_mode},
};
use crate::host::{Entry, FileKind, Handle, HostError, OpenHow, Reply, SeekFrom, Stat};

/// The most that one read hands over, so that a wild size reserves no memory.
const MAX_READ: u64 = 16 << 20;

type Open = Arc<(PathBuf, Mutex<File>)>;

pub struct Files {
    root: PathBuf,
    open: Mutex<HashMap<Handle, Open>>,
}

impl Files {
    pub fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            open: Mutex::default(),
        }
    }

    fn at(&self, path: &str) -> PathBuf {
        self.root.join(device(path))
    }

    pub fn stat(&self, path: &str, follow: bool) -> Result<Reply, HostError> {
        let path = self.at(path);
        let found = if follow {
            fs::metadata(&path)
        } else {
            fs::symlink_metadata(&path)
        };
        found
            .map(|found| Reply::Stat(stat(&path, &found)))
            .map_err(|error| from_io(&error))
    }

    pub fn list_folder(&self, path: &str) -> Result<Reply, HostError> {
        let list = || {
            let mut entries = fs::read_dir(self.at(path))?
                .map(|entry| {
                    let entry = entry?;
                    let kind = entry.file_type()?;
                    Ok(Entry {
                        name: entry.file_name().to_string_lossy().into_owned(),
                        kind: file_kind(kind),
                    })
                })
                .collect::<std::io::Result<Vec<_>>>()?;
            // A fixed order, so that a run does not depend on the disk's.
            entries.sort_by(|a, b| a.name.cmp(&b.name));
            Ok(entries)
        };
        list()
            .map(Reply::Names)
            .map_err(|error: std::io::Error| from_io(&error))
    }

    pub fn open(&self, path: &str, how: OpenHow, handle: Handle) -> Result<Reply, HostError> {
        let path = self.at(path);
        let mut options = OpenOptions::new();
        options
            .read(how.read)
            .write(how.write && !how.append)
            .append(how.append)
            .create(how.create && !how.exclusive && (how.write || how.append))
            .create_new(how.create && how.exclusive)
            .truncate(how.truncate && how.write && !how.append);
        open_mode(&mut options, how.mode);
        let file = options.open(&path).map_err(|error| from_io(&error))?;
        self.table()
            .insert(handle, Arc::new((path, Mutex::new(file))));
        Ok(Reply::Handle(handle))
    }

    pub fn read(&self, handle: Handle, max: u64) -> Result<Reply, HostError> {
        self.with(handle, |file| {
            let mut data = vec![0; usize::try_from(max.min(MAX_READ)).unwrap_or(0)];
            let count = file.read(&mut data)?;
            data.truncate(count);
            Ok(Reply::Bytes(data))
        })
    }

    pub fn write(&self, handle: Handle, data: &[u8]) -> Result<Reply, HostError> {
        self.with(handle, |file| {
            file.write(data).map(|count| Reply::Count(count as u64))
        })
    }

    pub fn seek(&self, handle: Handle, offset: i64, from: SeekFrom) -> Result<Reply, HostError> {
        let to = match from {
            SeekFrom::Start => match u64::try_from(offset) {
                Ok(offset) => std::io::SeekFrom::Start(offset),
                Err(_) => {
                    return Err(HostError::new(
                        crate::host::ErrorKind::Invalid,
                        "Invalid argument",
                    ));
                }
            },
            SeekFrom::Current => std::io::SeekFrom::Current(offset),
            SeekFrom::End => std::io::SeekFrom::End(offset),
        };
        self.with(handle, |file| file.seek(to).map(Reply::Count))
    }

    pub fn truncate(&self, handle: Handle, size: u64) -> Result<Reply, HostError> {
        self.with(handle, |file| file.set_len(size).map(|()| Reply::Done))
    }

    pub fn handle_stat(&self, handle: Handle) -> Result<Reply, HostError> {
        let (path, file) = &*self.file(handle)?;
        let file = file.lock().unwrap_or_else(PoisonError::into_inner);
        let found = file.metadata().map_err(|error| from_io(&error))?;
        Ok(Reply::Stat(stat(path, &found)))
    }

    pub fn make_folder(&self, path: &str, mode: u32) -> Result<Reply, HostError> {
        let mut builder = DirBuilder::new();
        folder_mode(&mut builder, mode);
        done(builder.create(self.at(path)))
    }

    pub fn set_times(&self, path: &str, accessed: u64, modified: u64) -> Result<Reply, HostError> {
        let at = |time: u64| UNIX_EPOCH + Duration::from_nanos(time);
        let times = FileTimes::new()
            .set_accessed(at(accessed))
            .set_modified(at(modified));
        let open = || {
            let path = self.at(path);
            // Some systems want a file that can be written, and no system lets a folder be opened so.
            let file = OpenOptions::new().write(true).open(&path);
            file.or_else(|_| File::open(&path))
        };
        done(open().and_then(|file| file.set_times(times)))
    }

    pub fn set_mode(&self, path: &str, mode: u32) -> Result<Reply, HostError> {
        done(set_mode(&self.at(path), mode))
    }

    pub fn remove_file(&self, path: &str) -> Result<Reply, HostError> {
        done(fs::remove_file(self.at(path)))
    }

    pub fn remove_folder(&self, path: &str) -> Result<Reply, HostError> {
        done(fs::remove_dir(self.at(path)))
    }

    pub fn rename(&self, from: &str, to: &str, replace: bool) -> Result<Reply, HostError> {
        let to = self.at(to);
        if !replace && to.exists() {
            return Err(HostError::new(
                crate::host::ErrorKind::Exists,
                "File exists",
            ));
        }
        done(fs::rename(self.at(from), to))
    }

    /// The file as a program's standard stream; both go on from the same place.
    pub fn stdio(&self, handle: Handle) -> Result<Stdio, HostError> {
        let (_, file) = &*self.file(handle)?;
        let file = file.lock().unwrap_or_else(PoisonError::into_inner);
        let copy = file.try_clone().map_err(|error| from_io(&error))?;
        Ok(copy.into())
    }

    /// Whether the handle was a file, now closed.
    pub fn close(&self, handle: Handle) -> bool {
        self.table().remove(&handle).is_some()
    }

    fn with(
        &self,
        handle: Handle,
        work: impl FnOnce(&mut File) -> std::io::Result<Reply>,
    ) -> Result<Reply, HostError> {
        let (_, file) = &*self.file(handle)?;
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut file).map_err(|error| from_io(&error))
    }

    fn file(&self, handle: Handle) -> Result<Open, HostError> {
        self.table().get(&handle).cloned().ok_or_else(bad_handle)
    }

    fn table(&self) -> std::sync::MutexGuard<'_, HashMap<Handle, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn done(result: std::io::Result<()>) -> Result<Reply, HostError> {
    result
        .map(|()| Reply::Done)
        .map_err(|error| from_io(&error))
}

fn stat(path: &Path, found: &Metadata) -> Stat {
    let modified = found
        .modified()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .and_then(|time| u64::try_from(time.as_nanos()).ok())
        .unwrap_or(0);
    let (device, inode) = identity(path, found);
    Stat {
        kind: file_kind(found.file_type()),
        size: found.len(),
        modified,
        mode: mode(found),
        device,
        inode,
    }
}

fn file_kind(kind: fs::FileType) -> FileKind {
    if kind.is_dir() {
        FileKind::Folder
    } else if kind.is_file() {
        FileKind::File
    } else if kind.is_symlink() {
        FileKind::Link
    } else {
        FileKind::Other
    }
}
