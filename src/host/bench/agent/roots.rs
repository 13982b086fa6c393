//! The group `files`: the folders of a station, those of its media and configurations among them.

use std::borrow::Cow;

use http::StatusCode;
use serde_json::{Value as Json, json};

use super::{
    super::shelf::{Item, Shelf},
    body::Body,
    problem::Problem,
    reply::{Answer, Reply},
    server::{Agent, Call},
};

/// What of a station's folders the bench does not know of.
#[derive(Clone, Debug, Default)]
pub struct Folders {
    pub alias: Shelf,
    fsms: Shelf,
    extensions: Shelf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Root {
    Config,
    Alias,
    Fsms,
    Media,
    Extensions,
    Logs,
    WebApiLogs,
}

/// Each with its id, and what it is for.
const ROOTS: [(Root, &str, &str); 7] = [
    (Root::Config, "config", "Configuration files"),
    (Root::Alias, "alias", "Alias files"),
    (Root::Fsms, "fsms", "State machines"),
    (Root::Media, "media", "Media files"),
    (Root::Extensions, "extensions", "Extensions"),
    (Root::Logs, "logs", "Logs of the hardware application"),
    (Root::WebApiLogs, "webapi-logs", "Logs of the web API"),
];

impl Root {
    fn of(call: &Call) -> Result<Self, Problem> {
        let mut roots = ROOTS.iter();
        let found = roots.find(|(_, id, _)| id.eq_ignore_ascii_case(call.parameter));
        found.map(|(root, ..)| *root).ok_or_else(|| {
            let ids = ROOTS.map(|(_, id, _)| id).join(", ");
            Problem::new(
                StatusCode::NOT_FOUND,
                format!("folder \"{}\" not found: there are {ids}", call.parameter),
            )
        })
    }

    fn id(self) -> &'static str {
        let mut roots = ROOTS.iter();
        roots
            .find(|(root, ..)| *root == self)
            .map_or("", |(_, id, _)| id)
    }

    /// The name of the one file of a folder of logs.
    fn log(self) -> Option<&'static str> {
        match self {
            Self::Logs => Some("accordion.log"),
            Self::WebApiLogs => Some("audit.log"),
            _ => None,
        }
    }
}

impl Agent {
    pub(super) fn list_roots(&mut self, _: &Call) -> Answer {
        let shown = ROOTS.iter().map(|(root, id, description)| {
            json!({
                "id": id,
                "description": description,
                "writable": root.log().is_none(),
                "exists": true,
            })
        });
        Ok(Reply::json(&shown.collect::<Json>()))
    }

    pub(super) fn list_files(&mut self, call: &Call) -> Answer {
        let root = Root::of(call)?;
        let path = call.query("path")?.unwrap_or_default();
        let entries: Vec<_> = match self.shelf(root) {
            Some(shelf) => {
                let items = shelf.list(&path)?;
                let entry = |(name, item): (&str, &Item)| self.entry(name, item);
                items.into_iter().map(entry).collect()
            }
            None => self.list_logs(root, &path)?,
        };
        Ok(Reply::json(&json!({
            "root": root.id(),
            "path": path,
            "writable": root.log().is_none(),
            "entries": entries,
        })))
    }

    pub(super) fn download_content(&mut self, call: &Call) -> Answer {
        let root = Root::of(call)?;
        let path = call.required_query("path")?;
        let bytes = match self.shelf(root) {
            Some(shelf) => Cow::Borrowed(shelf.file(&path)?),
            None if root.log() == Some(&path) => Cow::Owned(self.log(root).into_bytes()),
            None => return Err(not_found(&path)),
        };
        Ok(Reply::bytes(bytes))
    }

    pub(super) fn upload_content(&mut self, call: &Call) -> Answer {
        let root = Root::of(call)?;
        let path = call.required_query("path")?;
        let overwrite = flag(call, "overwrite")?;
        let shelf = self.shelf_mut(root)?;
        shelf.store(&path, call.body, overwrite, call.now)?;
        let name = path.rsplit('/').next().unwrap_or_default();
        let stored = self.shelf(root).and_then(|shelf| shelf.item(&path));
        let entry = stored.map(|item| self.entry(name, item));
        self.note(call.now, format!("INFO file {}/{path} stored", root.id()));
        Ok(Reply::json(&entry.unwrap_or_default()))
    }

