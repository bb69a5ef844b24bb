// What a film is called and who may see it, said before it is sent.
import { Upload } from "lucide-react";
import { type FormEvent, useState } from "react";
import { PrivacySelect } from "@/components/privacy-select";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { formatTags, parseTags } from "@/utils/tags";
import { uploadQueue } from "../lib/upload-queue";
import type { UploadItem } from "../lib/upload-item";
import type { UploadDetails } from "../lib/upload-record";

export function DraftForm({ item }: { item: UploadItem }) {
  const { details } = item;
  const [tags, setTags] = useState(formatTags(details.tags));
  const set = (change: Partial<UploadDetails>) =>
    uploadQueue.describe(item.key, { ...details, ...change });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    uploadQueue.start(item.key);
  };

  return (
    <form onSubmit={submit} className="mt-4 space-y-4">
      <Field label="Title">
        {(control) => (
          <Input
            {...control}
            required
            maxLength={200}
            value={details.title}
            onChange={(event) => set({ title: event.target.value })}
          />
        )}
      </Field>
      <Field label="Description">
        {(control) => (
          <Textarea
            {...control}
            maxLength={5000}
            value={details.description}
            onChange={(event) => set({ description: event.target.value })}
          />
        )}
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Tags" hint="Separated by commas">
          {(control) => (
            <Input
              {...control}
              value={tags}
              onChange={(event) => {
                setTags(event.target.value);
                set({ tags: parseTags(event.target.value) });
              }}
            />
          )}
        </Field>
        <PrivacySelect value={details.privacy} onChange={(privacy) => set({ privacy })} />
      </div>
      <div className="flex justify-end">
        <Button type="submit">
          <Upload aria-hidden="true" />
          Upload
        </Button>
      </div>
    </form>
  );
}
