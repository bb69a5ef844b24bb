//! Decoding pictures and putting them on the planned timeline.
//!
//! Every segment's pictures are those that a fresh decoder gives from the segment's own entry point on: the last key
//! picture at or before its start. A decoder that goes on from the segment before gives the same, as long as all it
//! was fed decoded cleanly; after any sign that something did not, the next segment begins at its own entry point
//! again. So damage looks the same wherever decoding began.

use std::{collections::VecDeque, ops::Range, sync::Arc};

use mutoscope_core::media::PictureSize;

use super::{
    demux::{Demuxer, Next},
    report::Reporter,
    stop::Stop,
    timeline::{Planned, Timeline, latest_for},
};
use crate::{
    av::{
        AvError, Packet, Step, VideoFrame, complaints,
        decoder::{Decoder, DecoderTemplate},
        filter::Deinterlacer,
        frame, is_corrupt,
    },
    error::{MediaError, MediaWarning},
    plan::{EncodePlan, VideoPlan},
    probe::{Interlacing, to_us},
};

/// Where a segment's entry point itself does not come out (it is damaged, or pictures are refreshed bit by bit), so
/// many earlier ones are tried.
const EARLIER_ENTRIES: u32 = 2;
/// How long before a segment a film of woven pictures is entered, in pictures.
const WARM_UP_PICTURES: i64 = 3;
/// Key packets whose pictures may still be inside the decoder.
const KEYS_REMEMBERED: usize = 64;
/// Errors in a row after which a decoder is asked again only with its next packet.
const ERRORS_A_PACKET: u32 = 16;

/// What is to be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    GoOn,
    /// Decoding must begin anew at the last key picture that is not later than this, in microseconds of the container:
    /// [`Pictures::enter`].
    EnterAt(i64),
}

/// Decodes a span's pictures.
pub struct Pictures<'a> {
    plan: &'a EncodePlan,
    video: &'a VideoPlan,
    template: DecoderTemplate,
    reporter: &'a Reporter<'a>,
    black: Arc<VideoFrame>,
    /// Planned pictures of each segment that is not given yet; the first is being given.
    segments: VecDeque<Range<u64>>,
    decoder: Decoder,
    deinterlacer: Deinterlacer,
    timeline: Timeline<VideoFrame>,
    entry: Entered,
    course: Course,
    /// Between the last two pictures.
    usual_gap_us: i64,
    /// Instants of the last key packets.
    keys: VecDeque<i64>,
    /// Of libav's complaints, so many are dealt with.
    complaints: u64,
    told_of_damage: bool,
}

/// Where decoding began.
#[derive(Debug)]
struct Entered {
    /// The first planned picture of the segment whose entry point it is.
    segment: u64,
    /// The latest instant that the entry point may have.
    by_us: i64,
    /// The instant of the first packet.
    at_us: Option<i64>,
    /// Whether that is when its picture is shown, not only when it is decoded.
    is_exact: bool,
    /// How many earlier entry points may be tried.
    earlier_left: u32,
    /// The instant of the last picture that was decoded.
    last_us: Option<i64>,
    /// Whether there was a sign that something did not decode as it was meant.
    unclean: bool,
}

impl Entered {
    fn at(by_us: i64, segment: u64) -> Self {
        Self {
            segment,
            by_us,
            at_us: None,
            is_exact: false,
            earlier_left: EARLIER_ENTRIES,
            last_us: None,
            unclean: false,
        }
    }

    /// Whether this is before the entry point in the order of showing: what leads it may refer to what was not decoded,
    /// and nothing after it refers to that.
    fn leads(&self, at_us: Option<i64>) -> bool {
        matches!((at_us, self.at_us), (Some(at_us), Some(entry_us)) if at_us < entry_us)
    }
}

