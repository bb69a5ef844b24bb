//! The index's fields, and the tokenizer that feeds them.

use mutoscope_core::search::SearchField;
use tantivy::{
    Index,
    schema::{BytesOptions, FAST, Field, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions},
    tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer},
};

use crate::{
    rank::SEARCHED,
    words::{PlacedWord, indexed_words},
};

/// Grows with every change of the fields, of how words are cut and folded, or of Tantivy's files; an index of another
/// format is rebuilt.
pub const FORMAT: u32 = 1;

const TOKENIZER: &str = "words";

/// The fields of an index.
#[derive(Debug, Clone)]
pub struct Fields {
    /// The video's id: changes find their document by it.
    pub id: Field,
    /// Which batch brought the document: another of the same video is an older one.
    pub edition: Field,
    /// The id's upper half, to order hits without reading them.
    pub id_high: Field,
    /// Its lower half.
    pub id_low: Field,
    /// Orders documents that match equally well: newer and more watched ones have more of it.
    pub favour: Field,
    /// How many places the title has.
    pub title_places: Field,
    /// The document's texts, as [`crate::document`] has them.
    pub stored: Field,
    /// Where words are looked for, in the order of [`SEARCHED`].
    pub searched: [Field; 4],
}

impl Fields {
    /// The fields and the schema that they make up.
    pub fn new() -> (Self, Schema) {
        let mut schema = Schema::builder();
        let fields = Self {
            id: schema.add_bytes_field("id", BytesOptions::default().set_indexed()),
            edition: schema.add_bytes_field("edition", BytesOptions::default().set_indexed()),
            id_high: schema.add_u64_field("id_high", FAST),
            id_low: schema.add_u64_field("id_low", FAST),
            favour: schema.add_u64_field("favour", FAST),
            title_places: schema.add_u64_field("title_places", FAST),
            stored: schema.add_bytes_field("stored", STORED),
            searched: SEARCHED.map(|field| schema.add_text_field(field.as_str(), text_options(field))),
        };
        (fields, schema.build())
    }

    /// The field of the index in which the words of `field` are.
    pub fn searched(&self, field: SearchField) -> Field {
        self.searched[field as usize]
    }
}

/// Makes the tokenizer known to an index that was created or opened.
pub fn register_tokenizer(index: &Index) {
    index.tokenizers().register(TOKENIZER, TextAnalyzer::from(Words));
}

fn text_options(field: SearchField) -> TextOptions {
    // Neighbours are rewarded in titles only.
    let record = match field {
        SearchField::Title => IndexRecordOption::WithFreqsAndPositions,
        _ => IndexRecordOption::Basic,
    };
    let indexing = TextFieldIndexing::default().set_tokenizer(TOKENIZER).set_fieldnorms(false).set_index_option(record);
    TextOptions::default().set_indexing_options(indexing)
}

/// Tantivy's view of [`indexed_words`].
#[derive(Debug, Clone)]
struct Words;

impl Tokenizer for Words {
    type TokenStream<'a> = WordStream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream {
        WordStream { words: indexed_words(text).into_iter(), token: Token::default() }
    }
}

struct WordStream {
    words: std::vec::IntoIter<PlacedWord>,
    token: Token,
}

impl TokenStream for WordStream {
    fn advance(&mut self) -> bool {
        let Some(PlacedWord { word, place }) = self.words.next() else {
            return false;
        };
        self.token = Token {
            offset_from: word.bytes.start,
            offset_to: word.bytes.end,
            position: place as usize,
            text: word.text,
            position_length: 1,
        };
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
