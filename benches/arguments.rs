//! What a bench that is a program of its own is told: names and values.

use anyhow::Context;

/// The value of the argument that is being read.
pub type Value<'a> = &'a mut dyn FnMut() -> anyhow::Result<String>;

/// Gives each argument to `take`, which answers whether it is one of `known`.
///
/// # Errors
/// Those of `take`, and where an argument is not known or lacks its value.
pub fn read(known: &str, mut take: impl FnMut(&str, Value<'_>) -> anyhow::Result<bool>) -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let mut value = || arguments.next().with_context(|| format!("{name} needs a value"));
        // What `cargo bench` adds.
        let is_known = name == "--bench" || take(&name, &mut value)?;
        anyhow::ensure!(is_known, "unknown argument {name}: {known}");
    }
    Ok(())
}

/// A number of turns.
///
/// # Errors
/// Where it is none.
pub fn turns(text: &str) -> anyhow::Result<usize> {
    let turns = text.parse().context("--turns is a number")?;
    anyhow::ensure!(turns > 0, "--turns is at least 1");
    Ok(turns)
}
