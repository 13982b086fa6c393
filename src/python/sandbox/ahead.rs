//! Importing ahead: what a package's first import leaves in memory is kept, and the next run begins with it.
//!
//! Only when the import asked for nothing but to read files, and for what it depends on: the image, what the interpreter was told of its run, and
//! every file it has looked at.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use rehearsal_python::setup::Setup;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{cache, image::SHA256, memory::Saved};
use crate::host::{ErrorKind, Handle, Host, HostError, OpenHow, Reply, Request};

/// What is to be imported before the first call, and where the outcome is kept.
#[derive(Clone, Debug)]
pub struct Ahead {
    /// As the first call will name it.
    pub module: String,
    /// The folder for what can be made again.
    pub cache: PathBuf,
}

/// How many packages are kept.
const PACKAGES: usize = 24;

const ENDING: &str = "package";

/// More than this is not read to see whether it has changed, in bytes.
const MOST: u64 = 64 << 20;

/// A question that an import has asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Question {
    Stat { path: String, follow: bool },
    Folder(String),
    File(String),
}

type Answer = [u8; 32];

/// What an import has asked, and was told.
#[derive(Default)]
pub struct Notes {
    answers: BTreeMap<Question, Answer>,
    open: BTreeMap<Handle, String>,
    /// What was refused is to be told by the step that imports.
    refused: bool,
}

impl Notes {
    /// Whether a request is one for files, which can be asked again in another run.
    pub fn admits(&self, request: &Request) -> bool {
        match request {
            Request::Stat { .. } | Request::ListFolder { .. } => true,
            Request::Open { how, .. } => {
                *how == OpenHow {
                    read: true,
                    mode: how.mode,
                    ..OpenHow::default()
                }
            }
            Request::Read { handle, .. }
            | Request::Seek { handle, .. }
            | Request::HandleStat { handle }
            | Request::Close { handle } => self.open.contains_key(handle),
            _ => false,
        }
    }

    /// Keeps what was answered. The content of files is looked at when the import has ended.
    pub fn note(&mut self, request: Request, result: &Result<Reply, HostError>) {
        self.refused |= matches!(result, Err(error) if error.kind == ErrorKind::Denied);
        match (request, result) {
            (Request::Stat { path, follow }, _) => {
                self.answers
                    .insert(Question::Stat { path, follow }, digest(result));
            }
            (Request::ListFolder { path }, _) => {
                self.answers.insert(Question::Folder(path), digest(result));
            }
            (Request::Open { path, .. }, Ok(Reply::Handle(handle))) => {
                self.open.insert(*handle, path);
            }
            (Request::Open { path, .. }, _) => {
                self.answers.insert(Question::File(path), digest(result));
            }
            (Request::Close { handle }, Ok(_)) => {
                if let Some(path) = self.open.remove(&handle) {
                    self.answers.insert(Question::File(path), [0; 32]);
                }
            }
            _ => {}
        }
    }

    /// All that the import depends on; none when it has left files open, or has read too much to look at again.
    fn depends_on(self, host: &dyn Host) -> Option<BTreeMap<Question, Answer>> {
        if self.refused || !self.open.is_empty() {
            return None;
        }
        let mut room = MOST;
        self.answers
            .into_iter()
            .map(|(question, answer)| match &question {
                Question::File(_) => {
                    answer_to(&question, host, &mut room).map(|answer| (question, answer))
                }
                _ => Some((question, answer)),
            })
            .collect()
    }
}

fn digest(result: &Result<Reply, HostError>) -> Answer {
    let told = match result {
        Ok(reply) => postcard::to_allocvec(reply),
        // The words of the system may differ.
        Err(error) => postcard::to_allocvec(&error.kind),
    };
    Sha256::digest(told.unwrap_or_default()).into()
}

