// The emulator in the provider's place, for programs that are run as a reader would run them.

/** Its clock runs faster than ours, so that no program waits for states to age. */
const speed = 20;

/** Starts an emulator, hands over where it is, and stops it afterwards. */
export async function withEmulator(use) {
  // The emulator's S3 client would speak into the report of the stages: Node 20 is near its end there.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const { startEmulator } = await import('@sluice/emulator');
  const emulator = await startEmulator({ speed });
  const { baseUrl, apiKey } = emulator.importly;
  const mediaUrl = emulator.media.files[0].url;
  try {
    return await use({
      mediaUrl,
      env: { IMPORTLY_API_KEY: apiKey, IMPORTLY_BASE_URL: baseUrl, SOURCE_URL: mediaUrl },
    });
  } finally {
    await emulator.close();
  }
}
