// The film's address to pass on, from the start or from the moment now shown.
import { Check, Copy, Share2 } from "lucide-react";
import { useId, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";
import { paths } from "@/config/paths";
import type { Video } from "@/types/api-types";
import { formatDuration } from "@/utils/format";

interface ShareButtonProps {
  video: Video;
  media: HTMLVideoElement | null;
}

export function ShareButton({ video, media }: ShareButtonProps) {
  const [open, setOpen] = useState(false);
  const [atS, setAtS] = useState(0);
  const [fromNow, setFromNow] = useState(false);
  const [copied, setCopied] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const checkboxId = useId();
  const link =
    location.origin + paths.watch.href(video.id) + (fromNow && atS > 0 ? `?t=${atS}` : "");

  const show = () => {
    setAtS(Math.floor(media?.currentTime ?? 0));
    setFromNow(false);
    setCopied(false);
    setOpen(true);
  };
  const copy = async () => {
    setCopied(await copyText(link, field.current));
  };

  return (
    <>
      <Button variant="secondary" onClick={show}>
        <Share2 aria-hidden="true" />
        Share
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="Share this film"
        description={
          video.privacy === "private"
            ? "The film is private: the link works for nobody but you until you change that."
            : undefined
        }
      >
        <div className="flex gap-2">
          <Input
            ref={field}
            readOnly
            aria-label="Link to the film"
            value={link}
            onFocus={(event) => event.target.select()}
          />
          <Button onClick={() => void copy()}>
            {copied ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />}
            {copied ? "Copied" : "Copy"}
          </Button>
        </div>
        {atS > 0 && (
          <div className="mt-4 flex items-center gap-2.5 text-sm">
            <input
              id={checkboxId}
              type="checkbox"
              className="size-4 accent-primary"
              checked={fromNow}
              onChange={(event) => {
                setFromNow(event.target.checked);
                setCopied(false);
              }}
            />
            <label htmlFor={checkboxId}>Start at {formatDuration(atS * 1000)}</label>
          </div>
        )}
        <p role="status" className="sr-only">
          {copied ? "The link is copied." : ""}
        </p>
      </Dialog>
    </>
  );
}

async function copyText(text: string, field: HTMLInputElement | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No clipboard on plain http: select the text, and copy it the old way where that still works.
    field?.focus();
    field?.select();
    return document.execCommand("copy");
  }
}
