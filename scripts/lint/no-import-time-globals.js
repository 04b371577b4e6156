/**
 * Forbids reading a platform global while a module is being evaluated: an import must work everywhere, also where `fetch`,
 * `WebSocket` or `process` are defined later or never.
 */
const platform = new Set(
  (
    'globalThis window self document navigator location process Buffer fetch Request Response Headers FormData Blob File ' +
    'WebSocket AbortController AbortSignal TextEncoder TextDecoder URL URLSearchParams crypto performance addEventListener ' +
    'setTimeout setInterval clearTimeout clearInterval queueMicrotask structuredClone localStorage'
  ).split(' '),
);

/** True while the code around a node runs later than the module: in a function, or in a field of an instance. */
function runsLater(node) {
  for (let at = node; at.parent; at = at.parent) {
    if (/Function/.test(at.type)) return true;
    if (at.parent.type === 'PropertyDefinition' && !at.parent.static && at.parent.value === at) return true;
  }
  return false;
}

export default {
  meta: {
    type: 'problem',
    messages: { early: '`{{name}}` is read while the module loads; look it up when it is used.' },
    schema: [],
  },
  create: (context) => ({
    Program(program) {
      const { globalScope } = context.sourceCode.scopeManager;
      const references = [...globalScope.through, ...globalScope.variables.flatMap((variable) => variable.references)];
      for (const { identifier } of references) {
        if (!platform.has(identifier.name) || runsLater(identifier) || isType(identifier)) continue;
        context.report({ node: identifier, messageId: 'early', data: { name: identifier.name } });
      }
      return program;
    },
  }),
};

/** True for a name in a type, which leaves no trace in the code. */
const isType = (node) => {
  for (let at = node.parent; at; at = at.parent)
    if (at.type.startsWith('TS') && at.type !== 'TSAsExpression') return true;
  return false;
};
