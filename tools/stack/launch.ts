import { BootError, ServerProcess, type ServerSpec } from './server-process.ts';
import type { Watchdog } from './watchdog.ts';

const PORT_TRIES = 4;

/** A server that is up, and stays at its endpoint through `kill` and `restart`. */
export type RunningServer = {
  readonly process: ServerProcess;
  readonly endpoint: string;
  /** where it listens as well, by a name */
  readonly others: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
};

export type Run = {
  /** of data and logs */
  readonly directory: string;
  /** false: everything goes at the end */
  readonly keep: boolean;
  readonly watchdog: Watchdog;
};

/** Starts one kind of server. */
export type Launch = (run: Run) => Promise<RunningServer>;

export type Prepared = {
  readonly spec: ServerSpec;
  readonly endpoint: string;
  readonly others?: Readonly<Record<string, string>>;
  readonly afterStop?: () => Promise<void>;
};

/**
 * Prepares anew, with other ports, when somebody else was faster to bind the ones that were free a moment
 * ago.
 */
export async function launch(prepare: () => Promise<Prepared>, watchdog: Watchdog): Promise<RunningServer> {
  for (let tries = 1; ; tries++) {
    const { spec, endpoint, others = {}, afterStop } = await prepare();
    const process = new ServerProcess(spec, watchdog);
    try {
      await process.start();
    } catch (error) {
      if (error instanceof BootError && error.portTaken && tries < PORT_TRIES) continue;
      throw error;
    }
    const stop = async (): Promise<void> => {
      await process.stop();
      await afterStop?.();
    };
    return { process, endpoint, others, stop };
  }
}
