// Where files are dropped or chosen; keeps a handle to each where the browser offers one.
import { FileUp } from "lucide-react";
import { type DragEvent, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { cn } from "@/utils/cn";

/** What the picker offers: browsers know no type of the files behind these endings. Whatever is dropped is taken. */
const KINDS =
  "video/*,audio/*,image/gif,.mkv,.mka,.ts,.m2ts,.avi,.flv,.wmv,.mxf,.vob,.h264,.hevc,.obu,.y4m,.ivf,.caf,.w64,.wv,.tta";

export interface ChosenFile {
  file: File;
  handle: FileSystemFileHandle | null;
}

interface DropZoneProps {
  compact: boolean;
  onFiles: (files: ChosenFile[]) => void;
}

export function DropZone({ compact, onFiles }: DropZoneProps) {
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);

  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void droppedFiles(event.dataTransfer).then((files) => files.length > 0 && onFiles(files));
  };
  const choose = async () => {
    const picked = await pickWithHandles();
    if (picked === "not offered") input.current?.click();
    else if (picked.length > 0) onFiles(picked);
  };

  return (
    <div
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={cn(
        "flex flex-col items-center justify-center gap-4 rounded-2xl border-2 border-dashed border-input text-center transition-colors",
        compact ? "p-5 sm:flex-row sm:justify-between sm:text-left" : "px-6 py-16 sm:py-24",
        over && "border-primary bg-accent",
      )}
    >
      <div className={cn("flex flex-col items-center gap-4", compact && "sm:flex-row")}>
        <span
          className={cn(
            "flex items-center justify-center rounded-full bg-accent text-accent-foreground",
            compact ? "size-11" : "size-16",
          )}
        >
          <FileUp aria-hidden="true" className={compact ? "size-5" : "size-7"} />
        </span>
        <div>
          <p className={cn("font-medium", !compact && "text-lg")}>
            {compact ? "Add more films" : "Drop films here"}
          </p>
          <p className="text-sm text-muted-foreground">
            Most formats work: mp4, mov, mkv, webm and others; sound alone as well. Several at once, if
            you like.
          </p>
        </div>
      </div>
      <Button variant={compact ? "secondary" : "primary"} onClick={() => void choose()}>
        Choose files
      </Button>
      <input
        ref={input}
        type="file"
        multiple
        accept={KINDS}
        aria-label="Films to upload"
        tabIndex={-1}
        className="sr-only"
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])].map((file) => ({ file, handle: null })));
          event.target.value = "";
        }}
      />
    </div>
  );
}

async function droppedFiles(transfer: DataTransfer): Promise<ChosenFile[]> {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  // All must be asked for before the first wait: afterwards the list is empty.
  const found = items.map((item) => ({ file: item.getAsFile(), handle: handleOf(item) }));
  const chosen = await Promise.all(
    found.map(async ({ file, handle }) => ({ file, handle: await handle })),
  );
  return chosen.filter((one): one is ChosenFile => one.file !== null);
}

async function handleOf(item: DataTransferItem): Promise<FileSystemFileHandle | null> {
  const offering = item as DataTransferItem & {
    getAsFileSystemHandle?: () => Promise<FileSystemHandle | null>;
  };
  try {
    const handle = await offering.getAsFileSystemHandle?.();
    return handle?.kind === "file" ? (handle as FileSystemFileHandle) : null;
  } catch {
    return null;
  }
}

/** The picker that gives handles, so that an upload can go on after a reload without choosing the file again. */
async function pickWithHandles(): Promise<ChosenFile[] | "not offered"> {
  const offering = window as Window & {
    showOpenFilePicker?: (options: { multiple: boolean }) => Promise<FileSystemFileHandle[]>;
  };
  if (!offering.showOpenFilePicker) return "not offered";
  try {
    const handles = await offering.showOpenFilePicker({ multiple: true });
    return await Promise.all(
      handles.map(async (handle) => ({ file: await handle.getFile(), handle })),
    );
  } catch (error) {
    // Closing the picker is no fault.
    if (error instanceof DOMException && error.name === "AbortError") return [];
    return "not offered";
  }
}