impl<'a> Pictures<'a> {
    /// For the planned pictures of each of these segments, which follow each other. Packets are to come from the last
    /// key picture on that is not later than [`entry_us`] of the first.
    ///
    /// # Errors
    /// Where the decoder cannot be opened or there is no memory for a black picture.
    pub fn new(
        plan: &'a EncodePlan,
        video: &'a VideoPlan,
        template: DecoderTemplate,
        segments: VecDeque<Range<u64>>,
        reporter: &'a Reporter<'a>,
    ) -> Result<Self, AvError> {
        let PictureSize { width, height } = video.coded_size;
        let black = Arc::new(frame::black(PictureSize { width: (width + 1) & !1, height: (height + 1) & !1 })?);
        let decoder = template.open(video.decoder_threads)?;
        let frames = all_of(&segments);
        let first = frames.start;
        let by_us = entry_us(plan, video, first);
        let timeline = Timeline::new(plan, video.frame_rate, video.black_frames, frames, Arc::clone(&black));
        Ok(Self {
            plan,
            video,
            template,
            reporter,
            black,
            segments,
            decoder,
            deinterlacer: Deinterlacer::default(),
            timeline,
            entry: Entered::at(by_us, first),
            course: Course::GoOn,
            usual_gap_us: 0,
            keys: VecDeque::new(),
            complaints: 0,
            told_of_damage: false,
        })
    }

    /// Whether every planned picture has been given.
    pub fn is_full(&self) -> bool {
        self.segments.is_empty()
    }

    /// Whether any source picture has come since the entry.
    pub fn has_begun(&self) -> bool {
        self.timeline.has_begun()
    }

    /// What the packets come from is not to be trusted: decoding begins by demuxers of its own.
    pub fn distrust(&mut self) {
        self.course = Course::EnterAt(self.entry.by_us);
    }

    /// Begins anew with what is not given yet: packets are to come from the last key picture on that is not later than
    /// what [`Course::EnterAt`] said.
    ///
    /// # Errors
    /// Where the decoder cannot be opened.
    pub fn enter(&mut self) -> Result<(), AvError> {
        let Course::EnterAt(by_us) = std::mem::replace(&mut self.course, Course::GoOn) else { return Ok(()) };
        let (video, frames) = (self.video, all_of(&self.segments));
        let segment = frames.start;
        // What was given of the segment was sound, and the same from any entry point.
        let frames = self.timeline.cursor().max(segment)..frames.end;
        let is_earlier = self.entry.segment == segment && self.entry.by_us > by_us;
        let earlier_left = if is_earlier { self.entry.earlier_left.saturating_sub(1) } else { EARLIER_ENTRIES };
        self.begin()?;
        let black = Arc::clone(&self.black);
        self.timeline = Timeline::new(self.plan, video.frame_rate, video.black_frames, frames, black);
        self.entry = Entered { earlier_left, ..Entered::at(by_us, segment) };
        Ok(())
    }

    /// Decodes all that is not given yet from entry points of its own, from demuxers that `open` makes for an instant.
    ///
    /// # Errors
    /// Where a stage stopped.
    pub fn run(
        &mut self,
        open: impl Fn(i64) -> Result<Demuxer, MediaError>,
        give: &mut impl FnMut(Planned<VideoFrame>) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let failure = self.reporter.failure;
        while !self.is_full() {
            if let Course::EnterAt(_) = self.course {
                self.enter().map_err(|error| failure.note(error))?;
            }
            let mut demuxer = open(self.entry.by_us).map_err(|error| failure.note(error))?;
            while self.course == Course::GoOn && !self.is_full() {
                match demuxer.next().map_err(|error| failure.note(error))? {
                    Next::Packet(packet) => self.push(packet, give)?,
                    Next::Damaged => self.saw_damage()?,
                    Next::End => self.finish(give)?,
                };
            }
        }
        Ok(())
    }

