import { hello, posted, replyTo } from '../peers/frames.mjs';

/** A socket within the process: the client's own work alone is measured. */
export class LocalSocket {
  static readonly takesHeaders = true;
  /** The one that was opened last. */
  static last: LocalSocket;
  readonly readyState = 1;
  onopen: ((event: object) => unknown) | null = null;
  onmessage: ((event: { data: string }) => unknown) | null = null;
  onerror = null;
  onclose = null;
  #seq = 1;

  constructor() {
    LocalSocket.last = this;
    queueMicrotask(() => {
      this.onopen?.({});
      this.onmessage?.({ data: hello() });
    });
  }

  send(text: string): void {
    queueMicrotask(() => this.onmessage?.({ data: replyTo(text) }));
  }

  close(): void {}

  /** Makes a burst, as flat strings like those that come off a wire. */
  prepare(count: number): readonly string[] {
    return Array.from({ length: count }, () => Buffer.from(posted(this.#seq++)).toString());
  }

  deliver(texts: readonly string[]): void {
    for (const data of texts) this.onmessage?.({ data });
  }
}
