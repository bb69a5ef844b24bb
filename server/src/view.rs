//! How rows become answers: view models of videos, channels and uploads.