    pub(super) fn create_folder(&mut self, call: &Call) -> Answer {
        let root = Root::of(call)?;
        let path = call.required_query("path")?;
        self.shelf_mut(root)?.make_folder(&path, call.now)?;
        self.note(
            call.now,
            format!("INFO folder {}/{path} created", root.id()),
        );
        Ok(Reply::nothing())
    }

    pub(super) fn move_file(&mut self, call: &Call) -> Answer {
        let root = Root::of(call)?;
        let body = Body::parse(call.body)?;
        let (from, to) = (body.required_text("from")?, body.required_text("to")?);
        let overwrite = body.boolean("overwrite")?.unwrap_or_default();
        self.shelf_mut(root)?.rename(from, to, overwrite)?;
        let line = format!("INFO {0}/{from} moved to {0}/{to}", root.id());
        self.note(call.now, line);
        Ok(Reply::nothing())
    }

    pub(super) fn delete_file(&mut self, call: &Call) -> Answer {
        let root = Root::of(call)?;
        let path = call.required_query("path")?;
        let recursive = flag(call, "recursive")?;
        self.shelf_mut(root)?.delete(&path, recursive)?;
        self.note(call.now, format!("INFO {}/{path} deleted", root.id()));
        Ok(Reply::nothing())
    }

    fn shelf(&self, root: Root) -> Option<&Shelf> {
        let equipment = self.bench.equipment();
        let folders = &self.system.folders;
        match root {
            Root::Config => Some(&equipment.config),
            Root::Media => Some(&equipment.media),
            Root::Alias => Some(&folders.alias),
            Root::Fsms => Some(&folders.fsms),
            Root::Extensions => Some(&folders.extensions),
            Root::Logs | Root::WebApiLogs => None,
        }
    }

    fn shelf_mut(&mut self, root: Root) -> Result<&mut Shelf, Problem> {
        let folders = &mut self.system.folders;
        Ok(match root {
            Root::Config => &mut self.bench.equipment_mut().config,
            Root::Media => &mut self.bench.equipment_mut().media,
            Root::Alias => &mut folders.alias,
            Root::Fsms => &mut folders.fsms,
            Root::Extensions => &mut folders.extensions,
            Root::Logs | Root::WebApiLogs => {
                return Err(Problem::new(
                    StatusCode::FORBIDDEN,
                    format!("folder \"{}\" is read-only", root.id()),
                ));
            }
        })
    }

    fn entry(&self, name: &str, item: &Item) -> Json {
        let modified = item.modified.unwrap_or(self.started);
        json!({
            "name": name,
            "directory": item.size().is_none(),
            "size": item.size(),
            "modified": self.calendar.text(modified),
        })
    }

    fn list_logs(&self, root: Root, path: &str) -> Result<Vec<Json>, Problem> {
        if !path.is_empty() {
            return Err(not_found(path));
        }
        let journal = if root == Root::Logs {
            &self.system_journal
        } else {
            &self.audit_journal
        };
        let modified = journal.modified();
        Ok(vec![json!({
            "name": root.log(),
            "directory": false,
            "size": self.log(root).len(),
            "modified": modified.map_or_else(
                || self.calendar.text(self.started),
                |moment| self.calendar.text_of(moment),
            ),
        })])
    }

    fn log(&self, root: Root) -> String {
        let journal = match root {
            Root::Logs => &self.system_journal,
            _ => &self.audit_journal,
        };
        journal.text(&self.calendar)
    }
}

fn not_found(path: &str) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, format!("file \"{path}\" not found"))
}

/// A query that says true or false; false when it is absent.
fn flag(call: &Call, name: &str) -> Result<bool, Problem> {
    match call
        .query(name)?
        .unwrap_or_default()
        .to_ascii_lowercase()
        .as_str()
    {
        "true" => Ok(true),
        "" | "false" => Ok(false),
        other => Err(Problem::bad_request(format!(
            "{name} must be true or false, not \"{other}\""
        ))),
    }
}
