// What stands in the player's place while there is no film to play.
import type { ReactNode } from "react";

interface PlayerMessageProps {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}

export function PlayerMessage({ title, children, action }: PlayerMessageProps) {
  return (
    <div className="flex size-full flex-col items-center justify-center overflow-auto bg-[oklch(0.19_0.015_215)] p-6 text-center text-white">
      <h2 className="text-lg font-semibold sm:text-xl">{title}</h2>
      {children && <div className="mt-2 max-w-md text-sm text-white/80 sm:text-base">{children}</div>}
      {action && <div className="mt-5">{action}</div>}
    </div>
  );
}
