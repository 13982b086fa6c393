//! The part of a generated script that is the same for all: the helper `step` and what it needs, cut down to what this test uses.

use std::collections::BTreeSet;

/// The whole of it, with lines `#if FEATURE …`, `#else` and `#end` around what not every test needs.
const WHOLE: &str = include_str!("helper.py");

/// What a test uses of the helper.
#[derive(Debug, Default)]
pub struct Features(BTreeSet<&'static str>);

impl Features {
    pub fn add(&mut self, feature: &'static str) {
        self.0.insert(feature);
    }

    pub fn has(&self, feature: &str) -> bool {
        self.0.contains(feature)
    }

    /// The modules of the standard library that the helper and the rest of the script import.
    pub fn imports(&self) -> Vec<&'static str> {
        let mut imports = vec!["argparse", "os", "sys", "time", "traceback"];
        let wanted = [
            ("glob", "wheels"),
            ("importlib", "code"),
            ("json", "store"),
            ("re", "store"),
            ("uuid", "execution_id"),
        ];
        for (module, feature) in wanted {
            if self.has(feature) {
                imports.push(module);
            }
        }
        imports.sort_unstable();
        imports
    }

    /// The helper's source.
    pub fn helper(&self) -> String {
        let mut out = String::new();
        // Of each `#if` around the line: whether it holds.
        let mut open: Vec<bool> = Vec::new();
        for line in WHOLE.lines() {
            match line.trim_start().strip_prefix('#') {
                Some(mark) if mark.starts_with("if ") => {
                    open.push(mark[3..].split(' ').any(|feature| self.has(feature)));
                }
                Some("else") => {
                    if let Some(last) = open.last_mut() {
                        *last = !*last;
                    }
                }
                Some("end") => drop(open.pop()),
                _ if open.iter().all(|holds| *holds) => {
                    out += line;
                    out.push('\n');
                }
                _ => {}
            }
        }
        if self.has("outputs") {
            out.replace("#outputs", "outputs or {}")
        } else {
            out.replace(" #outputs,", "").replace(" outputs,", "")
        }
    }
}
