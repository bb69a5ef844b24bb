//! Accounts and sessions, where the calls over HTTP do not reach.

use std::time::Duration;

use mutoscope_core::{
    account::{EmailAddress, Role, Username},
    db::{
        Db, DbError, outbox,
        sessions::{self, NewSession, Refreshed},
        users::{self, Admission, NewUser, Registered, Restrained},
    },
    event::What,
    id::{SessionId, UserId},
    testing::{make_user, on_both_databases},
};

use super::films::begin as begin_upload;

const DAY: Duration = Duration::from_secs(24 * 3600);

async fn begin(db: &Db, user_id: UserId, token: &str, lifetime: Duration) -> SessionId {
    let new = NewSession { user_id, refresh_sha256: token, user_agent: "", address: "192.0.2.1", lifetime };
    sessions::begin(db, &new).await.unwrap()
}

#[tokio::test]
async fn a_session_more_than_a_hundred_ends_the_one_unused_for_longest() {
    on_both_databases(|db| async move {
        let (ann, bob) = (make_user(&db, "ann").await, make_user(&db, "bob").await);
        let others = begin(&db, bob, "b", DAY).await;
        let first = begin(&db, ann, "t0", DAY).await;
        for i in 1..100 {
            begin(&db, ann, &format!("t{i}"), DAY).await;
        }
        assert!(sessions::standing(&db, first).await.unwrap().is_some());
        begin(&db, ann, "t100", DAY).await;
        assert!(sessions::standing(&db, first).await.unwrap().is_none());
        assert_eq!(sessions::list(&db, ann).await.unwrap().len(), 100);
        assert!(sessions::standing(&db, others).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_by_itself_and_its_token_with_it() {
    on_both_databases(|db| async move {
        let ann = make_user(&db, "ann").await;
        let session = begin(&db, ann, "old", Duration::ZERO).await;
        assert!(sessions::standing(&db, session).await.unwrap().is_none());
        assert!(sessions::list(&db, ann).await.unwrap().is_empty());
        assert_eq!(sessions::refresh(&db, "old", "new", DAY).await.unwrap(), Refreshed::Unknown);
    })
    .await;
}

#[tokio::test]
async fn an_exchange_moves_the_end_of_a_session_on() {
    on_both_databases(|db| async move {
        let ann = make_user(&db, "ann").await;
        let session = begin(&db, ann, "t1", DAY).await;
        let before = sessions::list(&db, ann).await.unwrap().remove(0);
        let refreshed = sessions::refresh(&db, "t1", "t2", 30 * DAY).await.unwrap();
        assert!(matches!(refreshed, Refreshed::Renewed { session_id, .. } if session_id == session));
        let after = sessions::list(&db, ann).await.unwrap().remove(0);
        assert!(after.expires_at > before.expires_at && after.last_used_at >= before.last_used_at);
        sessions::end_by_token(&db, "t1").await.unwrap();
        assert!(sessions::standing(&db, session).await.unwrap().is_none(), "a spent token ends its session too");
    })
    .await;
}

#[tokio::test]
async fn a_password_is_changed_once_for_each_time_it_was_known() {
    on_both_databases(|db| async move {
        let ann = make_user(&db, "ann").await;
        let old = users::password_hash(&db, ann).await.unwrap().unwrap();
        let keep = begin(&db, ann, "t", DAY).await;
        users::change_password(&db, ann, &old, "new", keep).await.unwrap();
        // A second change that was checked against the old password comes too late.
        let late = users::change_password(&db, ann, &old, "newer", keep).await;
        assert!(matches!(late, Err(DbError::NotFound(_))));
        assert_eq!(users::password_hash(&db, ann).await.unwrap().as_deref(), Some("new"));
    })
    .await;
}

#[tokio::test]
async fn a_blocked_administrator_does_not_count_as_one() {
    on_both_databases(|db| async move {
        let make = async |name: &str| {
            let username = Username::parse(name).unwrap();
            let email = EmailAddress::parse(&format!("{name}@example.org")).unwrap();
            let new = NewUser { username: &username, email: &email, password_hash: "x" };
            let made = users::register(&db, &new, Admission::ByOperator(Role::Admin)).await.unwrap();
            let Registered::Done(user) = made else { panic!("{made:?}") };
            user.id
        };
        let (ann, bob) = (make("ann").await, make("bob").await);
        assert_eq!(users::block(&db, bob).await.unwrap(), Restrained::Done);
        assert_eq!(users::set_role(&db, ann, Role::Member).await.unwrap(), Restrained::LastAdministrator);
        assert_eq!(users::remove(&db, ann).await.unwrap(), Restrained::LastAdministrator);
        users::unblock(&db, bob).await.unwrap();
        assert_eq!(users::remove(&db, ann).await.unwrap(), Restrained::Done);
        assert_eq!(users::set_role(&db, bob, Role::Member).await.unwrap(), Restrained::LastAdministrator);
    })
    .await;
}

#[tokio::test]
async fn a_block_and_its_end_are_told_for_each_video_of_the_account_and_for_no_other() {
    on_both_databases(|db| async move {
        let (root, ann) = (make_user(&db, "root").await, make_user(&db, "ann").await);
        assert_eq!(users::block(&db, ann).await.unwrap(), Restrained::LastAdministrator);
        users::set_role(&db, root, Role::Admin).await.unwrap();
        let mut videos = Vec::new();
        for _ in 0..3 {
            videos.push(begin_upload(&db, ann).await.video_id);
        }
        begin_upload(&db, root).await;
        assert_eq!(users::block(&db, ann).await.unwrap(), Restrained::Done);
        users::unblock(&db, ann).await.unwrap();
        assert_eq!(super::uploads::events(&db).await, [const { What::VideoChanged }; 6]);
        let told = outbox::after(&db, 0, 10).await.unwrap();
        let told: Vec<_> = told.iter().map(|placed| placed.video_id).collect();
        assert_eq!(told, [videos.clone(), videos].concat());
        let nobody = users::block(&db, UserId::new()).await;
        assert!(matches!(nobody, Err(DbError::NotFound(_))), "{nobody:?}");
    })
    .await;
}
