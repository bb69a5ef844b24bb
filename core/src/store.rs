//! The bytes: keys made by the server alone, and one struct over `object_store` for disk and S3.

mod error;
mod key;
mod leftovers;
mod media_store;
mod mezzanine;
mod read_ahead;
mod settings;
mod writer;

pub use error::StoreError;
pub use key::{InvalidKey, StorageKey};
pub use media_store::{MediaStore, Stored, UploadLink};
pub use mezzanine::{Mezzanine, Part};
pub use read_ahead::{ReadAhead, ReadRange};
pub use settings::{S3Settings, StoreSettings};
pub use writer::ObjectWriter;
