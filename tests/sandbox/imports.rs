//! The list of all that the guest may call is what it does call.

use std::{collections::BTreeSet, fs, path::Path};

use wasmparser::{Imports, Parser, Payload, TypeRef};

fn project(path: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_guest_imports_what_the_list_says_and_nothing_else() {
    let guest = zstd::decode_all(&*project("wasm/guest.wasm.zst")).expect("a packed guest");
    let mut found = BTreeSet::new();
    for payload in Parser::new(0).parse_all(&guest) {
        let Payload::ImportSection(imports) = payload.expect("a module") else {
            continue;
        };
        for import in imports {
            let Imports::Single(_, import) = import.expect("an import") else {
                panic!("imports in a form that this test does not know");
            };
            assert!(
                matches!(import.ty, TypeRef::Func(_)),
                "{} is no function",
                import.name
            );
            found.insert(format!("{}.{}", import.module, import.name));
        }
    }
    let list = String::from_utf8(project("wasm/IMPORTS.txt")).expect("a text");
    let listed: BTreeSet<String> = list
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        .map(|line| line.trim().into())
        .collect();
    assert_eq!(found, listed);
}
