// Says plainly that this site is not encrypted, where a password is about to be typed.
import { ShieldAlert } from "lucide-react";
import { useConfig } from "@/lib/api/config";

export function InsecureNotice() {
  const config = useConfig().data;
  if (!config?.insecure_transport) return null;
  return (
    <p
      role="note"
      className="flex items-start gap-2.5 rounded-xl bg-notice-soft p-3.5 text-sm text-notice-foreground"
    >
      <ShieldAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
      <span>
        The connection to this server is not encrypted. Others on the network could read what you
        type here; do not use a password that you use elsewhere.
      </span>
    </p>
  );
}
