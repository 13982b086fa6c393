//! YAML text to a tree of nodes.
//!
//! Built from the parser's events, because only they tell where a value stands, how it was written and whether it was quoted. The
//! stack is a list of our own, so that no input can overflow the program's.

use std::collections::HashMap;

use rehearsal_python::value::Value;
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span as Chars, Tag};

use super::{
    model::{Scalar, Spanned, Text},
    node::{Entry, MAX_DEPTH, MAX_NODES, Mapping, Node, Sequence, typed},
    yaml_syntax,
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, quoted},
    source::{FileId, LongValues, Span},
};

/// What anchors and aliases may add to a file, in bytes of memory, roughly.
const ALIAS_BUDGET: usize = 16 << 20;
/// What a node costs beside its text.
const NODE_COST: usize = 64;

/// Reads one YAML document. `None`: it could not be read to its end, which `problems` says; with a tree there may be problems too.
pub fn read(text: &str, file: FileId, problems: &mut Diagnostics) -> Option<Node> {
    if let Some(problem) = yaml_syntax::unprintable(text, file) {
        problems.push(problem);
        return None;
    }
    let mut tree = Tree::new(text, file, problems);
    let mut parser = Parser::new_from_str(text);
    while let Some(next) = parser.next_event() {
        let taken = match next {
            Ok((event, at)) => tree.take(event, at),
            Err(error) => Err(tree.syntax_error(&error)),
        };
        if let Err(problem) = taken {
            tree.push_last(*problem);
            return None;
        }
    }
    let nothing = Scalar {
        value: Value::None,
        text: String::new(),
        quoted: false,
        at: Span {
            file,
            start: 0,
            end: 0,
        },
    };
    Some(tree.root.unwrap_or(Node::Scalar(nothing)))
}

/// The plain values of a file that go on after the line they start in (spans of nodes end with that line), and all blocks.
pub fn long_values(text: &str) -> LongValues {
    let offsets = Offsets::of(text);
    let mut found = LongValues::new();
    let mut parser = Parser::new_from_str(text);
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    while let Some(Ok((event, at))) = parser.next_event() {
        let Event::Scalar(_, style, ..) = event else {
            continue;
        };
        // One line of a block stands below the line with the key, too.
        let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        let start = offsets.byte(at.start.index()).min(text.len());
        let end = offsets.byte(at.end.index()).clamp(start, text.len());
        let piece = text.get(start..end).unwrap_or_default().trim_end();
        // The parser counts a comment after the closing quote in.
        let piece = match style {
            ScalarStyle::DoubleQuoted | ScalarStyle::SingleQuoted => {
                piece.get(..quoted_length(piece)).unwrap_or(piece)
            }
            _ => piece,
        };
        if block || piece.contains('\n') {
            found.insert(count(start), count(start + piece.len()));
        }
    }
    found
}

/// Up to and with the quote that closes a text.
fn quoted_length(text: &str) -> usize {
    let mut rest = text.char_indices().peekable();
    let Some((_, quote)) = rest.next() else {
        return 0;
    };
    while let Some((at, c)) = rest.next() {
        if c == '\\' && quote == '"' {
            rest.next();
        } else if c == quote
            && rest
                .next_if(|&(_, next)| quote == '\'' && next == quote)
                .is_none()
        {
            return at + 1;
        }
    }
    text.len()
}

/// A list or mapping whose end has not come yet.
struct Open {
    anchor: usize,
    start: Chars,
    held: Held,
    /// What it and its contents cost so far, and how deep they reach below it.
    cost: usize,
    depth: usize,
}

enum Held {
    Sequence(Vec<Node>),
    Mapping {
        entries: Vec<Entry>,
        /// Where each key stands in `entries`.
        known: HashMap<String, usize>,
        key: Option<Key>,
        /// It is no mapping at all, but `{{name}}` without quotes.
        template: bool,
    },
}

