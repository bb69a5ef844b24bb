// A web worker that answers with the SHA-256 of the blobs it is sent, so that the page stays smooth.
import { sha256Hex } from "./sha256";

interface HashJob {
  id: number;
  blob: Blob;
}

self.onmessage = async (event: MessageEvent<HashJob>) => {
  const { id, blob } = event.data;
  try {
    self.postMessage({ id, hex: await sha256Hex(blob) });
  } catch (error) {
    self.postMessage({ id, fault: error instanceof Error ? error.message : String(error) });
  }
};
