// The search field with suggestions as you type: the combobox pattern with a list box.
import { Search } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { useLocation, useNavigate, useSearchParams } from "react-router";
import { paths } from "@/config/paths";
import { useDebounced } from "@/hooks/use-debounced";
import { cn } from "@/utils/cn";
import { useSuggestions } from "../api/get-suggestions";

const suggestAfterMs = 120;
const maxQueryLength = 200;

export function SearchBox({ className, focused }: { className?: string; focused?: boolean }) {
  const listId = useId();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const location = useLocation();
  const shownQuery = location.pathname === paths.search.path ? (params.get("q") ?? "") : "";
  const [text, setText] = useState(shownQuery);
  const [textOf, setTextOf] = useState(shownQuery);
  if (textOf !== shownQuery) {
    setTextOf(shownQuery);
    setText(shownQuery);
  }
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const typed = useDebounced(text.trim(), suggestAfterMs);
  const answer = useSuggestions(open ? typed : "").data;
  const suggestions = open && text.trim() !== "" ? (answer ?? []) : [];
  const expanded = suggestions.length > 0;

  useEffect(() => {
    if (focused) input.current?.focus();
  }, [focused]);

  const submit = (query: string) => {
    setOpen(false);
    setActive(-1);
    if (query.trim() === "") return;
    setText(query.trim());
    void navigate(paths.search.href(query.trim()));
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      submit(suggestions[active] ?? text);
    } else if (event.key === "Escape") {
      if (expanded) event.preventDefault();
      setOpen(false);
      setActive(-1);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setOpen(true);
      setActive((now) => step(now, event.key === "ArrowDown" ? 1 : -1, suggestions.length));
    }
  };

  return (
    <form
      role="search"
      className={cn("relative", className)}
      onSubmit={(event) => {
        event.preventDefault();
        submit(text);
      }}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
      }}
    >
      <Search
        aria-hidden="true"
        className="pointer-events-none absolute top-1/2 left-3.5 size-4 -translate-y-1/2 text-muted-foreground"
      />
      <input
        ref={input}
        type="search"
        role="combobox"
        aria-label="Search videos"
        aria-autocomplete="list"
        aria-expanded={expanded}
        aria-controls={listId}
        aria-activedescendant={active >= 0 && expanded ? `${listId}-${active}` : undefined}
        placeholder="Search"
        autoComplete="off"
        spellCheck={false}
        maxLength={maxQueryLength}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setOpen(true);
          setActive(-1);
        }}
        onKeyDown={onKeyDown}
        className="h-10 w-full rounded-full border border-input bg-card pr-4 pl-10 text-[0.9375rem] placeholder:text-muted-foreground focus-visible:outline-2 focus-visible:outline-offset-0 focus-visible:outline-ring [&::-webkit-search-cancel-button]:hidden"
      />
      <ul
        id={listId}
        role="listbox"
        aria-label="Suggestions"
        hidden={!expanded}
        className="absolute inset-x-0 top-full z-50 mt-2 overflow-hidden rounded-2xl border bg-raised py-2 shadow-soft"
      >
        {suggestions.map((suggestion, index) => (
          <li
            key={suggestion}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === active}
            // Pressing must not take the focus out of the field, or the list closes before the click.
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => submit(suggestion)}
            className={cn(
              "flex cursor-default items-center gap-3 px-4 py-2 text-sm hover:bg-muted",
              index === active && "bg-muted",
            )}
          >
            <Search aria-hidden="true" className="size-4 shrink-0 text-muted-foreground" />
            <span className="truncate">{suggestion}</span>
          </li>
        ))}
      </ul>
    </form>
  );
}

function step(now: number, by: number, count: number): number {
  if (count === 0) return -1;
  const next = now + by;
  if (next >= count) return -1;
  return next < -1 ? count - 1 : next;
}
