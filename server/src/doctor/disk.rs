//! Room on the disks that this machine writes to.

use std::path::Path;

use mutoscope_core::store::StoreSettings;

use super::Finding;
use crate::config::Config;

const GIB: u64 = 1 << 30;

pub(super) async fn check(config: &Config) -> Vec<Finding> {
    let mut findings = vec![room("the data folder", &config.data, GIB)];
    if let StoreSettings::Folder(folder) = &config.storage
        && !folder.starts_with(&config.data)
    {
        // One upload may be as large as is allowed.
        findings.push(room("the storage", folder, config.uploads.max_bytes.max(GIB)));
    }
    findings
}

fn room(what: &str, folder: &Path, enough: u64) -> Finding {
    // Where it is not made yet, its disk is that of the nearest folder that is there.
    let there = folder.ancestors().find(|folder| folder.exists()).unwrap_or(folder);
    let stat = match rustix::fs::statvfs(there) {
        Ok(stat) => stat,
        Err(error) => {
            return Finding::wrong(
                format!("{what} ({}) can't be looked at: {error}", folder.display()),
                "see whether its disk is mounted, and whether this user may enter it",
            );
        }
    };
    let free = stat.f_bavail.saturating_mul(stat.f_frsize);
    let all = stat.f_blocks.saturating_mul(stat.f_frsize).max(1);
    let found = format!("{what} has {:.1} GiB free of {:.1}", free as f64 / GIB as f64, all as f64 / GIB as f64);
    let advice = format!("make room on the disk of {}: uploads are refused when it is full", there.display());
    if free < enough.min(GIB) {
        Finding::wrong(found, advice)
    } else if free < enough || free < all / 20 {
        Finding::doubtful(found, advice)
    } else {
        Finding::good(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Level;

    #[test]
    fn a_disk_that_is_too_small_is_told_and_one_that_is_not_there_too() {
        let room = |folder: &str, enough| room("it", Path::new(folder), enough);
        assert_eq!(room("/tmp/not/made/yet", 0).level, room("/tmp", 0).level);
        let small = room("/tmp", u64::MAX);
        assert_ne!(small.level, Level::Good);
        assert!(small.advice.unwrap().contains("make room"));
    }
}
