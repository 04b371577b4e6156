/**
 * An embedded server in the form that the suite takes.
 *
 * @param {typeof import('matterstream/testing')} testing
 * @param {0 | 'memory'} port `memory`: a server without sockets
 */
export async function openEmbedded({ createTestServer }, port) {
  const server = await createTestServer({ port });
  const { url, fetch, WebSocket } = server;
  return {
    options: port === 'memory' ? { url, fetch, WebSocket } : { url },
    drop: () => server.faults.drop(),
    close: () => server.close(),
  };
}
