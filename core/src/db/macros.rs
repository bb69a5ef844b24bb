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

/// `write!(db, tx => { .. &mut *tx .. value })`: the block is one transaction, committed when it ends. `?` and
/// `return Err(..)` roll it back; `return Ok(value)` rolls it back, too, and is the block's value: it stands for "nothing
/// was changed".
///
/// Where the database ended the transaction so that another could go on (a deadlock, a conflict, a busy file), nothing of
/// it was kept, and the block runs again, a few times at most. So it changes nothing but through `tx`.
macro_rules! write {
    ($db:expr, $tx:ident => $body:block) => {
        match $db {
            $crate::db::Db::Lite(lite) => $crate::db::transaction!(lite.begin(), $tx => $body),
            $crate::db::Db::Pg(pg) => $crate::db::transaction!(pg.begin(), $tx => $body),
        }
    };
}

/// One pool's side of [`write!`].
macro_rules! transaction {
    ($begin:expr, $tx:ident => $body:block) => {{
        let mut tries = $crate::db::Tries::default();
        loop {
            let done: Result<_, $crate::db::DbError> = async {
                let mut $tx = $begin.await?;
                let value = $body;
                $tx.commit().await?;
                Ok(value)
            }
            .await;
            match done {
                Ok(value) => break value,
                Err(error) => tries.after(error).await?,
            }
        }
    }};
}

pub(crate) use {read, transaction, write};