    /// Decodes a packet; planned pictures that are settled by it go to `give`.
    ///
    /// # Errors
    /// Where a stage stopped.
    pub fn push(
        &mut self,
        mut packet: Packet,
        give: &mut impl FnMut(Planned<VideoFrame>) -> Result<(), Stop>,
    ) -> Result<Course, Stop> {
        let at_us = packet.pts().or(packet.dts()).map(|ticks| to_us(ticks, self.video.time_base));
        if self.entry.at_us.is_some() && packet.is_key() && at_us.is_some_and(|at_us| at_us <= self.entry.by_us) {
            // A later entry point that is early enough: as if decoding had begun here.
            self.begin().map_err(|error| self.reporter.failure.note(error))?;
            self.entry.at_us = None;
            self.entry.unclean = false;
        }
        if self.entry.at_us.is_none() {
            self.entry.at_us = at_us;
            self.entry.is_exact = packet.pts().is_some();
            // What was said before was about other packets.
            self.complaints = complaints::heard();
        }
        self.listen(at_us);
        if let Some(at_us) = at_us.filter(|_| packet.is_key()) {
            self.keys.push_back(at_us);
            self.keys.drain(..self.keys.len().saturating_sub(KEYS_REMEMBERED));
        }
        if is_corrupt(&packet) && !self.entry.leads(at_us) {
            self.saw_damage()?;
        }
        loop {
            match self.decoder.send(Some(&mut packet)) {
                Ok(true) => break,
                // Full: it takes the packet once its pictures are out.
                Ok(false) if self.receive_all(at_us, give)? > 0 => {}
                Ok(false) => break,
                Err(error) => {
                    self.failed(error, at_us)?;
                    break;
                }
            }
        }
        self.receive_all(at_us, give)?;
        Ok(self.course)
    }

    /// The source has ended: what the decoder still holds, and then the last picture to the end of the span.
    ///
    /// # Errors
    /// Where a stage stopped.
    pub fn finish(&mut self, give: &mut impl FnMut(Planned<VideoFrame>) -> Result<(), Stop>) -> Result<Course, Stop> {
        if self.is_full() || self.course != Course::GoOn {
            return Ok(self.course);
        }
        if let Err(error) = self.decoder.send(None) {
            self.failed(error, None)?;
        }
        self.receive_all(None, give)?;
        let mut whole = Vec::new();
        self.deinterlacer.finish(&mut whole).map_err(|error| self.reporter.failure.note(error))?;
        self.settle_all(whole, give)?;
        if self.course == Course::GoOn {
            match self.earlier_entry() {
                Some(earlier) if !self.timeline.has_begun() => self.course = earlier,
                _ => self.give_until(u64::MAX, give)?,
            }
        }
        Ok(self.course)
    }

    /// Something between the packets was not readable.
    ///
    /// # Errors
    /// Where a stage stopped.
    pub fn saw_damage(&mut self) -> Result<Course, Stop> {
        self.doubt();
        self.warn_of_damage()?;
        Ok(self.course)
    }

    /// Whether libav has complained about a packet of this instant or about reading it. Much that it complains about is
    /// no error to it: concealed macroblocks, missing references, and so on.
    fn listen(&mut self, fed_us: Option<i64>) {
        let heard = complaints::heard();
        if std::mem::replace(&mut self.complaints, heard) != heard && !self.entry.leads(fed_us) {
            self.doubt();
        }
    }

    /// There is a sign that something did not decode as it was meant. What becomes of it may depend on all that this
    /// decoder has seen: where that is more than the segment's own, the rest of the segment comes from its own entry point.
    fn doubt(&mut self) {
        self.entry.unclean = true;
        let Some(segment) = self.segments.front().map(|frames| frames.start) else { return };
        if self.course == Course::GoOn && self.entry.segment != segment {
            self.course = Course::EnterAt(entry_us(self.plan, self.video, segment));
        }
    }

    fn begin(&mut self) -> Result<(), AvError> {
        self.decoder = self.template.open(self.video.decoder_threads)?;
        self.deinterlacer = Deinterlacer::default();
        self.usual_gap_us = 0;
        Ok(())
    }

    /// Takes what the decoder has, after a packet of the instant `fed_us`.
    fn receive_all(
        &mut self,
        fed_us: Option<i64>,
        give: &mut impl FnMut(Planned<VideoFrame>) -> Result<(), Stop>,
    ) -> Result<u32, Stop> {
        let (mut received, mut errors) = (0, 0);
        while self.course == Course::GoOn && !self.is_full() {
            let step = self.decoder.receive_picture();
            self.listen(fed_us);
            if self.course != Course::GoOn {
                break;
            }
            match step {
                Ok(Step::Output(picture)) => {
                    received += 1;
                    self.reporter.decoded_one()?;
                    self.place(picture, give)?;
                }
                Ok(Step::NeedInput | Step::Drained) => break,
                Err(error) => {
                    self.failed(error, fed_us)?;
                    errors += 1;
                    if errors > ERRORS_A_PACKET {
                        break;
                    }
                }
            }
        }
        Ok(received)
    }

