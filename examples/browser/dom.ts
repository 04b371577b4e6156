import { isApiError } from 'matterstream';

/** The element of the page with this id, which is of the given class. */
export function element<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} with the id ${id}`);
  return found;
}

/** A new element. Text of others is inserted as text, never as HTML. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  content: Partial<HTMLElementTagNameMap[K]>,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(tag), content);
  made.append(...children);
  return made;
}

export function statusDot(status: string): HTMLElement {
  const dot = make('span', { className: 'dot', title: status });
  dot.dataset['status'] = status;
  return dot;
}

/** The message to show: that of the server, if it sent one. */
export function messageOf(error: unknown): string {
  if (isApiError(error)) return error.serverMessage;
  return error instanceof Error ? error.message : String(error);
}
