// Fernet and the redirect envelope, so that a test can make valid and invalid envelopes, and read real ones.

import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const VERSION = 0x80;
const HEADER = 1 + 8 + 16;
const MAC = 32;

export const now = () => Math.floor(Date.now() / 1000);

/**
 * @typedef {object} Envelope
 * @property {string} app_token
 * @property {number} token_id
 * @property {string} proconnect_token
 * @property {number} timestamp
 * @property {string} [binding]
 */

/** base64url with padding, as Python writes it. */
function base64url(bytes) {
  const text = Buffer.from(bytes).toString('base64url');
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}

function halves(key) {
  const bytes = Buffer.from(key, 'base64url');
  return { signing: bytes.subarray(0, 16), encryption: bytes.subarray(16) };
}

function seal(key, plaintext, at) {
  const { signing, encryption } = halves(key);
  const header = Buffer.alloc(HEADER);
  header.writeUInt8(VERSION);
  header.writeBigUInt64BE(BigInt(at), 1);
  randomBytes(16).copy(header, 9);
  const cipher = createCipheriv('aes-128-cbc', encryption, header.subarray(9));
  const signed = Buffer.concat([header, cipher.update(plaintext, 'utf8'), cipher.final()]);
  const mac = createHmac('sha256', signing).update(signed).digest();
  return base64url(Buffer.concat([signed, mac]));
}

function open(key, token) {
  const { signing, encryption } = halves(key);
  const bytes = Buffer.from(token, 'base64url');
  const signed = bytes.subarray(0, -MAC);
  const mac = createHmac('sha256', signing).update(signed).digest();
  if (!timingSafeEqual(mac, bytes.subarray(-MAC))) throw new Error('wrong key or tampered');
  const decipher = createDecipheriv('aes-128-cbc', encryption, signed.subarray(9, HEADER));
  return decipher.update(signed.subarray(HEADER), undefined, 'utf8') + decipher.final('utf8');
}

/**
 * The value of `encrypted_token`: the Fernet token, itself base64url, encoded once more.
 * @param {string} key
 * @param {Envelope} envelope
 */
export function sealEnvelope(key, envelope, at = now()) {
  return base64url(Buffer.from(seal(key, JSON.stringify(envelope), at)));
}

/**
 * @param {string} key
 * @param {string} value
 * @returns {Envelope}
 */
export function openEnvelope(key, value) {
  return JSON.parse(open(key, Buffer.from(value, 'base64url').toString('ascii')));
}