    fn place(
        &mut self,
        picture: VideoFrame,
        give: &mut impl FnMut(Planned<VideoFrame>) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let last_us = self.entry.last_us;
        let at_us = match frame::best_timestamp(&picture) {
            Some(ticks) => to_us(ticks, self.video.time_base),
            // Without an instant: one picture after the last.
            None => last_us.map_or(self.plan.source.start_us, |last| last + picture_us(self.video)),
        };
        if self.entry.leads(Some(at_us)) {
            return Ok(());
        }
        if frame::is_damaged(&picture) {
            self.saw_damage()?;
        } else {
            self.reporter.saw_clean_picture(at_us);
        }
        // libav guesses instants by those before: what is out of order must not tell later segments how.
        let goes_back = last_us.is_some_and(|last_us| at_us <= last_us);
        // A key packet without a key picture: pictures are refreshed bit by bit from there on, and what a fresh decoder
        // gives may differ from what this one does.
        if goes_back || !picture.is_key() && self.keys.contains(&at_us) {
            self.doubt();
        }
        self.entry.last_us = Some(last_us.map_or(at_us, |last_us| last_us.max(at_us)));
        // What is made of a woven picture depends on the one before it, which must then not be far away from where the
        // next segment begins.
        let is_gap = last_us.is_some_and(|last_us| at_us - last_us > warm_up_us(self.video));
        if is_gap && (self.is_woven() || self.deinterlacer.is_inside_run()) {
            self.entry.unclean = true;
        }
        if let Some(warm) = self.warmer_entry(&picture, at_us) {
            self.course = warm;
            return Ok(());
        }
        let mut whole = Vec::new();
        self.deinterlacer.push(picture, at_us, &mut whole).map_err(|error| self.reporter.failure.note(error))?;
        self.settle_all(whole, give)
    }

    fn settle_all(
        &mut self,
        pictures: Vec<(VideoFrame, i64)>,
        give: &mut impl FnMut(Planned<VideoFrame>) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        for (picture, at_us) in pictures {
            if self.course == Course::GoOn && !self.is_full() {
                self.settle(picture, at_us, give)?;
            }
        }
        Ok(())
    }

    /// Gives the planned pictures that come before this one; it is shown from its instant on.
    fn settle(
        &mut self,
        picture: VideoFrame,
        at_us: i64,
        give: &mut impl FnMut(Planned<VideoFrame>) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let number = self.timeline.first_number(at_us);
        let picture = Arc::new(picture);
        let lacks_entry = self.entry.is_exact && self.entry.at_us.is_some_and(|entry_us| at_us > entry_us);
        if !self.timeline.has_begun() && (lacks_entry || number > self.timeline.first_shown()) {
            if let Some(earlier) = self.earlier_entry() {
                self.course = earlier;
                return Ok(());
            }
            // Nothing comes before the film's first picture. Where something does and does not decode, it is black.
            if self.entry.segment == 0 || self.entry.at_us.is_none_or(|at_us| at_us > self.entry.by_us) {
                self.timeline.show_early(&picture);
            }
        }
        // A gap that a segment begins in: the instant may be wrong, and later segments must not rest on it.
        if let (Some(last_us), Some(frames)) = (self.timeline.last_us(), self.segments.front()) {
            let gap_us = at_us - last_us;
            let usual_us = self.usual_gap_us.max(picture_us(self.video));
            let is_doubtful = number > frames.end && gap_us > usual_us / 2 * 3;
            self.usual_gap_us = gap_us;
            if is_doubtful {
                self.doubt();
            }
        }
        if self.course != Course::GoOn {
            return Ok(());
        }
        self.give_until(number, give)?;
        self.timeline.show(picture, at_us);
        Ok(())
    }

    /// The entry point before this one, where it may be tried.
    fn earlier_entry(&self) -> Option<Course> {
        let at_us =
            self.entry.at_us.filter(|at_us| *at_us <= self.entry.by_us && *at_us > self.plan.source.start_us)?;
        let may_try = self.entry.earlier_left > 0 && self.entry.segment > 0;
        may_try.then_some(Course::EnterAt(at_us - 1))
    }

