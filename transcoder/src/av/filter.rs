//! Deinterlacing: pictures woven of two fields become whole ones, one for each, at the same instants.

use std::{collections::VecDeque, ffi::CString, ptr};

use ffmpeg_next::ffi;

use super::{AvError, Pixel, VideoFrame, check};

/// libavfilter's `bwdif`, one picture out for each that goes in. What it makes of a picture depends on the one before
/// and the one after, and on nothing further away.
pub struct Deinterlacer {
    graph: Option<Graph>,
    /// Instants of the pictures that are inside, first in first out.
    inside: VecDeque<i64>,
}

/// A filter graph for pictures of one kind.
struct Graph {
    kind: (u32, u32, Pixel),
    graph: *mut ffi::AVFilterGraph,
    source: *mut ffi::AVFilterContext,
    sink: *mut ffi::AVFilterContext,
}

impl Deinterlacer {
    /// For pictures of any kind; a change of kind ends one run of pictures and begins another.
    pub fn new() -> Self {
        Self { graph: None, inside: VecDeque::new() }
    }

    /// Takes a picture; what is whole by now, and its instant, goes to `out`. Pictures that say they are not woven
    /// pass as they are, in their turn.
    ///
    /// # Errors
    /// Where libavfilter fails.
    pub fn push(&mut self, picture: VideoFrame, at_us: i64, out: &mut Vec<(VideoFrame, i64)>) -> Result<(), AvError> {
        let kind = (picture.width(), picture.height(), picture.format());
        // The filter takes nothing smaller.
        if kind.0 < 4 || kind.1 < 4 {
            out.push((picture, at_us));
            return Ok(());
        }
        if self.graph.as_ref().is_some_and(|graph| graph.kind != kind) {
            self.finish(out)?;
        }
        let graph = match &mut self.graph {
            Some(graph) => graph,
            none => none.insert(Graph::new(kind)?),
        };
        graph.send(Some(picture))?;
        self.inside.push_back(at_us);
        self.receive(out)
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
        *self = Self::new();
        Ok(())
    }

    fn receive(&mut self, out: &mut Vec<(VideoFrame, i64)>) -> Result<(), AvError> {
        let Some(graph) = &mut self.graph else { return Ok(()) };
        while let Some(picture) = graph.receive()? {
            let Some(at_us) = self.inside.pop_front() else { break };
            out.push((picture, at_us));
        }
        Ok(())
    }
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
            let mut this = Self { kind, graph, source: ptr::null_mut(), sink: ptr::null_mut() };
            (*graph).nb_threads = 1;
            // For formats that the filter does not know and that are converted before it.
            (*graph).scale_sws_opts = ffi::av_strdup(c"flags=bicubic+accurate_rnd+bitexact".as_ptr());
            this.source = this.add(c"buffer".as_ptr(), &what_comes)?;
            let deinterlace = this.add(c"bwdif".as_ptr(), "mode=send_frame:parity=auto:deint=interlaced")?;
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
