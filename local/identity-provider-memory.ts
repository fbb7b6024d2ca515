/**
 * The local identity provider's memory: sessions, grants and tokens. It survives a change of the clients, unlike the
 * library's own memory. https://github.com/panva/node-oidc-provider/blob/main/docs/README.md#adapter
 */
import type { Adapter, AdapterPayload } from "oidc-provider";

interface Entry {
  payload: AdapterPayload;
  /** Unix milliseconds. */
  expires: number;
}

/** By kind and ID. */
const entries = new Map<string, Entry>();

export class Memory implements Adapter {
  readonly #kind: string;

  constructor(kind: string) {
    this.#kind = kind;
  }

  /** @param lifetime seconds; without end if absent */
  async upsert(id: string, payload: AdapterPayload, lifetime?: number): Promise<void> {
    entries.set(this.#key(id), { payload, expires: lifetime === undefined ? Infinity : Date.now() + lifetime * 1000 });
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    return this.#live(this.#key(id));
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.#search((payload) => payload.uid === uid);
  }

  async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return this.#search((payload) => payload.userCode === userCode);
  }

  async consume(id: string): Promise<void> {
    const payload = this.#live(this.#key(id));
    if (payload) payload.consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id: string): Promise<void> {
    entries.delete(this.#key(id));
  }

  /** Deletes the grant's entries of every kind. */
  async revokeByGrantId(grantId: string): Promise<void> {
    for (const [key, { payload }] of entries) if (payload.grantId === grantId) entries.delete(key);
  }

  #key(id: string): string {
    return `${this.#kind}:${id}`;
  }

  #search(isMeant: (payload: AdapterPayload) => boolean): AdapterPayload | undefined {
    for (const [key, { payload }] of entries)
      if (key.startsWith(`${this.#kind}:`) && isMeant(payload)) return this.#live(key);
    return undefined;
  }

  #live(key: string): AdapterPayload | undefined {
    const entry = entries.get(key);
    if (entry && entry.expires > Date.now()) return entry.payload;
    entries.delete(key);
    return undefined;
  }
}
