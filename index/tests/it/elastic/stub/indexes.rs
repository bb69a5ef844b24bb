//! The indexes of the stand-in, and what it answers about them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value, json};

use super::scoring::{count, search};

type Parameters = HashMap<String, String>;
type Answer = (u16, Value);

#[derive(Debug, Default)]
pub struct Indexes {
    all: BTreeMap<String, Index>,
}

#[derive(Debug)]
struct Index {
    mappings: Value,
    aliases: BTreeSet<String>,
    documents: BTreeMap<String, Document>,
    /// What a search sees: the documents at the last refresh.
    shown: BTreeMap<String, Document>,
    next_sequence: i64,
}

#[derive(Debug, Clone)]
pub struct Document {
    pub source: Value,
    sequence: i64,
    version: i64,
}

impl Indexes {
    pub fn names(&self) -> Vec<String> {
        self.all.keys().cloned().collect()
    }

    pub fn remove(&mut self, index: &str) {
        self.all.remove(index).expect("the index is there");
    }

    pub fn tamper(&mut self, index: &str, id: &str, change: impl FnOnce(&mut Value)) {
        let index = self.all.get_mut(index).expect("the index is there");
        change(&mut index.documents.get_mut(id).expect("the document is there").source);
        index.shown = index.documents.clone();
    }

    pub fn answer(
        &mut self,
        method: &str,
        path: &str,
        parameters: &Parameters,
        request: &str,
        refused: Option<u16>,
    ) -> Answer {
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        let body = || serde_json::from_str::<Value>(request).expect("a body");
        let answer = match (method, parts.as_slice()) {
            ("PUT", [index]) => self.create(index, &body()),
            ("DELETE", [index]) => self.delete(index),
            ("POST", ["_aliases"]) => self.switch(&body()),
            ("GET", ["_alias", alias]) => self.with_alias(alias),
            ("GET", [pattern, "_alias"]) => Ok(self.matching(pattern)),
            ("POST", [index, "_refresh"]) => self.find(index).map(|(_, index)| {
                index.shown = index.documents.clone();
                (200, json!({"_shards": {"total": 2, "successful": 1, "failed": 0}}))
            }),
            ("GET", [index, "_doc", id]) => self.find(index).map(|(name, index)| index.get(&name, id)),
            ("PUT", [index, operation @ ("_doc" | "_create"), id]) => self
                .writable(index, parameters)
                .map(|(name, index)| index.put(&name, id, &body(), parameters, *operation == "_create")),
            ("DELETE", [index, "_doc", id]) => {
                self.find(index).map(|(name, index)| index.delete(&name, id, parameters))
            }
            ("POST", [target, "_bulk"]) => Ok(self.bulk(target, parameters, request, refused)),
            ("POST", [index, "_search"]) => {
                assert_eq!(parameters["allow_partial_search_results"], "false");
                self.find(index).map(|(name, index)| search(&name, &index.shown, &body()))
            }
            ("POST", [index, "_count"]) => self.find(index).map(|(_, index)| count(&index.shown, &body())),
            _ => panic!("no request of the adapter: {method} {path}"),
        };
        answer.unwrap_or_else(|missing| missing)
    }

    /// The index of this name, or the only one that the alias names.
    fn find(&mut self, name: &str) -> Result<(String, &mut Index), Answer> {
        let mut found = self.all.iter_mut().filter(|(index, content)| *index == name || content.aliases.contains(name));
        match (found.next(), found.next()) {
            (Some((index, content)), None) => Ok((index.clone(), content)),
            (None, _) => Err(failure(404, "index_not_found_exception", &format!("no such index [{name}]"))),
            (Some(_), Some(_)) => Err(failure(400, "illegal_argument_exception", "alias has more than one index")),
        }
    }

    fn writable(&mut self, name: &str, parameters: &Parameters) -> Result<(String, &mut Index), Answer> {
        let must_be_alias = parameters.get("require_alias").is_some_and(|value| value == "true");
        let (index, content) = self.find(name)?;
        if must_be_alias && index == name {
            return Err(failure(404, "index_not_found_exception", "no such index and require_alias is set"));
        }
        Ok((index, content))
    }

