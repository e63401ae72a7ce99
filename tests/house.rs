//! The rules of `src/lib.rs` that a reader of the sources can check: who calls whom, where unsafe code is allowed and that it
//! is explained, that every file says what it is.

use std::fs;
use std::path::{Path, PathBuf};

/// Modules in the order of the layers; a file may name modules of its own or a lower layer only.
const LAYERS: &[&[&str]] = &[
    &["error", "consts", "sync"],
    &["sys"],
    &["handle", "msg", "options", "z85"],
    &["io", "pipe", "security", "socket_type", "transport", "zmtp"],
    &["pattern", "session"],
    &["ctx", "socket"],
    &["util"],
    &["capi", "fuzz"],
];

/// Each exception with its reason.
const EXCEPTIONS: &[(&str, &str)] = &[
    // Receiving into a growing message body is a system call.
    ("sys", "msg"),
    // How threads are named and placed is what the context's options say.
    ("sys", "options"),
];

const UNSAFE_ALLOWED: &[&str] = &["capi", "msg", "pipe", "sys"];

fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()) {
        if entry.is_dir() {
            sources(&entry, found);
        } else if entry.extension().is_some_and(|e| e == "rs") {
            found.push(entry);
        }
    }
}

/// (module, path, text) of every source file but the crate root and binaries.
fn files() -> Vec<(String, String, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&src, &mut found);
    assert!(found.len() > 30, "the sources were not found");
    found
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&src).unwrap().to_string_lossy().into_owned();
            let module = name.split(['/', '.']).next().unwrap().to_string();
            (module, name, fs::read_to_string(&path).unwrap())
        })
        .filter(|(module, ..)| module != "lib" && module != "bin")
        .collect()
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|l| l.contains(&module))
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

/// The code before the tests of a file.
fn code(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or(text)
}

#[test]
fn calls_go_down_only() {
    let mut wrong = Vec::new();
    for (module, name, text) in files() {
        let Some(own) = layer(&module) else {
            wrong.push(format!("{name}: module {module} has no layer"));
            continue;
        };
        for line in code(&text).lines().filter(|l| !is_comment(l)) {
            for used in line.split("crate::").skip(1) {
                let used: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let upward = layer(&used).is_some_and(|l| l > own);
                if upward && !EXCEPTIONS.contains(&(module.as_str(), used.as_str())) {
                    wrong.push(format!("{name} uses {used}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn unsafe_code_stays_where_it_may_and_is_explained() {
    let mut wrong = Vec::new();
    for (module, name, text) in files() {
        let lines: Vec<_> = text.lines().collect();
        for (i, line) in lines.iter().enumerate() {
            let code = line.split("//").next().unwrap_or("");
            let is_unsafe = ["unsafe {", "unsafe impl", "unsafe fn", "unsafe extern"].iter().any(|u| code.contains(u));
            if !is_unsafe {
                continue;
            }
            if !UNSAFE_ALLOWED.contains(&module.as_str()) {
                wrong.push(format!("{name}:{}: unsafe outside {UNSAFE_ALLOWED:?}", i + 1));
            }
            let block = code.contains("unsafe {") || code.contains("unsafe impl");
            let explained = lines[i.saturating_sub(8)..=i].iter().any(|l| l.contains("SAFETY"));
            if block && !explained {
                wrong.push(format!("{name}:{}: no SAFETY comment", i + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_file_says_what_it_is() {
    let without: Vec<_> = files().into_iter().filter(|(.., t)| !t.starts_with("//!")).map(|(_, n, _)| n).collect();
    assert!(without.is_empty(), "{without:#?}");
}