    /// Whether the probe saw woven pictures, so that every segment is entered early enough to warm the filter.
    fn is_woven(&self) -> bool {
        self.video.interlacing != Interlacing::Progressive
    }

    /// Where else to begin in a film that the probe saw no woven picture in, and whose first one from this entry point on
    /// is woven. What comes before the segment then warms the filter, as it does where decoding goes on from there.
    fn warmer_entry(&self, picture: &VideoFrame, at_us: i64) -> Option<Course> {
        let warm_us =
            latest_for(self.plan, self.video.frame_rate, self.entry.segment).saturating_sub(warm_up_us(self.video));
        let is_warm = self.is_woven() || at_us.min(self.entry.by_us) <= warm_us || self.entry.segment == 0;
        (!is_warm && self.deinterlacer.lacks_previous(picture)).then_some(Course::EnterAt(warm_us))
    }

    /// Gives planned pictures before `number`, and stops where a segment ends that the next one must not follow.
    fn give_until(
        &mut self,
        number: u64,
        give: &mut impl FnMut(Planned<VideoFrame>) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        while let Some(frames) = self.segments.front() {
            self.timeline.give_until(number.min(frames.end), &mut *give)?;
            if self.timeline.cursor() < frames.end {
                break;
            }
            self.segments.pop_front();
            let must_begin_anew = self.entry.unclean || is_quiet_about_damage(&self.video.codec);
            if let Some(next) = self.segments.front().filter(|_| must_begin_anew) {
                self.course = Course::EnterAt(entry_us(self.plan, self.video, next.start));
                break;
            }
        }
        Ok(())
    }

    fn failed(&mut self, error: AvError, fed_us: Option<i64>) -> Result<(), Stop> {
        if error.is_out_of_memory() {
            return Err(self.reporter.failure.note(error));
        }
        if self.entry.leads(fed_us) {
            return Ok(());
        }
        self.saw_damage().map(drop)
    }

    fn warn_of_damage(&mut self) -> Result<(), Stop> {
        if std::mem::replace(&mut self.told_of_damage, true) {
            return Ok(());
        }
        let start_us = self.plan.source.start_us;
        let at_us = self.timeline.last_us().unwrap_or(start_us).saturating_sub(start_us);
        let at_ms = u64::try_from(at_us / 1_000).unwrap_or(0);
        let text = "Some pictures around here are damaged in the file and may look broken.";
        self.reporter.warn(MediaWarning::at("picture_damaged", text, at_ms))
    }
}

/// Whether a decoder takes damage for content without a word, and for settings that outlast the next key picture: the
/// family of MPEG-4 part 2 reads its coder's name and quirks from the stream, and what old programs and screen recorders
/// write changes parts of the picture before, by tables that may be older still. Their segments all begin at their own entry
/// points.
fn is_quiet_about_damage(codec: &str) -> bool {
    const FAMILIES: [&str; 11] =
        ["mpeg4", "msmpeg4", "h263", "flv1", "wmv1", "wmv2", "cinepak", "svq1", "msvideo1", "qtrle", "zmbv"];
    FAMILIES.iter().any(|family| codec.starts_with(family))
}

/// The latest instant that the entry point of a segment may have, given its first planned picture. Where pictures are
/// deinterlaced, some before the segment warm the filter.
pub fn entry_us(plan: &EncodePlan, video: &VideoPlan, first: u64) -> i64 {
    let at_us = latest_for(plan, video.frame_rate, first);
    match video.interlacing {
        Interlacing::Progressive => at_us,
        _ => at_us.saturating_sub(warm_up_us(video)),
    }
}

fn warm_up_us(video: &VideoPlan) -> i64 {
    picture_us(video) * WARM_UP_PICTURES
}

fn picture_us(video: &VideoPlan) -> i64 {
    i64::from(video.frame_rate.den()) * 1_000_000 / i64::from(video.frame_rate.num().max(1))
}

fn all_of(segments: &VecDeque<Range<u64>>) -> Range<u64> {
    segments.front().map_or(0, |first| first.start)..segments.back().map_or(0, |last| last.end)
}
