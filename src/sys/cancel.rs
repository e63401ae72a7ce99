//! pthread_cancel(3) and this library. A thread that is cancelled inside a system call unwinds its stack by force, which
//! Rust code does not survive (the process is aborted), and with locks or the I/O loop in hand nobody else would either.
//!
//! So code of the library that makes such calls on the caller's thread holds off cancellation ([`HeldOff`]), and the
//! functions of the C API that may block ask for it where nothing is in hand ([`point`]). A call that is blocked already
//! goes on until it would return anyway.

#[cfg(any(
    target_os = "linux",
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd",
    target_os = "dragonfly"
))]
mod threads {
    use libc::c_int;

    const DISABLE: c_int = 1;

    unsafe extern "C" {
        fn pthread_setcancelstate(state: c_int, before: *mut c_int) -> c_int;
    }

    unsafe extern "C-unwind" {
        fn pthread_testcancel();
    }

    pub(super) fn disable() -> c_int {
        let mut before = 0;
        // SAFETY: changes a flag of the calling thread and writes the old one.
        unsafe { pthread_setcancelstate(DISABLE, &mut before) };
        before
    }

    pub(super) fn restore(before: c_int) {
        // SAFETY: the value came from the system; the old one may go to a place of our own.
        unsafe { pthread_setcancelstate(before, &mut 0) };
    }

    #[inline(always)]
    pub(super) fn test() {
        // SAFETY: may unwind by force, which is allowed to pass frames without destructors.
        unsafe { pthread_testcancel() };
    }
}

/// Systems without cancellation, or whose constants we do not know.
#[cfg(not(any(
    target_os = "linux",
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd",
    target_os = "dragonfly"
)))]
mod threads {
    pub(super) fn disable() -> i32 {
        0
    }

    pub(super) fn restore(_: i32) {}

    pub(super) fn test() {}
}

/// While it lives, the thread that made it is not cancelled. These nest; the thread that made one drops it.
pub struct HeldOff(i32, std::marker::PhantomData<*const ()>);

impl HeldOff {
    /// See the type.
    #[must_use]
    pub fn begin() -> Self {
        Self(threads::disable(), std::marker::PhantomData)
    }
}

impl Drop for HeldOff {
    fn drop(&mut self) {
        threads::restore(self.0);
    }
}

/// Here the calling thread may end, if somebody has cancelled it. No caller up to the C API has anything to clean up.
#[inline(always)]
pub fn point() {
    threads::test();
}
