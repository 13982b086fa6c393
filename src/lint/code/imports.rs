//! L24: what the code imports is there on a station.

use std::collections::{BTreeSet, HashSet};

use super::search_path::Added;
use crate::{
    code::{Astray, Code, Import, Module, is_newer_than_stations, is_of_the_standard_library},
    diagnostic::{Diagnostic, Diagnostics, quoted},
    package::{Distribution, Requirement, Wheels, fields::nearest, model::Package, normal},
};

const RULE: &str = "L24";

/// Libraries whose modules go by another name.
const OTHERWISE: [(&str, &str); 47] = [
    ("attr", "attrs"),
    ("bs4", "beautifulsoup4"),
    ("can", "python-can"),
    ("cv2", "opencv-python"),
    ("cv2", "opencv-python-headless"),
    ("Crypto", "pycryptodome"),
    ("Cryptodome", "pycryptodomex"),
    ("dateutil", "python-dateutil"),
    ("docx", "python-docx"),
    ("dotenv", "python-dotenv"),
    ("fitz", "PyMuPDF"),
    ("ftd2xx", "ftd2xx"),
    ("gi", "PyGObject"),
    ("git", "GitPython"),
    ("google", "protobuf"),
    ("grpc", "grpcio"),
    ("hid", "hidapi"),
    ("ivi", "python-ivi"),
    ("jwt", "PyJWT"),
    ("Levenshtein", "python-Levenshtein"),
    ("libusb1", "libusb1"),
    ("usb1", "libusb1"),
    ("magic", "python-magic"),
    ("mpl_toolkits", "matplotlib"),
    ("pylab", "matplotlib"),
    ("OpenSSL", "pyOpenSSL"),
    ("nmap", "python-nmap"),
    ("paho", "paho-mqtt"),
    ("PIL", "Pillow"),
    ("pptx", "python-pptx"),
    ("psycopg2", "psycopg2-binary"),
    ("pylink", "pylink-square"),
    ("pythoncom", "pywin32"),
    ("pywintypes", "pywin32"),
    ("win32api", "pywin32"),
    ("win32com", "pywin32"),
    ("pyvisa_py", "PyVISA-py"),
    ("serial", "pyserial"),
    ("serial_asyncio", "pyserial-asyncio"),
    ("skimage", "scikit-image"),
    ("sklearn", "scikit-learn"),
    ("smbus", "smbus2"),
    ("usb", "pyusb"),
    ("usbtmc", "python-usbtmc"),
    ("visa", "PyVISA"),
    ("yaml", "PyYAML"),
    ("zmq", "pyzmq"),
];

/// `beside` are the modules of packages that sequences lead to.
pub fn check(
    package: &Package,
    code: &Code,
    wheels: &Wheels,
    beside: &HashSet<String>,
) -> Diagnostics {
    let mut found = Diagnostics::default();
    let Some(provided) = Provided::of(package, code, wheels, beside) else {
        return found;
    };
    for module in code.modules() {
        for import in module.imports() {
            if import.optional {
                continue;
            }
            if let Some(why) = import.astray {
                // Nothing imports python_modules/ itself.
                if module.name != "__init__" {
                    found.push(astray(why, module).code(RULE).at(import.at));
                }
                continue;
            }
            // `import pip` is for L26.
            if import.module.is_empty() || first(&import.module) == "pip" {
                continue;
            }
            if let Some(problem) = missing(import, code, &provided) {
                found.push(problem.code(RULE).at(import.at));
                continue;
            }
            for (name, at) in &import.names {
                if code.lacks(&import.module, name) {
                    found.push(no_name(&import.module, name, code).code(RULE).at(*at));
                }
            }
        }
    }
    found
}

/// What requirements.pipPackages and wheels/ give.
struct Provided {
    /// Modules of wheels that are asked for, or needed by those, and of packages that sequences lead to.
    installed: HashSet<String>,
    /// Wheels nobody asks for.
    unasked: Vec<Distribution>,
    /// Libraries asked for without a wheel to look into.
    unseen: Vec<String>,
    /// Folders of the package's own that code adds.
    added: Added,
}

impl Provided {
    /// `None` where code makes its own arrangements for what can be imported, or an entry is no library's name.
    fn of(
        package: &Package,
        code: &Code,
        wheels: &Wheels,
        beside: &HashSet<String>,
    ) -> Option<Self> {
        let added = Added::of(code)?;
        let wanted: Option<Vec<String>> = package
            .manifest
            .requirements
            .pip_packages
            .iter()
            .map(|text| Requirement::parse(&text.value).map(|one| one.name))
            .collect();
        let mut left = wheels.distributions();
        let mut installed = beside.clone();
        let mut unseen = Vec::new();
        let mut seen = BTreeSet::new();
        let mut waiting = wanted?;
        while let Some(name) = waiting.pop() {
            if !seen.insert(normal(&name)) {
                continue;
            }
            match left
                .iter()
                .position(|one| normal(&one.name) == normal(&name))
            {
                Some(index) => {
                    let wheel = left.swap_remove(index);
                    waiting.extend(wheel.needed());
                    installed.extend(wheel.modules);
                }
                None => unseen.push(name),
            }
        }
        Some(Self {
            installed,
            unasked: left,
            unseen,
            added,
        })
    }

