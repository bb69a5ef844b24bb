// Short messages in a corner, read out by screen readers; `toast(..)` from anywhere.
import { CircleAlert, CircleCheck, X } from "lucide-react";
import { Toast as RadixToast } from "radix-ui";
import { useSyncExternalStore } from "react";

interface Message {
  id: number;
  kind: "done" | "fault";
  text: string;
}

let messages: Message[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

export const toast = {
  done: (text: string) => add("done", text),
  fault: (text: string) => add("fault", text),
};

export function Toaster() {
  const shown = useSyncExternalStore(subscribe, () => messages);
  return (
    <RadixToast.Provider swipeDirection="right" duration={6000} label="Message">
      {shown.map((message) => (
        <RadixToast.Root
          key={message.id}
          type={message.kind === "fault" ? "foreground" : "background"}
          onOpenChange={(open) => !open && remove(message.id)}
          className="flex items-start gap-3 rounded-xl border bg-raised p-3.5 shadow-soft animate-enter"
        >
          {message.kind === "done" ? (
            <CircleCheck aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-primary" />
          ) : (
            <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-destructive" />
          )}
          <RadixToast.Title className="flex-1 text-sm">{message.text}</RadixToast.Title>
          <RadixToast.Close
            aria-label="Dismiss"
            className="-m-1 rounded-md p-1 text-muted-foreground hover:bg-muted"
          >
            <X aria-hidden="true" className="size-4" />
          </RadixToast.Close>
        </RadixToast.Root>
      ))}
      <RadixToast.Viewport className="fixed right-0 bottom-0 z-[60] flex w-96 max-w-full flex-col gap-2 p-4 outline-none" />
    </RadixToast.Provider>
  );
}

function add(kind: Message["kind"], text: string): void {
  messages = [...messages.slice(-3), { id: nextId++, kind, text }];
  listeners.forEach((listener) => listener());
}

function remove(id: number): void {
  messages = messages.filter((message) => message.id !== id);
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
