//! One order out of many partitions: what comes early waits until everything before it is there.

use std::collections::BTreeMap;

use crate::bus::Placed;

/// More than this is not held for a partition that gives nothing.
pub(super) const MOST_WAITING: usize = 50_000;

/// Events by their places, from one place on.
#[derive(Debug, Default)]
pub(super) struct Merge {
    after: i64,
    waiting: BTreeMap<i64, Placed>,
}

impl Merge {
    /// Nothing is there; the first that counts is the one after `position`.
    pub(super) fn after(position: i64) -> Self {
        Self { after: position, waiting: BTreeMap::new() }
    }

    /// The place after which it goes on.
    pub(super) fn position(&self) -> i64 {
        self.after
    }

    /// Everything up to `position` has had its effect.
    pub(super) fn forget_through(&mut self, position: i64) {
        self.waiting = self.waiting.split_off(&position.saturating_add(1));
        self.after = position;
    }

    /// Takes one in; what is behind, or is there already, changes nothing. `false` where too many wait.
    pub(super) fn put(&mut self, placed: Placed) -> bool {
        if placed.position > self.after {
            self.waiting.entry(placed.position).or_insert(placed);
        }
        self.waiting.len() <= MOST_WAITING
    }

    /// Those that follow without a gap, at most `most`.
    pub(super) fn ready(&self, most: usize) -> Vec<Placed> {
        let places = self.waiting.values().zip(self.after.saturating_add(1)..).take(most);
        places.take_while(|(placed, place)| placed.position == *place).map(|(placed, _)| placed.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::Index};

    use super::*;
    use crate::{event, id::VideoId};

    fn at(position: i64) -> Placed {
        Placed { position, video_id: VideoId::new(), event: event::read(b"{}") }
    }

    fn places(merge: &Merge, most: usize) -> Vec<i64> {
        merge.ready(most).iter().map(|placed| placed.position).collect()
    }

    #[test]
    fn what_comes_early_waits() {
        let mut merge = Merge::after(4);
        for position in [7, 6, 3, 9] {
            assert!(merge.put(at(position)));
        }
        assert!(places(&merge, 9).is_empty());
        merge.put(at(5));
        assert_eq!(places(&merge, 9), [5, 6, 7]);
        assert_eq!(places(&merge, 2), [5, 6]);
        merge.forget_through(6);
        assert_eq!(places(&merge, 9), [7]);
        assert_eq!(merge.position(), 6);
    }

    proptest! {
        /// Any order, anything twice: all come out, once, in order.
        #[test]
        fn every_order_gives_the_one_order(count in 1_i64..60, draws in prop::collection::vec(any::<Index>(), 0..120)) {
            let mut order: Vec<i64> = (1..=count).collect();
            order.extend(draws.iter().map(|draw| draw.index(count as usize) as i64 + 1));
            for (i, draw) in draws.iter().enumerate() {
                let other = draw.index(order.len());
                let own = i % order.len();
                order.swap(own, other);
            }
            let mut merge = Merge::after(0);
            let mut seen = Vec::new();
            for position in order {
                merge.put(at(position));
                let ready = places(&merge, 7);
                if let Some(last) = ready.last() {
                    merge.forget_through(*last);
                }
                seen.extend(ready);
            }
            seen.extend(places(&merge, usize::MAX));
            prop_assert_eq!(seen, (1..=count).collect::<Vec<_>>());
        }
    }
}
