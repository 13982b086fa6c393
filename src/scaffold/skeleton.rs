//! The files of a new package, which passes on its own bench as it stands.

use super::{
    editor,
    package_name::{PackageName, ProductId},
};
use crate::schema::SchemaError;

/// What the files of a new package say.
#[derive(Debug)]
pub struct Skeleton {
    pub name: PackageName,
    pub product: ProductId,
    pub author: String,
}

#[derive(Debug)]
pub struct SkeletonFile {
    /// Relative to the package, with forward slashes.
    pub path: String,
    pub text: String,
}

/// Path and text, with what is to be filled in between `<<` and `>>`.
const FILES: [(&str, &str); 7] = [
    ("package.json", include_str!("template/package.json")),
    ("tests/main.yaml", include_str!("template/main.yaml")),
    (
        "python_modules/<<module>>.py",
        include_str!("template/tests.py"),
    ),
    ("bench.yaml", include_str!("template/bench.yaml")),
    ("local.yaml", include_str!("template/local.yaml")),
    ("README.md", include_str!("template/README.md")),
    (".gitignore", "__pycache__/\n"),
];

impl Skeleton {
    /// # Errors
    /// Where a schema cannot be written as text, which would be a bug.
    pub fn files(&self) -> Result<Vec<SkeletonFile>, SchemaError> {
        let own = FILES.map(|(path, text)| SkeletonFile {
            path: self.filled(path),
            text: self.filled(text),
        });
        Ok(own.into_iter().chain(editor::files()?).collect())
    }

    /// Product, title and module are made of letters, digits, `_`, `-` and blanks, so that they stand in any of the files as they are.
    fn filled(&self, template: &str) -> String {
        let author = serde_json::Value::from(self.author.as_str()).to_string();
        template
            .replace("<<name>>", &self.name.to_string())
            .replace("<<product>>", &self.product.to_string())
            .replace("<<title>>", &self.name.title())
            .replace("<<module>>", &self.name.module())
            .replace("\"<<author>>\"", &author)
    }
}
