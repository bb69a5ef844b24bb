// Choose films, say what they are, watch them go up and be made.
import { PageHeading } from "@/components/page-heading";
import { Button } from "@/components/ui/button";
import { useConfig } from "@/lib/api/config";
import { useUploads } from "../hooks/use-uploads";
import { uploadQueue } from "../lib/upload-queue";
import { DropZone } from "./drop-zone";
import { UploadCard } from "./upload-card";

export function UploadPage() {
  const items = useUploads();
  const maxBytes = useConfig().data?.max_upload_bytes ?? Number.POSITIVE_INFINITY;
  const drafts = items.filter((item) => item.phase === "draft");
  const startAll = () => drafts.forEach((item) => uploadQueue.start(item.key));

  return (
    <div className="mx-auto max-w-3xl">
      <PageHeading
        title="Upload"
        description="A film can be watched while the rest of it is still being made."
        actions={
          drafts.length > 1 && (
            <Button onClick={startAll}>Upload all {drafts.length}</Button>
          )
        }
      />
      {items.length > 0 && (
        <ul className="mb-5 space-y-4" aria-label="Uploads">
          {items.map((item) => (
            <li key={item.key}>
              <UploadCard item={item} />
            </li>
          ))}
        </ul>
      )}
      <DropZone compact={items.length > 0} onFiles={(files) => uploadQueue.add(files, maxBytes)} />
    </div>
  );
}
