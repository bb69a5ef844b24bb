//! Deinterlacing: pictures woven of two fields become whole ones, one for each, at the same instants.

use std::{collections::VecDeque, ffi::CString, ptr};

use ffmpeg_next::ffi;

use super::{AvError, Pixel, VideoFrame, check, frame};

/// libavfilter's `bwdif` for runs of pictures that say they are woven, one picture out for each that goes in; the others
/// pass as they are. What is made of a woven picture depends on the one before it and the one after it, and on nothing
/// further away: each run has a filter of its own, which is given the picture before the run, too. (Left to choose woven
/// pictures by itself, the filter makes the first one that it meets from that picture alone.)
#[derive(Default)]
pub struct Deinterlacer {
    /// While a run of woven pictures goes on.
    graph: Option<Graph>,
    /// What is inside of the filter, first in first out.
    inside: VecDeque<Inside>,
    /// The last picture that came, before it was filtered.
    last: Option<VideoFrame>,
}

/// A picture inside of the filter.
struct Inside {
    /// Its instant; `None` for one that only stands before the run.
    at_us: Option<i64>,
    /// As it came.
    original: VideoFrame,
}

/// A filter graph for pictures of one kind.
struct Graph {
    graph: *mut ffi::AVFilterGraph,
    source: *mut ffi::AVFilterContext,
    sink: *mut ffi::AVFilterContext,
}

impl Deinterlacer {
    /// Whether this picture would be made whole without the one before it, as it is the first.
    pub fn lacks_previous(&self, picture: &VideoFrame) -> bool {
        self.last.is_none() && picture.is_interlaced()
    }

    /// Whether the last picture that came was woven.
    pub fn is_inside_run(&self) -> bool {
        self.graph.is_some()
    }

    /// Takes a picture; what is whole by now, and its instant, goes to `out`. A change of size or format ends a run, and
    /// what comes after it has no picture before it.
    ///
    /// # Errors
    /// Where libavfilter fails or there is no memory.
    pub fn push(&mut self, picture: VideoFrame, at_us: i64, out: &mut Vec<(VideoFrame, i64)>) -> Result<(), AvError> {
        if self.last.as_ref().is_some_and(|last| kind_of(last) != kind_of(&picture)) {
            self.finish(out)?;
        }
        let last = self.last.replace(frame::share(&picture)?);
        let is_woven = picture.is_interlaced() && !last.as_ref().is_some_and(is_telecined) && takes(&picture);
        if is_woven && self.graph.is_none() {
            self.graph = Some(Graph::new(kind_of(&picture))?);
            if let Some(before) = last {
                self.send(before, None)?;
            }
        }
        if self.graph.is_none() {
            out.push((picture, at_us));
            return Ok(());
        }
        if is_woven {
            self.send(picture, Some(at_us))?;
            return self.receive(out);
        }
        // The run is over. Its last picture waits for the one after it.
        if is_telecined(&picture) {
            let waiting = self.inside.drain(..).filter_map(|inside| Some((inside.original, inside.at_us?)));
            out.extend(waiting);
        } else {
            self.send(frame::share(&picture)?, None)?;
            self.receive(out)?;
        }
        self.graph = None;
        self.inside.clear();
        out.push((picture, at_us));
        Ok(())
    }

    /// What is still inside. The next picture begins anew.
    ///
    /// # Errors
    /// As [`Deinterlacer::push`].
    pub fn finish(&mut self, out: &mut Vec<(VideoFrame, i64)>) -> Result<(), AvError> {
        if let Some(graph) = &mut self.graph {
            graph.send(None)?;
            self.receive(out)?;
        }
        *self = Self::default();
        Ok(())
    }

    fn send(&mut self, picture: VideoFrame, at_us: Option<i64>) -> Result<(), AvError> {
        let Some(graph) = &mut self.graph else { return Ok(()) };
        self.inside.push_back(Inside { at_us, original: frame::share(&picture)? });
        graph.send(Some(picture))
    }

    fn receive(&mut self, out: &mut Vec<(VideoFrame, i64)>) -> Result<(), AvError> {
        let Some(graph) = &mut self.graph else { return Ok(()) };
        while let Some(picture) = graph.receive()? {
            let Some(inside) = self.inside.pop_front() else { break };
            if let Some(at_us) = inside.at_us {
                out.push((picture, at_us));
            }
        }
        Ok(())
    }
}