enum Key {
    Good(Text),
    /// Reported; its value is read and dropped.
    Bad,
    /// `{{name}}` without quotes, which YAML reads as a mapping that has a mapping as its key.
    Template,
}

/// A node an alias may repeat.
struct Anchored {
    node: Node,
    cost: usize,
    depth: usize,
}

struct Tree<'a> {
    text: &'a str,
    file: FileId,
    offsets: Offsets,
    open: Vec<Open>,
    anchors: HashMap<usize, Anchored>,
    /// What anchors and aliases may still add.
    budget: usize,
    nodes: usize,
    documents: usize,
    root: Option<Node>,
    problems: &'a mut Diagnostics,
}

/// What ends the reading is boxed, for it is rare and large.
type Taken = Result<(), Box<Diagnostic>>;

impl<'a> Tree<'a> {
    fn new(text: &'a str, file: FileId, problems: &'a mut Diagnostics) -> Self {
        Self {
            text,
            file,
            offsets: Offsets::of(text),
            open: Vec::new(),
            anchors: HashMap::new(),
            budget: ALIAS_BUDGET,
            nodes: 0,
            documents: 0,
            root: None,
            problems,
        }
    }

    fn take(&mut self, event: Event<'_>, at: Chars) -> Taken {
        match event {
            Event::DocumentStart(_) => self.document(at),
            Event::Alias(anchor) => self.alias(anchor, at),
            Event::Scalar(text, style, anchor, tag) => {
                let node = self.scalar(&text, style, tag.as_deref(), at);
                let cost = NODE_COST + text.len();
                self.add(node, anchor, cost, 0)
            }
            Event::SequenceStart(anchor, tag) => {
                self.container_tag(tag.as_deref(), "seq", at);
                self.start(anchor, at, Held::Sequence(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                self.container_tag(tag.as_deref(), "map", at);
                self.start(
                    anchor,
                    at,
                    Held::Mapping {
                        entries: Vec::new(),
                        known: HashMap::new(),
                        key: None,
                        template: false,
                    },
                )
            }
            Event::SequenceEnd | Event::MappingEnd => self.finish(at),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        }
    }

    fn document(&mut self, at: Chars) -> Taken {
        self.documents += 1;
        if self.documents > 1 {
            return Err(Diagnostic::error("a second document starts here")
                .at(self.first_line(at.start.index(), at.end.index()))
                .hint("keep one document in a file: remove the `---` or move what follows to a file of its own")
                .into());
        }
        Ok(())
    }

    fn alias(&mut self, anchor: usize, at: Chars) -> Taken {
        let span = self.span(at);
        let Some(known) = self.anchors.get(&anchor) else {
            return Err(
                Diagnostic::error("an alias stands inside of what it repeats")
                    .at(span)
                    .hint("write the value out here")
                    .into(),
            );
        };
        if self.open.len() + known.depth > MAX_DEPTH {
            return Err(too_deep(span).into());
        }
        let (cost, depth) = (known.cost, known.depth);
        self.budget = charge(self.budget, cost, span)?;
        let node = known.node.clone();
        self.add(node, 0, cost, depth)
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, tag: Option<&Tag>, at: Chars) -> Node {
        let span = self.span(at);
        let quoted = style != ScalarStyle::Plain;
        let value = match tag {
            None if quoted => Value::Str(text.to_owned()),
            None => typed(text),
            Some(tag) if is_text_tag(tag) => Value::Str(text.to_owned()),
            Some(tag) => {
                self.reject_tag(tag, span);
                typed(text)
            }
        };
        Node::Scalar(Scalar {
            value,
            text: text.to_owned(),
            quoted: quoted || tag.is_some_and(is_text_tag),
            at: span,
        })
    }

    fn container_tag(&mut self, tag: Option<&Tag>, own: &str, at: Chars) {
        if let Some(tag) = tag.filter(|tag| !(tag.is_yaml_core_schema() && tag.suffix == own)) {
            let span = self.first_line(at.start.index(), at.start.index() + 1);
            self.reject_tag(tag, span);
        }
    }

    fn reject_tag(&mut self, tag: &Tag, at: Span) {
        let name = if tag.is_yaml_core_schema() {
            format!("!!{}", tag.suffix)
        } else {
            tag.to_string()
        };
        self.problems.push(
            Diagnostic::error(format!("YAML tag {} is not supported", quoted(&name)))
                .at(at)
                .hint("remove the tag; quotes make a text of any value"),
        );
    }

    fn start(&mut self, anchor: usize, at: Chars, held: Held) -> Taken {
        if self.open.len() >= MAX_DEPTH {
            return Err(too_deep(self.first_line(at.start.index(), at.start.index() + 1)).into());
        }
        self.open.push(Open {
            anchor,
            start: at,
            held,
            cost: NODE_COST,
            depth: 1,
        });
        Ok(())
    }

    fn finish(&mut self, at: Chars) -> Taken {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        let at = self.first_line(open.start.start.index(), at.end.index());
        let node = match open.held {
            Held::Sequence(items) => Node::Sequence(Sequence { items, at }),
            Held::Mapping { template: true, .. } => {
                self.problems.push(template_without_quotes(at));
                let text = self.text[at.start as usize..at.end as usize].to_owned();
                Node::Scalar(Scalar {
                    value: Value::Str(text.clone()),
                    text,
                    quoted: false,
                    at,
                })
            }
            Held::Mapping { entries, .. } => Node::Mapping(Mapping { entries, at }),
        };
        self.add(node, open.anchor, open.cost, open.depth)
    }

    /// Puts a complete node where it belongs: into the innermost open container, or at the root.
    fn add(&mut self, node: Node, anchor: usize, cost: usize, depth: usize) -> Taken {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            let problem = Diagnostic::error(format!("more than {MAX_NODES} values in one file"));
            return Err(problem.at(node.at()).into());
        }
        if anchor != 0 {
            self.budget = charge(self.budget, cost, node.at())?;
            self.anchors.insert(
                anchor,
                Anchored {
                    node: node.clone(),
                    cost,
                    depth,
                },
            );
        }
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        parent.cost = parent.cost.saturating_add(cost);
        parent.depth = parent.depth.max(depth + 1);
        match &mut parent.held {
            Held::Sequence(items) => items.push(node),
            Held::Mapping {
                entries,
                known,
                key,
                template,
            } => match key.take() {
                None => *key = Some(read_key(node, self.text, self.problems)),
                Some(Key::Bad) => {}
                Some(Key::Template) => *template = true,
                Some(Key::Good(name)) => {
                    match known.get(&name.value).and_then(|index| entries.get(*index)) {
                        Some(first) => {
                            let problem =
                                Diagnostic::error(format!("duplicate key {}", quoted(&name.value)))
                                    .at(name.at)
                                    .also(first.key.at, "first given here")
                                    .hint("remove one of the two");
                            self.problems.push(problem);
                        }
                        None => {
                            known.insert(name.value.clone(), entries.len());
                            entries.push(Entry {
                                key: name,
                                value: node,
                            });
                        }
                    }
                }
            },
        }
        Ok(())
    }

    /// The problem that ends the reading, unless it only follows from one found in the same line.
    fn push_last(&mut self, problem: Diagnostic) {
        let start = |problem: &Diagnostic| {
            problem
                .primary
                .as_ref()
                .map(|label| label.at.start as usize)
        };
        let earlier = self
            .problems
            .iter()
            .next_back()
            .filter(|last| last.file() == Some(self.file))
            .and_then(start);
        let follows = earlier
            .zip(start(&problem))
            .and_then(|(earlier, now)| self.text.get(earlier..now))
            .is_some_and(|between| !between.contains('\n'));
        if !follows {
            self.problems.push(problem);
        }
    }

    fn syntax_error(&self, error: &ScanError) -> Box<Diagnostic> {
        let at = self.offsets.byte(error.marker().index());
        Box::new(yaml_syntax::explain(error.info(), at, self.text, self.file))
    }

    fn span(&self, at: Chars) -> Span {
        self.first_line(at.start.index(), at.end.index())
    }

    /// A span from characters, ended at the end of the line it starts in.
    fn first_line(&self, start: usize, end: usize) -> Span {
        let start = self.offsets.byte(start).min(self.text.len());
        let end = self.offsets.byte(end).clamp(start, self.text.len());
        let piece = self.text.get(start..end).unwrap_or_default();
        let piece = piece
            .split(['\n', '\r'])
            .next()
            .unwrap_or_default()
            .trim_end();
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span {
            file: self.file,
            start: count(start),
            end: count(start + piece.len()),
        }
    }
}

/// What is left of the budget.
fn charge(budget: usize, cost: usize, at: Span) -> Result<usize, Box<Diagnostic>> {
    budget.checked_sub(cost).ok_or_else(|| {
        Diagnostic::error(format!(
            "anchors and aliases expand this file beyond {} MB",
            ALIAS_BUDGET >> 20
        ))
        .at(at)
        .hint("repeat less: each `*alias` stands for a whole copy")
        .into()
    })
}

fn too_deep(at: Span) -> Diagnostic {
    Diagnostic::error(format!(
        "lists and mappings are nested more than {MAX_DEPTH} deep"
    ))
    .at(at)
}

fn template_without_quotes(at: Span) -> Diagnostic {
    Diagnostic::error("template without quotes")
        .at(at)
        .hint("YAML takes a leading `{` for a mapping: write \"{{name}}\", with the quotes")
}

/// `!!str`, and the lone `!` that YAML gives the same meaning.
fn is_text_tag(tag: &Tag) -> bool {
    (tag.is_yaml_core_schema() && tag.suffix == "str")
        || (tag.handle.is_empty() && tag.suffix == "!")
}

fn read_key(node: Node, text: &str, problems: &mut Diagnostics) -> Key {
    let (problem, at) = match node {
        Node::Scalar(scalar) if scalar.text == "<<" && !scalar.quoted => {
            let problem = Diagnostic::error("merge keys (`<<`) are not supported")
                .hint("write the fields out");
            (problem, scalar.at)
        }
        Node::Scalar(scalar)
            if scalar.value == Value::None && scalar.text.is_empty() && !scalar.quoted =>
        {
            (
                Diagnostic::error("a key is missing before this `:`"),
                scalar.at,
            )
        }
        Node::Scalar(scalar) => {
            return Key::Good(Spanned {
                value: scalar.text,
                at: scalar.at,
            });
        }
        Node::Mapping(mapping) if text[..mapping.at.start as usize].ends_with('{') => {
            return Key::Template;
        }
        Node::Sequence(_) | Node::Mapping(_) => (
            Diagnostic::error(format!("{} as a key", node.describe())).hint("keys are plain texts"),
            node.at(),
        ),
    };
    problems.push(problem.at(at));
    Key::Bad
}

/// Where each character starts: the parser counts characters, spans count bytes.
enum Offsets {
    Ascii,
    Starts(Vec<u32>),
}

impl Offsets {
    fn of(text: &str) -> Self {
        if text.is_ascii() {
            return Self::Ascii;
        }
        let starts = text
            .char_indices()
            .map(|(start, _)| start)
            .chain([text.len()]);
        Self::Starts(
            starts
                .map(|start| u32::try_from(start).unwrap_or(u32::MAX))
                .collect(),
        )
    }

    fn byte(&self, character: usize) -> usize {
        match self {
            Self::Ascii => character,
            Self::Starts(starts) => starts
                .get(character)
                .or(starts.last())
                .map_or(0, |start| *start as usize),
        }
    }
}
