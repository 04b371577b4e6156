import {
  type Observable,
  connect,
  defer,
  finalize,
  fromEvent,
  ignoreElements,
  last,
  merge,
  takeUntil,
  tap,
  timer,
  withLatestFrom,
} from 'rxjs';
import { drawScreen } from './screen.js';
import type { Story } from './story.js';
import { paintAnsi, paintNothing } from './text.js';

/** Milliseconds between two pictures. */
const frameMs = 100;

const enterScreen = '\u001b[?1049h\u001b[?25l\u001b[2J';
const leaveScreen = '\u001b[?25h\u001b[?1049l';
/** Terminals that support these show what is written between them all at once. */
const beginUpdate = '\u001b[?2026h';
const endUpdate = '\u001b[?2026l';

/** Draws the story in place while it goes on, and restores the terminal at its end, also after an error. */
export function viewTerminal(title: string, out: NodeJS.WriteStream): (story$: Observable<Story>) => Observable<Story> {
  const paint = process.env['NO_COLOR'] ? paintNothing : paintAnsi;
  let drawn: readonly string[] = [];

  const draw = (story: Story): void => {
    // Some terminals say that they are 0 wide.
    const columns = out.columns || 80;
    const rows = out.rows || 24;
    const lines = drawScreen({ story, title, nowMs: Date.now(), columns, rows, paint });
    const changed = lines.map((line, row) => (line === drawn[row] ? '' : `\u001b[${row + 1};1H${line}`)).join('');
    if (changed) out.write(beginUpdate + changed + endUpdate);
    drawn = lines;
  };

  const resized$ = fromEvent(out, 'resize').pipe(
    tap(() => {
      drawn = [];
      out.write('\u001b[2J');
    }),
  );

  return (story$) =>
    defer(() => {
      const leave = (): void => void out.write(leaveScreen);
      process.once('exit', leave);
      out.write(enterScreen);
      return story$.pipe(
        connect((shared$) =>
          merge(
            shared$,
            merge(timer(0, frameMs), resized$).pipe(
              withLatestFrom(shared$),
              tap(([, story]) => draw(story)),
              ignoreElements(),
              takeUntil(shared$.pipe(last(null, undefined))),
            ),
          ),
        ),
        finalize(() => {
          process.off('exit', leave);
          leave();
        }),
      );
    });
}
