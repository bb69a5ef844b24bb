// The reason why a form was not accepted, above its button, read out at once.
import { CircleAlert } from "lucide-react";
import { sentenceOf } from "@/lib/problem";

export function FormFault({ error }: { error: unknown }) {
  if (!error) return null;
  return (
    <p
      role="alert"
      className="flex items-start gap-2.5 rounded-xl bg-danger-soft p-3.5 text-sm text-destructive"
    >
      <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
      <span>{sentenceOf(error)}</span>
    </p>
  );
}
