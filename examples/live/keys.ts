import { EMPTY, Observable } from 'rxjs';

/**
 * Emits when `q`, Ctrl-C or Ctrl-D is pressed. While subscribed the terminal shows no keys, so that none of them spoils the picture.
 * Never emits without a terminal.
 */
export function quitKeys(input: NodeJS.ReadStream): Observable<string> {
  if (!input.isTTY) return EMPTY;
  return new Observable((subscriber) => {
    const read = (bytes: Buffer): void => {
      const key = bytes.toString();
      if (/[qQ\u0003\u0004]/.test(key)) subscriber.next(key);
    };
    input.setRawMode(true);
    input.on('data', read);
    input.resume();
    return () => {
      input.off('data', read);
      input.setRawMode(false);
      input.pause();
    };
  });
}
