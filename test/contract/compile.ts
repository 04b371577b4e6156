import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Sources that every compilation reads, parsed once. */
const parsed = new Map<string, ts.SourceFile | undefined>();

/** A source text as if it stood beside this file, and the program of it. */
export function programOf(text: string): { readonly program: ts.Program; readonly source: ts.SourceFile } {
  const path = `${root}test/contract/recorded.virtual.ts`;
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, (file) => ts.sys.readFile(file)) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (file) => file === path || fileExists(file);
  host.readFile = (file) => (file === path ? text : readFile(file));
  host.getSourceFile = (file, ...rest) => {
    if (file === path) return ts.createSourceFile(file, text, ts.ScriptTarget.ES2022);
    if (!parsed.has(file)) parsed.set(file, getSourceFile(file, ...rest));
    return parsed.get(file);
  };
  const program = ts.createProgram([path], { ...options, noUnusedLocals: false }, host);
  return { program, source: program.getSourceFile(path)! };
}

/** Problems that the compiler finds in a source text. */
export function compile(lines: readonly string[]): string[] {
  const text = lines.join('\n');
  const { program, source } = programOf(text);
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
    ({ messageText, start }) => {
      const line = text.slice(text.lastIndexOf('\n', start) + 1, text.indexOf('\n', start));
      return `${line.slice(0, 120)}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    },
  );
}
