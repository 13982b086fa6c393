//! New packages, and what helps an editor with old ones.

mod editor;
mod folder;
mod package_name;
mod skeleton;

pub use editor::{EditorError, EditorFiles, help_editor};
pub use folder::{FolderError, NewFolder};
pub use package_name::{NameError, PackageName, ProductId};
pub use skeleton::{Skeleton, SkeletonFile};
