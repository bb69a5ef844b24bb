// SHA-256 of a blob: by the browser where it offers it, in plain JavaScript on pages without a secure context.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

const stepBytes = 1024 * 1024;

export async function sha256Hex(blob: Blob): Promise<string> {
  if (globalThis.crypto?.subtle) {
    return bytesToHex(new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(await blob.arrayBuffer()))));
  }
  return sha256HexInSteps(blob);
}

export async function sha256HexInSteps(blob: Blob): Promise<string> {
  const hash = sha256.create();
  for (let start = 0; start < blob.size; start += stepBytes) {
    hash.update(new Uint8Array(await blob.slice(start, start + stepBytes).arrayBuffer()));
  }
  return bytesToHex(hash.digest());
}
