//! The few things done to the file system: socket files and their directories.

use std::ffi::{CString, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

use crate::error::{Error, Result};

/// Removes a file. ENOENT, EACCES, EISDIR …
pub fn unlink(path: &Path) -> Result<()> {
    Ok(std::fs::remove_file(path)?)
}

/// Removes an empty directory.
pub fn remove_dir(path: &Path) -> Result<()> {
    Ok(std::fs::remove_dir(path)?)
}

/// Makes a directory of a name nobody has, for this user only: `parent/tmpXXXXXX`, the X replaced.
pub fn make_temporary_dir(parent: &Path) -> Result<OsString> {
    let template = CString::new(parent.join("tmpXXXXXX").as_os_str().as_bytes()).map_err(|_| Error::EINVAL)?;
    let mut bytes = template.into_bytes_with_nul();
    // SAFETY: a writable, zero-terminated template.
    if unsafe { libc::mkdtemp(bytes.as_mut_ptr().cast()) }.is_null() {
        return Err(Error::last_os());
    }
    bytes.pop();
    Ok(OsString::from_vec(bytes))
}
