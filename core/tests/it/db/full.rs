//! A database without room: a clear error, and no need to open it anew.

use mutoscope_core::{
    error::ErrorKind,
    testing::{fill, make_user, on_both_databases, try_to_make_user},
};

#[tokio::test]
async fn a_change_that_finds_no_room_is_told_of_as_that_and_the_next_one_that_does_is_written() {
    on_both_databases(|db| async move {
        make_user(&db, "before").await;
        if !fill(&db).await.expect("the bound is set") {
            return;
        }
        let mut errors = Vec::new();
        for n in 0..2_000 {
            let made = try_to_make_user(&db, &format!("user{n}")).await;
            errors.extend(made.err());
            if !errors.is_empty() {
                break;
            }
        }
        assert_eq!(errors.first().map(|error| error.kind()), Some(ErrorKind::Full), "{errors:?}");
        make_user(&db, "after").await;
    })
    .await;
}
