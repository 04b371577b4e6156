/**
 * An embedded server as the suite wants it.
 *
 * @param {typeof import('matterstream/testing')} testing
 * @param {0 | 'memory'} port `memory` is a server that is reached without sockets
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
