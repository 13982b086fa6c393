//! The chains for people: a verdict, and below it one line for each link.

use std::fmt::Display;

use anstyle::{AnsiColor, Style};

use super::chain::{Link, Section};
use crate::{event::Verdict, report::visible};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// Places stand in a column where the texts before them are no wider.
const COLUMN: usize = 64;

/// All sections, each a verdict with its chain.
pub fn shown(sections: &[Section], colour: bool) -> String {
    let page = Page { colour };
    let sections: Vec<_> = sections.iter().map(|its| page.section(its)).collect();
    sections.join("\n")
}

struct Page {
    colour: bool,
}

impl Page {
    fn section(&self, section: &Section) -> String {
        let (word, colour) = match section.verdict {
            Some(verdict) => (verdict.as_str(), colour_of(verdict)),
            None => ("UNFINISHED", AnsiColor::Yellow),
        };
        let word = self.painted(colour.on_default().bold(), word);
        let title = self.painted(BOLD, visible(&section.title));
        let mut text = format!("{word}  {title}{}\n", self.place(section.place.as_deref()));
        let label = section.links.iter().map(|link| link.label.len()).max();
        let width = section
            .links
            .iter()
            .filter(|link| link.place.is_some())
            .map(length)
            .filter(|width| *width <= COLUMN)
            .max();
        let mut before = None;
        for link in &section.links {
            let again = before == Some(link.label);
            text += &self.link(link, again, label.unwrap_or(0), width.unwrap_or(0));
            before = Some(link.label);
        }
        for note in &section.notes {
            text += &format!("  ({})\n", visible(note));
        }
        text
    }

    /// `again`: as the one above; its label need not be said.
    fn link(&self, link: &Link, again: bool, label: usize, width: usize) -> String {
        let name = match again {
            true => " ".repeat(label + 2),
            false => self.painted(DIM, format!("← {:label$}", link.label)),
        };
        let shown = visible(&link.text);
        let mark = self.painted(AnsiColor::Green.on_default().bold(), mark(link));
        let Some(place) = &link.place else {
            return format!("  {name}  {shown}{mark}\n");
        };
        let gap = " ".repeat(width.saturating_sub(length(link)));
        let place = self.place(Some(place));
        format!("  {name}  {shown}{mark}{gap}{place}\n")
    }

    fn place(&self, place: Option<&str>) -> String {
        place.map_or(String::new(), |place| {
            format!("  {}", self.painted(DIM, format!("# {}", visible(place))))
        })
    }

    fn painted(&self, style: Style, text: impl Display) -> String {
        match self.colour {
            true => format!("{style}{text}{style:#}"),
            false => text.to_string(),
        }
    }
}

/// What stands behind the reply that the value came with.
fn mark(link: &Link) -> String {
    match link.marked {
        None => String::new(),
        Some(0) => "  ← the value".into(),
        Some(1) => "  ← the value, as in 1 other".into(),
        Some(others) => format!("  ← the value, as in {others} others"),
    }
}

fn length(link: &Link) -> usize {
    visible(&link.text).chars().count() + mark(link).chars().count()
}

fn colour_of(verdict: Verdict) -> AnsiColor {
    match verdict {
        Verdict::Pass => AnsiColor::Green,
        Verdict::Skipped => AnsiColor::Yellow,
        Verdict::Fail | Verdict::Aborted => AnsiColor::Red,
    }
}
