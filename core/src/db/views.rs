//! Views, once a viewer and day.
