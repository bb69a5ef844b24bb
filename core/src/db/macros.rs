//! The same tokens on both pools: full types, no trait bounds, one SQL text.

/// `read!(db, pool => query.fetch_one(pool).await?)`: a query outside a transaction.
macro_rules! read {
    ($db:expr, $pool:ident => $body:expr) => {
        match $db {
            $crate::db::Db::Lite(lite) => {
                let $pool = lite.readers();
                $body
            }
            $crate::db::Db::Pg(pg) => {
                let $pool = pg.pool();
                $body
            }
        }
    };
}

/// `write!(db, tx => { .. &mut *tx .. value })`: the block is one transaction, committed when it ends and rolled back
/// when `?` or `return` leaves it.
macro_rules! write {
    ($db:expr, $tx:ident => $body:block) => {
        match $db {
            $crate::db::Db::Lite(lite) => {
                let mut $tx = lite.begin().await?;
                let value = $body;
                $tx.commit().await?;
                value
            }
            $crate::db::Db::Pg(pg) => {
                let mut $tx = pg.pool().begin().await?;
                let value = $body;
                $tx.commit().await?;
                value
            }
        }
    };
}

pub(crate) use {read, write};
