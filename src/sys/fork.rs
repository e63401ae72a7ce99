//! Which side of a fork this process is on: a number that counts the forks between the process that first asked and this
//! one. Objects remember the number at their birth; one that differs was inherited and must not be touched.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::Once;

static GENERATION: AtomicU32 = AtomicU32::new(0);

/// Runs in the child, where only async-signal-safe things may be done.
extern "C" fn count_fork() {
    GENERATION.fetch_add(1, Ordering::SeqCst);
    super::wait::forget_waiters();
}

/// Begins to watch for forks (once per process; later calls cost a load). If the system has no memory for the handler,
/// forks stay unnoticed.
pub fn watch() {
    static ONCE: Once = Once::new();
    // SAFETY: the handler is async-signal-safe (atomics only) and lives as long as the library.
    ONCE.call_once(|| unsafe {
        libc::pthread_atfork(None, None, Some(count_fork));
    });
}

/// Forks between the process that loaded the library and this one, as far as [`watch`] saw them.
pub fn generation() -> u32 {
    GENERATION.load(Ordering::Relaxed)
}

/// Runs a body in a child of this process, which then ends; whether it returned (rather than panicked).
#[cfg(test)]
pub(crate) fn in_child(body: impl FnOnce()) -> bool {
    use std::panic::{catch_unwind, AssertUnwindSafe};
    let mut status = 0;
    // SAFETY: the child runs the body only and leaves at once, without the exit handlers that belong to the parent.
    unsafe {
        let pid = libc::fork();
        if pid == 0 {
            libc::_exit(catch_unwind(AssertUnwindSafe(body)).is_err().into());
        }
        libc::waitpid(pid, &mut status, 0);
    }
    libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0
}

/// Leaves this process without a descriptor to open.
#[cfg(test)]
pub(crate) fn exhaust_descriptors() {
    let limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: a plain system call.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) }, 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn child_has_another_generation() {
        watch();
        let before = generation();
        assert!(in_child(|| assert_eq!(generation(), before + 1)));
        assert_eq!(generation(), before);
        assert!(!in_child(|| std::panic::resume_unwind(Box::new("for the parent to see"))));
    }
}