    fn create(&mut self, index: &str, body: &Value) -> Result<Answer, Answer> {
        if self.all.contains_key(index) {
            return Err(failure(400, "resource_already_exists_exception", "index already exists"));
        }
        let aliases = body["aliases"].as_object().map(|aliases| aliases.keys().cloned().collect());
        let made = Index {
            mappings: body["mappings"].clone(),
            aliases: aliases.unwrap_or_default(),
            documents: BTreeMap::new(),
            shown: BTreeMap::new(),
            next_sequence: 0,
        };
        self.all.insert(index.to_owned(), made);
        Ok((200, json!({"acknowledged": true, "shards_acknowledged": true, "index": index})))
    }

    fn delete(&mut self, index: &str) -> Result<Answer, Answer> {
        match self.all.remove(index) {
            Some(_) => Ok((200, json!({"acknowledged": true}))),
            None => Err(failure(404, "index_not_found_exception", "no such index")),
        }
    }

    fn switch(&mut self, body: &Value) -> Result<Answer, Answer> {
        for action in body["actions"].as_array().expect("actions") {
            let (kind, what) = action.as_object().and_then(|action| action.iter().next()).expect("an action");
            let index = what["index"].as_str().expect("an index");
            let alias = what["alias"].as_str().unwrap_or_default().to_owned();
            match kind.as_str() {
                "add" => self.find(index)?.1.aliases.insert(alias),
                "remove" => self.find(index)?.1.aliases.remove(&alias),
                "remove_index" => self.all.remove(index).is_some(),
                _ => panic!("no action of the adapter: {action}"),
            };
        }
        Ok((200, json!({"acknowledged": true})))
    }

    fn with_alias(&self, alias: &str) -> Result<Answer, Answer> {
        let found = self.all.iter().filter(|(_, content)| content.aliases.contains(alias));
        let found: Map<String, Value> =
            found.map(|(index, _)| (index.clone(), json!({"aliases": {alias: {}}}))).collect();
        if found.is_empty() {
            return Err((404, json!({"error": format!("alias [{alias}] missing"), "status": 404})));
        }
        Ok((200, Value::Object(found)))
    }

    fn matching(&self, pattern: &str) -> Answer {
        let start = pattern.strip_suffix('*').expect("a pattern");
        let found = self.all.iter().filter(|(index, _)| index.starts_with(start));
        let described = found.map(|(index, content)| {
            let aliases: Map<String, Value> = content.aliases.iter().map(|alias| (alias.clone(), json!({}))).collect();
            (index.clone(), json!({"aliases": aliases}))
        });
        (200, Value::Object(described.collect()))
    }

    fn bulk(&mut self, target: &str, parameters: &Parameters, request: &str, refused: Option<u16>) -> Answer {
        assert!(request.ends_with('\n'), "a batch ends with a new line");
        let lines: Vec<Value> = request.lines().map(|line| serde_json::from_str(line).expect("a line")).collect();
        let mut items = Vec::new();
        for (number, two) in lines.chunks(2).enumerate() {
            let action = &two[0]["index"];
            assert_eq!(action["version_type"], "external_gte", "no other is sent");
            let id = action["_id"].as_str().expect("an id");
            let version = action["version"].as_i64().expect("a version");
            let item = match (self.writable(target, parameters), refused) {
                (Err((status, body)), _) => json!({"status": status, "error": body["error"]}),
                (Ok(_), Some(status)) if number % 2 == 1 => {
                    json!({"status": status, "error": {"type": "es_rejected_execution_exception", "reason": "full"}})
                }
                (Ok((name, index)), _) => index.put_version(&name, id, &two[1], version),
            };
            items.push(json!({"index": item}));
        }
        if parameters.get("refresh").is_some_and(|value| value == "true")
            && let Ok((_, index)) = self.writable(target, parameters)
        {
            index.shown = index.documents.clone();
        }
        let errors = items.iter().any(|item| item["index"].get("error").is_some());
        (200, json!({"took": 1, "errors": errors, "items": items}))
    }
}

