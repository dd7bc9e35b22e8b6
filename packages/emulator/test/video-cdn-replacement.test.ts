import { expect, test } from 'vitest';
import { add, addForm, emulateCdn, ended, post } from './video-cdn-support.js';

type Result = 'created' | 'replaced' | 'existing' | 'refused';

/** Every row of "Reimport and duplications": the state of what is there, what is the same, no_replace, and what comes of it. */
const rows = (['queued', 'ready', 'failed'] as const).flatMap((state) =>
  [true, false].flatMap((sameSize) =>
    ([true, false, 'left out'] as const).flatMap((sameChecksum) =>
      [true, false].map((noReplace) => {
        const differs = !sameSize || sameChecksum === false;
        const replaces = !noReplace && (state === 'failed' || differs);
        const result: Result = replaces ? 'replaced' : noReplace ? 'refused' : 'existing';
        return { state, sameSize, sameChecksum, noReplace, result };
      }),
    ),
  ),
);

test.each(rows)(
  'a file that is $state; same size $sameSize, same checksum $sameChecksum, no_replace $noReplace: $result',
  async ({ state, sameSize, sameChecksum, noReplace, result }) => {
    const emulator = await emulateCdn({ pulls: state === 'queued' ? 0 : 1, tellsResult: true });
    const chksum = emulator.media.files[0]?.sha256 ?? '';
    const source = state === 'failed' ? { location: `${emulator.media.url}/none.mp4` } : {};
    const first = await post(emulator, '/file/add', addForm(emulator, { ...source, chksum }));
    expect(first.json).toMatchObject({ result: 'created' });
    if (state !== 'queued') expect(await ended(emulator)).toMatchObject({ status: state });
    const again = addForm(emulator, {
      ...(sameChecksum !== 'left out' && { chksum: sameChecksum ? chksum : 'ab'.repeat(32) }),
      ...(!sameSize && { size: 5 }),
      ...(noReplace && { no_replace: 'true' }),
    });
    const answer = await post(emulator, '/file/add', again);
    const refusal = { status: 409, json: { error: 'file exists: no_replace is set' } };
    expect(answer).toMatchObject(result === 'refused' ? refusal : { status: 200, json: { result } });
    expect(emulator.videoCdn.files()).toMatchObject([{ replaced: result === 'replaced' }]);
    expect(emulator.videoCdn.counts().filesAccepted).toBe(result === 'replaced' ? 2 : 1);
  },
);

test('a file that replaces another has a new id, or keeps the old one, as the settings say', async () => {
  for (const replacementId of ['new', 'kept'] as const) {
    const emulator = await emulateCdn({ replacementId, pulls: 0 });
    const id = await add(emulator);
    expect((await add(emulator, { size: 5 })) === id).toBe(replacementId === 'kept');
  }
});

test.each([
  ['conflict', 409],
  ['error', 200],
  ['ok', 200],
] as const)('what the file that stays is told of: %s', async (told, status) => {
  const emulator = await emulateCdn({ taken: told, identical: told });
  const id = await add(emulator);
  for (const change of [{}, { no_replace: 'true' }]) {
    const answer = await post(emulator, '/file/add', addForm(emulator, change));
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject(told === 'ok' ? { id } : { status: 'error', error: expect.any(String) });
  }
});
