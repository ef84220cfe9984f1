import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Sessions } from './session';

const worker = '01a20fed-11d0-751f-bbe0-6258a7b80f2d';

describe('sessions of workers', () => {
  beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00Z') }));
  afterEach(() => void vi.useRealTimers());

  test('a session is its worker’s, at every listener with the same keyring', () => {
    const secret = randomBytes(32);
    const { token } = new Sessions(secret).begin(worker);
    expect(new Sessions(secret).workerOf(token)).toBe(worker);
  });

  test('a session ends after its time, also when it was used a moment before', () => {
    const sessions = new Sessions(randomBytes(32));
    const { token, expiresIn } = sessions.begin(worker);
    vi.advanceTimersByTime(expiresIn * 1000 - 1);
    expect(sessions.workerOf(token)).toBe(worker);
    vi.advanceTimersByTime(5_001);
    expect(sessions.workerOf(token)).toBeNull();
  });

  test('a session of another keyring, an altered one, and a challenge are no sessions', () => {
    const sessions = new Sessions(randomBytes(32));
    const { token } = sessions.begin(worker);
    expect(new Sessions(randomBytes(32)).workerOf(token)).toBeNull();
    expect(sessions.workerOf(`${token.slice(0, -2)}AA`)).toBeNull();
    expect(sessions.workerOf(sessions.challenge())).toBeNull();
    expect(sessions.workerOf('')).toBeNull();
  });

  test('a challenge holds for a minute', () => {
    const sessions = new Sessions(randomBytes(32));
    const challenge = sessions.challenge();
    expect(sessions.acceptsChallenge(challenge)).toBe(true);
    expect(sessions.acceptsChallenge(sessions.begin(worker).token)).toBe(false);
    vi.advanceTimersByTime(60_001);
    expect(sessions.acceptsChallenge(challenge)).toBe(false);
  });
});
