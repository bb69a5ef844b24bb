//! Two sorted streams of rows, side by side.

use std::cmp::Ordering;

use futures::stream::BoxStream;

use super::{DbError, Row, TryStreamExt};

type Rows<'a> = BoxStream<'a, Result<Row, DbError>>;

/// What one step found.
#[derive(Debug)]
pub(super) enum Difference {
    /// The target has it as it is.
    None,
    /// The target does not have it, or has it otherwise.
    Missing(Row),
    /// Only the target has it.
    Surplus(Row),
}

/// A walk over both.
pub(super) struct Walk<'a> {
    ours: Rows<'a>,
    theirs: Rows<'a>,
    heads: Option<(Option<Row>, Option<Row>)>,
    key: &'a [usize],
    seen: u64,
}

impl<'a> Walk<'a> {
    pub(super) fn new(ours: Rows<'a>, theirs: Rows<'a>, key: &'a [usize]) -> Self {
        Self { ours, theirs, heads: None, key, seen: 0 }
    }

    /// How many rows of the source went by.
    pub(super) fn seen(&self) -> u64 {
        self.seen
    }

    /// The next step; `None` at the end of both.
    pub(super) async fn next(&mut self) -> Result<Option<Difference>, DbError> {
        let (ours, theirs) = match self.heads.take() {
            Some(heads) => heads,
            None => (self.our_next().await?, self.theirs.try_next().await?),
        };
        let order = match (&ours, &theirs) {
            (None, None) => return Ok(None),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(ours), Some(theirs)) => self.order(ours, theirs),
        };
        Ok(Some(match (order, ours, theirs) {
            (Ordering::Less, Some(row), theirs) => {
                self.heads = Some((self.our_next().await?, theirs));
                Difference::Missing(row)
            }
            (Ordering::Greater, ours, Some(row)) => {
                self.heads = Some((ours, self.theirs.try_next().await?));
                Difference::Surplus(row)
            }
            (_, ours, theirs) => {
                let differs = ours != theirs;
                self.heads = Some((self.our_next().await?, self.theirs.try_next().await?));
                ours.filter(|_| differs).map_or(Difference::None, Difference::Missing)
            }
        }))
    }

    async fn our_next(&mut self) -> Result<Option<Row>, DbError> {
        let row = self.ours.try_next().await?;
        self.seen += u64::from(row.is_some());
        Ok(row)
    }

    fn order(&self, ours: &Row, theirs: &Row) -> Ordering {
        let columns = self.key.iter().map(|at| ours[*at].cmp(&theirs[*at]));
        columns.fold(Ordering::Equal, Ordering::then)
    }
}