/// What the host says now; none when that is more than there is room for.
fn answer_to(question: &Question, host: &dyn Host, room: &mut u64) -> Option<Answer> {
    let path = match question {
        Question::Stat { path, follow } => {
            return Some(digest(&host.call(Request::Stat {
                path: path.clone(),
                follow: *follow,
            })));
        }
        Question::Folder(path) => {
            return Some(digest(
                &host.call(Request::ListFolder { path: path.clone() }),
            ));
        }
        Question::File(path) => path.clone(),
    };
    let how = OpenHow {
        read: true,
        ..OpenHow::default()
    };
    let handle = match host.call(Request::Open { path, how }) {
        Ok(Reply::Handle(handle)) => handle,
        refused => return Some(digest(&refused)),
    };
    let mut content = Sha256::new();
    let whole = loop {
        match host.call(Request::Read {
            handle,
            max: 1 << 20,
            timeout: Some(0),
        }) {
            Ok(Reply::Bytes(bytes)) if bytes.is_empty() => break true,
            Ok(Reply::Bytes(bytes)) if bytes.len() as u64 <= *room => {
                *room -= bytes.len() as u64;
                content.update(&bytes);
            }
            _ => break false,
        }
    };
    // There is nothing to be done when the system does not close it.
    let _ = host.call(Request::Close { handle });
    whole.then(|| content.finalize().into())
}

/// What a file in the cache begins with.
#[derive(Serialize, Deserialize)]
struct Head {
    depends_on: BTreeMap<Question, Answer>,
    /// None when the import is to be left to the call.
    pages: Option<(usize, Vec<u32>)>,
}

/// What an import has left in memory, in a file of the cache, which stays readable when another takes its place.
pub struct Kept {
    pub size: usize,
    pub pages: Vec<u32>,
    file: File,
    start: u64,
}

impl Kept {
    /// The pages one after the other.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn bytes(&self) -> io::Result<&File> {
        (&self.file).seek(SeekFrom::Start(self.start))?;
        Ok(&self.file)
    }
}

/// What the cache has for this import.
pub enum Found {
    /// Nothing that is true any more.
    Nothing,
    /// It is to be left to the call.
    NotAhead,
    Memory(Kept),
}

impl Ahead {
    /// Where it is kept: the name says what it depends on, but for the files it has read.
    ///
    /// # Errors
    /// When the folder cannot be had.
    pub fn file(&self, setup: &Setup, host: &dyn Host) -> io::Result<PathBuf> {
        cache::folder(&self.cache)?;
        let always = Setup {
            pid: 0,
            ..setup.clone()
        };
        let environment = host.call(Request::Environment).ok();
        let told = postcard::to_allocvec(&(SHA256, always, environment, &self.module));
        let name = Sha256::digest(told.map_err(io::Error::other)?);
        let name: String = name
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Ok(self.cache.join(name).with_extension(ENDING))
    }
}

pub fn find(file: &Path, host: &dyn Host) -> Found {
    if !cache::is_ours(file) {
        return Found::Nothing;
    }
    read(file, host).unwrap_or(Found::Nothing)
}

fn read(file: &Path, host: &dyn Host) -> io::Result<Found> {
    let mut file = File::open(file)?;
    let mut length = [0; 8];
    file.read_exact(&mut length)?;
    let length = u64::from_le_bytes(length);
    let mut head = Vec::new();
    Read::by_ref(&mut file)
        .take(length)
        .read_to_end(&mut head)?;
    let Head { depends_on, pages } = postcard::from_bytes(&head).map_err(io::Error::other)?;
    let mut room = MOST;
    let holds = depends_on
        .iter()
        .all(|(question, answer)| answer_to(question, host, &mut room).as_ref() == Some(answer));
    Ok(match pages {
        _ if !holds => Found::Nothing,
        None => Found::NotAhead,
        Some((size, pages)) => Found::Memory(Kept {
            size,
            pages,
            file,
            start: 8 + length,
        }),
    })
}

/// Keeps what an import has left, or without `memory` that it is to be left to the call.
///
/// # Errors
/// When the system refuses.
pub fn keep(file: &Path, notes: Notes, memory: Option<&Saved>, host: &dyn Host) -> io::Result<()> {
    let Some(depends_on) = notes.depends_on(host) else {
        return Ok(());
    };
    let head = Head {
        depends_on,
        pages: memory.map(|memory| (memory.size, memory.pages.clone())),
    };
    let head = postcard::to_allocvec(&head).map_err(io::Error::other)?;
    cache::put(file, |file| {
        file.write_all(&(head.len() as u64).to_le_bytes())?;
        file.write_all(&head)?;
        match memory {
            Some(memory) => file.write_all(&memory.bytes),
            None => Ok(()),
        }
    })?;
    if let Some(folder) = file.parent() {
        cache::prune(folder, ENDING, PACKAGES);
    }
    Ok(())
}
