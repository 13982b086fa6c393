//! `media` and `config`: the files the agent has.

use std::path::{Component, Path};

use super::{super::shelf::Shelf, Reader, devices::hexadecimal, entries};
use crate::{
    diagnostic::{Diagnostic, quoted},
    package::{
        fields::Fields,
        model::Text,
        node::{Entry, Node},
    },
};

impl Reader<'_> {
    pub(super) fn media(&mut self, f: &mut Fields) {
        let files = entries(f, "media");
        for entry in files.into_iter().flat_map(|files| &files.entries) {
            let what = format!("media file {}", quoted(&entry.key.value));
            if let Some((bytes, _)) = self.file(entry, &what, false, f) {
                put(&mut self.station.equipment.media, &entry.key, &bytes, f);
            }
        }
    }

    pub(super) fn config(&mut self, f: &mut Fields) {
        let files = entries(f, "config");
        for entry in files.into_iter().flat_map(|files| &files.entries) {
            let name = &entry.key;
            let what = format!("config file {}", quoted(&name.value));
            if let Some((bytes, loaded)) = self.file(entry, &what, true, f) {
                let equipment = &mut self.station.equipment;
                put(&mut equipment.config, name, &bytes, f);
                equipment.loaded.retain(|other| *other != name.value);
                if loaded {
                    equipment.loaded.push(name.value.clone());
                }
            }
        }
    }

    /// The content of a file, and whether it is loaded at the start.
    fn file(
        &self,
        entry: &Entry,
        what: &str,
        loadable: bool,
        f: &mut Fields,
    ) -> Option<(Vec<u8>, bool)> {
        if let Node::Scalar(scalar) = &entry.value
            && !entry.value.is_null()
        {
            return Some((scalar.text.clone().into_bytes(), false));
        }
        let mut f = Fields::of(&entry.value, what, f.problems)?;
        let loaded = loadable && f.boolean("loaded").is_some_and(|loaded| loaded.value);
        let (given, bytes) = self.content(&mut f);
        if given != 1 {
            let message = format!("{what} needs one of `text`, `hex` and `file`");
            f.problems.push(Diagnostic::error(message).at(entry.key.at));
        }
        f.finish();
        Some((bytes?, loaded))
    }

    /// The bytes that `text`, `hex` or `file` give, and how many of these there are.
    pub(super) fn content(&self, f: &mut Fields) -> (usize, Option<Vec<u8>>) {
        let (text, hex, path) = (f.text("text"), f.text("hex"), f.text("file"));
        let given = [&text, &hex, &path].into_iter().flatten().count();
        let bytes = if let Some(text) = text {
            Some(text.value.into_bytes())
        } else if let Some(hex) = hex {
            hexadecimal(&hex, "`hex`", f.problems)
        } else {
            path.and_then(|path| match self.read_file(&path) {
                Ok(bytes) => Some(bytes),
                Err(why) => {
                    let message = format!("cannot read {}: {why}", quoted(&path.value));
                    f.problems.push(Diagnostic::error(message).at(path.at));
                    None
                }
            })
        };
        (given, bytes)
    }

    /// Reads a file beside the bench.yaml or below, and no other: a bench.yaml may come from somebody else.
    fn read_file(&self, path: &Text) -> Result<Vec<u8>, String> {
        let folder = self
            .folder
            .ok_or("this bench.yaml is in no folder; give its content as `text` or `hex`")?;
        let asked = Path::new(&path.value);
        let below = |path: &Path| {
            path.components()
                .all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
        };
        let error = |error: std::io::Error| error.to_string();
        let outside = || "it is not in the folder of this file, nor below".to_owned();
        if !below(asked) {
            return Err(outside());
        }
        let folder = folder.canonicalize().map_err(error)?;
        let file = folder.join(asked).canonicalize().map_err(error)?;
        if !file.starts_with(&folder) {
            return Err(outside());
        }
        if !file.is_file() {
            return Err("it is no file".into());
        }
        std::fs::read(file).map_err(error)
    }
}

fn put(shelf: &mut Shelf, name: &Text, bytes: &[u8], f: &mut Fields) {
    if let Err(error) = shelf.put(&name.value, bytes) {
        let message = error.to_string().replace('"', "`");
        f.problems.push(Diagnostic::error(message).at(name.at));
    }
}
