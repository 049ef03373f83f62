import { sameBytes, type Frontier, type Node } from "#lib/ledger/tree.ts";

/** Stored inner hashes by "level/number". */
export type StoredNodes = ReadonlyMap<string, Uint8Array>;
export type AlteredNode = { readonly node: string; readonly stored: Uint8Array | undefined; readonly computed: Uint8Array };
/** Roots over the first n leaves, for the sizes that were asked for. */
export type Roots = ReadonlyMap<number, Uint8Array>;

/** Every how manieth level of the tree is stored. */
const nodeStep = 8;

/**
 * Walks a tree from left to right over its leaf hashes: keeps the root at each wanted size and compares the stored inner hashes
 * with those that come to be. `wanted`: sizes larger than the frontier's, in any order.
 */
export class TreeWalk {
  readonly frontier: Frontier;
  readonly roots = new Map<number, Uint8Array>();
  readonly altered: AlteredNode[] = [];
  readonly #wanted: ReadonlySet<number>;
  readonly #nodes: StoredNodes;
  constructor(frontier: Frontier, wanted: Iterable<number>, nodes: StoredNodes) {
    this.frontier = frontier;
    this.#wanted = new Set(wanted);
    this.#nodes = nodes;
    this.#keepRoot();
  }

  #keepRoot(): void {
    const root = this.#wanted.has(this.frontier.size) ? this.frontier.root() : undefined;
    if (root) this.roots.set(this.frontier.size, root);
  }

  #compareNode = ({ level, number }: Node, computed: Uint8Array): void => {
    if (level % nodeStep !== 0) return;
    const stored = this.#nodes.get(`${level}/${number}`);
    if (!stored || !sameBytes(stored, computed)) this.altered.push({ node: `${level}/${number}`, stored, computed });
  };

  /** The next leaf's hash. */
  append(leafHash: Uint8Array): void {
    this.frontier.append(leafHash, 0, this.#compareNode);
    this.#keepRoot();
  }
}
