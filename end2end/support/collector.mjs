// A collector of traces: it takes OTLP over HTTP, as a real one does, and shows the spans. It reads the bytes itself (Protobuf), with
// nothing of the servers' library.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE = 15_000;
const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];

/** The fields of a message: the values of each number, bytes where they have a length. */
function fields(bytes) {
  const found = new Map();
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length) => bytes.subarray(at, at += length);
  while (at < bytes.length) {
    const key = Number(varint());
    const read = [varint, () => take(8).readBigUInt64LE(), () => take(Number(varint())), , , () => take(4).readUInt32LE()][key & 7];
    const number = key >> 3;
    found.set(number, [...found.get(number) ?? [], read()]);
  }
  const all = (number) => found.get(number) ?? [];
  return { all, messages: (number) => all(number).map(fields), text: (number) => all(number)[0]?.toString() ?? '', hex: (number) => all(number)[0]?.toString('hex') ?? '' };
}

/** The numbers are those of opentelemetry/proto/common/v1/common.proto and trace/v1/trace.proto. */
function attributes(pairs) {
  return Object.fromEntries(pairs.map((pair) => {
    const [value] = pair.messages(2);
    return [pair.text(1), value.all(3).length > 0 ? Number(value.all(3)[0]) : value.text(1)];
  }));
}

const spansOf = (request) => fields(request).messages(1).flatMap((group) => {
  const service = attributes(group.messages(1)[0].messages(1))['service.name'];
  return group.messages(2).flatMap((scope) => scope.messages(2)).map((span) => ({
    service,
    trace: span.hex(1),
    id: span.hex(2),
    parent: span.hex(4),
    name: span.text(5),
    kind: KINDS[Number(span.all(6)[0] ?? 0n)],
    attributes: attributes(span.messages(9)),
  }));
});

export class Collector {
  #requests = [];
  #server;

  async open() {
    this.#server = createServer(async (request, response) => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const isRight = request.method === 'POST' && request.url === '/v1/traces' && request.headers['content-type'] === 'application/x-protobuf';
      if (isRight) this.#requests.push(Buffer.concat(chunks));
      response.writeHead(isRight ? 200 : 400, { 'content-type': 'application/x-protobuf' }).end();
    }).listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** Everything that came, as it came. */
  get text() {
    return Buffer.concat(this.#requests).toString();
  }

  get spans() {
    return this.#requests.flatMap(spansOf);
  }

  /** Waits for a span of which `isIt`. */
  async span(isIt) {
    for (let waited = 0; waited < PATIENCE; waited += 50) {
      const found = this.spans.find(isIt);
      if (found) return found;
      await sleep(50);
    }
    throw new Error(`no such span among ${[...new Set(this.spans.map(({ service, name }) => `${service} ${name}`))].join(', ')}`);
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
