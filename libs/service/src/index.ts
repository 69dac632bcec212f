export { collectGarbage } from './collect-garbage.ts';
export { LaneContext } from './lane-context.ts';
export type { LaneHandlers, StartLanes } from './lane-strategy.ts';
export type { Metrics } from './metrics.ts';
export { anyOf } from './readiness.ts';
export { runService } from './run-service.ts';
export type { Compose, ServiceFace, ServiceName, ServiceParts } from './run-service.ts';
export { ServiceModule } from './service.module.ts';
export { whenThere } from './when-there.ts';
