//! Python expressions on one line where they fit, else an item a line.

/// Columns of a generated line.
const WIDTH: usize = 120;

/// An expression: what stands before the bracket, and what is in it.
pub struct Document {
    text: String,
    items: Option<(Vec<Document>, char)>,
}

impl Document {
    pub fn atom(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            items: None,
        }
    }

    pub fn call(function: &str, items: Vec<Self>) -> Self {
        Self::bracketed(format!("{function}("), items, ')')
    }

    pub fn list(items: Vec<Self>) -> Self {
        Self::bracketed("[".into(), items, ']')
    }

    /// Of keys and values.
    pub fn dict(items: Vec<Self>) -> Self {
        Self::bracketed("{".into(), items, '}')
    }

    fn bracketed(text: String, items: Vec<Self>, end: char) -> Self {
        Self {
            text,
            items: Some((items, end)),
        }
    }

    /// With `name=`, `name = ` or `key: ` before it.
    #[must_use]
    pub fn after(mut self, text: &str) -> Self {
        self.text.insert_str(0, text);
        self
    }

    fn flat(&self) -> String {
        let mut out = self.text.clone();
        if let Some((items, end)) = &self.items {
            let items: Vec<_> = items.iter().map(Self::flat).collect();
            out += &items.join(", ");
            out.push(*end);
        }
        out
    }

    /// Lines at an indentation of so many columns, each with its newline.
    pub fn lines(&self, indent: usize) -> String {
        self.within(indent, "")
    }

    fn within(&self, indent: usize, after: &str) -> String {
        let margin = " ".repeat(indent);
        let flat = self.flat();
        let fits = indent + flat.chars().count() + after.len() <= WIDTH;
        match &self.items {
            Some((items, end)) if !fits && !items.is_empty() => {
                let inner: String = items
                    .iter()
                    .map(|item| item.within(indent + 4, ","))
                    .collect();
                format!("{margin}{}\n{inner}{margin}{end}{after}\n", self.text)
            }
            _ => format!("{margin}{flat}{after}\n"),
        }
    }
}
