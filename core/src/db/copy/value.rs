//! Values as both databases hold them.

/// One value. Those of one column sort as the databases sort them: numbers by size, text and bytes byte by byte.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Value {
    Null,
    Integer(i64),
    Text(String),
    /// Ids, too: SQLite has no type of their own for them.
    Bytes(Vec<u8>),
}

/// The values of a row, in the order of its table's columns.
pub(super) type Row = Vec<Value>;

impl Value {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Null | Self::Integer(_) => 8,
            Self::Text(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
        }
    }
}

/// Reads a driver's row whose columns are of these kinds.
macro_rules! read_row {
    ($row:expr, $kinds:expr) => {{
        use sqlx::Row as _;
        let row = &$row;
        let read = |(at, kind): (usize, &Kind)| -> Result<Value, sqlx::Error> {
            Ok(match kind {
                Kind::Integer => row.try_get::<Option<i64>, _>(at)?.map_or(Value::Null, Value::Integer),
                Kind::Boolean => {
                    row.try_get::<Option<bool>, _>(at)?.map_or(Value::Null, |yes| Value::Integer(i64::from(yes)))
                }
                Kind::Text => row.try_get::<Option<String>, _>(at)?.map_or(Value::Null, Value::Text),
                Kind::Bytes => row.try_get::<Option<Vec<u8>>, _>(at)?.map_or(Value::Null, Value::Bytes),
                Kind::Id => row
                    .try_get::<Option<uuid::Uuid>, _>(at)?
                    .map_or(Value::Null, |id| Value::Bytes(id.as_bytes().to_vec())),
            })
        };
        $kinds.iter().enumerate().map(read).collect::<Result<Row, sqlx::Error>>().map_err(DbError::from)
    }};
}
pub(super) use read_row;

/// Adds a value to a list of parameters as its column's kind.
macro_rules! bind_value {
    ($list:expr, $kind:expr, $value:expr) => {
        match ($kind, $value) {
            (Kind::Integer, Value::Integer(number)) => $list.push_bind(Some(number)),
            (Kind::Integer, _) => $list.push_bind(None::<i64>),
            (Kind::Boolean, Value::Integer(number)) => $list.push_bind(Some(number != 0)),
            (Kind::Boolean, _) => $list.push_bind(None::<bool>),
            (Kind::Text, Value::Text(text)) => $list.push_bind(Some(text)),
            (Kind::Text, _) => $list.push_bind(None::<String>),
            (Kind::Bytes, Value::Bytes(bytes)) => $list.push_bind(Some(bytes)),
            (Kind::Bytes, _) => $list.push_bind(None::<Vec<u8>>),
            (Kind::Id, Value::Bytes(bytes)) => $list.push_bind(uuid::Uuid::from_slice(&bytes).ok()),
            (Kind::Id, _) => $list.push_bind(None::<uuid::Uuid>),
        }
    };
}
pub(super) use bind_value;
