import { fullPath, type SpecOperation } from './spec.js';
import { comment } from './types.js';

/** The documentation comment of a method. */
export function documentation(operation: SpecOperation): string {
  const { summary, description, method } = operation;
  const gone = operation['x-until'] !== undefined;
  return comment([
    summary,
    !gone && description,
    [facts(operation), errors(operation), `Source: \`${method} ${fullPath(operation)}\`.`].filter(Boolean).join('\n'),
    gone && `@deprecated ${description ?? 'Removed: 11.6 answers 404.'}`,
  ]);
}

function facts(operation: SpecOperation): string {
  const { 'x-since': since, 'x-until': until } = operation;
  return [
    operation['x-permission'] && `Permission: ${operation['x-permission']}.`,
    since && `Since ${since}.`,
    until && until !== '0' && `Until ${until}.`,
    !since && operation['x-newer'] && !operation['x-plugin'] && `Newer than 11.6.`,
    operation['x-plugin'] && `Part of the plugin \`${operation['x-plugin']}\`.`,
    operation['x-licence'] && licence(operation['x-licence']),
    operation.deprecated && 'The public documents advise against it.',
  ]
    .filter(Boolean)
    .join(' ');
}

const licence = (name: string): string => (name === 'any' ? 'Needs a licence.' : `Needs the licence \`${name}\`.`);

const shownIds = 4;

function errors({ responses }: SpecOperation): string {
  const list = Object.entries(responses)
    .filter(([code]) => Number(code) >= 400)
    .map(([code, { 'x-error-ids': ids = [] }]) => {
      const shown = [...ids.slice(0, shownIds).map((id) => `\`${id}\``), ...(ids.length > shownIds ? ['…'] : [])];
      return shown.length > 0 ? `${code} (${shown.join(', ')})` : code;
    });
  return list.length > 0 ? `Errors: ${list.join(', ')}.` : '';
}
