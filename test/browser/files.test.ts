import {
  createClient,
  resumableDownload,
  resumableUpload,
  uploadFile,
  xhrTransport,
  type TransferEvent,
} from 'matterstream';
import { lastValueFrom, toArray, type Observable } from 'rxjs';
import { beforeAll, describe, expect, inject, it } from 'vitest';

const mib = 1024 * 1024;
const bytes = new Uint8Array(6 * mib).map((_, at) => (at * 31) >> 3);

/** A client that reports the progress of uploads, and a new channel for it. */
async function openChannel() {
  const url = inject('filesServerUrl');
  const name = `files${Date.now().toString(36)}`;
  const password = 'Browser-Pass-1!';
  await createClient({ url }).users.createUser({ username: name, email: `${name}@example.test`, password });
  const client = createClient({ url, auth: { loginId: name, password }, transport: xhrTransport() });
  const team = await client.teams.createTeam({ name, display_name: name, type: 'O' });
  const channel = await client.channels.createChannel({ team_id: team.id, name, display_name: name, type: 'O' });
  return { client, channelId: channel.id };
}

const eventsOf = <T>(events: Observable<TransferEvent<T>>) => lastValueFrom(events.pipe(toArray()));
const countsOf = (events: readonly TransferEvent<unknown>[]): readonly number[] =>
  events.flatMap((event) => (event.type === 'upload' ? [event.loadedBytes] : []));

describe('files in a browser', () => {
  let world: Awaited<ReturnType<typeof openChannel>>;
  beforeAll(async () => {
    world = await openChannel();
  });

  it('are uploaded as a File with progress, in one request', async () => {
    const { client, channelId } = world;
    const file = new File([bytes], 'whole.bin');
    const events = await eventsOf(uploadFile(client.files, file, { channelId }).progress());
    const counts = countsOf(events);
    expect(counts.at(-1)).toBe(bytes.length);
    expect([...counts].sort((a, b) => a - b)).toEqual(counts);
    expect(events.at(-1)).toMatchObject({ type: 'done', value: { name: 'whole.bin', size: bytes.length } });
  });

  it('are uploaded in parts with progress, and downloaded whole', async () => {
    const { client, channelId } = world;
    const file = new File([bytes], 'parts.bin');
    const events = await eventsOf(resumableUpload(client.files, file, { channelId, chunkBytes: mib }).progress());
    const counts = countsOf(events);
    expect(counts).toEqual(expect.arrayContaining([5 * mib, 6 * mib]));
    expect([...counts].sort((a, b) => a - b)).toEqual(counts);
    const done = events.at(-1);
    if (done?.type !== 'done') throw new Error('no end');
    const blob = await resumableDownload(client.files.getFile(done.value.id));
    expect(indexOfDifference(new Uint8Array(await blob.arrayBuffer()), bytes)).toBe(-1);
    const part = await resumableDownload(client.files.getFile(done.value.id), { start: 5, end: 10 });
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(bytes.slice(5, 10));
  });

  it('become pictures of the right size that a browser can show', async () => {
    const { client, channelId } = world;
    const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 400 });
    canvas.getContext('2d')?.fillRect(0, 0, 100, 100);
    const picture = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve));
    const { id, width } = await uploadFile(client.files, picture!, { channelId, filename: 'picture.png' });
    expect(width).toBe(640);
    const thumbnail = await createImageBitmap(await client.files.getFileThumbnail(id));
    expect([thumbnail.width, thumbnail.height]).toEqual([120, 75]);
    const preview = await createImageBitmap(await client.files.getFilePreview(id));
    expect([preview.width, preview.height]).toEqual([640, 400]);
  });

  it('are not read from a path', async () => {
    const { client, channelId } = world;
    await expect(uploadFile(client.files, '/etc/hosts', { channelId })).rejects.toThrow(/work on Node\.js only/);
  });
});

const indexOfDifference = (a: Uint8Array, b: Uint8Array): number =>
  a.length === b.length ? a.findIndex((byte, at) => byte !== b[at]) : Math.min(a.length, b.length);
