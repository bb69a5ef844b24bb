// Watch a film; `?t=` starts it at a second.
import { useParams, useSearchParams } from "react-router";
import { WatchPage } from "@/features/watch/components/watch-page";

export default function Watch() {
  const { id = "" } = useParams();
  const [params] = useSearchParams();
  return <WatchPage key={id} id={id} startS={secondsOf(params.get("t"))} />;
}

function secondsOf(value: string | null): number | null {
  const seconds = Number(value ?? NaN);
  return Number.isFinite(seconds) && seconds > 0 ? Math.floor(seconds) : null;
}
