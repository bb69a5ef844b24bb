// The uploads of this tab, for the person who is signed in.
import { useEffect, useSyncExternalStore } from "react";
import { useMe } from "@/lib/api/me";
import { onSessionEnd } from "@/lib/session";
import { uploadQueue } from "../lib/upload-queue";

const active = new Set(["waiting", "uploading", "finishing"]);

export function useUploads() {
  const ownerId = useMe().data?.id;
  useEffect(() => {
    if (ownerId) void uploadQueue.open(ownerId);
  }, [ownerId]);
  return useSyncExternalStore(uploadQueue.subscribe, uploadQueue.items);
}

onSessionEnd(() => uploadQueue.close());

// Once, for the whole tab: closing it in the middle of an upload deserves a question.
window.addEventListener("beforeunload", (event) => {
  if (uploadQueue.items().some((item) => active.has(item.phase))) event.preventDefault();
});
