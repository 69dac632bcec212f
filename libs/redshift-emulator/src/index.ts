export type { EmulatorOptions } from './emulator-options.ts';
export type { CopyStop, FaultSettings, Faults } from './faults.ts';
export { startEmulator } from './start-emulator.ts';
export type { Emulator } from './start-emulator.ts';
