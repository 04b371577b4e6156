const types: Readonly<Record<string, string>> = {
  avi: 'video/x-msvideo',
  bmp: 'image/bmp',
  css: 'text/css; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  gif: 'image/gif',
  gz: 'application/gzip',
  htm: 'text/html; charset=utf-8',
  html: 'text/html; charset=utf-8',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  mpeg: 'video/mpeg',
  pdf: 'application/pdf',
  png: 'image/png',
  svg: 'image/svg+xml',
  tiff: 'image/tiff',
  txt: 'text/plain; charset=utf-8',
  wav: 'audio/x-wav',
  webm: 'video/webm',
  webp: 'image/webp',
  xml: 'text/xml; charset=utf-8',
  zip: 'application/zip',
};

/** The name of a file without folders, its extension and the type that belongs to it. */
export function nameOf(path: string) {
  const name = path.split(/[/\\]/).at(-1) ?? '';
  const extension = name.includes('.') ? (name.split('.').at(-1) ?? '').toLowerCase() : '';
  return { name, extension, mime_type: types[extension] ?? '' };
}

const shownInline = /^(image\/(jpeg|png|bmp|gif|tiff)|video\/(avi|mpeg|mp4)|audio\/(mpeg|wav))/;
const runsInBrowsers = /^(text\/html|text\/javascript|application\/(javascript|xhtml))/;

/** Headers of a file's contents. What a browser would run is sent as plain text (protocol §8.3). */
export function contentHeaders(type: string, name: string, asDownload: boolean): Readonly<Record<string, string>> {
  const inline = shownInline.test(type) && !asDownload;
  const escaped = encodeURIComponent(name).replace(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);
  return {
    'Content-Type': runsInBrowsers.test(type) ? 'text/plain' : type || 'application/octet-stream',
    'Content-Disposition': `${inline ? 'inline' : 'attachment'};filename="${escaped}"; filename*=UTF-8''${escaped}`,
  };
}
