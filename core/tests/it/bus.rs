//! The port of events: every adapter passes one suite, and Kafka's has dangers of its own.

mod kafka;
mod killed;
mod log;
mod secured;

use mutoscope_core::bus::suite;

#[tokio::test]
async fn followers_see_everything_in_one_order() {
    suite::on_every_bus(suite::followers_see_everything_in_one_order).await;
}

#[tokio::test]
async fn what_is_forgotten_is_told() {
    suite::on_every_bus(suite::what_is_forgotten_is_told).await;
}

#[tokio::test]
async fn an_event_comes_soon() {
    suite::on_every_bus(suite::an_event_comes_soon).await;
}

#[tokio::test]
async fn what_is_not_committed_comes_again() {
    suite::on_every_bus(suite::what_is_not_committed_comes_again).await;
}

#[tokio::test]
async fn a_member_is_given_its_topics_alone() {
    suite::on_every_bus(suite::a_member_is_given_its_topics_alone).await;
}

#[tokio::test]
async fn members_share_what_there_is() {
    suite::on_every_bus(suite::members_share_what_there_is).await;
}

#[tokio::test]
async fn what_can_not_be_read_holds_nobody_up() {
    suite::on_every_bus(suite::what_can_not_be_read_holds_nobody_up).await;
}

#[tokio::test]
async fn wake_ups_pass_by_what_can_not_be_read() {
    suite::on_every_bus(suite::wake_ups_pass_by_what_can_not_be_read).await;
}

#[tokio::test]
async fn the_trace_comes_with_the_event() {
    suite::on_every_bus(suite::the_trace_comes_with_the_event).await;
}

#[tokio::test]
async fn it_is_well() {
    suite::on_every_bus(suite::it_is_well).await;
}
