import type { Answer, SandboxRequest } from '../core.ts';

/** Content, or the part of it that `Range` asks for: 200, 206, or 416 without a body. */
export function serveBytes(request: SandboxRequest, bytes: Uint8Array, more: Readonly<Record<string, string>>): Answer {
  const headers = { 'Content-Type': 'application/octet-stream', 'Accept-Ranges': 'bytes', ...more };
  const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '');
  if (range === null || (range[1] === '' && range[2] === '')) return { status: 200, headers, body: bytes };
  const suffix = range[1] === '';
  const start = suffix ? Math.max(0, bytes.length - Number(range[2])) : Number(range[1]);
  const end = suffix || range[2] === '' ? bytes.length - 1 : Math.min(Number(range[2]), bytes.length - 1);
  if (start > end) return { status: 416, headers: { ...headers, 'Content-Range': `bytes */${bytes.length}` } };
  return {
    status: 206,
    headers: { ...headers, 'Content-Range': `bytes ${start}-${end}/${bytes.length}` },
    body: bytes.subarray(start, end + 1),
  };
}
