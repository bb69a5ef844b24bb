//! `mutoscope manual`: the manual page, from the same definitions as `--help`.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Command;
use clap_mangen::Man;

use super::exit::{Exit, LastWords};
use crate::config::KEYS;

/// Prints the manual page (roff, section 1).
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  mutoscope manual | man -l -
  mutoscope manual > /usr/local/share/man/man1/mutoscope.1")]
pub struct ManualArgs {}

const EXITS: &[(&str, &str)] = &[
    ("0", "Done."),
    ("1", "A mistake of the program; the log has more."),
    ("2", "Usage or configuration: nothing was begun."),
    ("3", "The film was refused."),
    ("4", "Storage or a service is not there."),
    ("130", "Interrupted."),
];

/// Runs the command.
pub fn run(command: Command) -> ExitCode {
    let mut page = Vec::new();
    if let Err(error) = write(command, &mut page) {
        let message = format!("the manual page can't be written: {error}");
        return LastWords { code: "internal".to_owned(), message, exit: Exit::Internal }.say(false);
    }
    // Whoever closes the pipe early has read enough.
    let _ = io::stdout().write_all(&page);
    Exit::Done.into()
}

/// One page for all commands, so that there is one thing to install and to search.
fn write(mut command: Command, page: &mut Vec<u8>) -> io::Result<()> {
    command = command.disable_help_subcommand(true);
    command.build();
    let whole = Man::new(command.clone()).manual("Mutoscope");
    whole.render_title(page)?;
    whole.render_name_section(page)?;
    let commands = leaves(&command);
    writeln!(page, ".SH SYNOPSIS\n.nf")?;
    for leaf in &commands {
        let usage = leaf.clone().render_usage().to_string();
        writeln!(page, "{}", escaped(usage.trim_start_matches("Usage: ")))?;
    }
    writeln!(page, ".fi")?;
    whole.render_description_section(page)?;
    writeln!(page, ".SH COMMANDS")?;
    for leaf in &commands {
        write_command(leaf, page)?;
    }
    writeln!(page, ".SH SETTINGS")?;
    writeln!(
        page,
        "{}",
        escaped(
            "Read from the TOML file that --config names, then from the variables, then from the flags; the later one counts. \
         A secret may lie in a file of its own: add _file to its name, or _FILE to its variable.",
        )
    )?;
    for key in KEYS {
        writeln!(page, ".TP\n\\fB{}\\fR, \\fB{}\\fR", escaped(key.name), escaped(&key.variable()))?;
        writeln!(page, "{}.", escaped(key.about))?;
    }
    writeln!(page, ".SH \"EXIT STATUS\"")?;
    for (code, meaning) in EXITS {
        writeln!(page, ".TP\n\\fB{code}\\fR\n{}", escaped(meaning))?;
    }
    writeln!(page, ".SH EXAMPLES")?;
    write_as_it_is(command.get_after_help().map(ToString::to_string).unwrap_or_default().as_str(), page)?;
    writeln!(page, ".SH \"SEE ALSO\"\n.BR ffmpeg (1),\n.BR ffprobe (1)")
}

/// The commands that do something, in the order of `--help`, each with its whole name.
fn leaves(command: &Command) -> Vec<Command> {
    let mut found = Vec::new();
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        if sub.has_subcommands() {
            found.extend(leaves(sub));
        } else {
            found.push(sub.clone());
        }
    }
    found
}

fn write_command(command: &Command, page: &mut Vec<u8>) -> io::Result<()> {
    let name = command.get_bin_name().unwrap_or(command.get_name()).to_owned();
    writeln!(page, ".SS \"{}\"", escaped(&name))?;
    let about = command.get_long_about().or_else(|| command.get_about()).map(ToString::to_string);
    for paragraph in about.unwrap_or_default().split("\n\n") {
        writeln!(page, "{}\n.PP", escaped(paragraph))?;
    }
    let mut options = Vec::new();
    // Every command has these two.
    let own = command.clone().mut_args(|arg| {
        let hidden = arg.is_hide_set() || matches!(arg.get_id().as_str(), "help" | "version");
        arg.hide(hidden)
    });
    Man::new(own).render_options_section(&mut options)?;
    // They stand under the command's own heading.
    for line in String::from_utf8_lossy(&options).lines().filter(|line| !line.starts_with(".SH ")) {
        writeln!(page, "{line}")?;
    }
    if let Some(after) = command.get_after_help() {
        write_as_it_is(&after.to_string(), page)?;
    }
    Ok(())
}

fn write_as_it_is(text: &str, page: &mut Vec<u8>) -> io::Result<()> {
    writeln!(page, ".PP\n.nf\n{}\n.fi", escaped(text.trim_end()))
}

/// Text that roff takes for text: no escapes, and no line that begins with a request.
fn escaped(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let line = line.replace('\\', "\\e").replace('-', "\\-");
        if line.starts_with(['.', '\'']) { format!("\\&{line}") } else { line }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_page_names_every_command_with_its_options_and_every_setting() {
        let mut page = Vec::new();
        write(crate::commands::Cli::command(), &mut page).unwrap();
        let page = String::from_utf8(page).unwrap();
        for part in [
            ".SS \"mutoscope transcode\"",
            ".SS \"mutoscope admin user create\"",
            "\\fB\\-\\-ladder\\fR",
            "\\fB\\-\\-codecs\\fR",
            "MUTOSCOPE_LADDER",
            ".SH \"EXIT STATUS\"",
        ] {
            assert!(page.contains(part), "{part}");
        }
        assert_eq!(KEYS.iter().filter(|key| !page.contains(&key.variable())).count(), 0);
    }

    #[test]
    fn nothing_in_a_text_is_taken_for_a_request() {
        assert_eq!(escaped(".SH x\n'a\\b --c"), "\\&.SH x\n\\&'a\\eb \\-\\-c");
    }
}
