//! A record is exactly what is planned, or it is refused.

use mutoscope_transcoder::{
    record::{self, RecordError},
    span::SpanRequest,
};

use crate::{
    purity::{Random, settings},
    support::{Films, make, plan},
};

#[tokio::test]
async fn a_record_that_is_not_the_planned_one_is_refused() {
    let films = Films::new();
    let path = films.film("film.mp4", 3, "-c:v libx264 -preset ultrafast -c:a aac");
    let plan = plan(&path, &settings()).await;
    let made = make(&path, &plan, SpanRequest::all(0..2)).await.unwrap();
    let [(0, first), (1, second)] = &made.records[..] else { panic!("{:?}", made.records.len()) };
    let whole = record::read(&plan, 0, first).unwrap();
    assert_eq!(record::write(&whole).unwrap(), first.as_ref());
    assert_eq!(record::read(&plan, 0, &first[..first.len() - 1]), Err(RecordError::Form));
    assert_eq!(record::read(&plan, 0, &[first, &b"x"[..]].concat()), Err(RecordError::Form));
    assert!(matches!(record::read(&plan, 0, second), Err(RecordError::Differs(_))));
    assert_eq!(record::read(&plan, plan.grid.segment_count(), first), Err(RecordError::NotPlanned));
    let mut silent = whole.clone();
    silent.sound = None;
    let silent = record::write(&silent).unwrap();
    assert_eq!(record::read(&plan, 0, &silent), Err(RecordError::Differs("the presence of sound")));
    let mut random = Random(1);
    for _ in 0..500 {
        let mut bytes = first.to_vec();
        for _ in 0..3 {
            let at = usize::try_from(random.below(bytes.len() as u64)).unwrap();
            bytes[at] ^= u8::try_from(1 + random.below(255)).unwrap();
        }
        // What still reads is as long as planned in every part.
        if let Ok(read) = record::read(&plan, 0, &bytes) {
            let (read, planned) = (read.pictures.unwrap(), whole.pictures.as_ref().unwrap());
            assert_eq!(read.thumbnails.len(), planned.thumbnails.len());
        }
    }
}
