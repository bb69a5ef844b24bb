//! A media process at its worst, on request: what its sandbox must refuse, and what its watchdog must end. Tests ask
//! for it; a film cannot.

use std::{fs::File, net::TcpStream, os::unix::net::UnixStream, process::Command, time::Duration};

use serde::{Deserialize, Serialize};

use super::SandboxAttempt;

/// Ways to be a bad media process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Misbehaviour {
    /// Takes memory and writes to it, more and more.
    Allocate,
    /// Uses the processor for nothing.
    Spin,
    /// Waits for nothing.
    Sleep,
    /// Shows one sign of work, then waits for nothing.
    Stall,
    /// Ends as a process does that met a fault in a library.
    Abort,
    /// Asks for bytes without end and reads none of them.
    Ask,
    /// Says what breaks the rules of the conversation.
    Babble,
}

/// Does so, and comes back only where it was let.
pub fn misbehave(how: Misbehaviour) {
    match how {
        Misbehaviour::Allocate => {
            let mut taken: Vec<Vec<u8>> = Vec::new();
            loop {
                let mut piece: Vec<u8> = Vec::new();
                if piece.try_reserve_exact(4 << 20).is_err() {
                    return;
                }
                piece.resize(4 << 20, 1);
                taken.push(piece);
            }
        }
        Misbehaviour::Spin => loop {
            std::hint::spin_loop();
        },
        Misbehaviour::Sleep | Misbehaviour::Stall => loop {
            std::thread::sleep(Duration::from_secs(3_600));
        },
        Misbehaviour::Abort => std::process::abort(),
        Misbehaviour::Ask | Misbehaviour::Babble => {}
    }
}

/// Tries what must be refused, first as programs do it, then call by call.
pub fn try_forbidden() -> Vec<SandboxAttempt> {
    let attempt = |what: &str, outcome: std::io::Result<()>| SandboxAttempt {
        what: what.to_owned(),
        refused_with: outcome.err().map(|error| error.to_string()),
    };
    let mut attempts = vec![
        attempt("open a file", File::open("/proc/self/status").map(drop)),
        attempt("create a file", File::create("/tmp/mutoscope-sandbox-test").map(drop)),
        attempt("list a folder", std::fs::read_dir("/").map(drop)),
        attempt("connect over TCP", TcpStream::connect(("127.0.0.1", 9)).map(drop)),
        attempt("make a Unix socket pair", UnixStream::pair().map(drop)),
        attempt("run a program", Command::new("/bin/true").spawn().map(drop)),
    ];
    attempts.extend(calls().into_iter().map(|(what, number, arguments)| attempt(what, call(number, arguments))));
    attempts
}

