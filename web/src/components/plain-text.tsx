// Text from users, as text: line breaks are kept, web addresses become links, nothing else is read into it.

const address = /https?:\/\/[^\s<>"'`]+/gi;

export function PlainText({ text }: { text: string }) {
  return <>{splitAddresses(text).map((part, index) => renderPart(part, index))}</>;
}

export interface TextPart {
  text: string;
  href: string | null;
}

/** Cuts a text into plain stretches and http(s) addresses; closing punctuation stays outside the address. */
export function splitAddresses(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let last = 0;
  for (const match of text.matchAll(address)) {
    const found = trimAddress(match[0]);
    const href = asWebAddress(found);
    if (!href) continue;
    if (match.index > last) parts.push({ text: text.slice(last, match.index), href: null });
    parts.push({ text: found, href });
    last = match.index + found.length;
  }
  if (last < text.length) parts.push({ text: text.slice(last), href: null });
  return parts;
}

function renderPart(part: TextPart, index: number) {
  if (!part.href) return <span key={index}>{part.text}</span>;
  return (
    <a
      key={index}
      href={part.href}
      rel="noopener noreferrer nofollow ugc"
      target="_blank"
      className="text-primary underline underline-offset-2 hover:text-primary-hover"
    >
      {part.text}
    </a>
  );
}

function trimAddress(found: string): string {
  let end = found.length;
  while (end > 0 && /[.,;:!?\])}*_]/.test(found.charAt(end - 1))) {
    const closes = found.charAt(end - 1) === ")" && found.slice(0, end).split("(").length > found.slice(0, end).split(")").length - 1;
    if (closes) break;
    end -= 1;
  }
  return found.slice(0, end);
}

function asWebAddress(found: string): string | null {
  try {
    const url = new URL(found);
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
  } catch {
    return null;
  }
}
