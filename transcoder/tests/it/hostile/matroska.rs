//! A small writer of Matroska (RFC 9559) over EBML (RFC 8794).

/// An element: its id as it stands in the file, a length of eight bytes, its body.
pub fn element(id: u32, body: &[u8]) -> Vec<u8> {
    let id = id.to_be_bytes();
    let skip = id.iter().position(|byte| *byte != 0).unwrap();
    let length = (body.len() as u64 | 0x0100_0000_0000_0000).to_be_bytes();
    [&id[skip..], &length, body].concat()
}

/// An unsigned number.
pub fn number(id: u32, value: u64) -> Vec<u8> {
    element(id, &value.to_be_bytes())
}

/// The EBML header.
pub fn header() -> Vec<u8> {
    element(0x1a45_dfa3, &[element(0x4282, b"matroska"), number(0x4287, 4), number(0x4285, 2)].concat())
}

/// A track of 16-bit mono sound at 8 kHz, with more elements of its entry.
pub fn sound_track(number_of: u64, more: &[u8]) -> Vec<u8> {
    let audio = [element(0xb5, &8_000_f64.to_be_bytes()), number(0x9f, 1), number(0x6264, 16)].concat();
    let entry = [
        number(0xd7, number_of),
        number(0x73c5, number_of),
        number(0x83, 2),
        element(0x86, b"A_PCM/INT/LIT"),
        element(0xe1, &audio),
        more.to_vec(),
    ];
    element(0xae, &entry.concat())
}

/// A cluster of one second of silence of track 1, in blocks of 100 ms.
pub fn cluster(at_ms: u64) -> Vec<u8> {
    let mut body = number(0xe7, at_ms);
    for block in 0..10_u16 {
        let head = [&[0x81][..], &(block * 100).to_be_bytes(), &[0x80]].concat();
        body.extend(element(0xa3, &[head, vec![0; 1_600]].concat()));
    }
    element(0x1f43_b675, &body)
}

/// A file of one segment: information, tracks, more elements, clusters.
pub fn film(information: &[u8], tracks: &[Vec<u8>], more: &[u8], clusters: &[Vec<u8>]) -> Vec<u8> {
    let information = [number(0x002a_d7b1, 1_000_000), information.to_vec()].concat();
    let body =
        [element(0x1549_a966, &information), element(0x1654_ae6b, &tracks.concat()), more.to_vec(), clusters.concat()];
    [header(), element(0x1853_8067, &body.concat())].concat()
}
