//! The group `system/boot`: boot.config is shown, written, and applied at a start.

use std::time::Duration;

use http::StatusCode;
use indexmap::IndexMap;

use super::{
    super::{error::BenchError, module::ModuleChange},
    body::Body,
    files::settings,
    problem::Problem,
    reply::{Answer, Reply},
    server::{Agent, Call},
};

impl Agent {
    pub(super) fn show_boot(&mut self, _: &Call) -> Answer {
        let boot = self.system.boot.as_ref().ok_or_else(|| {
            Problem::new(
                StatusCode::NOT_FOUND,
                "boot.config not found: PUT /api/system/boot writes one",
            )
        })?;
        Ok(Reply::json(&boot.to_json()))
    }

    pub(super) fn set_boot(&mut self, call: &Call) -> Answer {
        let body = Body::parse(call.body)?;
        let expected = body.text("ifModified")?;
        let modified = self.system.boot.as_ref().map(|boot| boot.modified.as_str());
        if let Some(expected) = expected.filter(|expected| modified != Some(*expected)) {
            return Err(Problem::new(
                StatusCode::CONFLICT,
                match modified {
                    Some(modified) => format!(
                        "boot.config was changed at {modified}, after {expected}: read it again"
                    ),
                    None => "there is no boot.config that could have been read".into(),
                },
            ));
        }
        self.write_boot(&body, call)
    }

    /// Changes whether boot.config is applied, and its alias files; nothing else of the request counts.
    pub(super) fn set_startup(&mut self, call: &Call) -> Answer {
        let body = Body::parse(call.body)?.only(&["enabled", "aliasFiles"]);
        self.write_boot(&body, call)
    }

    /// Everything is checked before anything is written.
    fn write_boot(&mut self, body: &Body, call: &Call) -> Answer {
        let before = self.system.boot.as_ref();
        let mut boot = before.cloned().unwrap_or_default();
        boot.change(body)?;
        // Its time is what clients tell one version from the next by.
        let next = boot.written.saturating_add(Duration::from_millis(1));
        boot.written = if before.is_some() {
            call.now.max(next)
        } else {
            call.now
        };
        boot.modified = self.calendar.text(boot.written);
        let reply = Reply::json(&boot.to_json());
        self.system.boot = Some(boot);
        self.note(call.now, "INFO boot.config written");
        Ok(reply)
    }

    /// Loads the modules and alias files of boot.config; what cannot be loaded is a line of the log.
    pub(super) fn apply_boot(&mut self, now: Duration) {
        let Some(boot) = self.system.boot.clone().filter(|boot| boot.enabled) else {
            return;
        };
        for module in boot.modules.into_iter().filter(|module| module.enabled) {
            let given = |text: String| Some(text).filter(|text| !text.is_empty());
            let change = ModuleChange {
                name: module.name.clone(),
                enabled: None,
                class_name: given(module.class_name),
                assembly_path: given(module.assembly_path),
                namespace: given(module.namespace),
                image_name: None,
                initial_data: IndexMap::new(),
            };
            match self.bench.load(&change) {
                Ok(()) | Err(BenchError::AlreadyLoaded(_)) => {}
                Err(error) => self.note(now, format!("WARN boot module: {error}")),
            }
        }
        for file in boot.alias_files.into_iter().filter(|file| file.enabled) {
            let content = self.system.folders.alias.get(&file.path);
            let applied = match content.map(settings) {
                Ok(settings) => self.apply(settings.unwrap_or_default()),
                Err(error) => Err(error.into()),
            };
            if let Err(problem) = applied {
                let text = problem.text;
                self.note(now, format!("WARN alias file \"{}\": {text}", file.path));
            }
        }
    }
}
