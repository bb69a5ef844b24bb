//! What the media process gives up before it reads a byte: files, network, exec, privileges.

use std::collections::BTreeMap;

use landlock::{ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetStatus, Scope};
use rustix::{
    process::{Resource, Rlimit, Signal},
    thread::{CapabilitySet, CapabilitySets, set_capabilities},
};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};

/// The sandbox does not stand, and so no work is done.
#[derive(Debug, thiserror::Error)]
#[error("seccomp is required and could not be set up ({0}); run with --no-sandbox only where every upload is trusted")]
pub struct SandboxError(String);

/// Closes what came in beside the three standard streams.
pub fn close_inherited_files() {
    #[expect(unsafe_code, reason = "no safe crate closes a range of descriptors")]
    // SAFETY: runs first thing in the process, on its only thread, before any descriptor above 2 is owned by
    // anything, so none is closed behind its owner's back. The call touches no memory.
    unsafe {
        libc::syscall(libc::SYS_close_range, 3_u32, u32::MAX, 0_u32);
    }
}

/// Keeps big buffers out of the heap and the heap in few pieces: pictures, segments and index files come and go on many
/// threads, and would leave it full of holes. Called first thing, while the process has one thread.
pub fn bound_heap() {
    #[expect(unsafe_code, reason = "no safe crate sets the C library's allocator up")]
    // SAFETY: plain settings of the allocator, made while the process has one thread.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 2);
        libc::mallopt(libc::M_MMAP_THRESHOLD, 1 << 20);
        libc::mallopt(libc::M_TRIM_THRESHOLD, 4 << 20);
    }
}

/// Keeps what was freed for the next segment's encoders, which ask for the same again: fresh pages cost the kernel a
/// clearing each. A heap a thread, as each thread's encoders are of one size. Called first thing, while the process has
/// one thread.
pub fn keep_heap() {
    #[expect(unsafe_code, reason = "no safe crate sets the C library's allocator up")]
    // SAFETY: plain settings of the allocator, made while the process has one thread.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 16);
        libc::mallopt(libc::M_MMAP_THRESHOLD, 32 << 20);
        libc::mallopt(libc::M_TRIM_THRESHOLD, 1 << 30);
        // With less, the C library gives a thread's further pieces of heap back as soon as they are empty.
        libc::mallopt(libc::M_TOP_PAD, 64 << 20);
    }
}

/// Gives big buffers back as soon as they are free, whatever [`keep_heap`] said: of tall pictures the encoders hold so much that
/// what lies between them unused counts more than the time in which the kernel clears pages. For a moment at which the
/// process has one thread.
pub fn give_back_pictures() {
    #[expect(unsafe_code, reason = "no safe crate sets the C library's allocator up")]
    // SAFETY: a plain setting of the allocator, made while the process has one thread.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, 4 << 20);
    }
}

/// Sets resource limits, gives up what root may do, and asks to die with the parent. Each is one belt of several, so a system
/// that refuses one is no reason to stop.
pub fn limit_process() {
    let _ = rustix::process::set_parent_process_death_signal(Some(Signal::KILL));
    // SVT-AV1 would take a real-time priority where the process is root's.
    let none = CapabilitySets {
        effective: CapabilitySet::empty(),
        permitted: CapabilitySet::empty(),
        inheritable: CapabilitySet::empty(),
    };
    let _ = set_capabilities(None, none);
    let limits = [
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        (Resource::Nofile, 16),
        (Resource::As, crate::limits::Limits::default().address_space_bytes),
    ];
    for (resource, most) in limits {
        let limit = Rlimit { current: Some(most), maximum: Some(most) };
        let _ = rustix::process::setrlimit(resource, limit);
    }
}

/// Gives up files, network and exec for good. Returns what best-effort parts are missing.
///
/// # Errors
/// Where seccomp cannot be set up.
pub fn give_up_rights() -> Result<Vec<String>, SandboxError> {
    let failed = |error: &dyn std::fmt::Display| SandboxError(error.to_string());
    rustix::thread::set_no_new_privs(true).map_err(|error| failed(&error))?;
    let mut gaps = Vec::new();
    if let Some(gap) = restrict_by_landlock() {
        gaps.push(gap);
    }
    for program in [without_clone3().map_err(|error| failed(&error))?, allowed().map_err(|error| failed(&error))?] {
        seccompiler::apply_filter_all_threads(&program).map_err(|error| failed(&error))?;
    }
    Ok(gaps)
}

fn restrict_by_landlock() -> Option<String> {
    let restrict = || {
        Ruleset::default()
            .handle_access(AccessFs::from_all(ABI::V5))?
            .handle_access(AccessNet::from_all(ABI::V5))?
            .scope(Scope::from_all(ABI::V6))?
            .create()?
            .restrict_self()
    };
    match restrict() {
        Ok(status) if status.ruleset != RulesetStatus::NotEnforced => None,
        Ok(_) => Some("Landlock: this kernel does not have it".to_owned()),
        Err(error) => Some(format!("Landlock: {error}")),
    }
}

