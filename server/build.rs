//! Embeds the web app: a table of what its build has made, each file with the compressed forms that stand beside it, or
//! of one page that says how to make it.

use std::{
    env,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

const PLACEHOLDER: &str = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Mutoscope</title>\n\
    <h1>Mutoscope</h1>\n<p>This build holds no web app: build it with <code>npm run build</code> in <code>web</code>, \
    then build the server again. The <a href=\"/api/docs\">API</a> is here.\n</html>\n";

/// The endings of the compressed forms: brotli, gzip.
const FORMS: [&str; 2] = ["br", "gz"];

fn main() -> io::Result<()> {
    let built = env_path("CARGO_MANIFEST_DIR")?.join("../web/dist");
    let out = env_path("OUT_DIR")?;
    // A folder that is not there counts as changed at every build.
    fs::create_dir_all(&built)?;
    println!("cargo:rerun-if-changed={}", built.display());
    let folder = if built.join("index.html").is_file() {
        built.canonicalize()?
    } else {
        let folder = out.join("placeholder");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("index.html"), PLACEHOLDER)?;
        folder
    };
    let mut files = Vec::new();
    collect(&folder, &mut files)?;
    files.sort();
    let mut table = String::from("&[\n");
    for file in &files {
        // `x.js.br` and `x.js.gz` are forms of `x.js`, no files of their own.
        if form_of(file).is_some_and(|whole| files.contains(&whole)) {
            continue;
        }
        let name = file.strip_prefix(&folder).map_err(io::Error::other)?;
        let name = name.to_string_lossy();
        let [brotli, gzip] = FORMS.map(|ending| {
            let form = PathBuf::from(format!("{}.{ending}", file.display()));
            if files.contains(&form) { format!("Some({})", include(&form)) } else { "None".to_owned() }
        });
        // Writing to a String can't fail.
        let _ =
            writeln!(table, "Embedded {{ path: {name:?}, whole: {}, brotli: {brotli}, gzip: {gzip} }},", include(file));
    }
    table.push(']');
    fs::write(out.join("web_app_files.rs"), table)
}

/// The file that this one is a compressed form of, by its name.
fn form_of(file: &Path) -> Option<PathBuf> {
    let ending = file.extension()?.to_str()?;
    FORMS.contains(&ending).then(|| file.with_extension(""))
}

fn include(file: &Path) -> String {
    format!("include_bytes!({:?})", file.display().to_string())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn env_path(name: &str) -> io::Result<PathBuf> {
    env::var_os(name).map(PathBuf::from).ok_or_else(|| io::Error::other(format!("no {name}")))
}
