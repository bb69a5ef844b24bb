//! The cores that the machine gives.

use std::process::Command;

use anyhow::Context;

/// The cores that this program may run on.
///
/// # Errors
/// Where the taskset program is not there.
pub fn cores() -> anyhow::Result<Vec<u32>> {
    let told = Command::new("taskset").args(["-c", "-p", &std::process::id().to_string()]).output();
    let told = String::from_utf8(told.context("the bench needs the taskset program (util-linux)")?.stdout)?;
    let list = told.trim().rsplit(' ').next().context("taskset told nothing")?;
    let mut cores = Vec::new();
    for range in list.split(',') {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        cores.extend(first.parse::<u32>()?..=last.parse::<u32>()?);
    }
    anyhow::ensure!(!cores.is_empty(), "taskset told of no core: {told}");
    Ok(cores)
}
