import { describe, expect, it } from 'vitest';
import { findSecrets, redactJson, redactText, redactUrl, urlSecrets } from '../../src/model/redact.js';
import { displaySource, parseSource } from '../../src/model/source.js';

/** Everything that must never be read: each nasty URL is made of these. */
const user = 'ann-of-acme';
const password = 'pa55-w0rd';
const token = 'tok_3f9a77';

const hosts = [
  'media.example',
  'media.example:8443',
  '[2001:db8::7]',
  '[::1]:8080',
  '127.0.0.1',
  'xn--bcher-kva.example',
];
const paths = [
  '',
  '/',
  '/a/clip.mp4',
  '/a%20b/%D0%BA.mp4',
  '/@ann/clip',
  '/a;v=1/clip',
  '/https://inner.example/x',
  '/a:b',
];
const logins = [
  '',
  `${user}@`,
  `${user}:${password}@`,
  `:${password}@`,
  `${user}%40corp:${password}%2F@`,
  `${user}@corp:${password}@`,
];
const tails = [
  '',
  `?sig=${token}`,
  `?a=1&sig=${token}&b`,
  `#${token}`,
  `?sig=${token}#${token}`,
  `?u=https://${user}:${password}@h/?${token}`,
];
const schemes = ['http', 'https', 'ftp', 's3', 'rsync+ssh'];

function* nastyUrls(): Generator<string> {
  let turn = 0;
  for (const scheme of schemes) {
    for (const login of logins) {
      for (const host of hosts) {
        // Every path and tail in turn: all of them together would be thousands.
        for (let count = 0; count < 6; count += 1) {
          const path = paths[(turn + count) % paths.length] ?? '';
          const tail = tails[(turn * 5 + count) % tails.length] ?? '';
          yield `${scheme}://${login}${host}${path}${tail}`;
        }
        turn += 1;
      }
    }
  }
}

/** Ways in which a provider, a library or a log may put a URL into a text. */
const settings: [string, (url: string) => string][] = [
  ['alone', (url) => url],
  ['in a sentence', (url) => `cannot read ${url}, try again`],
  ['at the end of a sentence', (url) => `cannot read ${url}.`],
  ['in brackets', (url) => `failed (${url}) twice`],
  ['in quotes', (url) => `failed: "${url}"`],
  ['in single quotes', (url) => `failed: '${url}'`],
  ['in angle brackets', (url) => `see <${url}>`],
  ['in JSON', (url) => JSON.stringify({ error: url, next: 1 })],
  ['in JSON with escaped slashes', (url) => JSON.stringify({ error: url }).replaceAll('/', '\\/')],
  ['behind digits', (url) => `id22${url}`],
  ['behind an equals sign', (url) => `url=${url}`],
  ['encoded', (url) => `https://proxy.example/fetch?url=${encodeURIComponent(url)}`],
  ['encoded in a path', (url) => `https://proxy.example/${encodeURIComponent(url)}/x`],
  ['encoded twice', (url) => `at ${encodeURIComponent(encodeURIComponent(url))} now`],
  ['in the path of another', (url) => `https://web.example/2026/${url}`],
  ['two in one', (url) => `${url} and ${url}`],
  ['on lines', (url) => `first\n${url}\r\nlast`],
  ['in upper case', (url) => url.replace(/^\w+/, (scheme) => scheme.toUpperCase())],
];

describe('a URL that nobody knew of', () => {
  it.each(settings)('%s loses its credentials, query and fragment', (_where, put) => {
    const leaks = [...nastyUrls()].filter((url) => {
      const clean = redactText(put(url));
      return clean.includes(password) || clean.includes(token) || clean.includes(user);
    });
    expect(leaks).toEqual([]);
  });

  it('is otherwise left as it is, with the text around it', () => {
    expect(redactText('cannot read https://ann:pw@media.example/a/clip.mp4?sig=x (HTTP 403).')).toBe(
      'cannot read https://media.example/a/clip.mp4?… (HTTP 403).',
    );
    expect(redactText("it's at 'https://[::1]:80/x'!")).toBe("it's at 'https://[::1]:80/x'!");
    expect(redactUrl('https://www.video.example/@ann/clip')).toBe('https://www.video.example/@ann/clip');
  });

  it.each([`ftp://ann:p#${token}@h/x`, `https://ann:p?${token}@h/x`, `https://ann:p/${token}@h/x`])(
    'with a password that cuts its host short is not shown at all: %s',
    (url) => {
      expect(redactText(`see ${url} there`)).toBe(`see ${url.split('//')[0]}//… there`);
    },
  );

  it('costs no more time in a long text than it must', () => {
    const long = `${'a1b2c3'.repeat(50_000)} ${'https:'.repeat(20_000)}`;
    expect(redactText(long)).toBe(long);
  });
});