/// A call's name, number and arguments. Where it were let through, most of them would fail by what they are asked (null
/// in the place of a path), or change nothing: the answer of the sandbox is another one.
type Call = (&'static str, libc::c_long, [u64; 6]);

fn calls() -> Vec<Call> {
    let parent = std::os::unix::process::parent_id().into();
    let own = u64::from(std::process::id());
    let exec = (libc::PROT_READ | libc::PROT_EXEC) as u64;
    let private = (libc::MAP_PRIVATE | libc::MAP_ANONYMOUS) as u64;
    let child = libc::SIGCHLD as u64;
    let new_user = libc::CLONE_NEWUSER as u64;
    let thread = (libc::CLONE_THREAD | libc::CLONE_SIGHAND | libc::CLONE_VM) as u64;
    let here = libc::AT_FDCWD as u64;
    let none = [0; 6];
    let mut calls = vec![
        ("openat", libc::SYS_openat, [here, 0, 0, 0, 0, 0]),
        ("openat2", libc::SYS_openat2, [here, 0, 0, 0, 0, 0]),
        ("socket", libc::SYS_socket, [libc::AF_INET as u64, libc::SOCK_STREAM as u64, 0, 0, 0, 0]),
        ("socketpair", libc::SYS_socketpair, [libc::AF_UNIX as u64, libc::SOCK_STREAM as u64, 0, 0, 0, 0]),
        ("connect", libc::SYS_connect, none),
        ("bind", libc::SYS_bind, none),
        ("listen", libc::SYS_listen, none),
        ("accept4", libc::SYS_accept4, none),
        ("recvmsg, which takes descriptors over", libc::SYS_recvmsg, none),
        ("sendmsg", libc::SYS_sendmsg, none),
        ("execve", libc::SYS_execve, none),
        ("execveat", libc::SYS_execveat, none),
        ("clone of a process", libc::SYS_clone, [child, 0, 0, 0, 0, 0]),
        ("clone as vfork does", libc::SYS_clone, [child | libc::CLONE_VFORK as u64, 0, 0, 0, 0, 0]),
        ("clone into a namespace", libc::SYS_clone, [thread | new_user, 0, 0, 0, 0, 0]),
        ("clone3", libc::SYS_clone3, none),
        ("unshare", libc::SYS_unshare, [new_user, 0, 0, 0, 0, 0]),
        ("setns", libc::SYS_setns, none),
        ("ptrace", libc::SYS_ptrace, [libc::PTRACE_ATTACH as u64, parent, 0, 0, 0, 0]),
        ("kill of the parent", libc::SYS_kill, [parent, 0, 0, 0, 0, 0]),
        ("tkill of the parent", libc::SYS_tkill, [parent, 0, 0, 0, 0, 0]),
        ("tgkill of the parent", libc::SYS_tgkill, [parent, parent, 0, 0, 0, 0]),
        ("rt_sigqueueinfo to the parent", libc::SYS_rt_sigqueueinfo, [parent, 0, 0, 0, 0, 0]),
        ("pidfd_open", libc::SYS_pidfd_open, [parent, 0, 0, 0, 0, 0]),
        ("pidfd_send_signal", libc::SYS_pidfd_send_signal, none),
        ("process_vm_readv", libc::SYS_process_vm_readv, [parent, 0, 0, 0, 0, 0]),
        ("process_vm_writev", libc::SYS_process_vm_writev, [parent, 0, 0, 0, 0, 0]),
        ("kcmp", libc::SYS_kcmp, [own, parent, 0, 0, 0, 0]),
        ("io_uring_setup", libc::SYS_io_uring_setup, none),
        ("io_uring_enter", libc::SYS_io_uring_enter, none),
        ("memfd_create", libc::SYS_memfd_create, none),
        ("executable memory", libc::SYS_mmap, [0, 4_096, exec, private, u64::MAX, 0]),
        ("mprotect to executable", libc::SYS_mprotect, [0, 4_096, exec, 0, 0, 0]),
        ("pkey_mprotect", libc::SYS_pkey_mprotect, [0, 4_096, exec, 0, 0, 0]),
        ("bpf", libc::SYS_bpf, none),
        ("seccomp", libc::SYS_seccomp, [99, 0, 0, 0, 0, 0]),
        ("mount", libc::SYS_mount, none),
        ("umount2", libc::SYS_umount2, none),
        ("pivot_root", libc::SYS_pivot_root, none),
        ("chroot", libc::SYS_chroot, none),
        ("chdir", libc::SYS_chdir, none),
        ("prctl to become dumpable", libc::SYS_prctl, [libc::PR_SET_DUMPABLE as u64, 1, 0, 0, 0, 0]),
        ("prctl to outlive the parent", libc::SYS_prctl, [libc::PR_SET_PDEATHSIG as u64, 0, 0, 0, 0, 0]),
        ("prctl to be traced", libc::SYS_prctl, [libc::PR_SET_PTRACER as u64, 0, 0, 0, 0, 0]),
        ("prctl for another filter", libc::SYS_prctl, [libc::PR_SET_SECCOMP as u64, 2, 0, 0, 0, 0]),
        ("prlimit64 of its own", libc::SYS_prlimit64, [0, libc::RLIMIT_CORE as u64, 8, 0, 0, 0]),
        ("prlimit64 of the parent", libc::SYS_prlimit64, [parent, libc::RLIMIT_CORE as u64, 0, 0, 0, 0]),
        ("setuid", libc::SYS_setuid, none),
        ("setgid", libc::SYS_setgid, none),
        ("capset", libc::SYS_capset, none),
        ("setpriority of the parent", libc::SYS_setpriority, [0, parent, 0, 0, 0, 0]),
        ("setpriority of a user", libc::SYS_setpriority, [2, 0, 0, 0, 0, 0]),
        ("sched_setscheduler", libc::SYS_sched_setscheduler, none),
        ("sched_setaffinity", libc::SYS_sched_setaffinity, none),
        ("sched_getaffinity of the parent", libc::SYS_sched_getaffinity, [parent, 0, 0, 0, 0, 0]),
        ("newfstatat", libc::SYS_newfstatat, [here, 0, 0, 0, 0, 0]),
        ("statx", libc::SYS_statx, [here, 0, 0, 0, 0, 0]),
        ("faccessat", libc::SYS_faccessat, [here, 0, 0, 0, 0, 0]),
        ("readlinkat", libc::SYS_readlinkat, [here, 0, 0, 0, 0, 0]),
        ("getdents64", libc::SYS_getdents64, none),
        ("mkdirat", libc::SYS_mkdirat, [here, 0, 0, 0, 0, 0]),
        ("mknodat", libc::SYS_mknodat, [here, 0, 0, 0, 0, 0]),
        ("unlinkat", libc::SYS_unlinkat, [here, 0, 0, 0, 0, 0]),
        ("renameat2", libc::SYS_renameat2, [here, 0, here, 0, 0, 0]),
        ("linkat", libc::SYS_linkat, [here, 0, here, 0, 0, 0]),
        ("symlinkat", libc::SYS_symlinkat, [0, here, 0, 0, 0, 0]),
        ("fchmodat", libc::SYS_fchmodat, [here, 0, 0, 0, 0, 0]),
        ("truncate", libc::SYS_truncate, none),
        ("open_by_handle_at", libc::SYS_open_by_handle_at, none),
        ("name_to_handle_at", libc::SYS_name_to_handle_at, none),
        ("inotify_init1", libc::SYS_inotify_init1, none),
        ("fanotify_init", libc::SYS_fanotify_init, none),
        ("perf_event_open", libc::SYS_perf_event_open, none),
        ("userfaultfd", libc::SYS_userfaultfd, none),
        ("add_key", libc::SYS_add_key, none),
        ("keyctl", libc::SYS_keyctl, [u64::MAX, 0, 0, 0, 0, 0]),
        ("shmget", libc::SYS_shmget, none),
        ("msgget", libc::SYS_msgget, none),
        ("mq_open", libc::SYS_mq_open, none),
        ("init_module", libc::SYS_init_module, none),
        ("finit_module", libc::SYS_finit_module, none),
        ("kexec_load", libc::SYS_kexec_load, none),
        ("reboot", libc::SYS_reboot, none),
        ("swapon", libc::SYS_swapon, none),
        ("personality", libc::SYS_personality, [0xffff_ffff, 0, 0, 0, 0, 0]),
        ("ioctl", libc::SYS_ioctl, none),
        ("fcntl", libc::SYS_fcntl, none),
        ("dup", libc::SYS_dup, none),
        ("pipe2", libc::SYS_pipe2, none),
        ("splice", libc::SYS_splice, none),
        ("sendfile", libc::SYS_sendfile, none),
        ("process_madvise", libc::SYS_process_madvise, none),
        ("landlock_create_ruleset", libc::SYS_landlock_create_ruleset, none),
        ("setitimer", libc::SYS_setitimer, none),
        ("timer_create", libc::SYS_timer_create, none),
    ];
    #[cfg(target_arch = "x86_64")]
    calls.extend([
        ("open", libc::SYS_open, none),
        ("creat", libc::SYS_creat, none),
        ("fork", libc::SYS_fork, none),
        ("iopl", libc::SYS_iopl, none),
        ("ioperm", libc::SYS_ioperm, none),
        ("stat", libc::SYS_stat, none),
        ("unlink", libc::SYS_unlink, none),
        ("modify_ldt", libc::SYS_modify_ldt, none),
        ("arch_prctl", libc::SYS_arch_prctl, none),
        // The same calls under the other numbers of this architecture (x32).
        ("open by its x32 number", 0x4000_0000 | libc::SYS_open, none),
        ("execve by its x32 number", 0x4000_0000 | 520, none),
    ]);
    calls
}

fn call(number: libc::c_long, [a, b, c, d, e, f]: [u64; 6]) -> std::io::Result<()> {
    #[expect(unsafe_code, reason = "the calls themselves are what is tried")]
    // SAFETY: every call of the list is given null or a number that it rejects, or does nothing to this process's
    // memory where it succeeds; a process that it made ends at once, without touching anything of this one.
    let answer = unsafe {
        let answer = libc::syscall(number, a, b, c, d, e, f);
        #[cfg(target_arch = "x86_64")]
        let makes_process = [libc::SYS_fork, libc::SYS_clone].contains(&number);
        #[cfg(not(target_arch = "x86_64"))]
        let makes_process = number == libc::SYS_clone;
        if makes_process && answer == 0 {
            libc::_exit(0);
        }
        answer
    };
    if answer < 0 { Err(std::io::Error::last_os_error()) } else { Ok(()) }
}