/// `clone3` hides its flags behind a pointer that a filter cannot read. "No such call" makes the C library fall back on
/// `clone`, whose flags [`allowed`] can see. Of two filters the stricter answer wins.
fn without_clone3() -> Result<BpfProgram, seccompiler::Error> {
    let rules = BTreeMap::from([(libc::SYS_clone3, vec![])]);
    let no_such_call = SeccompAction::Errno(libc::ENOSYS as u32);
    compile(rules, SeccompAction::Allow, no_such_call)
}

/// Memory, threads, clocks, and reading and writing what is open already. Everything else is refused with EPERM.
fn allowed() -> Result<BpfProgram, seccompiler::Error> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = PLAIN_CALLS.iter().map(|call| (*call, Vec::new())).collect();
    // Answered by the other filter; of two refusals the later one's error number would win.
    rules.insert(libc::SYS_clone3, Vec::new());
    // Threads of this process only, and none that leaves its namespaces.
    let thread = u64::try_from(libc::CLONE_THREAD).unwrap_or(0);
    let checked = NAMESPACES.iter().fold(thread, |mask, flag| mask | u64::from(flag.cast_unsigned()));
    rules.insert(libc::SYS_clone, vec![rule(0, SeccompCmpOp::MaskedEq(checked), thread)?]);
    // Signals to this process only, which is how the C library aborts.
    let own = u64::from(std::process::id());
    rules.insert(libc::SYS_tgkill, vec![rule(0, SeccompCmpOp::Eq, own)?]);
    // What asks about a process asks about this one.
    rules.insert(libc::SYS_sched_getaffinity, vec![rule(0, SeccompCmpOp::Eq, 0)?, rule(0, SeccompCmpOp::Eq, own)?]);
    // A thread may stand back behind the others of this process.
    rules.insert(libc::SYS_getpriority, vec![SeccompRule::new(vec![equals(0, 0)?, equals(1, 0)?])?]);
    rules.insert(libc::SYS_setpriority, vec![SeccompRule::new(vec![equals(0, 0)?, equals(1, 0)?])?]);
    // No memory is ever made executable.
    let exec = u64::try_from(libc::PROT_EXEC).unwrap_or(4);
    rules.insert(libc::SYS_mmap, vec![rule(2, SeccompCmpOp::MaskedEq(exec), 0)?]);
    rules.insert(libc::SYS_mprotect, vec![rule(2, SeccompCmpOp::MaskedEq(exec), 0)?]);
    // Names of threads and of memory.
    let name_memory = 0x5356_4d41;
    rules.insert(
        libc::SYS_prctl,
        vec![rule(0, SeccompCmpOp::Eq, libc::PR_SET_NAME as u64)?, rule(0, SeccompCmpOp::Eq, name_memory)?],
    );
    // Reading this process's own limits, which the C library does for a thread's stack.
    rules.insert(libc::SYS_prlimit64, vec![SeccompRule::new(vec![equals(0, 0)?, equals(2, 0)?])?]);
    compile(rules, SeccompAction::Errno(libc::EPERM as u32), SeccompAction::Allow)
}

const PLAIN_CALLS: &[libc::c_long] = &[
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_recvfrom,
    libc::SYS_sendto,
    libc::SYS_close,
    libc::SYS_lseek,
    libc::SYS_ppoll,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_futex,
    libc::SYS_membarrier,
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    libc::SYS_sched_yield,
    libc::SYS_gettid,
    libc::SYS_getpid,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_gettimeofday,
    libc::SYS_getrusage,
    libc::SYS_getrandom,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_restart_syscall,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_poll,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_time,
];

const NAMESPACES: &[libc::c_int] = &[
    libc::CLONE_NEWNS,
    libc::CLONE_NEWCGROUP,
    libc::CLONE_NEWUTS,
    libc::CLONE_NEWIPC,
    libc::CLONE_NEWUSER,
    libc::CLONE_NEWPID,
    libc::CLONE_NEWNET,
    libc::CLONE_VFORK,
    libc::CLONE_PTRACE,
];

fn equals(argument: u8, value: u64) -> Result<SeccompCondition, seccompiler::BackendError> {
    SeccompCondition::new(argument, SeccompCmpArgLen::Qword, SeccompCmpOp::Eq, value)
}

fn rule(argument: u8, operator: SeccompCmpOp, value: u64) -> Result<SeccompRule, seccompiler::BackendError> {
    let condition = SeccompCondition::new(argument, SeccompCmpArgLen::Qword, operator, value)?;
    SeccompRule::new(vec![condition])
}

fn compile(
    rules: BTreeMap<i64, Vec<SeccompRule>>,
    otherwise: SeccompAction,
    matched: SeccompAction,
) -> Result<BpfProgram, seccompiler::Error> {
    let architecture = std::env::consts::ARCH.try_into()?;
    Ok(SeccompFilter::new(rules, otherwise, matched, architecture)?.try_into()?)
}