describe('a known secret', () => {
  it('is taken out in every spelling that a URL may have', () => {
    const secrets = urlSecrets(`https://ann%40corp:p%C3%A4ss-w0rd@h/x?sig=a%2Bb%2Fc%3D%3D&v=${token}`);
    for (const spelling of [
      'ann@corp',
      'ann%40corp',
      'päss-w0rd',
      'p%C3%A4ss-w0rd',
      'a+b/c==',
      'a%2Bb%2Fc%3D%3D',
      token,
    ]) {
      expect(redactText(`it said ${spelling}.`, secrets)).toBe('it said ***.');
    }
  });

  it('is taken out as a form or JSON writes it', () => {
    const secret = 'a "b" (c)/+&é';
    const form = new URLSearchParams({ client_secret: secret }).toString();
    const json = JSON.stringify({ client_secret: secret });
    const secrets = findSecrets({ clientSecret: secret });
    expect(redactText(`${form} ${json}`, secrets)).toBe('client_secret=*** {"client_secret":"***"}');
  });

  it('inside a longer one does not leave the rest of it standing', () => {
    expect(redactText('key abcd-1234-5678', ['abcd', 'abcd-1234-5678'])).toBe('key ***');
  });

  it('that is too short for a secret stays: it is a word', () => {
    expect(redactText('the cat sat', ['cat', ''])).toBe('the cat sat');
  });

  it.each(['Bearer abc.def-123456', 'basic YW5uOnBhNTUtdzByZA=='])('authorization is taken out: %s', (value) => {
    expect(redactText(`sent ${value}, refused`)).toMatch(/^sent (Bearer|basic) \*\*\*, refused$/);
  });

  it('is taken out of JSON without breaking it', () => {
    const details = { state: true, size: 1234, list: ['true', null, { note: 'pa"55\nw0rd' }] };
    expect(redactJson(details, ['true', 'null', '1234', 'pa"55\nw0rd'])).toEqual({
      state: true,
      size: 1234,
      list: ['***', null, { note: '***' }],
    });
  });
});

describe('secrets in settings', () => {
  it('are what stands under a name that sounds secret, at any depth', () => {
    const found = findSecrets({
      apiKey: 'key-1234',
      login: 'ann',
      clientSecret: { value: 'sec-1234', list: ['sec-5678'] },
      tokens: ['tok-1234', 'tok-5678'],
      webhook: { url: 'https://hook.example/x?auth=hook-1234' },
      plain: 'not secret',
    });
    expect(found.sort()).toEqual(
      [
        'auth=hook-1234',
        'auth%3Dhook-1234',
        'hook-1234',
        'key-1234',
        'sec-1234',
        'sec-5678',
        'tok-1234',
        'tok-5678',
      ].sort(),
    );
  });
});

describe('a source', () => {
  it.each([
    ` https://${user}:${password}@h/clip.mp4?sig=${token} `,
    `https:${user}:${password}@h/clip.mp4?sig=${token}`,
    `https:/${user}:${password}@h/clip.mp4?sig=${token}`,
    `https:///${user}:${password}@h/clip.mp4?sig=${token}`,
    `https:\\\\${user}:${password}@h\\clip.mp4?sig=${token}`,
    `ht\ntps://${user}:${password}@h/clip.mp4?sig=${token}`,
    `\u0001https://${user}:${password}@h/clip.mp4?sig=${token}`,
  ])('however oddly it is written, is seen as what it is: %j', (text) => {
    const source = parseSource(text);
    expect(displaySource(source)).toBe('https://h/clip.mp4?…');
    expect(source.kind === 'url' && urlSecrets(source.url)).toEqual(expect.arrayContaining([user, password, token]));
  });

  it('written as URLs are written is kept to the letter', () => {
    for (const url of ['https://Media.Example/a/../b.mp4?x=%7e', 's3://bucket/a//b', 'rsync://h/module/x']) {
      expect(parseSource(url)).toEqual({ kind: 'url', url });
    }
  });

  it.each([
    `clip.mp4?sig=${token}`,
    `ftp://ann:p#${token}@h`,
    `//ann:${token}@h/x`,
    `https://ann:${token}`,
    `h?${token}`,
  ])('that is none is refused without showing more than its place: %s', (text) => {
    expect(() => parseSource(text)).toThrow(/is not an absolute URL/);
    expect(() => parseSource(text)).toThrow(expect.objectContaining({ message: expect.not.stringContaining(token) }));
  });
});
