// Changes title, description, tags, poster and privacy of a video.
import { type FormEvent, useState } from "react";
import { FormFault } from "@/components/form-fault";
import { PrivacySelect } from "@/components/privacy-select";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { useChangeVideo } from "@/lib/api/change-video";
import { useVideo } from "@/lib/api/video";
import { fieldFault, formFault, sentenceOf } from "@/lib/problem";
import type { Video } from "@/types/api-types";
import { formatTags, parseTags } from "@/utils/tags";
import { PosterField } from "./poster-field";

export function EditVideoDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const video = useVideo(id);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Edit the film">
      {video.isPending && <Skeleton className="h-72" />}
      {video.isError && (
        <p role="alert" className="text-destructive">
          {sentenceOf(video.error)}
        </p>
      )}
      {video.data && <EditForm video={video.data} onClose={onClose} />}
    </Dialog>
  );
}

function EditForm({ video, onClose }: { video: Video; onClose: () => void }) {
  const [title, setTitle] = useState(video.title);
  const [description, setDescription] = useState(video.description);
  const [tags, setTags] = useState(formatTags(video.tags));
  const [privacy, setPrivacy] = useState(video.privacy);
  const change = useChangeVideo(video.id);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(
      { title: title.trim(), description, tags: parseTags(tags), privacy },
      {
        onSuccess: () => {
          toast.done("Saved.");
          onClose();
        },
      },
    );
  };

  return (
    <form onSubmit={submit} className="space-y-4">
      <Field label="Title" error={fieldFault(change.error, "title")}>
        {(control) => (
          <Input
            {...control}
            required
            maxLength={200}
            value={title}
            onChange={(event) => setTitle(event.target.value)}
          />
        )}
      </Field>
      <Field label="Description" error={fieldFault(change.error, "description")}>
        {(control) => (
          <Textarea
            {...control}
            rows={5}
            maxLength={5000}
            value={description}
            onChange={(event) => setDescription(event.target.value)}
          />
        )}
      </Field>
      <Field label="Tags" hint="Separated by commas" error={fieldFault(change.error, "tags")}>
        {(control) => (
          <Input {...control} value={tags} onChange={(event) => setTags(event.target.value)} />
        )}
      </Field>
      <PosterField video={video} />
      <PrivacySelect value={privacy} onChange={setPrivacy} />
      <FormFault error={formFault(change.error, ["title", "description", "tags"])} />
      <div className="flex justify-end gap-2 pt-1">
        <Button variant="secondary" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" busy={change.isPending}>
          Save
        </Button>
      </div>
    </form>
  );
}
