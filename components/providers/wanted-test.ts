// "Test provider" in a list goes to the provider's page and starts the test there. It is remembered here and not in the
// address: opening an address must change nothing, whoever sent it.

let wanted: string | undefined;

/** The page of this provider is to start a test when it opens. */
export function wantTest(providerId: string): void {
  wanted = providerId;
}

/** Whether a test of this provider is to be started; true once. */
export function takeWantedTest(providerId: string): boolean {
  const isWanted = wanted === providerId;
  wanted = undefined;
  return isWanted;
}
