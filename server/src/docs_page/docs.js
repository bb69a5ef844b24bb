// Draws the OpenAPI document as a page to read. Everything is put in as text, never as markup.

const METHODS = ["get", "post", "put", "patch", "delete", "head"];

const [document_, errors] = await Promise.all([read("/api/openapi.json"), read("/api/docs/errors.json")]);
const main = document.getElementById("calls");
const index = document.getElementById("index");
main.replaceChildren();
for (const [tag, calls] of byTag(document_)) {
  const list = el("ul");
  main.append(el("h2", tag));
  for (const call of calls) {
    main.append(article(call));
    list.append(el("li", link(`#${call.id}`, `${call.method.toUpperCase()} ${call.path}`)));
  }
  index.append(el("strong", tag), list);
}
main.append(el("h2", "Error codes"), errorTable(errors.codes));
main.append(el("h2", "Why a film can't be made"), failureTable(errors.failures));
index.append(el("ul", el("li", link("#errors", "Error codes")), el("li", link("#failures", "Failures of films"))));
// The target of the address was not there when the browser looked for it.
if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();

async function read(url) {
  return (await fetch(url)).json();
}

function byTag(api) {
  const tags = new Map();
  for (const [path, item] of Object.entries(api.paths)) {
    for (const method of METHODS.filter((name) => item[name])) {
      const operation = item[method];
      const tag = operation.tags?.[0] ?? "other";
      const id = `${method}-${path.replace(/[^a-z0-9]+/gi, "-")}`;
      if (!tags.has(tag)) tags.set(tag, []);
      tags.get(tag).push({ id, method, path, operation });
    }
  }
  return tags;
}

function article({ id, method, path, operation }) {
  const title = el("h3", span("method", method.toUpperCase()), el("code", path));
  const parts = [title, el("p", operation.summary ?? "")];
  if (operation.description) parts.push(el("p", operation.description));
  if (operation.security?.length) parts.push(quiet("Needs someone signed in."));
  if (operation.parameters?.length) parts.push(parameterTable(operation.parameters));
  const body = operation.requestBody?.content?.["application/json"]?.schema;
  if (body) parts.push(quiet("Body"), el("pre", shape(body)));
  parts.push(answerTable(operation.responses));
  const node = el("article", ...parts);
  node.id = id;
  return node;
}

function parameterTable(parameters) {
  const rows = parameters.map((p) => [el("code", p.name), p.in, p.description ?? ""]);
  return table(["Parameter", "In", "Meaning"], rows);
}

function answerTable(responses) {
  const rows = Object.entries(responses ?? {}).map(([status, answer]) => {
    const schema = answer.content && Object.values(answer.content)[0]?.schema;
    const cell = el("div", answer.description ?? "");
    if (schema) cell.append(el("pre", shape(schema)));
    return [status, cell];
  });
  return table(["Status", "Answer"], rows);
}

function errorTable(codes) {
  const node = table(["Code", "Status", "Meaning"], codes.map((c) => [el("code", c.code), String(c.status), c.title]));
  node.id = "errors";
  for (const [i, row] of [...node.querySelectorAll("tbody tr")].entries()) row.id = `error-${codes[i].code}`;
  return node;
}

function failureTable(failures) {
  const node = table(["Code", "What its owner reads"], failures.map((f) => [el("code", f.code), f.message]));
  node.id = "failures";
  return node;
}

// A schema as an example of its shape: names, types, and what a reference stands for, two levels deep.
function shape(schema, depth = 0, seen = []) {
  const pad = "  ".repeat(depth + 1);
  if (schema.$ref) {
    const name = schema.$ref.split("/").pop();
    if (seen.includes(name) || seen.length > 2) return name;
    return shape(document_.components.schemas[name] ?? {}, depth, [...seen, name]);
  }
  const choices = schema.oneOf ?? schema.anyOf ?? schema.allOf;
  if (choices) return choices.map((choice) => shape(choice, depth, seen)).join(" | ");
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.properties) {
    const required = schema.required ?? [];
    const lines = Object.entries(schema.properties).map(([name, property]) => {
      const mark = required.includes(name) ? "" : "?";
      const note = property.description ? `  // ${property.description.split("\n")[0]}` : "";
      return `${pad}${name}${mark}: ${shape(property, depth + 1, seen)}${note}`;
    });
    return `{\n${lines.join("\n")}\n${"  ".repeat(depth)}}`;
  }
  if (schema.items) return `[${shape(schema.items, depth, seen)}]`;
  const type = Array.isArray(schema.type) ? schema.type.join(" | ") : (schema.type ?? "any");
  return schema.format ? `${type} (${schema.format})` : type;
}

function table(heads, rows) {
  const head = el("tr", ...heads.map((text) => el("th", text)));
  const body = rows.map((cells) => el("tr", ...cells.map((cell) => el("td", cell))));
  return el("table", el("thead", head), el("tbody", ...body));
}

function link(href, text) {
  const node = el("a", text);
  node.href = href;
  return node;
}

function span(name, text) {
  const node = el("span", text);
  node.className = name;
  return node;
}

function quiet(text) {
  const node = el("p", text);
  node.className = "quiet";
  return node;
}

function el(name, ...children) {
  const node = document.createElement(name);
  node.append(...children);
  return node;
}