    fn has(&self, module: &str) -> bool {
        self.installed.contains(module)
            || self.unseen.iter().any(|library| may_hold(library, module))
    }
}

/// Whether a library that nobody can look into may be the one with a module.
fn may_hold(library: &str, module: &str) -> bool {
    let (library, module) = (normal(library), normal(module));
    let known = OTHERWISE
        .iter()
        .any(|(other, name)| normal(other) == module && normal(name) == library);
    known
        || library == module
        || library.split('-').any(|word| word == module)
        || module.split('-').any(|word| word == library)
        || (module.len() >= 3 && library.contains(&module))
        || (library.len() >= 3 && module.contains(&library))
}

fn missing(import: &Import, code: &Code, provided: &Provided) -> Option<Diagnostic> {
    let name = import.module.as_str();
    let top = first(name);
    if code.has(top) {
        return own(name, code);
    }
    if is_of_the_standard_library(top) || provided.has(top) || provided.added.have(top, code) {
        return None;
    }
    if let Some(version) = is_newer_than_stations(top) {
        let problem = format!(
            "module {} came with Python {version}, and stations run 3.11",
            quoted(top)
        );
        return Some(
            Diagnostic::error(problem)
                .hint("do without it, or import it within `try … except ImportError`"),
        );
    }
    if let Some(wheel) = provided
        .unasked
        .iter()
        .find(|one| one.modules.contains(top))
    {
        let problem = format!(
            "module {} comes with a wheel that requirements.pipPackages does not name",
            quoted(top)
        );
        let hint = format!(
            "a station installs what is named there: add {} to it in package.json",
            quoted(&wheel.name)
        );
        return Some(Diagnostic::error(problem).hint(hint));
    }
    let problem = format!(
        "nothing provides module {}: neither python_modules/, nor the standard library, nor requirements.pipPackages",
        quoted(top)
    );
    let names: BTreeSet<&str> = code.modules().map(|module| first(&module.name)).collect();
    let hint = match nearest(top, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            let library = OTHERWISE
                .iter()
                .find(|(module, _)| *module == top)
                .map_or(top, |(_, library)| library);
            format!(
                "add {} to requirements.pipPackages in package.json, and its wheel to wheels/",
                quoted(library)
            )
        }
    };
    Some(Diagnostic::error(problem).hint(hint))
}

/// A relative import that no place of modules helps.
fn astray(why: Astray, module: &Module) -> Diagnostic {
    let name = quoted(&module.name);
    match why {
        Astray::NoParent => Diagnostic::error(format!(
            "module {name} lies in no package, so what it imports with a leading dot has no known parent package"
        ))
        .hint("import it by its name without the dot: modules are looked for in python_modules/ itself"),
        Astray::BeyondTop => Diagnostic::error(format!(
            "the dots lead out of the package that module {name} lies in"
        ))
        .hint("write the module as it is named from python_modules/ on, without dots before it"),
    }
}

/// What a package folder is asked for and does not have.
fn no_name(package: &str, name: &str, code: &Code) -> Diagnostic {
    let begins = format!("{package}.");
    let siblings = code
        .modules()
        .filter_map(|module| module.name.strip_prefix(&begins));
    let hint = match nearest(name, siblings.filter(|rest| !rest.contains('.'))) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            let folder = format!("python_modules/{}", package.replace('.', "/"));
            format!("write {folder}/{name}.py, or give the name a value in {folder}/__init__.py")
        }
    };
    let problem = format!(
        "package {} has neither a module nor a name {}",
        quoted(package),
        quoted(name)
    );
    Diagnostic::error(problem).hint(hint)
}

/// A module below one of the package's own.
fn own(name: &str, code: &Code) -> Option<Diagnostic> {
    let (above, last) = name.rsplit_once('.')?;
    if code.has(name) {
        return None;
    }
    if let Some(problem) = own(above, code) {
        return Some(problem);
    }
    // A name that a package gives itself is no module, whoever imports it; but a package may make modules as it runs.
    let begins = format!("{above}.");
    let siblings = code
        .modules()
        .filter_map(|module| module.name.strip_prefix(&begins));
    let hint = match nearest(last, siblings.filter(|rest| !rest.contains('.'))) {
        Some(near) => format!("did you mean `{above}.{near}`?"),
        None => format!("write python_modules/{}.py", name.replace('.', "/")),
    };
    let problem = format!("{} has no module {}", quoted(above), quoted(last));
    Some(Diagnostic::error(problem).hint(hint))
}

fn first(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}
