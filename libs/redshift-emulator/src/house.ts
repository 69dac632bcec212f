import type { Log } from '#contracts';
import type { ObjectStore } from '#object-store';
import type { Faults } from './faults.ts';
import type { SideDoor } from './session/side-door.ts';
import type { BackendAddress } from './wire/backend-address.ts';

/** What all sessions of one emulator share. */
export type House = {
  readonly address: BackendAddress;
  readonly store: ObjectStore;
  readonly side: SideDoor;
  readonly faults: Faults;
  readonly login: 'trust' | 'backend';
  readonly isolation: 'snapshot' | 'serializable';
  readonly log: Log;
};
