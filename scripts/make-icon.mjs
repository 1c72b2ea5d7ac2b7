// Draws client/icon.png (256 x 256): two lanes, CPU0 and CPU1, a lock's bar over each, and the last put outside its bar.
// Run by hand after a change: node scripts/make-icon.mjs

import { writeFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';

const SIZE = 256;
const BACKGROUND = [0x1b, 0x2a, 0x3a];
const LANE = [0x5f, 0x7d, 0x95];
const LOCK = [0x4f, 0xb3, 0xbf];
const SAFE = [0xf2, 0xf5, 0xf7];
const RACE = [0xff, 0x8a, 0x3d];

/** Rounded boxes and discs, painted in order: [colour, centre x, centre y, half width, half height, corner radius]. */
const SHAPES = [
  [LANE, 84, 128, 5, 92, 5],
  [LANE, 172, 128, 5, 92, 5],
  [LOCK, 84, 96, 30, 52, 16],
  [LOCK, 172, 152, 30, 60, 16],
  [SAFE, 84, 96, 16, 16, 16],
  [SAFE, 172, 128, 16, 16, 16],
  [SAFE, 172, 176, 16, 16, 16],
  [RACE, 84, 196, 24, 24, 24],
];

/** How much of a pixel a shape covers, 0 to 1: its signed distance, softened over one pixel. */
function coverage([, x, y, halfWidth, halfHeight, radius], px, py) {
  const dx = Math.max(Math.abs(px - x) - halfWidth + radius, 0);
  const dy = Math.max(Math.abs(py - y) - halfHeight + radius, 0);
  return Math.min(Math.max(radius - Math.hypot(dx, dy) + 0.5, 0), 1);
}

function pixel(px, py) {
  const plate = coverage([null, 128, 128, 128, 128, 48], px, py);
  let colour = BACKGROUND;
  for (const shape of SHAPES) {
    const part = coverage(shape, px, py);
    colour = colour.map((value, channel) => value + (shape[0][channel] - value) * part);
  }
  return [...colour.map(Math.round), Math.round(plate * 255)];
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

const header = Buffer.alloc(13);
header.writeUInt32BE(SIZE, 0);
header.writeUInt32BE(SIZE, 4);
header.set([8, 6, 0, 0, 0], 8); // 8 bits per channel, RGBA
const rows = [];
for (let y = 0; y < SIZE; y++) {
  const row = [0];
  for (let x = 0; x < SIZE; x++) row.push(...pixel(x + 0.5, y + 0.5));
  rows.push(Buffer.from(row));
}
const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
writeFileSync(new URL('../client/icon.png', import.meta.url), Buffer.concat([
  signature, chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.concat(rows), { level: 9 })), chunk('IEND', Buffer.alloc(0)),
]));
