import type { Scene } from './scene';

export type Group = 'Module' | 'Start' | 'Values' | 'Versions' | 'Many entries' | 'Removal' | 'Renewal' | 'Errors' | 'Process';

/** One sentence of the contract, and how it is tried. */
export interface Guarantee {
  /** stands in the output for machines, and does not change */
  id: string;
  group: Group;
  /** the sentence, true where it is kept */
  title: string;
  /** what the plugin's author does where it is not */
  cure: string;
  /** those without which it cannot be judged */
  needs: readonly string[];
  /** what it is tried on: nothing, one that is read only, or entries of its own */
  entries: 'none' | 'read' | 'own';
  /** whether it replaces values */
  updates?: true;
  /** Answers a remark. Throws Broken, NotApplicable, or the PluginError of a call that should not have failed. */
  check(scene: Scene): Promise<string | undefined>;
}

export interface Result {
  id: string;
  group: Group;
  title: string;
  status: 'passed' | 'failed' | 'not-applicable';
  /** milliseconds */
  ms: number;
  /** what was seen; where it does not apply, why */
  seen?: string;
  /** what to do, where it failed */
  cure?: string;
}

/** What was seen of a plugin that does not keep a guarantee. Holds no value. */
export class Broken extends Error {
  override readonly name = 'Broken';
  /** @param cause a failed call that it was seen by */
  constructor(
    message: string,
    readonly cure?: string,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

/** Why a guarantee cannot be asked of this plugin. */
export class NotApplicable extends Error {
  override readonly name = 'NotApplicable';
}