fn kind_of(picture: &VideoFrame) -> (u32, u32, Pixel) {
    (picture.width(), picture.height(), picture.format())
}

/// The filter takes nothing smaller.
fn takes(picture: &VideoFrame) -> bool {
    picture.width() >= 4 && picture.height() >= 4
}

/// A whole picture one field of which is shown twice: where film is shown as television, and its neighbours are marked as
/// woven though they are not.
fn is_telecined(picture: &VideoFrame) -> bool {
    !picture.is_interlaced() && frame::repeats_field(picture)
}

impl Graph {
    fn new(kind: (u32, u32, Pixel)) -> Result<Self, AvError> {
        let (width, height, format) = kind;
        let format = i32::from(ffi::AVPixelFormat::from(format) as i16);
        let what_comes = format!("video_size={width}x{height}:pix_fmt={format}:time_base=1/25:pixel_aspect=1/1");
        // SAFETY: the graph is fresh and owned by what is returned, which frees it, its filters with it, also where a
        // later step fails; texts end in zero and outlive the calls, which copy them.
        unsafe {
            let graph = ffi::avfilter_graph_alloc();
            if graph.is_null() {
                return Err(AvError::no_memory("allocating a filter"));
            }
            let mut this = Self { graph, source: ptr::null_mut(), sink: ptr::null_mut() };
            (*graph).nb_threads = 1;
            // For formats that the filter does not know and that are converted before it.
            (*graph).scale_sws_opts = ffi::av_strdup(c"flags=bicubic+accurate_rnd+bitexact".as_ptr());
            this.source = this.add(c"buffer".as_ptr(), &what_comes)?;
            let deinterlace = this.add(c"bwdif".as_ptr(), "mode=send_frame:parity=auto:deint=all")?;
            this.sink = this.add(c"buffersink".as_ptr(), "")?;
            check("linking a filter", ffi::avfilter_link(this.source, 0, deinterlace, 0))?;
            check("linking a filter", ffi::avfilter_link(deinterlace, 0, this.sink, 0))?;
            check("opening a filter", ffi::avfilter_graph_config(graph, ptr::null_mut()))?;
            Ok(this)
        }
    }

    /// # Safety
    /// `name` ends in zero; the graph is ours and not open yet.
    unsafe fn add(&mut self, name: *const libc::c_char, arguments: &str) -> Result<*mut ffi::AVFilterContext, AvError> {
        let missing = AvError { during: "looking up a filter", code: ffi::AVERROR_FILTER_NOT_FOUND };
        let arguments = CString::new(arguments).map_err(|_| missing)?;
        let mut context = ptr::null_mut();
        // SAFETY: by the caller's word; the context belongs to the graph.
        unsafe {
            let filter = ffi::avfilter_get_by_name(name);
            if filter.is_null() {
                return Err(missing);
            }
            let arguments = arguments.as_ptr();
            let code =
                ffi::avfilter_graph_create_filter(&mut context, filter, name, arguments, ptr::null_mut(), self.graph);
            check("adding a filter", code)?;
        }
        Ok(context)
    }

    /// Gives the graph a picture, or the end.
    fn send(&mut self, picture: Option<VideoFrame>) -> Result<(), AvError> {
        let mut picture = picture;
        // SAFETY: the source belongs to the open graph; it takes the picture's references over and leaves it blank, to
        // be freed here. Null is the end.
        let code = unsafe {
            let raw = picture.as_mut().map_or(ptr::null_mut(), |picture| picture.as_mut_ptr());
            ffi::av_buffersrc_add_frame(self.source, raw)
        };
        check("filtering", code).map(drop)
    }

    fn receive(&mut self) -> Result<Option<VideoFrame>, AvError> {
        let mut picture = VideoFrame::empty();
        // SAFETY: the sink belongs to the open graph; the picture is blank and becomes the owner of a reference.
        let code = unsafe { ffi::av_buffersink_get_frame(self.sink, picture.as_mut_ptr()) };
        match code {
            ffi::AVERROR_EOF => Ok(None),
            code if code == ffi::AVERROR(libc::EAGAIN) => Ok(None),
            code => check("filtering", code).map(|_| Some(picture)),
        }
    }
}

impl Drop for Graph {
    fn drop(&mut self) {
        // SAFETY: ours, with every filter in it, and not used again.
        unsafe { ffi::avfilter_graph_free(&mut self.graph) }
    }
}
