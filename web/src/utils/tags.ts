// Tags as a person types them, `one, two`, and as the API wants them.

export function parseTags(text: string): string[] {
  const tags = text
    .split(/[,\n]/)
    .map((tag) => tag.trim().replace(/^#+/, "").trim())
    .filter((tag) => tag !== "");
  return [...new Set(tags)];
}

export function formatTags(tags: readonly string[]): string {
  return tags.join(", ");
}
