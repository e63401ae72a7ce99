//! Which side of a fork this process is on: a number that counts the forks between the process that first asked and this
//! one. Objects remember the number at their birth; one that differs was inherited and must not be touched.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::Once;

static GENERATION: AtomicU32 = AtomicU32::new(0);

/// Runs in the child, where only async-signal-safe things may be done.
extern "C" fn in_child() {
    GENERATION.fetch_add(1, Ordering::SeqCst);
    super::wait::forget_waiters();
}

/// Begins to watch for forks (once per process; later calls cost a load). If the system has no memory for the handler,
/// forks stay unnoticed.
pub fn watch() {
    static ONCE: Once = Once::new();
    // SAFETY: the handler is async-signal-safe (atomics only) and lives as long as the library.
    ONCE.call_once(|| unsafe {
        libc::pthread_atfork(None, None, Some(in_child));
    });
}

/// Forks between the process that loaded the library and this one, as far as [`watch`] saw them.
pub fn generation() -> u32 {
    GENERATION.load(Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn child_has_another_generation() {
        watch();
        let before = generation();
        // SAFETY: the child only reads an atomic and exits.
        let status = unsafe {
            let pid = libc::fork();
            if pid == 0 {
                libc::_exit((generation() - before) as i32);
            }
            let mut status = 0;
            libc::waitpid(pid, &mut status, 0);
            status
        };
        assert!(libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 1);
        assert_eq!(generation(), before);
    }
}
