//! Threads of the library: named, deaf to signals, placed and prioritised as the context's options say.

use std::thread::JoinHandle;
use std::time::Duration;

use crate::error::Result;
use crate::options::context::Threads;

/// A running thread.
#[derive(Debug)]
pub struct Thread(JoinHandle<()>);

impl Thread {
    /// Waits for its end.
    pub fn join(self) {
        // A panic in there has been told on standard error already.
        let _ = self.0.join();
    }
}

/// Starts a thread named `[prefix/]ZMQbg/name` (of which the system may keep 15 bytes). EAGAIN, ENOMEM if the system has no
/// thread left.
pub fn spawn(settings: &Threads, name: &str, body: impl FnOnce() + Send + 'static) -> Result<Thread> {
    let own = settings.clone();
    let _masked = Mask::block_all();
    let builder = std::thread::Builder::new().name(full_name(settings, name));
    let handle = builder.spawn(move || {
        apply(&own);
        body();
    })?;
    Ok(Thread(handle))
}

/// Processors that this thread may run on, as far as the system tells; 1 otherwise.
pub fn processors() -> usize {
    #[cfg(target_os = "linux")]
    // SAFETY: the set is as large as said, and zeroed before the call fills it.
    unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        if libc::sched_getaffinity(0, size_of_val(&set), &raw mut set) == 0 {
            return libc::CPU_COUNT(&set) as usize;
        }
    }
    // SAFETY: a plain question.
    usize::try_from(unsafe { libc::sysconf(libc::_SC_NPROCESSORS_ONLN) }).unwrap_or(1)
}

/// How often the calling thread had to make room for another one on its processor, as far as the system tells; 0 otherwise.
pub fn times_pushed_aside() -> u64 {
    #[cfg(target_os = "linux")]
    // SAFETY: the call fills the structure, for which all zeros is a value as well.
    unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        if libc::getrusage(libc::RUSAGE_THREAD, &raw mut usage) == 0 {
            return usage.ru_nivcsw as u64;
        }
    }
    0
}

