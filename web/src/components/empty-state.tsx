// What a screen shows where there is nothing yet, and what to do about it.
import type { ReactNode } from "react";
import { LogoMark } from "./logo";

interface EmptyStateProps {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}

export function EmptyState({ title, children, action }: EmptyStateProps) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center px-4 py-16 text-center">
      <LogoMark className="size-14 opacity-70" />
      <h2 className="mt-5 text-lg font-semibold">{title}</h2>
      {children && <p className="mt-1.5 text-muted-foreground">{children}</p>}
      {action && <div className="mt-6">{action}</div>}
    </div>
  );
}
