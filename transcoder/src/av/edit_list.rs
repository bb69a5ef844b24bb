//! One box that libav does not write where the first packets are not known yet: the edit list (ISO/IEC 14496-12, 8.6).

/// The init segment with an edit list that starts the track's presentation at `media_time` ticks. `None` where the
/// bytes are not `ftyp`, `moov`, one `trak`.
pub fn insert(init: &[u8], media_time: u32) -> Option<Vec<u8>> {
    let (moov, moov_end) = find(init, 0, init.len(), b"moov")?;
    let (trak, trak_end) = find(init, moov + 8, moov_end, b"trak")?;
    let (_, after_tkhd) = find(init, trak + 8, trak_end, b"tkhd")?;
    let list = edit_list(media_time);
    let mut out = init.to_vec();
    for at in [moov, trak] {
        let size = read_u32(init, at)?.checked_add(u32::try_from(list.len()).ok()?)?;
        out[at..at + 4].copy_from_slice(&size.to_be_bytes());
    }
    out.splice(after_tkhd..after_tkhd, list);
    Some(out)
}

/// `edts` with an `elst` of one entry: to the end, from `media_time`, at normal speed.
fn edit_list(media_time: u32) -> Vec<u8> {
    let mut list = Vec::with_capacity(36);
    list.extend(36_u32.to_be_bytes());
    list.extend(b"edts");
    list.extend(28_u32.to_be_bytes());
    list.extend(b"elst");
    // Version and flags, one entry, its length (0: all that fragments bring), its start, its rate.
    for field in [0_u32, 1, 0, media_time, 0x0001_0000] {
        list.extend(field.to_be_bytes());
    }
    list
}

/// Start and end of the first box of this kind between two places.
fn find(bytes: &[u8], mut at: usize, end: usize, kind: &[u8; 4]) -> Option<(usize, usize)> {
    while at + 8 <= end {
        let size = usize::try_from(read_u32(bytes, at)?).ok()?;
        if size < 8 || at + size > end {
            return None;
        }
        if bytes[at + 4..at + 8] == *kind {
            return Some((at, at + size));
        }
        at += size;
    }
    None
}

fn read_u32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let size = u32::try_from(body.len() + 8).unwrap().to_be_bytes();
        [&size[..], kind, body].concat()
    }

    #[test]
    fn the_edit_list_comes_after_the_track_header_and_sizes_grow() {
        let trak = boxed(b"trak", &[boxed(b"tkhd", &[1; 4]), boxed(b"mdia", &[2; 4])].concat());
        let init = [boxed(b"ftyp", b"iso5"), boxed(b"moov", &trak)].concat();
        let with = insert(&init, 1_024).unwrap();
        let grown = boxed(b"trak", &[boxed(b"tkhd", &[1; 4]), edit_list(1_024), boxed(b"mdia", &[2; 4])].concat());
        assert_eq!(with, [boxed(b"ftyp", b"iso5"), boxed(b"moov", &grown)].concat());
        assert_eq!(insert(b"no boxes at all", 1), None);
    }
}