impl Index {
    fn get(&self, index: &str, id: &str) -> Answer {
        let Some(document) = self.documents.get(id) else {
            return (404, json!({"_index": index, "_id": id, "found": false}));
        };
        let answer = json!({
            "_index": index, "_id": id, "_seq_no": document.sequence,
            "_primary_term": 1, "found": true, "_source": self.kept(&document.source),
        });
        (200, answer)
    }

    /// The part of a document that the mapping keeps as its source.
    fn kept(&self, source: &Value) -> Value {
        let mut kept = source.clone();
        if let (Some(fields), Some(names)) = (kept.as_object_mut(), self.mappings["_source"]["includes"].as_array()) {
            fields.retain(|field, _| names.iter().any(|name| name == field));
        }
        kept
    }

    fn put(&mut self, index: &str, id: &str, body: &Value, parameters: &Parameters, is_new: bool) -> Answer {
        let known = self.documents.get(id);
        if (is_new && known.is_some()) || !is_expected(known, parameters) {
            return failure(409, "version_conflict_engine_exception", "version conflict");
        }
        let version = known.map_or(1, |known| known.version + 1);
        let (status, result) = if known.is_some() { (200, "updated") } else { (201, "created") };
        match self.write(id, body, version) {
            Ok(sequence) => (status, written(index, id, sequence, result)),
            Err(answer) => answer,
        }
    }

    /// Writes unless a later version is there.
    fn put_version(&mut self, index: &str, id: &str, body: &Value, version: i64) -> Value {
        let known = self.documents.get(id).map(|known| known.version);
        if known.is_some_and(|known| known > version) {
            let error = json!({"type": "version_conflict_engine_exception", "reason": "version conflict"});
            return json!({"_index": index, "_id": id, "status": 409, "error": error});
        }
        match self.write(id, body, version) {
            Ok(sequence) => {
                let (status, result) = if known.is_some() { (200, "updated") } else { (201, "created") };
                let mut item = written(index, id, sequence, result);
                item["status"] = json!(status);
                item
            }
            Err((status, body)) => json!({"status": status, "error": body["error"]}),
        }
    }

    fn delete(&mut self, index: &str, id: &str, parameters: &Parameters) -> Answer {
        let known = self.documents.get(id);
        if !is_expected(known, parameters) {
            return failure(409, "version_conflict_engine_exception", "version conflict");
        }
        self.documents.remove(id);
        let sequence = self.next_sequence;
        self.next_sequence += 1;
        (200, written(index, id, sequence, "deleted"))
    }

    fn write(&mut self, id: &str, body: &Value, version: i64) -> Result<i64, Answer> {
        let fields = body.as_object().expect("a document");
        if self.mappings["dynamic"] == "strict" {
            let unknown = fields.keys().find(|field| self.mappings["properties"].get(field.as_str()).is_none());
            if let Some(field) = unknown {
                let reason = format!("mapping set to strict, dynamic introduction of [{field}] is not allowed");
                return Err(failure(400, "strict_dynamic_mapping_exception", &reason));
            }
        }
        let sequence = self.next_sequence;
        self.next_sequence += 1;
        self.documents.insert(id.to_owned(), Document { source: body.clone(), sequence, version });
        Ok(sequence)
    }
}

fn is_expected(known: Option<&Document>, parameters: &Parameters) -> bool {
    match parameters.get("if_seq_no") {
        Some(sequence) => {
            known.is_some_and(|known| known.sequence.to_string() == *sequence)
                && parameters.get("if_primary_term").is_some_and(|term| term == "1")
        }
        None => true,
    }
}

fn written(index: &str, id: &str, sequence: i64, result: &str) -> Value {
    json!({
        "_index": index, "_id": id, "result": result,
        "_shards": {"total": 2, "successful": 1, "failed": 0}, "_seq_no": sequence, "_primary_term": 1,
    })
}

fn failure(status: u16, kind: &str, reason: &str) -> Answer {
    let error = json!({"type": kind, "reason": reason, "root_cause": [{"type": kind, "reason": reason}]});
    (status, json!({"error": error, "status": status}))
}
