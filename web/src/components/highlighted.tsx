// A found text with the matching stretches marked; the server sends pieces, never markup.
import type { Highlight } from "@/types/api-types";

export function Highlighted({ fragments }: { fragments: Highlight["fragments"] }) {
  return (
    <>
      {fragments.map((fragment, index) =>
        fragment.matched ? (
          <mark key={index}>{fragment.text}</mark>
        ) : (
          <span key={index}>{fragment.text}</span>
        ),
      )}
    </>
  );
}
