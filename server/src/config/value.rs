//! How numbers, sizes and yes or no are written.

use std::ops::RangeInclusive;

pub(super) fn flag(text: &str) -> Result<bool, String> {
    match text {
        "true" | "yes" | "on" | "1" => Ok(true),
        "false" | "no" | "off" | "0" => Ok(false),
        _ => Err("write true or false".to_owned()),
    }
}

pub(super) fn number(text: &str, range: &RangeInclusive<u64>) -> Result<u64, String> {
    let wrong = || format!("write a whole number from {} to {}", range.start(), range.end());
    let number = text.replace('_', "").parse().map_err(|_| wrong())?;
    if range.contains(&number) { Ok(number) } else { Err(wrong()) }
}

/// A size in bytes: `500MB` is 500 million, `500MiB` is 500 times 1024 squared.
pub fn bytes(text: &str) -> Result<u64, String> {
    let wrong = || "write a size in bytes, as 10737418240, 10GiB or 500MB".to_owned();
    let split = text.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let number: u64 = number.replace('_', "").parse().map_err(|_| wrong())?;
    let unit: u64 = match unit.trim() {
        "" | "B" => 1,
        "kB" | "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "TB" => 1_000_000_000_000,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        "TiB" => 1 << 40,
        _ => return Err(wrong()),
    };
    // What the database holds is signed.
    number.checked_mul(unit).filter(|bytes| i64::try_from(*bytes).is_ok()).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_written_with_or_without_a_unit() {
        for (text, size) in [("0", 0), ("1_000", 1000), ("10GiB", 10 << 30), ("500 MB", 500_000_000), ("1B", 1)] {
            assert_eq!(bytes(text), Ok(size), "{text}");
        }
        for text in ["", "GiB", "-1", "1.5GiB", "9999999TiB", "99999999999999999999", "1 apple"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }
}