/// Asks for turns of this length for the calling thread (None: as the system likes), if it is one of those that the system
/// schedules as it likes: with shorter ones it runs sooner, more often and for shorter at a time, and altogether as long as
/// before. Systems that do not know such a wish (Linux before 6.12) ignore it.
pub fn take_turns(length: Option<Duration>) {
    #[cfg(target_os = "linux")]
    // SAFETY: the calls read and fill a structure of the size that is given, for which all zeros is a value as well.
    unsafe {
        let mut wish: libc::sched_attr = std::mem::zeroed();
        let size = size_of_val(&wish);
        let known = libc::syscall(libc::SYS_sched_getattr, 0, &raw mut wish, size, 0) == 0;
        if known && wish.sched_policy == libc::SCHED_OTHER as u32 {
            wish.sched_runtime = length.map_or(0, |length| length.as_nanos() as u64);
            // Whether it is granted makes no difference here.
            libc::syscall(libc::SYS_sched_setattr, 0, &raw const wish, 0);
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = length;
}

fn full_name(settings: &Threads, name: &str) -> String {
    let slash = if settings.prefix.is_empty() { "" } else { "/" };
    // A zero byte would end the name, and std does not take one.
    format!("{}{slash}ZMQbg/{name}", settings.prefix).replace('\0', "")
}

/// While it lives, the thread that made it gets no signals; a thread it starts inherits that.
struct Mask(libc::sigset_t);

impl Mask {
    fn block_all() -> Self {
        // SAFETY: both sets are initialised by the calls before they are read.
        unsafe {
            let (mut all, mut before) = (std::mem::zeroed(), std::mem::zeroed());
            libc::sigfillset(&mut all);
            libc::pthread_sigmask(libc::SIG_SETMASK, &all, &mut before);
            Self(before)
        }
    }
}

impl Drop for Mask {
    fn drop(&mut self) {
        // SAFETY: the set was filled in by `block_all`.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &self.0, std::ptr::null_mut()) };
    }
}

/// Applies scheduling and placement to the calling thread. What the system refuses (a priority without the privilege,
/// a processor that is not there) is left as it is: wishes of speed are no reason to fail.
fn apply(threads: &Threads) {
    schedule(threads);
    place(threads);
}

#[cfg(any(target_os = "linux", target_os = "freebsd", target_os = "netbsd", target_os = "openbsd"))]
fn schedule(threads: &Threads) {
    if threads.policy == -1 && threads.priority == -1 {
        return;
    }
    // SAFETY: calls on the calling thread with initialised values.
    unsafe {
        let (mut policy, mut param) = (0, std::mem::zeroed::<libc::sched_param>());
        libc::pthread_getschedparam(libc::pthread_self(), &mut policy, &mut param);
        if threads.policy != -1 {
            policy = threads.policy;
            let (least, most) = (libc::sched_get_priority_min(policy), libc::sched_get_priority_max(policy));
            param.sched_priority = param.sched_priority.clamp(least.min(most), most);
        }
        if threads.priority != -1 {
            param.sched_priority = threads.priority;
        }
        libc::pthread_setschedparam(libc::pthread_self(), policy, &param);
    }
}

#[cfg(not(any(target_os = "linux", target_os = "freebsd", target_os = "netbsd", target_os = "openbsd")))]
fn schedule(_: &Threads) {}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn place(threads: &Threads) {
    if threads.cpus.is_empty() {
        return;
    }
    // SAFETY: the set is plain bits; numbers beyond it are left out.
    unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        for cpu in threads.cpus.iter().filter(|c| **c < libc::CPU_SETSIZE as usize) {
            libc::CPU_SET(*cpu, &mut set);
        }
        libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &set);
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn place(_: &Threads) {}

#[cfg(test)]
mod tests {
    use super::*;

    /// What /proc says about the thread that looks.
    #[cfg(target_os = "linux")]
    fn own_status(field: &str) -> String {
        let status = std::fs::read_to_string("/proc/thread-self/status").unwrap();
        status.lines().find_map(|l| l.strip_prefix(field)).unwrap().trim().to_string()
    }

    #[cfg(target_os = "linux")]
    fn status_of_a_thread(settings: &Threads, field: &'static str) -> String {
        let (tx, rx) = std::sync::mpsc::channel();
        spawn(settings, "IO/0", move || tx.send(own_status(field)).unwrap()).unwrap().join();
        rx.recv().unwrap()
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn names_follow_the_prefix() {
        let named = |prefix: &str| Threads { prefix: prefix.into(), ..Threads::default() };
        assert_eq!(status_of_a_thread(&named(""), "Name:"), "ZMQbg/IO/0");
        assert_eq!(status_of_a_thread(&named("5"), "Name:"), "5/ZMQbg/IO/0");
        assert_eq!(status_of_a_thread(&named("1234567890"), "Name:"), "1234567890/ZMQb");
        assert_eq!(status_of_a_thread(&named("a\0b"), "Name:"), "ab/ZMQbg/IO/0");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn threads_are_deaf_and_the_caller_is_not() {
        let before = own_status("SigBlk:");
        assert_eq!(status_of_a_thread(&Threads::default(), "SigBlk:"), "fffffffe7ffbfeff");
        assert_eq!(own_status("SigBlk:"), before);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_length_of_turns_leaves_priority_and_policy_alone() {
        let (tx, rx) = std::sync::mpsc::channel();
        let body = move || {
            // SAFETY: plain calls, about this thread only.
            let standing = || unsafe { (libc::getpriority(libc::PRIO_PROCESS, 0), libc::sched_getscheduler(0)) };
            // SAFETY: as above.
            unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, 7) };
            let before = standing();
            take_turns(Some(Duration::from_micros(200)));
            take_turns(None);
            tx.send((before, standing())).unwrap();
        };
        spawn(&Threads::default(), "IO/0", body).unwrap().join();
        assert_eq!(rx.recv().unwrap(), ((7, libc::SCHED_OTHER), (7, libc::SCHED_OTHER)));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn threads_run_where_they_are_told() {
        let on = |cpus: &[usize]| Threads { cpus: cpus.iter().copied().collect(), ..Threads::default() };
        assert_eq!(status_of_a_thread(&on(&[0]), "Cpus_allowed_list:"), "0");
        let any = own_status("Cpus_allowed_list:");
        assert_eq!(status_of_a_thread(&on(&[100_000]), "Cpus_allowed_list:"), any);
    }

    #[test]
    fn nonsense_about_scheduling_does_no_harm() {
        for (policy, priority) in
            [(99, -1), (-1, 1000), (libc::SCHED_RR, -1), (libc::SCHED_OTHER, 7), (i32::MIN, i32::MAX)]
        {
            spawn(&Threads { policy, priority, ..Threads::default() }, "IO/0", || ()).unwrap().join();
        }
    }
}
