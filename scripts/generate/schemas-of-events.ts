import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { arrayOf, literalOf, objectOf, unionOf, type Model } from './schema-notation.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const source = `${root}src/models/events.ts`;

/**
 * The type of the data of each event, by name. Reads `EventMap`, the types that users see, so that the schemas cannot differ from them.
 *
 * @param entities generated types by path, which may not be written yet.
 * @param models receives the interfaces that are not generated entities.
 * @param use gives the type of a generated entity.
 */
export function readEventTypes(
  entities: ReadonlyMap<string, string>,
  models: Map<string, Model>,
  use: (name: string) => string,
): Map<string, string> {
  const program = compile(entities);
  const checker = program.getTypeChecker();

  const typeOf = (type: ts.Type): string => {
    const { flags } = type;
    if (flags & ts.TypeFlags.Boolean) return 'boolean';
    if (type.isUnion()) return unionOf(type.types.filter(({ flags }) => !(flags & ts.TypeFlags.Undefined)).map(typeOf));
    // `string & {}` stands for values that are not known yet.
    if (flags & ts.TypeFlags.String || (type.isIntersection() && type.types.some(isText))) return 'string';
    if (flags & ts.TypeFlags.Number) return 'number';
    if (flags & ts.TypeFlags.Null) return 'null';
    if (flags & ts.TypeFlags.Unknown) return 'unknown';
    if (flags & ts.TypeFlags.BooleanLiteral) return checker.typeToString(type);
    if (type.isLiteral()) return literalOf(type.value);
    if (checker.isArrayType(type)) return arrayOf(typeOf(checker.getTypeArguments(type as ts.TypeReference)[0]!));
    if (flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) return named(type) ?? members(type);
    throw new Error(`events.ts: ${checker.typeToString(type)} must be a type that the schemas can express`);
  };

  /** The name of an interface of `src/models`; undefined for any other type. */
  const named = (type: ts.Type): string | undefined => {
    const symbol = type.getSymbol();
    const file = symbol?.declarations?.[0]?.getSourceFile().fileName ?? '';
    if (!symbol || !(symbol.flags & ts.SymbolFlags.Interface) || !file.startsWith(`${root}src/models/`))
      return undefined;
    if (file.startsWith(`${root}src/models/generated/`)) return use(symbol.name);
    if (!models.has(symbol.name)) {
      const from = basename(file, '.ts');
      // Set before its members are read, because they may refer back to it.
      models.set(symbol.name, { type: '', from });
      models.set(symbol.name, { type: members(checker.getDeclaredTypeOfSymbol(symbol)), from });
    }
    return symbol.name;
  };

  const members = (type: ts.Type): string => {
    const rest = type.getStringIndexType();
    const own = type.getProperties().map((symbol) => ({
      name: symbol.name,
      type: typeOf(checker.getTypeOfSymbol(symbol)),
      optional: !!(symbol.flags & ts.SymbolFlags.Optional),
    }));
    return objectOf(own, rest && typeOf(rest));
  };

  const typeNamed = (name: string): ts.Type => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(source)!)!;
    return checker.getDeclaredTypeOfSymbol(checker.getExportsOfModule(module).find((symbol) => symbol.name === name)!);
  };
  // `broadcast` is no data of an event, but needs a model, too.
  typeOf(checker.getTypeOfSymbol(typeNamed('TypedEvent').getProperty('broadcast')!));
  const events = typeNamed('EventMap').getProperties();
  return new Map(events.map((event) => [event.name, typeOf(checker.getTypeOfSymbol(event))]));
}

const isText = ({ flags }: ts.Type): boolean => !!(flags & ts.TypeFlags.String);

/** A program of `events.ts` that sees the generated types as they will be written. */
function compile(entities: ReadonlyMap<string, string>): ts.Program {
  const options: ts.CompilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es5.d.ts'],
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  const newText = (file: string): string | undefined => entities.get(file.slice(root.length));
  host.fileExists = (file) => newText(file) !== undefined || fileExists(file);
  host.readFile = (file) => newText(file) ?? readFile(file);
  return ts.createProgram([source], options, host);
}
