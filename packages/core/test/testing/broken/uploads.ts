import { acmeSubject, declaring } from '../acme.js';
import { acmeWays, uploads } from '../acme-upload.js';
import { type Broken, beginning, uploading } from './breaking.js';

const [formWay, partsWay] = acmeWays;
const { whole: _whole, ...twoUploads } = uploads;

export const brokenUploads: Broken = {
  'has what its uploads need, and declares what it has': {
    'hides that it lists parts': declaring({ upload: { ways: acmeWays, canList: false, canSign: true } }),
    'hides that it signs parts again': declaring({ upload: { ways: acmeWays, canList: true, canSign: false } }),
    'has no way for any bytes': uploading(() => ({ ways: [] })),
    'has a way that takes no size': uploading(() => ({
      ways: [...acmeWays.slice(1), { name: 'form', shape: 'form', minBytes: 2, maxBytes: 1 }],
    })),
    'has a way without a sample of it': { ...acmeSubject, uploads: twoUploads },
  },
  'begins an upload by every way, as often as need be': {
    'begins by a call that counts': uploading((upload) => ({
      begin: (request, bytes, context) => {
        const call = (one: Parameters<typeof context.http.call>[0]) => context.http.call({ ...one, effect: 'once' });
        return upload.begin(request, bytes, { ...context, http: { call } });
      },
    })),
    'begins twice': uploading((upload) => ({
      begin: async (request, bytes, context) => {
        await upload.begin(request, bytes, context);
        return upload.begin(request, bytes, context);
      },
    })),
    'has another shape than it declares': uploading(() => ({
      ways: acmeWays.map((way) => (way === partsWay ? { ...way, shape: 'form' } : way)),
    })),
    'would go another way': uploading(() => ({ wish: () => formWay?.name })),
    'leaves a part out': beginning((begun) => begun.kind === 'parts' && begun.first.shift()),
    'signs more parts than there are': beginning(
      (begun) => begun.kind === 'parts' && Object.assign(begun, { partSize: 2_000 }),
    ),
    'makes up something new each time': beginning((begun) => Object.assign(begun, { uploaded: Math.random() })),
    'answers with more than it may': beginning((begun) => Object.assign(begun, { more: 1 })),
    'gives the start nothing': beginning((begun) => Object.assign(begun, { uploaded: null })),
  },
  'remembers ids of an upload, and nothing signed': {
    'remembers a URL': beginning(
      (begun) => begun.kind === 'parts' && Object.assign(begun, { session: begun.first[0]?.url ?? '' }),
    ),
    'remembers a signature': beginning(
      (begun) =>
        begun.kind === 'parts' && Object.assign(begun, { uploaded: new URL(begun.first[0]?.url ?? '').search }),
    ),
    'remembers a policy': beginning(
      (begun) => begun.kind === 'form' && Object.assign(begun, { uploaded: { ...Object.fromEntries(begun.fields) } }),
    ),
    'remembers the key': beginning((begun, apiKey) => Object.assign(begun, { uploaded: apiKey })),
  },
  'keeps its credentials from where the bytes go': {
    'sends the key with a form': beginning(
      (begun, apiKey) => begun.kind === 'form' && begun.fields.push(['key', apiKey]),
    ),
    'sends the key with every part': beginning((begun, apiKey) =>
      Object.assign(begun, { headers: { 'x-api-key': apiKey } }),
    ),
    'authorizes a form to the store': beginning(
      (begun) => begun.kind === 'form' && Object.assign(begun, { authorized: true }),
    ),
  },
};
