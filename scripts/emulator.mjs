// The emulator in the provider's place, for programs that are run as a reader would run them.

/** Starts an emulator, hands over where it is, and stops it afterwards. */
export async function withEmulator(use) {
  const { createEmulator } = await import('@sluice/emulator');
  const emulator = await createEmulator({});
  try {
    return await use({
      baseUrl: emulator.importly.baseUrl,
      mediaUrl: emulator.media.url,
      env: { IMPORTLY_API_KEY: emulator.importly.apiKey, IMPORTLY_BASE_URL: emulator.importly.baseUrl },
    });
  } finally {
    await emulator.close();
  }
}
