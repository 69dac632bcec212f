/**
 * Named places where a crash is most telling. Use cases call `trip(point)` there; it does nothing unless the
 * chaos run arms it, in which case the process kills itself with SIGKILL at that very place.
 */
export const TRIP_POINTS = [
  'after-copy',
  'before-commit',
  'after-commit',
  'before-offset-commit',
  'mid-clean',
  'mid-sweep',
] as const;

export type TripPoint = (typeof TRIP_POINTS)[number];
export type Trip = (point: TripPoint) => void;
export const noTrip: Trip = () => undefined;
