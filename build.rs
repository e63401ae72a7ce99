//! Gives the shared library libzmq's name for the loader. Nothing else is built or generated here.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // Never set: it tells cbindgen what the header shows with ZMQ_BUILD_DRAFT_API only (src/consts.rs).
    println!("cargo:rustc-check-cfg=cfg(zmq_stable_only)");
    let target = std::env::var("CARGO_CFG_TARGET_VENDOR").unwrap_or_default();
    let unix = std::env::var_os("CARGO_CFG_UNIX").is_some();
    if target == "apple" {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libzmq.5.dylib");
        println!("cargo:rustc-cdylib-link-arg=-Wl,-compatibility_version,8,-current_version,8.5");
    } else if unix {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libzmq.so.5");
    }
}
