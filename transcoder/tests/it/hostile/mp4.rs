//! A small writer of ISO base media files (ISO/IEC 14496-12, QuickTime): films made by hand, honest or not.

/// A box of this kind.
pub fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let size = u32::try_from(body.len() + 8).unwrap().to_be_bytes();
    [&size[..], kind, body].concat()
}

/// A box that begins with version and flags, all zero.
pub fn full(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    boxed(kind, &[&[0; 4], body].concat())
}

/// Big-endian words.
pub fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

/// One track of raw pictures or raw sound. The tables say what they are told to say.
#[derive(Clone)]
pub struct Track {
    pub width: u16,
    pub height: u16,
    /// Channels and rate, where it is sound.
    pub sound: Option<(u16, u32)>,
    /// What the track is for, where it is neither pictures nor sound.
    pub handler: Option<[u8; 4]>,
    pub timescale: u32,
    /// Runs of (count, ticks).
    pub durations: Vec<(u32, u32)>,
    /// Runs of (count, ticks): composition offsets.
    pub offsets: Vec<(u32, u32)>,
    /// Bytes of every sample, and how many samples.
    pub sample_bytes: u32,
    pub samples: u32,
    /// Entries of (length, start).
    pub edits: Vec<(u32, u32)>,
    /// Boxes in the place of the data references.
    pub references: Vec<Vec<u8>>,
    /// Boxes after those that every track has, in the sample table.
    pub more_tables: Vec<u8>,
}

impl Track {
    /// 16x16 pictures, one a tick, of a film of this many ticks a second.
    pub fn pictures(timescale: u32, samples: u32) -> Self {
        Self {
            width: 16,
            height: 16,
            sound: None,
            handler: None,
            timescale,
            durations: vec![(samples, 1)],
            offsets: Vec::new(),
            sample_bytes: 16 * 16 * 3,
            samples,
            edits: Vec::new(),
            references: vec![boxed(b"url ", &[0, 0, 0, 1])],
            more_tables: Vec::new(),
        }
    }

    /// 16-bit sound.
    pub fn sound(channels: u16, rate_hz: u32, samples: u32) -> Self {
        let mut track = Self::pictures(rate_hz, samples);
        track.sound = Some((channels, rate_hz));
        track.sample_bytes = u32::from(channels) * 2;
        track
    }

    fn entry(&self) -> Vec<u8> {
        if let Some((channels, rate_hz)) = self.sound {
            // A rate above 65,535 does not fit the old field; libav takes it from the media header's timescale.
            let rate = u16::try_from(rate_hz).unwrap_or(0);
            let body = [
                &[0_u8, 0, 0, 0, 0, 0, 0, 1][..],
                &[0; 8],
                &channels.to_be_bytes(),
                &16_u16.to_be_bytes(),
                &[0; 4],
                &rate.to_be_bytes(),
                &[0; 2],
            ];
            return boxed(b"sowt", &body.concat());
        }
        let mut body = vec![0, 0, 0, 0, 0, 0, 0, 1];
        body.extend([0; 16]);
        body.extend(self.width.to_be_bytes());
        body.extend(self.height.to_be_bytes());
        body.extend(words(&[0x0048_0000, 0x0048_0000, 0]));
        body.extend(1_u16.to_be_bytes());
        body.extend([0; 32]);
        body.extend(24_u16.to_be_bytes());
        body.extend([0xff, 0xff]);
        boxed(b"raw ", &body)
    }

    fn boxes(&self, id: u32, data_at: u32) -> Vec<u8> {
        let lengths = self.durations.iter().map(|(count, ticks)| u64::from(*count) * u64::from(*ticks));
        let ticks = u32::try_from(lengths.fold(0, u64::saturating_add)).unwrap_or(u32::MAX);
        let pairs = |runs: &[(u32, u32)]| runs.iter().flat_map(|(a, b)| words(&[*a, *b])).collect::<Vec<u8>>();
        let count = |length: usize| u32::try_from(length).unwrap();
        let with_count = |runs: &[(u32, u32)]| [words(&[count(runs.len())]), pairs(runs)].concat();
        let mut table = [
            full(b"stsd", &[words(&[1]), self.entry()].concat()),
            full(b"stts", &with_count(&self.durations)),
            full(b"stsc", &words(&[1, 1, self.samples, 1])),
            full(b"stsz", &words(&[self.sample_bytes, self.samples])),
            full(b"stco", &words(&[1, data_at])),
        ]
        .concat();
        if !self.offsets.is_empty() {
            table.extend(full(b"ctts", &with_count(&self.offsets)));
        }
        table.extend(&self.more_tables);
        let references = [words(&[count(self.references.len())]), self.references.concat()].concat();
        let header = if self.sound.is_some() { full(b"smhd", &[0; 4]) } else { full(b"vmhd", &[0; 8]) };
        let information = [header, boxed(b"dinf", &full(b"dref", &references)), boxed(b"stbl", &table)].concat();
        let handler = self.handler.unwrap_or(if self.sound.is_some() { *b"soun" } else { *b"vide" });
        let media = [
            full(b"mdhd", &words(&[0, 0, self.timescale, ticks, 0])),
            full(b"hdlr", &[&[0; 4], &handler[..], &[0; 13]].concat()),
            boxed(b"minf", &information),
        ]
        .concat();
        let matrix = words(&[0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000]);
        let size = words(&[u32::from(self.width) << 16, u32::from(self.height) << 16]);
        let mut trak = full(b"tkhd", &[words(&[0, 0, id, 0, ticks, 0, 0, 0, 0]), matrix, size].concat());
        if !self.edits.is_empty() {
            let entries: Vec<u8> =
                self.edits.iter().flat_map(|(length, start)| words(&[*length, *start, 0x1_0000])).collect();
            let list = [words(&[count(self.edits.len())]), entries].concat();
            trak.extend(boxed(b"edts", &full(b"elst", &list)));
        }
        trak.extend(boxed(b"mdia", &media));
        boxed(b"trak", &trak)
    }
}

/// A whole film: type, index, data. Tracks that claim more samples than `data_bytes` share what is there.
pub fn film(tracks: &[Track], more: &[u8], data_bytes: usize) -> Vec<u8> {
    let ftyp = boxed(b"ftyp", b"qt  \0\0\0\0qt  ");
    let header = full(b"mvhd", &[words(&[0, 0, 1_000, 1_000, 0x1_0000]), vec![0; 76], words(&[99])].concat());
    let index = |at: u32| {
        let traks = (1..).zip(tracks).flat_map(|(id, track)| track.boxes(id, at)).collect::<Vec<u8>>();
        boxed(b"moov", &[header.clone(), traks, more.to_vec()].concat())
    };
    let data_at = u32::try_from(ftyp.len() + index(0).len() + 8).unwrap();
    [ftyp, index(data_at), boxed(b"mdat", &vec![0; data_bytes])].concat()
}

/// A film of these tracks and all their data.
pub fn honest(tracks: &[Track]) -> Vec<u8> {
    let most = tracks.iter().map(|track| track.sample_bytes * track.samples).max().unwrap();
    film(tracks, &[], usize::try_from(most).unwrap())
}
