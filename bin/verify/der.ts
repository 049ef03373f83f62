/** One element of DER: its tag, its content, and the bytes it stands in. */
export type Der = { readonly tag: number; readonly content: Uint8Array; readonly bytes: Uint8Array };

export const tag = { integer: 0x02, bits: 0x03, octets: 0x04, nothing: 0x05, oid: 0x06, sequence: 0x30, set: 0x31, context0: 0xa0 } as const;

type Length = { readonly length: number; readonly next: number };

/** A length in its one DER spelling: short where it can be, without leading zeros, at most 4 bytes. */
function lengthAt(bytes: Uint8Array, at: number): Length | undefined {
  const first = bytes[at];
  if (first === undefined || first < 0x80) return first === undefined ? undefined : { length: first, next: at + 1 };
  const size = first & 0x7f;
  const digits = bytes.slice(at + 1, at + 1 + size);
  if (size < 1 || size > 4 || digits.length !== size || digits[0] === 0) return undefined;
  const length = digits.reduce((sum, byte) => sum * 256 + byte, 0);
  return length < 0x80 ? undefined : { length, next: at + 1 + size };
}

/** The element that begins at `at`; undefined for anything but DER. Tags of more than one byte do not occur in what is read here. */
export function derAt(bytes: Uint8Array, at = 0): Der | undefined {
  const mark = bytes[at];
  const found = lengthAt(bytes, at + 1);
  if (mark === undefined || (mark & 0x1f) === 0x1f || !found || found.next + found.length > bytes.length) return undefined;
  return { tag: mark, content: bytes.slice(found.next, found.next + found.length), bytes: bytes.slice(at, found.next + found.length) };
}

/** The elements inside one, nothing between or after them; undefined when they are not DER or it has another tag. */
export function childrenOf(element: Der | undefined, expected: number): readonly Der[] | undefined {
  if (element?.tag !== expected) return undefined;
  const children: Der[] = [];
  for (let at = 0; at < element.content.length; ) {
    const child = derAt(element.content, at);
    if (!child) return undefined;
    children.push(child);
    at += child.bytes.length;
  }
  return children;
}
