//! The crash suite: a process is killed at each named point of a film's way, and at random, and started again.
//!
//! `MUTOSCOPE_CRASH_SEED=17` runs the suite with this seed alone; `MUTOSCOPE_CRASH_SEEDS=20` with those from 1 to 20, as
//! `make soak` does.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use mutoscope_core::{
    crash::Point,
    db::plans,
    id::VideoId,
    job::JobKind,
    testing::{held_jobs, plan_again},
};
use rustix::process::Signal;

use super::{
    audit,
    column::Column,
    person::{Begun, Person, is_ready},
    platform::{Fleet, PATIENCE, until},
    random::{Random, seeds},
    reference::{Reference, reference},
};

/// Those that a film comes by on its way into the database.
const UPLOADING: [Point; 6] =
    [Point::PartPut, Point::Completing, Point::RowAndOutbox, Point::EventSent, Point::IndexRead, Point::IndexDone];

/// Those of its making, each with the most often that a seed passes it before the kill.
const MAKING: [(Point, u64); 5] =
    [(Point::LeaseTaken, 2), (Point::MidSegment, 6), (Point::SegmentPut, 4), (Point::LastPut, 1), (Point::InSwitch, 1)];

/// A film's way, with what is known of it.
struct Life {
    fleet: Fleet,
    owner: Person,
    upload: Begun,
    reference: &'static Reference,
    /// Work units that were running in a process when it was killed: each may do one segment again.
    interrupted: u64,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_each_point_of_a_films_way_loses_nothing_and_leaves_nothing() {
    let reference = reference().await;
    for seed in seeds("MUTOSCOPE_CRASH_SEED", "MUTOSCOPE_CRASH_SEEDS", 1) {
        for column in columns(seed) {
            eprintln!("crash suite, every point: {column:?}, MUTOSCOPE_CRASH_SEED={seed}");
            if let Some(fleet) = Fleet::prepare(column).await {
                come_by_every_point(fleet, reference, Random::new(seed)).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_at_random_lose_nothing_and_leave_nothing() {
    let reference = reference().await;
    for seed in seeds("MUTOSCOPE_CRASH_SEED", "MUTOSCOPE_CRASH_SEEDS", 1) {
        let column = [Column::Embedded, Column::SharedFolder, Column::Services][(seed % 3) as usize];
        eprintln!("crash suite, at random: {column:?}, MUTOSCOPE_CRASH_SEED={seed}");
        if let Some(fleet) = Fleet::start(column).await {
            be_killed_at_random(fleet, reference, Random::new(seed)).await;
        }
    }
}

/// The embedded column always, and the storages of the other in turn.
fn columns(seed: u64) -> [Column; 2] {
    [Column::Embedded, if seed % 2 == 1 { Column::Services } else { Column::SharedFolder }]
}

async fn come_by_every_point(mut fleet: Fleet, reference: &'static Reference, mut random: Random) {
    let mut roles = fleet.roles().into_iter();
    fleet.add(roles.next().expect("a process that is served"));
    fleet.until_ready().await;
    let owner = fleet.visitor().register("edith").await;
    let upload = owner.begin("A film", &reference.film).await;
    let mut life = Life { fleet, owner, upload, reference, interrupted: 0 };

    let making = MAKING.map(|(point, most)| (point, random.between(1, most)));
    // Where there is Kafka, events come by twice: when they get their places, and when they are sent.
    let passes = |point| if point == Point::EventSent && life.fleet.column == Column::Services { 2 } else { 1 };
    let points: Vec<(Point, u64)> = UPLOADING.iter().map(|point| (*point, passes(*point))).chain(making).collect();
    life.fleet.order(points[0].0, points[0].1);
    let bringing = tokio::spawn({
        let (owner, upload) = (life.owner.clone(), life.upload.clone());
        async move { owner.bring(&upload, &reference.film).await }
    });
    for (at, (point, count)) in points.iter().enumerate() {
        if at == UPLOADING.len() {
            // The order is given by now: no worker is past its point.
            bringing_is_over(&life).await;
            for role in roles.by_ref() {
                life.fleet.add(role);
            }
        }
        let killed = life.until_killed(*point, *count).await;
        if let Some((next, count)) = points.get(at + 1) {
            life.fleet.order(*next, *count);
        }
        if let Some(index) = killed {
            life.after_kill(index).await;
            life.fleet.start_again(index);
        }
    }
    bringing.await.expect("the upload comes to its end");
    life.is_as_if_nothing_had_been().await;
    life.switch_to_another_plan().await;
    life.comes_to_rest().await;
}

async fn be_killed_at_random(fleet: Fleet, reference: &'static Reference, mut random: Random) {
    let owner = fleet.visitor().register("edith").await;
    let upload = owner.begin("A film", &reference.film).await;
    let bringing = tokio::spawn({
        let (owner, upload) = (owner.clone(), upload.clone());
        async move { owner.bring(&upload, &reference.film).await }
    });
    let mut life = Life { fleet, owner, upload, reference, interrupted: 0 };
    for _ in 0..random.between(3, 6) {
        tokio::time::sleep(Duration::from_millis(random.between(0, 1500))).await;
        let index = random.below(life.fleet.processes.len() as u64) as usize;
        life.fleet.processes[index].kill();
        life.after_kill(index).await;
        life.fleet.start_again(index);
    }
    bringing.await.expect("the upload comes to its end");
    life.is_as_if_nothing_had_been().await;
    life.comes_to_rest().await;
}

/// The upload is complete, which a kill in its last answer hides from its client for a moment.
async fn bringing_is_over(life: &Life) {
    let (db, id) = (&life.fleet.db, life.upload.video_id);
    until("the upload is complete", async || {
        let parts = mutoscope_core::db::uploads::mezzanine(db, id).await.ok()?;
        (!parts.is_empty()).then_some(())
    })
    .await;
}

impl Life {
    fn video_id(&self) -> VideoId {
        self.upload.video_id
    }

    /// Waits until a process was killed at the point; `None` where the film was done before it came by so often.
    async fn until_killed(&mut self, point: Point, count: u64) -> Option<usize> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(index) = self.fleet.ended() {
                eprintln!("  killed at {} {count}: {}", point.name(), self.fleet.processes[index].role.name);
                return Some(index);
            }
            if count > 1 && self.is_done().await && self.fleet.take_back_order() {
                eprintln!("  {} came by less than {count} times", point.name());
                return None;
            }
            assert!(Instant::now() < deadline, "nobody came by {} {count}", point.name());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn is_done(&self) -> bool {
        let plan = plans::current(&self.fleet.db, self.video_id()).await.expect("an answer");
        plan.is_some_and(|plan| plan.completed_at.is_some())
    }

    async fn after_kill(&mut self, index: usize) {
        let instance = self.fleet.processes[index].instance();
        let held = held_jobs(&self.fleet.db).await.expect("an answer");
        let running = held.iter().filter(|job| job.kind == JobKind::Span && job.lease_owner.starts_with(&instance));
        self.interrupted += running.count() as u64;
        audit::nothing_is_half_published(&self.fleet, self.video_id(), self.reference).await;
    }

    /// The film is whole, of the same bytes as one that nobody disturbed, and little was made twice.
    async fn is_as_if_nothing_had_been(&mut self) {
        self.owner.video_when(self.video_id(), is_ready).await;
        let plan = plans::current(&self.fleet.db, self.video_id()).await.expect("an answer").expect("a plan");
        assert_eq!(plan.hash, self.reference.plan_hash);
        assert_eq!(audit::hashes(&self.fleet.db, plan.key()).await, self.reference.hashes);
        audit::it_plays(&self.fleet, &self.owner, self.video_id()).await;
        let again = made_again(&self.fleet.logs());
        eprintln!("  {again} segments made again after {} interrupted work units", self.interrupted);
        assert!(again <= self.interrupted, "{again} segments were made again, {} units interrupted", self.interrupted);
    }

    /// The film is planned once more with other settings, and its worker killed when the new plan stands.
    async fn switch_to_another_plan(&mut self) {
        let video_id = self.video_id();
        self.fleet.set("MUTOSCOPE_LADDER", "120");
        self.fleet.order(Point::Switched, 1);
        for index in 0..self.fleet.processes.len() {
            if self.fleet.processes[index].role.roles.contains("transcode") {
                self.fleet.processes[index].signal(Signal::TERM);
                self.fleet.processes[index].wait();
                self.fleet.start_again(index);
            }
        }
        plan_again(&self.fleet.db, video_id).await.expect("the plan is asked for");
        // Its events wake the workers: each wake-up is read and done, and read again by another one.
        let wake_ups: &[Point] = match self.fleet.column {
            Column::Services => &[Point::EventRead, Point::EventDone],
            Column::Embedded | Column::SharedFolder | Column::OwnPostgres => &[],
        };
        for (at, point) in [Point::Switched].iter().chain(wake_ups).enumerate() {
            let killed = self.until_killed(*point, 1).await.expect("a worker comes by");
            if let Some(next) = wake_ups.get(at) {
                self.fleet.order(*next, 1);
            }
            self.after_kill(killed).await;
            self.fleet.start_again(killed);
        }
        let (db, before) = (&self.fleet.db, &self.reference.plan_hash);
        until("the other plan is complete", async || {
            let plan = plans::current(db, video_id).await.ok()??;
            (plan.hash != *before && plan.completed_at.is_some()).then_some(())
        })
        .await;
        self.fleet.until_ready().await;
        audit::nothing_is_half_published(&self.fleet, video_id, self.reference).await;
        audit::it_plays(&self.fleet, &self.owner, video_id).await;
    }

    async fn comes_to_rest(mut self) {
        self.fleet.until_ready().await;
        audit::nothing_is_orphaned(&mut self.fleet, self.upload.video_id).await;
        self.fleet.remove().await;
    }
}

/// Segments of the grid that came from a media process more than once, of whatever rendition.
fn made_again(logs: &str) -> u64 {
    let mut came: BTreeMap<&str, u64> = BTreeMap::new();
    for line in logs.lines().filter(|line| line.contains("a part of a film came whole")) {
        let item = line.rsplit("item=").next().and_then(|rest| rest.split_whitespace().next()).expect("an item");
        *came.entry(item).or_default() += 1;
    }
    let mut again: BTreeMap<u32, u64> = BTreeMap::new();
    for (item, count) in came {
        if let Some(number) = item.rsplit_once('/').and_then(|(_, number)| number.parse().ok()) {
            let most = again.entry(number).or_default();
            *most = (*most).max(count - 1);
        }
    }
    again.values().sum()
}
