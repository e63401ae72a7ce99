//! Runs the bodies of all fuzz targets over their corpora (`fuzz/corpus/<target>/`), with any toolchain: seeds made by hand, and
//! what fuzzers found. Also keeps the table of targets, the fuzz crate and the corpora in step.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use zmq::fuzz::TARGETS;

#[path = "../fuzz/src/lib.rs"]
mod measured;

fn fuzz_dir(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(name)
}

fn names(dir: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display()));
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn every_target_has_its_file_and_its_corpus() {
    let listed: BTreeSet<_> = TARGETS.iter().map(|target| target.0.to_string()).collect();
    assert_eq!(listed.len(), TARGETS.len(), "names are unique");
    assert_eq!(names(&fuzz_dir("corpus")), listed);
    let files: BTreeSet<_> = listed.iter().map(|name| format!("{name}.rs")).collect();
    assert_eq!(names(&fuzz_dir("fuzz_targets")), files);
    let manifest = fs::read_to_string(fuzz_dir("Cargo.toml")).unwrap();
    for name in &listed {
        assert!(manifest.contains(&format!("fuzz_targets/{name}.rs")), "{name} is missing in fuzz/Cargo.toml");
        let text = fs::read_to_string(fuzz_dir("fuzz_targets").join(format!("{name}.rs"))).unwrap();
        assert!(text.contains(&format!("target!({name:?})")), "{name}.rs runs something else");
        assert!(names(&fuzz_dir("corpus").join(name)).len() >= 3, "{name} has hardly any corpus");
    }
}

/// Each file as it is, cut short at every octet (up to a length), and with each octet changed.
#[test]
fn corpora_run_without_a_fuzzer() {
    std::thread::scope(|scope| {
        for (name, body) in TARGETS {
            scope.spawn(move || {
                names(&fuzz_dir("corpus").join(name)).iter().for_each(|file| run_file(name, *body, file))
            });
        }
    });
}

fn run_file(name: &str, body: fn(&[u8]), file: &str) {
    const DENSE: usize = 250;
    const FLIPS: [u8; 3] = [1, 0x80, 0xff];
    let data = fs::read(fuzz_dir("corpus").join(name).join(file)).unwrap();
    println!("{name}/{file}");
    measured::run(body, &data);
    for n in 0..data.len().min(DENSE) {
        measured::run(body, &data[..n]);
        let mut changed = data.clone();
        changed[n] ^= FLIPS[n % FLIPS.len()];
        measured::run(body, &changed);
    }
}

/// The second test would pass without corpora, and the memory check without an allocator that counts.
#[test]
#[should_panic(expected = "bytes held")]
fn memory_is_counted() {
    measured::run(|data| drop(std::hint::black_box(vec![0u8; 4 << 20 | data.len()])), &[]);
}
