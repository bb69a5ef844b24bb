//! Plans and their renditions.
