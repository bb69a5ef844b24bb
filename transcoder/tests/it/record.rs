//! What is noted beside the renditions: storyboard, scene cuts, loudness.

mod form;
mod loudness;
mod scenes;
mod storyboard;
