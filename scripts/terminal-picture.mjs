// What a terminal shows while a command runs, and as a picture. Needs tmux.

import { setTimeout as sleep } from 'node:timers/promises';
import { root, run } from './workspace.mjs';

const frameSeconds = 0.5;
/** The end stands still so long before it all begins again. */
const stillSeconds = 12;
const cell = { width: 8.43, height: 19, fontSize: 14 };
const padding = 20;
const paper = '#0d1117';
const ink = '#e6edf3';
/** SGR codes of foreground colours. */
const colours = {
  31: '#ff7b72',
  32: '#3fb950',
  33: '#d29922',
  34: '#58a6ff',
  35: '#bc8cff',
  36: '#39c5cf',
  90: '#8b949e',
};
const plain = { bold: false, dim: false, colour: ink };
/** What an escape sequence starts with; one of a style ends in "m". */
const startOfEscape = '\u001b[';

/** What the terminal shows while the command runs, with escape sequences; last, what it shows afterwards. */
export async function film(command, { columns, rows }) {
  const session = `sluice-picture-${process.pid}`;
  const tmux = (...args) => run('tmux', args);
  const size = ['-x', String(columns), '-y', String(rows)];
  const watched = `cd '${root}' && ${command}; tmux wait-for -S ${session}; sleep 60`;
  await tmux('new-session', '-d', '-s', session, ...size, watched);
  try {
    let ended = false;
    const end = tmux('wait-for', session).then(() => {
      ended = true;
    });
    const frames = [];
    while (!ended) {
      frames.push(await tmux('capture-pane', '-p', '-e', '-t', session));
      await Promise.race([end, sleep(frameSeconds * 1000)]);
    }
    return [...frames, await tmux('capture-pane', '-p', '-e', '-t', session)];
  } finally {
    await tmux('kill-session', '-t', session);
  }
}

/** The lines of a screen as SVG, empty for a line without text. A style goes on over the end of a line. */
export function readScreen(screen) {
  const style = { ...plain };
  return screen.split('\n').map((line) => {
    const stretches = [...stretchesOf(line.trimEnd(), style)];
    return stretches.every(({ text }) => text.trim() === '') ? '' : stretches.map(drawStretch).join('');
  });
}

function* stretchesOf(line, style) {
  const [first, ...styled] = line.split(startOfEscape);
  if (first !== '') yield { text: first, ...style };
  for (const part of styled) {
    const [, codes, text] = /^([\d;]*)m(.*)$/.exec(part) ?? ['', '', ''];
    for (const code of codes.split(';').map(Number)) apply(code, style);
    if (text !== '') yield { text, ...style };
  }
}

function apply(code, style) {
  if (code === 0) Object.assign(style, plain);
  if (code === 1) style.bold = true;
  if (code === 2) style.dim = true;
  if (code === 22) Object.assign(style, { bold: false, dim: false });
  if (code === 39) style.colour = ink;
  if (code in colours) style.colour = colours[code];
}

function drawStretch({ text, bold, dim, colour }) {
  const safe = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<tspan fill="${dim ? colours[90] : colour}"${bold ? ' font-weight="bold"' : ''}>${safe}</tspan>`;
}

/** Frames of as many lines each as one picture, the last one shown first. */
export function draw(frames, { title, columns }) {
  const width = Math.ceil(columns * cell.width + 2 * padding);
  const height = Math.ceil(frames.at(-1).length * cell.height + 2 * padding);
  const runs = frames[0].flatMap((_line, row) =>
    runsOf(
      frames.map((lines) => lines[row]),
      row,
    ),
  );
  const family = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    `<title>${title}</title>`,
    `<style>text { white-space: pre } ${animation(runs, frames.length)}</style>`,
    `<rect width="${width}" height="${height}" rx="10" fill="${paper}"/>`,
    `<g font-family="${family}" font-size="${cell.fontSize}" xml:space="preserve">`,
    ...runs.map(({ row, content, from, to }) => {
      const hidden = to === frames.length ? '' : ' visibility="hidden"';
      const y = padding + (row + 0.75) * cell.height;
      return `<text class="${nameOf(from, to)}" x="${padding}" y="${y}"${hidden}>${content}</text>`;
    }),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

/** Where one line says the same in frames that follow one another: from the one, up to and without the other. */
function runsOf(contents, row) {
  const runs = [];
  for (const [frame, content] of contents.entries()) {
    const last = runs.at(-1);
    if (last?.content === content) last.to = frame + 1;
    else runs.push({ row, content, from: frame, to: frame + 1 });
  }
  return runs.filter(({ content }) => content !== '');
}

function nameOf(from, to) {
  return `f${from}-${to}`;
}

/** The end first, so that the first look shows it; then the frames. Where nothing may move, the end alone. */
function animation(runs, count) {
  if (count === 1) return '';
  const total = stillSeconds + (count - 1) * frameSeconds;
  const percent = (frame) => `${(((stillSeconds + frame * frameSeconds) / total) * 100).toFixed(3)}%`;
  const spans = new Map(runs.map(({ from, to }) => [nameOf(from, to), { from, to }]));
  const rules = [...spans].map(([name, { from, to }]) => {
    const atEnd = to === count;
    const shown = from === 0 && atEnd ? '' : `${percent(from)} { visibility: visible }`;
    const gone = atEnd ? '' : `${percent(to)} { visibility: hidden }`;
    const before = from === 0 || !atEnd ? '' : `${percent(0)} { visibility: hidden }`;
    const start = `0% { visibility: ${atEnd ? 'visible' : 'hidden'} }`;
    return `@keyframes ${name} { ${[start, before, shown, gone].filter(Boolean).join(' ')} } .${name} { animation: ${name} ${total}s step-end infinite }`;
  });
  return `@media (prefers-reduced-motion: no-preference) { ${rules.join(' ')} }`;
}
