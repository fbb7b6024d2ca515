/** What handlers logged about requests that they refused: their answers do not say why. */

export interface RefusalLine {
  /** A code of docs/operations.md. */
  outcome: string;
  detail?: string;
  uid?: string;
}

export interface HandlerLines {
  /** @param line that a function wrote */
  add(line: string): void;
  /** The line about a request. It may come a little later than the answer; undefined if there is none. */
  about(requestId: string): Promise<RefusalLine | undefined>;
}

/** Requests whose line is remembered until somebody asks. */
const MAX_LINES = 1000;
/** Milliseconds until a line that is not there will not come. */
const PATIENCE = 500;

export function handlerLines(): HandlerLines {
  const lines = new Map<string, RefusalLine>();
  const waiting = new Map<string, (line: RefusalLine) => void>();
  return {
    add(text) {
      const found = parsed(text);
      if (!found) return;
      const { requestId, line } = found;
      const waits = waiting.get(requestId);
      if (waits) return waits(line);
      lines.set(requestId, line);
      if (lines.size > MAX_LINES) lines.delete(lines.keys().next().value!);
    },
    about(requestId) {
      const line = lines.get(requestId);
      lines.delete(requestId);
      if (line) return Promise.resolve(line);
      return new Promise((resolve) => {
        const end = (found?: RefusalLine) => {
          clearTimeout(timer);
          waiting.delete(requestId);
          resolve(found);
        };
        const timer = setTimeout(end, PATIENCE);
        waiting.set(requestId, end);
      });
    },
  };
}

function parsed(text: string): { requestId: string; line: RefusalLine } | undefined {
  try {
    const { endpoint, requestId, outcome, detail, uid } = JSON.parse(text) as Record<string, string | undefined>;
    if (endpoint !== "bearer" || !requestId || !outcome) return undefined;
    return { requestId, line: { outcome, ...(detail && { detail }), ...(uid && { uid }) } };
  } catch {
    return undefined;
  }
}
