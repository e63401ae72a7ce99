//! Keeps `include/zmq.h` equal to what cbindgen makes of the sources. With UPDATE_HEADER=1 in the environment it writes the
//! header instead (`make header`).

use std::path::Path;

/// What cbindgen makes of the numbers and the functions, made denser.
fn generated(root: &Path) -> String {
    let config = cbindgen::Config::from_file(root.join("cbindgen.toml")).expect("cbindgen.toml is valid");
    let builder = cbindgen::Builder::new().with_config(config);
    let builder = builder.with_src(root.join("src/consts.rs")).with_src(root.join("src/capi/mod.rs"));
    let mut text = Vec::new();
    builder.generate().expect("cbindgen understands the sources").write(&mut text);
    dense(&String::from_utf8(text).expect("the header is text"))
}

/// Comments on one line, neighbours under one condition, and the condition that libzmq's header has.
fn dense(header: &str) -> String {
    let condition = "#if !defined(ZMQ_STABLE_ONLY)\n";
    let header = header.replace("/*\n ", "/* ").replace("\n */\n", " */\n").replace("\n     */\n", " */\n");
    let header = header.replace("/*\n     ", "/* ").replace(&format!("#endif\n\n{condition}"), "\n");
    header.replace(condition, "#if defined ZMQ_BUILD_DRAFT_API\n")
}

#[test]
fn the_header_is_what_cbindgen_makes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (path, fresh) = (root.join("include/zmq.h"), generated(root));
    if std::env::var_os("UPDATE_HEADER").is_some() {
        std::fs::write(&path, &fresh).expect("include/zmq.h can be written");
    }
    let kept = std::fs::read_to_string(&path).expect("include/zmq.h is there");
    let difference = kept.lines().zip(fresh.lines()).find(|(kept, fresh)| kept != fresh);
    assert_eq!(difference, None, "include/zmq.h is out of date: make header");
    assert_eq!(kept.len(), fresh.len(), "include/zmq.h is out of date: make header");
}
